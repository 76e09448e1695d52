import { bornForMonths, bornForYears, columnOf, type PersonAlias, quoted, SEALED_PPKS, tableOf } from './columns.ts'
import { type Comparison, type Part, partsOf } from './part.ts'
import { holds } from './range.ts'
import type { RuleSource } from './rule.ts'

/*
 * A checked expression as SQL. Of each boolean there are two conditions: that it is true, and that it is false; where data is absent
 * neither is. They stand only where null counts as false (where, case when, filter, and, or), and nothing is ever negated but with
 * `is not true`, so absent data needs no further care. That is Kleene's logic, which CEL has for errors.
 */

/** Where an expression stands. */
export type Place = {
  source: RuleSource
  /** alias of the family, and the id by which its members are found */
  family: string
  familyId: string
  /** people and single values that loops go through */
  names: ReadonlyMap<string, PersonAlias | string>
  /** a loop over the members that is asked for a whole set at once: gives columns instead of subqueries */
  loops?: Loops
  next: { alias: number; work: number }
  /** told when the family itself is looked at from beside one of its members, taken from the whole set */
  familyNeeded?: () => void
}

/** What is asked of the members that pass `passes`, once all of `decided` is true of every member. */
export type Loop = {
  sealed: boolean
  passes: string[]
  decided: string[]
  ask:
    | { kind: 'any'; of: string }
    | { kind: 'every'; of: string }
    | { kind: 'count'; of: string | null }
    /** true: of one `of` is true. false: of all it is false. */
    | { kind: 'told'; of: string; is: boolean }
}

/** Gives the condition or count; `familyNeeded` as in a place. */
export type Loops = { over: (loop: Loop) => string; familyNeeded: () => void }

export class TooMuchSql extends Error {}
/** Steps of translation for one expression: a part that stands in both conditions of its parent is translated twice. */
const MOST_WORK = 4000

const both = (...conditions: string[]): string => (conditions.length === 0 ? 'true' : `(${conditions.join(' and ')})`)
const either = (...conditions: string[]): string => `(${conditions.join(' or ')})`

function worked(place: Place): void {
  if (++place.next.work > MOST_WORK) throw new TooMuchSql('too much')
}

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
        both(condition(part.test, true, place), condition(part.then, is, place)),
        both(condition(part.test, false, place), condition(part.otherwise, is, place)),
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

