import { type PersonAlias, tableOf } from './columns.ts'
import { assistanceOf, runs } from './leaves.ts'
import { type Part, partsOf } from './part.ts'
import { both, either, type Loop, type Place, valueOfField } from './place.ts'

/* What a loop goes through, and what is asked of all of it: a column of the whole set, or a subquery. */

/** Rows a loop goes through: members or single values of a list, those that passed, and what must be decided of each. */
export type Rows = {
  /** 'members', or a `from` item */
  from: string
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

/** The members of the family: of the whole set at once where the place takes them so. */
export function memberRows(place: Place): Rows {
  const { loops, ...inner } = place
  const at = loops ? '' : String(++place.next.alias)
  const rows = { alias: { person: `p${at}`, sealed: `s${at}` }, passes: [], decided: [], known: [], sealed: false }
  // Beneath the whole set the family is that of the person at hand.
  const beneath = loops ? { ...inner, familyId: 'p.family_id', familyNeeded: loops.familyNeeded } : inner
  return { ...rows, from: 'members', place: beneath }
}

/** The single values of a list. */
export function rowsOfField(list: Part & { kind: 'field' }, place: Place): Rows {
  const alias = `v${++place.next.alias}`
  const { loops: _loops, ...inner } = place
  const rows = { alias: `${alias}.v`, place: inner, passes: [], decided: [], sealed: false }
  if (list.field.name === 'programmes')
    return {
      ...rows,
      from: `(select distinct a.programme_code as v from ${assistanceOf(place.source, 'a')} where a.family_id = ${place.familyId} and ${runs('a', place)}) ${alias}`,
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

export const named = (rows: Rows, name: string): Place => ({
  ...rows.place,
  names: new Map([...rows.place.names, [name, rows.made ?? rows.alias]]),
})
export const passedOr = ({ passes }: Rows, decided: string): string =>
  passes.length === 0 ? `(${decided})` : either(`${both(...passes)} is not true`, decided)
export const scalarOf = (rows: Rows, list: Part): string => {
  if (rows.made !== undefined) return rows.made
  if (typeof rows.alias !== 'string') throw new Error(`no single value: ${list.kind}`)
  return rows.alias
}

/** Whether a part asks for sealed data of the person of a name. */
export function looksAtSealed(part: Part | undefined, name: string): boolean {
  if (!part) return false
  if ((part.kind === 'field' || part.kind === 'has') && part.of === name) return part.field.sealed
  return partsOf(part).some((one) => looksAtSealed(one, name))
}

/** Asks something of the rows that pass, once everything is decided of all rows: a column of the set, or a subquery. */
export function over(rows: Rows, ask: Loop['ask'], place: Place): string {
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
