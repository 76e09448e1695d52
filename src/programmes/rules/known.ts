import { type Comparison, opposite, type Part, turned, type Type } from './part.ts'
import { holds } from './range.ts'

/** What is known of the places a part stands in: names, fields that are there, numbers that are not zero. */
export type Scope = {
  names: ReadonlyMap<string, Type>
  present: ReadonlySet<string>
  notZero: ReadonlySet<string>
  loops: number
}

/** One spelling for parts that always come to the same in one place. */
export function wordsOf(part: Part): string {
  switch (part.kind) {
    case 'field':
      return `${part.of}.${part.field.name}`
    case 'size':
      return `size(${wordsOf(part.part)})`
    case 'members':
      return 'members'
    case 'variable':
      return part.name
    default:
      return `${part.from} ${part.to}`
  }
}

/** What is known where `test` came to `outcome`. */
export function after(test: Part, scope: Scope, outcome: boolean): Scope {
  const present = new Set(scope.present)
  const notZero = new Set(scope.notZero)
  learn(test, outcome)
  return { ...scope, present, notZero }

  function learn(part: Part, is: boolean): void {
    if (part.kind === 'not') learn(part.part, !is)
    else if (part.kind === (is ? 'and' : 'or')) {
      learn(part.left, is)
      learn(part.right, is)
    } else if (part.kind === 'has' && is) present.add(`${part.of}.${part.field.name}`)
    else if (part.kind === 'compare') {
      if (excludesZero(part.operator, part.right, is)) notZero.add(wordsOf(part.left))
      if (excludesZero(turned[part.operator], part.left, is)) notZero.add(wordsOf(part.right))
    }
  }
}

/** Whether `x operator other` being so (or not so) leaves zero out for x. */
function excludesZero(operator: Comparison, other: Part, is: boolean): boolean {
  if (other.type.kind !== 'int') return false
  const { min, max } = other.type
  switch (is ? operator : opposite[operator]) {
    case '==':
      return !holds(other.type, 0)
    case '!=':
      return min === 0 && max === 0
    case '>':
      return min >= 0
    case '>=':
      return min > 0
    case '<':
      return max <= 0
    case '<=':
      return max < 0
  }
}