export const opposite: Readonly<Record<Comparison, Comparison>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
}
const turned: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}
const signs: Readonly<Record<Comparison, string>> = {
  '==': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

function fieldCondition(part: Part & { kind: 'field' }, is: boolean, place: Place): string {
  if (part.field.name === 'isHead' || part.field.name === 'isPayee') {
    const { person } = personOf(part.of, place)
    place.familyNeeded?.()
    const column = part.field.name === 'isHead' ? 'head_id' : 'payee_id'
    return `(${person}.id is ${is ? 'not ' : ''}distinct from ${place.family}.${column})`
  }
  const value = valueOfField(part, place)
  return is ? `(${value})` : `(not ${value})`
}

const personOf = (name: string, place: Place): PersonAlias => {
  const alias = place.names.get(name)
  if (typeof alias !== 'object') throw new Error('a person')
  return alias
}

function valueOfField(part: Part & { kind: 'field' | 'has' }, place: Place): string {
  if (part.of !== 'family') return columnOf(part.field, personOf(part.of, place), place.source.asOf)
  place.familyNeeded?.()
  return columnOf(part.field, place.family, place.source.asOf)
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

/** Columns of regions are compared byte by byte, others by the database's own order; side by side they must agree on one. */
const collated = (part: Part, other: Part | undefined, found: string): string =>
  part.type.kind === 'text' && part.kind !== 'literal' && other?.kind !== 'literal' ? `((${found}) collate "C")` : found

/** An age beside a number is a birth before or after a day: what an index and the statistics of the planner know. */
function bornWhen(age: Part, operator: Comparison, number: Part, place: Place): string | undefined {
  if (age.kind !== 'field' || (age.field.name !== 'age' && age.field.name !== 'ageMonths')) return undefined
  if (age.field.of !== 'member' || number.kind !== 'literal' || number.type.kind !== 'int') return undefined
  const { asOf } = place.source
  const { person } = personOf(age.of, place)
  const born = `${person}.birth_date`
  const since = age.field.name === 'age' ? bornForYears : bornForMonths
  const years = number.type.min
  // Nobody is younger than 0, but of whom it is not known it stays unknown.
  const whoever = (is: boolean) => `(case when ${born} is not null then ${is} end)`
  const least = (count: number) => (count <= 0 ? whoever(true) : `${born} <= ${since(asOf, count)}`)
  const below = (count: number) => (count <= 0 ? whoever(false) : `${born} > ${since(asOf, count)}`)
  switch (operator) {
    case '>=':
      return `(${least(years)})`
    case '>':
      return `(${least(years + 1)})`
    case '<':
      return `(${below(years)})`
    case '<=':
      return `(${below(years + 1)})`
    case '==':
      return both(least(years), below(years + 1))
    case '!=':
      return either(below(years), least(years + 1))
  }
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
    const found = `exists (select from assistance a where a.family_id = ${place.familyId} and a.programme_code = ${collated(left, undefined, value(left, place))} and ${runs('a', place)})`
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

function inField(one: string, left: Part, list: Part & { kind: 'field' }, place: Place): string {
  if (list.field.name.includes('.')) {
    const column = valueOfField(list, place)
    return left.type.kind === 'int' ? `${column} @> to_jsonb(${one})` : `${column} ? ${one}`
  }
  // Kinds of PPKS stand in two places; which one, the number says.
  if (list.field.name === 'ppks' && left.kind === 'literal') {
    const { person, sealed } = personOf(list.of, place)
    const column = SEALED_PPKS.has(Number(left.value)) ? `coalesce(${sealed}.ppks, '{}')` : `${person}.ppks`
    return `${String(left.value)} = any (${column})`
  }
  return `${one} = any (${valueOfField(list, place)})`
}

const runs = (alias: string, { source }: Place): string => {
  const { asOf, tables } = source
  const known =
    tables === 'now' ? '' : ` and ${alias}.known_from <= timestamptz ${quoted(tables.knownAt.toISOString())}`
  return `${alias}.period_from <= date '${asOf}' and (${alias}.period_to is null or ${alias}.period_to >= date '${asOf}')${known}`
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
      const [then, otherwise] = [part.then, part.otherwise].map((one) =>
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
      return `(case when ${test} then ${ternary(part.then, place)} when not ${test} then ${ternary(part.otherwise, place)} end)`
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
    return `(select count(distinct a.programme_code) from assistance a where a.family_id = ${place.familyId} and ${runs('a', place)})`
  if (part.kind === 'field') {
    const column = valueOfField(part, place)
    return part.field.name.includes('.') ? `jsonb_array_length(${column})::bigint` : `cardinality(${column})::bigint`
  }
  const rows = rowsOf(part, place)
  return over(rows, { kind: 'count', of: null }, place)
}

// Loops ------------------------------------------------------------------------------------------------------

/** Rows a loop goes through: members or single values of a list, those that passed, and what must be decided of each. */
type Rows = {
  /** 'members', or a `from` item */
  from: 'members' | string
  alias: PersonAlias | string
  place: Place
  passes: string[]
  decided: string[]
  /** the list itself is absent unless */
  known: string[]
  /** what each row has become: a value; undefined: the person or single value itself */
  made?: string
  sealed: boolean
}

function rowsOf(list: Part, place: Place): Rows {
  if (list.kind === 'members') {
    const { loops, ...inner } = place
    const at = loops ? '' : String(++place.next.alias)
    const rows = { alias: { person: `p${at}`, sealed: `s${at}` }, passes: [], decided: [], known: [], sealed: false }
    // Beneath the whole set the family is that of the person at hand.
    const beneath = loops ? { ...inner, familyId: 'p.family_id', familyNeeded: loops.familyNeeded } : inner
    return { ...rows, from: 'members', place: beneath }
  }
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

function rowsOfField(list: Part & { kind: 'field' }, place: Place): Rows {
  const alias = `v${++place.next.alias}`
  const { loops: _loops, ...inner } = place
  const rows = { alias: `${alias}.v`, place: inner, passes: [], decided: [], sealed: false }
  if (list.field.name === 'programmes')
    return {
      ...rows,
      from: `(select distinct a.programme_code as v from assistance a where a.family_id = ${place.familyId} and ${runs('a', place)}) ${alias}`,
      known: [],
    }
  const column = valueOfField(list, place)
  const known = list.absent ? [`(${column}) is not null`] : []
  if (!list.field.name.includes('.')) {
    const cast = list.field.name === 'ppks' ? '::bigint' : ''
    return { ...rows, from: `(select u.v${cast} as v from unnest(${column}) as u (v)) ${alias}`, known }
  }
  const cast = list.type.kind === 'list' && list.type.of.kind === 'int' ? 'u.v::numeric::bigint' : 'u.v'
  return { ...rows, from: `(select ${cast} as v from jsonb_array_elements_text(${column}) as u (v)) ${alias}`, known }
}

const named = (rows: Rows, name: string): Place => ({
  ...rows.place,
  names: new Map([...rows.place.names, [name, rows.made ?? rows.alias]]),
})
const passedOr = ({ passes }: Rows, decided: string): string =>
  passes.length === 0 ? `(${decided})` : either(`${both(...passes)} is not true`, decided)
const scalarOf = (rows: Rows, list: Part): string => {
  if (rows.made !== undefined) return rows.made
  if (typeof rows.alias !== 'string') throw new Error(`no single value: ${list.kind}`)
  return rows.alias
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
    const any = (part.name === 'exists') === is
    if (rows.from === 'members' && place.loops) {
      const of = part.name === 'exists' ? ternary(part.body, inner) : `(not ${ternary(part.body, inner)})`
      return over(rows, { kind: 'told', of, is: any }, place)
    }
    return over(rows, any ? { kind: 'any', of: is ? yes() : no() } : { kind: 'every', of: is ? yes() : no() }, place)
  }
  // exists_one: every one must be decided, for a second may be among them.
  if (part.body.absent) rows.decided.push(passedOr(rows, either(yes(), no())))
  return `(${over(rows, { kind: 'count', of: yes() }, place)} ${is ? '=' : '<>'} 1)`
}

/** Whether a part asks for sealed data of the person of a name. */
export function looksAtSealed(part: Part | undefined, name: string): boolean {
  if (!part) return false
  if ((part.kind === 'field' || part.kind === 'has') && part.of === name) return part.field.sealed
  return partsOf(part).some((one) => looksAtSealed(one, name))
}
/** Asks something of the rows that pass, once everything is decided of all rows: a column of the set, or a subquery. */
function over(rows: Rows, ask: Loop['ask'], place: Place): string {
  const loop: Loop = { sealed: rows.sealed, passes: rows.passes, decided: rows.decided, ask }
  if (rows.from === 'members' && place.loops) return place.loops.over(loop)
  const from = rows.from === 'members' ? membersFrom(rows, place) : rows.from
  const where = rows.from === 'members' && typeof rows.alias === 'object' ? membersOf(rows.alias.person, place) : []
  const decided = rows.decided.map(
    (one) => `not exists (select from ${from} where ${both(...where, `(${one}) is not true`)})`,
  )
  if (ask.kind === 'count') {
    const count = `(select count(*) from ${from} where ${both(...where, ...rows.passes, ...(ask.of === null ? [] : [ask.of]))})`
    const sure = [...rows.known, ...decided]
    return sure.length === 0 ? count : `(case when ${both(...sure)} then ${count} end)`
  }
  if (ask.kind === 'told') throw new Error('told only of a whole set')
  const found =
    ask.kind === 'any'
      ? `exists (select from ${from} where ${both(...where, ...rows.passes, ask.of)})`
      : `not exists (select from ${from} where ${both(...where, ...rows.passes, `(${ask.of}) is not true`)})`
  return both(...rows.known, ...decided, found)
}

function membersFrom({ alias, sealed }: Rows, { source }: Place): string {
  if (typeof alias === 'string') return alias
  const people = `${tableOf(source, 'person')} ${alias.person}`
  return sealed
    ? `${people} left join ${tableOf(source, 'sealed')} ${alias.sealed} on ${alias.sealed}.person_id = ${alias.person}.id`
    : people
}
const membersOf = (person: string, place: Place): string[] => [
  `${person}.family_id = ${place.familyId}`,
  `${person}.status = 'active'`,
]
