import { quoted } from './columns.ts'
import { assistanceOf, bornWhen, collated, fieldCondition, inField, runs } from './leaves.ts'
import { type Comparison, opposite, type Part, turned } from './part.ts'
import { both, either, type Place, valueOfField, worked } from './place.ts'
import { holds } from './range.ts'
import { looksAtSealed, memberRows, named, over, passedOr, type Rows, rowsOfField, scalarOf } from './rows.ts'

/*
 * A checked expression as SQL. Of each boolean there are two conditions: that it is true, and that it is false; where data is absent
 * neither is. They stand only where null counts as false (where, case when, filter, and, or), and nothing is ever negated but with
 * `is not true`, so absent data needs no further care. That is Kleene's logic, which CEL has for errors.
 */

/** The condition that a boolean part is true (`is` true) or false. */
export function condition(part: Part, is: boolean, place: Place): string {
  worked(place)
  switch (part.kind) {
    case 'literal':
      return part.value === is ? 'true' : 'false'
    case 'field':
      return fieldCondition(part, is, place)
    case 'variable': {
      const value = place.names.get(part.name)
      return is ? `(${String(value)})` : `(not ${String(value)})`
    }
    case 'has': {
      if (part.field.always) return is ? 'true' : 'false'
      const known =
        part.field.name === 'age' || part.field.name === 'ageMonths' ? { ...part.field, name: 'birthDate' } : part.field
      return `(${valueOfField({ ...part, field: known }, place)} is ${is ? 'not ' : ''}null)`
    }
    case 'not':
      return condition(part.part, !is, place)
    case 'and':
    case 'or': {
      const sides = [condition(part.left, is, place), condition(part.right, is, place)]
      return (part.kind === 'and') === is ? both(...sides) : either(...sides)
    }
    case 'choice':
      return either(
        both(condition(part.test, true, place), condition(part.yes, is, place)),
        both(condition(part.test, false, place), condition(part.no, is, place)),
      )
    case 'compare':
      return compare(part, is ? part.operator : opposite[part.operator], place)
    case 'in':
      return isIn(part, is, place)
    case 'text':
      return matches(part, is, place)
    case 'macro':
      return loopCondition(part, is, place)
    default:
      throw new Error(`no condition: ${part.kind}`)
  }
}

