import type { RuleComponent, RuleCondition, RuleRanking } from './definition.ts'
import type { Field } from './facts.ts'
import type { Range } from './range.ts'
import type { Expr, Macro } from './syntax.ts'
import type { Span } from './tokens.ts'

/* A checked expression: every part with its type. */

export type Scalar =
  | ({ kind: 'int' } & Range)
  | { kind: 'bool' }
  /** values: no other text ever stands there */
  | { kind: 'text'; values?: readonly string[] }
  | { kind: 'date' }
export type Type = Scalar | { kind: 'member' } | { kind: 'list'; of: Scalar | { kind: 'member' } }

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='
export const opposite: Readonly<Record<Comparison, Comparison>> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } // prettier-ignore
/** With its sides changed. */
export const turned: Readonly<Record<Comparison, Comparison>> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } // prettier-ignore
export type Arithmetic = '+' | '-' | '*' | '/' | '%'

/**
 * `absent`: it can come to nothing because data is missing. `expr` is what the evaluator takes; `of` names the person a field belongs
 * to ('family' for the family).
 */
export type Part = Span & { expr: Expr; type: Type; absent: boolean } & (
    | { kind: 'literal'; value: bigint | string | boolean }
    | { kind: 'items'; items: Part[] }
    | { kind: 'members' }
    | { kind: 'variable'; name: string }
    | { kind: 'field'; of: string; field: Field }
    | { kind: 'has'; of: string; field: Field }
    | { kind: 'not'; part: Part }
    | { kind: 'minus'; part: Part }
    | { kind: 'and' | 'or'; left: Part; right: Part }
    | { kind: 'compare'; operator: Comparison; left: Part; right: Part }
    | { kind: 'arithmetic'; operator: Arithmetic; left: Part; right: Part }
    | { kind: 'in'; left: Part; right: Part }
    | { kind: 'choice'; test: Part; yes: Part; no: Part }
    | { kind: 'size'; part: Part }
    | { kind: 'text'; name: 'startsWith' | 'endsWith' | 'contains'; part: Part; other: Part }
    | { kind: 'macro'; name: Macro; list: Part; variable: string; where?: Part; body: Part }
  )

/** The parts a part is made of, in the order they are written. */
export function partsOf(part: Part): Part[] {
  switch (part.kind) {
    case 'literal':
    case 'members':
    case 'variable':
    case 'field':
    case 'has':
      return []
    case 'items':
      return part.items
    case 'not':
    case 'minus':
    case 'size':
      return [part.part]
    case 'text':
      return [part.part, part.other]
    case 'choice':
      return [part.test, part.yes, part.no]
    case 'macro':
      return [part.list, ...(part.where ? [part.where] : []), part.body]
    default:
      return [part.left, part.right]
  }
}

/** A part and everything in it. */
export function* within(part: Part): Generator<Part> {
  yield part
  for (const one of partsOf(part)) yield* within(one)
}

/** A rule whose every expression has its types. */
export type CheckedRule = {
  conditions: { of: RuleCondition; part: Part }[]
  components: { of: RuleComponent; when: Part; amount: Part }[]
  persons: number | undefined
  ranking: { of: RuleRanking; part: Part }[]
}
