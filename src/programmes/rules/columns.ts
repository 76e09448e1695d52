import { type Field, type FieldType } from './facts.ts'
import type { RuleSource } from './rule.ts'

/*
 * Where the fields of the catalogue stand in the database. Every value is null where the fact is absent; an answer that is not of its
 * type counts as absent, for forms change and answers stay.
 */

export type Table = 'family' | 'person' | 'sealed'
/** Aliases of one person's rows. */
export type PersonAlias = { person: string; sealed: string }

const plainColumns: Readonly<Record<string, { table: Table; column: string }>> = {
  'family.decile': { table: 'family', column: 'decile' },
  'family.decileSource': { table: 'family', column: 'decile_source' },
  'family.decilePeriod': { table: 'family', column: 'decile_period' },
  'family.region': { table: 'family', column: 'region_code' },
  'family.status': { table: 'family', column: 'status' },
  'family.checkedOn': { table: 'family', column: 'checked_on' },
  'member.birthDate': { table: 'person', column: 'birth_date' },
  'member.age': { table: 'person', column: 'birth_date' },
  'member.ageMonths': { table: 'person', column: 'birth_date' },
  'member.sex': { table: 'person', column: 'sex' },
  'member.relationship': { table: 'person', column: 'relationship' },
  'member.maritalStatus': { table: 'person', column: 'marital_status' },
  'member.schooling': { table: 'person', column: 'schooling' },
  'member.schoolLevel': { table: 'person', column: 'school_level' },
  'member.work': { table: 'person', column: 'work' },
  'member.ppks': { table: 'person', column: 'ppks' },
  'member.disabilities': { table: 'sealed', column: 'disabilities' },
  'member.pregnant': { table: 'sealed', column: 'pregnant' },
  'member.chronicIllnesses': { table: 'sealed', column: 'chronic_illnesses' },
}
export const SEALED_PPKS: ReadonlySet<number> = new Set([16, 17, 19, 25])

/** The tables and columns a field is read from. */
export function readFrom({ of, name }: Field): { table: Table; column: string }[] {
  const plain = plainColumns[`${of}.${name}`]
  if (name === 'ppks' && plain) return [plain, { table: 'sealed', column: 'ppks' }]
  if (plain) return [plain]
  if (name === 'isHead') return [{ table: 'family', column: 'head_id' }]
  if (name === 'isPayee') return [{ table: 'family', column: 'payee_id' }]
  if (name.startsWith('health.')) return [{ table: 'sealed', column: 'answers' }]
  if (name.startsWith('answers.')) return [{ table: of === 'family' ? 'family' : 'person', column: 'answers' }]
  return []
}

/** A text as PostgreSQL reads it, whatever is in it; NUL is refused before (check.ts). */
export const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** The value of a field; `alias` of the family, or of the person. Lists of questions are jsonb. */
export function columnOf(field: Field, alias: string | PersonAlias, asOf: string): string {
  const of = (table: Table) => (typeof alias === 'string' ? alias : table === 'sealed' ? alias.sealed : alias.person)
  const question = /^(?:answers|health)\.(.+)$/.exec(field.name)?.[1]
  if (question !== undefined) {
    const table = field.of === 'family' ? 'family' : field.name.startsWith('health') ? 'sealed' : 'person'
    return answerOf(`(${of(table)}.answers -> ${quoted(question)})`, field.type)
  }
  if (field.name === 'age') return wholeYears(`${of('person')}.birth_date`, asOf)
  if (field.name === 'ageMonths') return wholeMonths(`${of('person')}.birth_date`, asOf)
  if (field.name === 'ppks') return `(${of('person')}.ppks || coalesce(${of('sealed')}.ppks, '{}'))`
  const { table, column } = plainColumns[`${field.of}.${field.name}`] ?? { table: 'person', column: field.name }
  const plain = `${of(table)}.${column}`
  return field.type.kind === 'list' ? `coalesce(${plain}, '{}')` : plain
}

function answerOf(value: string, type: FieldType): string {
  const is = (kind: string) => `jsonb_typeof(${value}) = '${kind}'`
  switch (type.kind) {
    case 'bool':
      return `(case when ${is('boolean')} then (${value})::boolean end)`
    case 'int': {
      const whole = `(${value})::numeric between ${type.min} and ${type.max} and (${value})::numeric = trunc((${value})::numeric)`
      return `(case when ${is('number')} then case when ${whole} then (${value})::numeric::bigint end end)`
    }
    case 'text':
      return `(case when ${is('string')} then ${value} #>> '{}' end)`
    case 'date':
      return `(case when ${is('string')} and ${value} #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then ${value} #>> '{}' end)`
    case 'list': {
      const wrong =
        type.of.kind === 'int'
          ? `@.type() != "number" || @ < ${type.of.min} || @ > ${type.of.max} || @ != @.floor()`
          : '@.type() != "string"'
      return `(case when ${is('array')} and not jsonb_path_exists(${value}, '$[*] ? (${wrong})') then ${value} end)`
    }
  }
}

const parts = (day: string): [number, number, number] => [
  Number(day.slice(0, 4)),
  Number(day.slice(5, 7)),
  Number(day.slice(8, 10)),
]
const two = (value: number): string => String(value).padStart(2, '0')
const lastDay = (year: number, month: number): number => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
/** Nobody was born so early: 'at least so old' beyond the calendar is true of nobody. */
const NEVER = `date '-infinity'`

/** Who was born on this day or before is at least so many (one or more) whole years old. Born on the 29th of February: a year older on the 1st of March. */
export function bornForYears(asOf: string, years: number): string {
  const [year, month, day] = parts(asOf)
  return dayIn(year - years, month, day)
}
/** The same of whole months: born on a day the month lacks: a month older on the first of the next. */
export function bornForMonths(asOf: string, months: number): string {
  const [year, month, day] = parts(asOf)
  const all = year * 12 + month - 1 - months
  return dayIn(Math.floor(all / 12), (all % 12) + 1, day)
}
const dayIn = (year: number, month: number, day: number): string =>
  year < 1 ? NEVER : `date '${String(year).padStart(4, '0')}-${two(month)}-${two(Math.min(day, lastDay(year, month)))}'`

// Whoever is born after the day is 0 years old.
function wholeYears(born: string, asOf: string): string {
  const [year, month, day] = parts(asOf)
  const before = `extract(month from ${born}) * 100 + extract(day from ${born}) > ${month * 100 + day}`
  return nought(born, `${year} - extract(year from ${born})::integer - case when ${before} then 1 else 0 end`)
}
function wholeMonths(born: string, asOf: string): string {
  const [year, month, day] = parts(asOf)
  const number = `(extract(year from ${born}) * 12 + extract(month from ${born}))::integer`
  const before = `extract(day from ${born}) > ${day}`
  return nought(born, `${year * 12 + month} - ${number} - case when ${before} then 1 else 0 end`)
}
const nought = (born: string, number: string): string =>
  `(case when ${born} is not null then greatest(0, ${number})::bigint end)`

const NAME = /^[a-z_][a-z0-9_]{0,62}$/
/** The table a source reads from; a name of a temporary table is never taken unchecked into a statement. */
export function tableOf(source: RuleSource, table: Table): string {
  if (source.tables === 'now') return table === 'sealed' ? 'person_sealed' : table
  const name = source.tables[table]
  if (!NAME.test(name)) throw new Error('the name of a temporary table')
  return name
}
