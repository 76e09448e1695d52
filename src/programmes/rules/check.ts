import type { FaultCode } from './definition.ts'
import { type Field, type FieldType, SAFE } from './facts.ts'
import { after, type Scope, wordsOf } from './known.ts'
import { nearest } from './nearest.ts'
import type { Arithmetic, Comparison, Part, Scalar, Type } from './part.ts'
import { arithmetic, holds, isSafe, union } from './range.ts'
import type { Node } from './syntax.ts'

export type Fault = { from: number; to: number; code: FaultCode; values: Record<string, string | number> }
export type Fields = ReadonlyMap<string, Field>
export type Checked = { part: Part | undefined; faults: Fault[] }

/** Loops in loops: a rule asks each member about each member at most. */
const DEEPEST_LOOP = 3
const MOST_MEMBERS = 10_000
const MOST_LETTERS = 1_000_000
/** Names a loop cannot give to what it goes through. */
const taken = new Set(['family', 'members', 'int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'type', 'null_type', 'size', 'has', 'dyn', 'google', 'timestamp', 'duration', 'matches', 'true', 'false', 'null', 'in']) // prettier-ignore

const comparisons: Readonly<Record<string, Comparison>> = { '_==_': '==', '_!=_': '!=', '_<_': '<', '_<=_': '<=', '_>_': '>', '_>=_': '>=' } // prettier-ignore
const operators: Readonly<Record<string, Arithmetic>> = { '_+_': '+', '_-_': '-', '_*_': '*', '_/_': '/', '_%_': '%' }
const functions = ['size', 'startsWith', 'endsWith', 'contains', 'exists', 'all', 'exists_one', 'filter', 'map', 'has']

/**
 * Types of an expression over `family`, `members` and, with `person`, the member `m`. Faults carry offsets of the text; with any fault
 * the part is undefined.
 */
export function check(node: Node, fields: Fields, person: boolean): Checked {
  const faults: Fault[] = []
  const fault = (at: { from: number; to: number }, code: FaultCode, values: Fault['values'] = {}): undefined => {
    faults.push({ from: at.from, to: at.to, code, values })
    return undefined
  }
  const part = typed(node, {
    names: new Map<string, Type>(person ? [['m', { kind: 'member' }]] : []),
    present: new Set(),
    notZero: new Set(),
    loops: 0,
  })
  return { part: faults.length > 0 ? undefined : part, faults }

  function typed(one: Node, scope: Scope): Part | undefined {
    const at = { from: one.from, to: one.to, expr: one.expr }
    switch (one.kind) {
      case 'literal': {
        if (typeof one.value === 'bigint') {
          const value = Number(one.value)
          if (Math.abs(value) > SAFE) return fault(one, 'too_large', { limit: SAFE })
          return {
            ...at,
            kind: 'literal',
            value: one.value,
            type: { kind: 'int', min: value, max: value },
            absent: false,
          }
        }
        if (typeof one.value === 'boolean')
          return { ...at, kind: 'literal', value: one.value, type: { kind: 'bool' }, absent: false }
        // A part of a pair would be no character to PostgreSQL, NUL is none at all.
        if (one.value.includes('\0') || !one.value.isWellFormed()) return fault(one, 'characters')
        return { ...at, kind: 'literal', value: one.value, type: { kind: 'text' }, absent: false }
      }
      case 'name': {
        if (one.name === 'members')
          return { ...at, kind: 'members', type: { kind: 'list', of: { kind: 'member' } }, absent: false }
        if (one.name === 'family') return fault(one, 'not_supported', { what: 'family' })
        const type = scope.names.get(one.name)
        if (!type) return unknownName(one, one.name, scope)
        return { ...at, kind: 'variable', name: one.name, type, absent: false }
      }
      case 'select':
      case 'has': {
        const found = fieldOf(one, scope)
        if (!found) return undefined
        const { of, field } = found
        if (one.kind === 'has') return { ...at, kind: 'has', of, field, type: { kind: 'bool' }, absent: false }
        const absent = !field.always && !scope.present.has(`${of}.${field.name}`)
        return { ...at, kind: 'field', of, field, type: typeOf(field.type), absent }
      }
      case 'list': {
        const items = one.items.map((item) => typed(item, scope))
        const given = items.filter((item) => item !== undefined)
        if (given.length < items.length) return undefined
        // Texts beside a day are days.
        const first = given.find((item) => item.type.kind === 'date') ?? given[0]
        const alike: Part[] = []
        for (const item of given) {
          if (item.type.kind !== 'int' && item.type.kind !== 'text' && item.type.kind !== 'date')
            return fault(item, 'not_supported', { what: `[${item.type.kind}]` })
          const pair = first && sameType(first, item, false)
          if (!pair) return undefined
          alike.push(pair[1])
        }
        const type: Type = {
          kind: 'list',
          of: first ? alike.map((item) => item.type as Scalar).reduce(widest) : { kind: 'text' },
        }
        return { ...at, kind: 'items', items: alike, type, absent: given.some((item) => item.absent) }
      }
      case 'macro':
        return macro(one, scope)
      case 'call':
        return call(one, scope)
      default:
        return fault(one, 'not_supported', { what: 'other' })
    }
  }

  function unknownName(at: { from: number; to: number }, name: string, scope: Scope): undefined {
    const suggestion = nearest(name, ['family', 'members', ...scope.names.keys()])
    return fault(at, 'unknown_name', { name, ...(suggestion !== undefined && { suggestion }) })
  }

  /** `family.decile`, `m.answers.floor` */
  function fieldOf(one: Node & { kind: 'select' | 'has' }, scope: Scope): { of: string; field: Field } | undefined {
    const path = [one.field]
    let root: Node = one.of
    while (root.kind === 'select') {
      path.unshift(root.field)
      root = root.of
    }
    if (root.kind !== 'name') return fault(root, 'not_supported', { what: '.' })
    const owner = root.name === 'family' ? 'family' : 'member'
    if (owner === 'member' && scope.names.get(root.name)?.kind !== 'member') {
      if (root.name === 'members' || scope.names.has(root.name))
        return fault(root, 'not_supported', { what: `${root.name}.` })
      return unknownName(root, root.name, scope)
    }
    const name = path.join('.')
    const field = fields.get(`${owner}.${name}`)
    if (field) return { of: root.name, field }
    const known = [...fields.values()].filter((other) => other.of === owner).map((other) => other.name)
    // `family.floor` is meant for `family.answers.floor`.
    const last = new Map(known.map((other) => [other.split('.').at(-1) ?? other, other]))
    const suggestion = nearest(name, known) ?? last.get(nearest(path.at(-1) ?? '', last.keys()) ?? '')
    return fault(one.kind === 'has' ? { from: one.from, to: one.to } : one, 'unknown_field', {
      name: `${root.name}.${name}`,
      ...(suggestion !== undefined && { suggestion: `${root.name}.${suggestion}` }),
    })
  }

  function wants(part: Part | undefined, ...kinds: Type['kind'][]): boolean {
    if (!part) return false
    if (kinds.includes(part.type.kind)) return true
    fault(part, 'wrong_type', { wanted: kinds[0] ?? '', given: part.type.kind })
    return false
  }

  function call(one: Node & { kind: 'call' }, scope: Scope): Part | undefined {
    const at = { from: one.from, to: one.to, expr: one.expr }
    const [first, second, third] = one.args
    if (one.name === '_&&_' || one.name === '_||_') {
      const left = first && typed(first, scope)
      const right = second && typed(second, left ? after(left, scope, one.name === '_&&_') : scope)
      const fine = [wants(left, 'bool'), wants(right, 'bool')]
      if (!left || !right || fine.includes(false)) return undefined
      const kind = one.name === '_&&_' ? 'and' : 'or'
      return { ...at, kind, left, right, type: { kind: 'bool' }, absent: left.absent || right.absent }
    }
    if (one.name === '_?_:_') {
      const test = first && typed(first, scope)
      const then = second && typed(second, test ? after(test, scope, true) : scope)
      const otherwise = third && typed(third, test ? after(test, scope, false) : scope)
      const fine = [
        wants(test, 'bool'),
        wants(then, 'int', 'bool', 'text', 'date'),
        wants(otherwise, 'int', 'bool', 'text', 'date'),
      ]
      if (!test || !then || !otherwise || fine.includes(false)) return undefined
      const [a, b] = sameType(then, otherwise, false) ?? []
      if (!a || !b) return undefined
      const type = widest(a.type as Scalar, b.type as Scalar)
      return { ...at, kind: 'choice', test, yes: a, no: b, type, absent: test.absent || a.absent || b.absent }
    }
    const args = one.args.map((arg) => typed(arg, scope))
    const [a, b] = args
    const comparison = comparisons[one.name]
    const operator = operators[one.name]
    if (one.name === '!_') {
      if (!wants(a, 'bool') || !a) return undefined
      return { ...at, kind: 'not', part: a, type: a.type, absent: a.absent }
    }
    if (one.name === '-_') {
      if (!wants(a, 'int') || a?.type.kind !== 'int') return undefined
      return {
        ...at,
        kind: 'minus',
        part: a,
        type: { kind: 'int', min: -a.type.max, max: -a.type.min },
        absent: a.absent,
      }
    }
    if (comparison) {
      if (!a || !b) return undefined
      const pair = sameType(a, b)
      if (!pair) return undefined
      const [left, right] = pair
      if (left.type.kind === 'list' || left.type.kind === 'member')
        return fault(left, 'not_comparable', { given: left.type.kind })
      if (comparison !== '==' && comparison !== '!=' && left.type.kind !== 'int' && left.type.kind !== 'date')
        return fault(one, 'not_comparable', { given: left.type.kind })
      return {
        ...at,
        kind: 'compare',
        operator: comparison,
        left,
        right,
        type: { kind: 'bool' },
        absent: left.absent || right.absent,
      }
    }
    if (operator) return calculate(one, operator, a, b, scope)
    if (one.name === '@in') return isIn(one, a, b)
    if (one.name === 'size' && one.args.length === 1) {
      if (!wants(a, 'list', 'text') || !a) return undefined
      const type: Type = { kind: 'int', min: 0, max: a.type.kind === 'list' ? MOST_MEMBERS : MOST_LETTERS }
      return { ...at, kind: 'size', part: a, type, absent: a.absent }
    }
    if ((one.name === 'startsWith' || one.name === 'endsWith' || one.name === 'contains') && one.args.length === 2) {
      const fine = [wants(a, 'text'), wants(b, 'text')]
      if (!a || !b || fine.includes(false)) return undefined
      return {
        ...at,
        kind: 'text',
        name: one.name,
        part: a,
        other: b,
        type: { kind: 'bool' },
        absent: a.absent || b.absent,
      }
    }
    if (one.name === '_[_]') return fault(one, 'not_supported', { what: '[…]' })
    if (functions.includes(one.name) || one.name === 'matches')
      return fault(one, 'not_supported', { what: `${one.name}(…)` })
    const suggestion = nearest(one.name, functions)
    return fault(one, 'unknown_function', { name: one.name, ...(suggestion !== undefined && { suggestion }) })
  }

  function calculate(
    one: Node,
    operator: Arithmetic,
    left: Part | undefined,
    right: Part | undefined,
    scope: Scope,
  ): Part | undefined {
    const fine = [wants(left, 'int'), wants(right, 'int')]
    if (left?.type.kind !== 'int' || right?.type.kind !== 'int' || fine.includes(false)) return undefined
    if (operator === '/' || operator === '%') {
      if (right.type.min === 0 && right.type.max === 0) return fault(right, 'zero')
      if (holds(right.type, 0) && !scope.notZero.has(wordsOf(right))) return fault(right, 'zero')
    }
    const range = arithmetic(operator, left.type, right.type)
    if (!isSafe(range)) return fault(one, 'too_large', { limit: SAFE })
    return {
      from: one.from,
      to: one.to,
      expr: one.expr,
      kind: 'arithmetic',
      operator,
      left,
      right,
      type: { kind: 'int', ...range },
      absent: left.absent || right.absent,
    }
  }

  function isIn(one: Node, left: Part | undefined, right: Part | undefined): Part | undefined {
    if (!wants(right, 'list') || right?.type.kind !== 'list' || !left) return undefined
    const of = right.type.of
    if (of.kind === 'member') return fault(right, 'wrong_type', { wanted: 'list', given: 'member' })
    let list = right
    let value = left
    if (right.kind === 'items') {
      const items: Part[] = []
      for (const item of right.items) {
        const pair = sameType(value, item)
        if (!pair) return undefined
        value = pair[0]
        items.push(pair[1])
      }
      if (!wants(value, 'int', 'text', 'date')) return undefined
      list = { ...right, items, type: { kind: 'list', of: value.type as Scalar } }
    } else {
      const pair = sameType(value, { ...right, type: of })
      if (!pair) return undefined
      value = pair[0]
    }
    return {
      from: one.from,
      to: one.to,
      expr: one.expr,
      kind: 'in',
      left: value,
      right: list,
      type: { kind: 'bool' },
      absent: value.absent || list.absent,
    }
  }

  /** Both as one type: a text beside a day must be a day, a text beside a list of values one of them. */
  function sameType(a: Part, b: Part, values = true): [Part, Part] | undefined {
    if (a.type.kind === 'date' && b.type.kind === 'text') {
      const day = dayOf(b)
      return day && [a, day]
    }
    if (a.type.kind === 'text' && b.type.kind === 'date') {
      const day = dayOf(a)
      return day && [day, b]
    }
    if (a.type.kind !== b.type.kind) return fault(b, 'not_same_type', { one: a.type.kind, other: b.type.kind })
    const fine = values ? [among(a, b), among(b, a)] : []
    return fine.includes(false) ? undefined : [a, b]
  }

  function dayOf(part: Part): Part | undefined {
    if (part.kind !== 'literal') return fault(part, 'not_same_type', { one: 'date', other: 'text' })
    if (!isDay(String(part.value))) return fault(part, 'not_a_day', { value: String(part.value) })
    return { ...part, type: { kind: 'date' } }
  }

  function among(literal: Part, other: Part): boolean {
    if (literal.kind !== 'literal' || other.type.kind !== 'text' || !other.type.values) return true
    const value = String(literal.value)
    if (other.type.values.includes(value)) return true
    const suggestion = nearest(value, other.type.values)
    fault(literal, 'unknown_value', {
      value,
      known: other.type.values.join(', '),
      ...(suggestion !== undefined && { suggestion }),
    })
    return false
  }

  function macro(one: Node & { kind: 'macro' }, scope: Scope): Part | undefined {
    const list = typed(one.list, scope)
    const fine = wants(list, 'list')
    if (taken.has(one.variable) || scope.names.has(one.variable))
      return fault(one, 'taken_name', { name: one.variable })
    if (list?.type.kind !== 'list' || !fine) return undefined
    if (list.kind === 'items') return fault(list, 'not_supported', { what: '[…]' })
    if (scope.loops >= DEEPEST_LOOP) return fault(one, 'too_deep', { limit: DEEPEST_LOOP })
    const inner = { ...scope, names: new Map([...scope.names, [one.variable, list.type.of]]), loops: scope.loops + 1 }
    const where = one.where && typed(one.where, inner)
    if (one.where && (!wants(where, 'bool') || !where)) return undefined
    const body = typed(one.body, where ? after(where, inner, true) : inner)
    if (!body) return undefined
    if (one.name === 'map' ? !wants(body, 'int', 'bool', 'text', 'date', 'member') : !wants(body, 'bool'))
      return undefined
    const type: Type =
      one.name === 'map'
        ? { kind: 'list', of: body.type as Scalar | { kind: 'member' } }
        : one.name === 'filter'
          ? list.type
          : { kind: 'bool' }
    const absent = list.absent || body.absent || (where?.absent ?? false)
    const base = {
      from: one.from,
      to: one.to,
      expr: one.expr,
      kind: 'macro',
      name: one.name,
      list,
      variable: one.variable,
    } as const
    return { ...base, ...(where && { where }), body, type, absent }
  }
}

const typeOf = (type: FieldType): Type => type
const widest = (a: Scalar, b: Scalar): Scalar => {
  if (a.kind === 'int' && b.kind === 'int') return { kind: 'int', ...union(a, b) }
  if (a.kind === 'text' && b.kind === 'text')
    return a.values && b.values ? { kind: 'text', values: [...new Set([...a.values, ...b.values])] } : { kind: 'text' }
  return a
}

/** Whether a text is a day of the calendar, 'YYYY-MM-DD'. */
export const isDay = (value: string): boolean =>
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) &&
  value >= '0001' &&
  !Number.isNaN(Date.parse(`${value}T00:00:00Z`)) &&
  new Date(`${value}T00:00:00Z`).toISOString().startsWith(value)
