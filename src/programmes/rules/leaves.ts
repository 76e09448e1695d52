import { bornForMonths, bornForYears, quoted, SEALED_PPKS } from './columns.ts'
import type { Comparison, Part } from './part.ts'
import type { RuleSource } from './rule.ts'
import { both, either, personOf, type Place, valueOfField } from './place.ts'

/* Conditions that ask about one datum. */

export function fieldCondition(part: Part & { kind: 'field' }, is: boolean, place: Place): string {
  if (part.field.name === 'isHead' || part.field.name === 'isPayee') {
    const { person } = personOf(part.of, place)
    place.familyNeeded?.()
    const column = part.field.name === 'isHead' ? 'head_id' : 'payee_id'
    return `(${person}.id is ${is ? 'not ' : ''}distinct from ${place.family}.${column})`
  }
  const value = valueOfField(part, place)
  return is ? `(${value})` : `(not ${value})`
}

/** Columns of regions are compared byte by byte, others by the database's own order; side by side they must agree on one. */
export const collated = (part: Part, other: Part | undefined, found: string): string =>
  part.type.kind === 'text' && part.kind !== 'literal' && other?.kind !== 'literal' ? `((${found}) collate "C")` : found

/** An age beside a number is a birth before or after a day: what an index and the statistics of the planner know. */
export function bornWhen(age: Part, operator: Comparison, number: Part, place: Place): string | undefined {
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

export function inField(one: string, left: Part, list: Part & { kind: 'field' }, place: Place): string {
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

export const runs = (alias: string, { source: { asOf } }: Pick<Place, 'source'>): string =>
  `${alias}.period_from <= date '${asOf}' and (${alias}.period_to is null or ${alias}.period_to >= date '${asOf}')`

/** What families are said to receive, as a `from` item: as it is believed now, or as it was believed at the source's moment, told anew since or not. */
export function assistanceOf({ tables }: RuleSource, alias: string): string {
  if (tables === 'now') return `assistance ${alias}`
  const at = `timestamptz ${quoted(tables.knownAt.toISOString())}`
  const columns = 'family_id, programme_code, period_from, period_to'
  return `(select ${columns} from assistance where known_from <= ${at}
    union all select ${columns} from assistance_past where known_from <= ${at} and ${at} < known_to) ${alias}`
}