const signs: Readonly<Record<Comparison, string>> = {
  '==': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

function compare(part: Part & { kind: 'compare' }, operator: Comparison, place: Place): string {
  const { left, right } = part
  if (left.type.kind === 'bool') {
    const same = operator === '=='
    const sides = [true, false].map((one) =>
      both(condition(left, one, place), condition(right, same ? one : !one, place)),
    )
    return either(...sides)
  }
  const aged = bornWhen(left, operator, right, place) ?? bornWhen(right, turned[operator], left, place)
  if (aged !== undefined) return aged
  if (left.type.kind === 'date') return `(${day(left, right, place)} ${signs[operator]} ${day(right, left, place)})`
  return `(${collated(left, right, plain(left, place))} ${signs[operator]} ${plain(right, place)})`
}

/** A value as it stands, for comparing: a literal as narrow as the column beside it. */
function plain(part: Part, place: Place): string {
  if (part.kind === 'literal' && part.type.kind === 'int') return String(part.value)
  return part.type.kind === 'int' && part.kind === 'field' ? valueOfField(part, place) : value(part, place)
}

/** A day; as a text where the one beside it is one (answers are). */
function day(part: Part, other: Part, place: Place): string {
  const text = isText(part) || isText(other)
  if (part.kind === 'literal')
    return text ? `${quoted(String(part.value))} collate "C"` : `date ${quoted(String(part.value))}`
  const found = value(part, place)
  return text ? `${asText(found, part)} collate "C"` : found
}
/** Whether the days of a part come out as text: everything but plain columns and literals does, so that all parts of a choice agree. */
const isText = (part: Part): boolean =>
  part.kind !== 'literal' && !(part.kind === 'field' && !part.field.name.includes('.'))
const asText = (found: string, part: Part): string => (isText(part) ? `(${found})` : `to_char(${found}, 'YYYY-MM-DD')`)

function isIn(part: Part & { kind: 'in' }, is: boolean, place: Place): string {
  const { left, right } = part
  if (right.kind === 'items') return amongItems(left, right.items, is, place)
  if (right.kind === 'field' && right.field.name === 'programmes') {
    const found = `exists (select from ${assistanceOf(place.source, 'a')} where a.family_id = ${place.familyId} and a.programme_code = ${collated(left, undefined, value(left, place))} and ${runs('a', place)})`
    return both(...(left.absent ? [`${value(left, place)} is not null`] : []), is ? found : `not ${found}`)
  }
  if (right.kind === 'field') {
    const one = collated(left, undefined, value(left, place))
    const found = inField(one, left, right, place)
    return is ? `(${found})` : `(not (${found}))`
  }
  // A list somebody made by going through another.
  const rows = rowsOf(right, place)
  const inner = rows.place
  const same = `${collated(left, undefined, scalar(left, inner))} = ${scalarOf(rows, right)}`
  const known = left.absent ? [`(${scalar(left, place)}) is not null`] : []
  return both(
    ...known,
    over(rows, is ? { kind: 'any', of: same } : { kind: 'every', of: `(${same}) is not true` }, place),
  )
}

function amongItems(left: Part, items: readonly Part[], is: boolean, place: Place): string {
  const dates = left.type.kind === 'date'
  const text = dates && [left, ...items].some(isText)
  const one = dates
    ? dayAs(left, text, place)
    : collated(left, items.find(({ kind }) => kind !== 'literal') ?? items[0], plain(left, place))
  if (items.length === 0) return is ? 'false' : both(...(left.absent ? [`${one} is not null`] : ['true']))
  const others = items.map((item) => (dates ? dayAs(item, text, place) : plain(item, place)))
  const known = items.filter((item) => item.absent).map((item) => `(${value(item, place)}) is not null`)
  return both(...known, `(${one} ${is ? 'in' : 'not in'} (${others.join(', ')}))`)
}
function dayAs(part: Part, text: boolean, place: Place): string {
  if (part.kind === 'literal')
    return text ? `${quoted(String(part.value))} collate "C"` : `date ${quoted(String(part.value))}`
  return text ? `${asText(value(part, place), part)} collate "C"` : value(part, place)
}

function matches(part: Part & { kind: 'text' }, is: boolean, place: Place): string {
  const whole = collated(part.part, undefined, value(part.part, place))
  const other = value(part.other, place)
  const found =
    part.name === 'startsWith'
      ? `starts_with(${whole}, ${other})`
      : part.name === 'contains'
        ? `strpos(${whole}, ${other}) > 0`
        : `(length(${other}) = 0 or right(${whole}, length(${other})) = ${other})`
  const known = part.name === 'endsWith' ? [`${whole} is not null`] : []
  return is ? both(...known, `(${found})`) : both(...known, `(not (${found}))`)
}

/** The value of a part: null where it is absent. Whole numbers are bigint, days as in `isText`. */
export function value(part: Part, place: Place): string {
  worked(place)
  switch (part.kind) {
    case 'literal':
      if (typeof part.value === 'bigint') return `${part.value < 0n ? `(${part.value})` : part.value}::bigint`
      return typeof part.value === 'boolean' ? String(part.value) : quoted(part.value)
    case 'variable':
      return String(place.names.get(part.name))
    case 'field':
      if (part.type.kind === 'bool') return truth(part, place)
      return part.type.kind === 'int' ? `(${valueOfField(part, place)})::bigint` : valueOfField(part, place)
    case 'minus':
      return `(- ${value(part.part, place)})`
    case 'arithmetic': {
      const right = value(part.right, place)
      const guarded = part.right.type.kind === 'int' && holds(part.right.type, 0)
      // The checker saw that it is not zero where this is asked; PostgreSQL may ask earlier.
      const divisor = guarded && (part.operator === '/' || part.operator === '%') ? `nullif(${right}, 0)` : right
      return `(${value(part.left, place)} ${part.operator} ${divisor})`
    }
    case 'choice': {
      if (part.type.kind === 'bool') return truth(part, place)
      const [then, otherwise] = [part.yes, part.no].map((one) =>
        part.type.kind === 'date' ? dayAs(one, true, place) : value(one, place),
      )
      return `(case when ${condition(part.test, true, place)} then ${then} when ${condition(part.test, false, place)} then ${otherwise} end)`
    }
    case 'size':
      return sizeOf(part.part, place)
    default:
      return truth(part, place)
  }
}

/** A boolean as PostgreSQL's own three values: true, false, or null where it is absent. */
export function ternary(part: Part, place: Place): string {
  switch (part.kind) {
    case 'not':
      return `(not ${ternary(part.part, place)})`
    case 'and':
    case 'or':
      return `(${ternary(part.left, place)} ${part.kind} ${ternary(part.right, place)})`
    case 'choice': {
      const test = ternary(part.test, place)
      return `(case when ${test} then ${ternary(part.yes, place)} when not ${test} then ${ternary(part.no, place)} end)`
    }
    case 'compare':
      if (part.left.type.kind === 'bool')
        return `(${ternary(part.left, place)} ${signs[part.operator]} ${ternary(part.right, place)})`
      return condition(part, true, place)
    case 'in':
      // A list with absent parts, or one somebody made, is no operator of PostgreSQL.
      if (
        part.right.kind === 'macro' ||
        part.right.absent ||
        (part.left.absent && part.right.type.kind === 'list' && part.right.kind === 'field')
      )
        return truth(part, place)
      return part.right.kind === 'items' && part.right.items.length === 0
        ? truth(part, place)
        : condition(part, true, place)
    case 'text':
      return part.name === 'endsWith' ? truth(part, place) : condition(part, true, place)
    case 'macro':
      return truth(part, place)
    default:
      return condition(part, true, place)
  }
}

const truth = (part: Part, place: Place): string =>
  `(case when ${condition(part, true, place)} then true when ${condition(part, false, place)} then false end)`

/** A value that is compared with one of a list somebody made: days always as text. */
const scalar = (part: Part, place: Place): string =>
  part.type.kind === 'date' ? dayAs(part, true, place) : value(part, place)

function sizeOf(part: Part, place: Place): string {
  if (part.type.kind === 'text') return `length(${value(part, place)})::bigint`
  if (part.kind === 'field' && part.field.name === 'programmes')
    return `(select count(distinct a.programme_code) from ${assistanceOf(place.source, 'a')} where a.family_id = ${place.familyId} and ${runs('a', place)})`
  if (part.kind === 'field') {
    const column = valueOfField(part, place)
    return part.field.name.includes('.') ? `jsonb_array_length(${column})::bigint` : `cardinality(${column})::bigint`
  }
  const rows = rowsOf(part, place)
  return over(rows, { kind: 'count', of: null }, place)
}

function rowsOf(list: Part, place: Place): Rows {
  if (list.kind === 'members') return memberRows(place)
  if (list.kind === 'field') return rowsOfField(list, place)
  if (list.kind !== 'macro') throw new Error(`no list: ${list.kind}`)
  const rows = rowsOf(list.list, place)
  const inner = named(rows, list.variable)
  const step = (test: Part): void => {
    const yes = condition(test, true, inner)
    if (test.absent) rows.decided.push(passedOr(rows, either(yes, condition(test, false, inner))))
    rows.passes.push(yes)
  }
  if (list.where) step(list.where)
  rows.sealed ||= looksAtSealed(list.where, list.variable) || looksAtSealed(list.body, list.variable)
  if (list.name === 'filter') step(list.body)
  else if (list.type.kind === 'list' && list.type.of.kind !== 'member') {
    const made = scalar(list.body, inner)
    if (list.body.absent) rows.decided.push(passedOr(rows, `(${made}) is not null`))
    rows.made = made
  }
  return rows
}

function loopCondition(part: Part & { kind: 'macro' }, is: boolean, place: Place): string {
  const rows = rowsOf(part.list, place)
  const inner = named(rows, part.variable)
  rows.sealed ||= looksAtSealed(part.body, part.variable)
  const yes = () => condition(part.body, true, inner)
  const no = () => condition(part.body, false, inner)
  if (part.name === 'exists' || part.name === 'all') {
    // Where nothing can be absent, false is whatever is not true: one question instead of two.
    if (!part.absent && (part.name === 'exists') !== is)
      return `(not ${over(rows, { kind: 'any', of: is ? no() : yes() }, place)})`
    const ofOne = (part.name === 'exists') === is
    if (rows.from === 'members' && place.loops) {
      const of = part.name === 'exists' ? ternary(part.body, inner) : `(not ${ternary(part.body, inner)})`
      return over(rows, { kind: 'told', of, is: ofOne }, place)
    }
    return over(rows, ofOne ? { kind: 'any', of: is ? yes() : no() } : { kind: 'every', of: is ? yes() : no() }, place)
  }
  // exists_one: every one must be decided, for a second may be among them.
  if (part.body.absent) rows.decided.push(passedOr(rows, either(yes(), no())))
  return `(${over(rows, { kind: 'count', of: yes() }, place)} ${is ? '=' : '<>'} 1)`
}
