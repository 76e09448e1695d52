import type { AmendedCorrection, AmendedMember, Member, ShownMember } from '#src/people/proposals/schema.ts'

type Typed = { name: string; nik: string; birthDate: string; sex: string; relationship: string }
/** A member while it is typed: every field a text. `id`: who it is in the proposal. `masked`: the number that stays unless another is typed. */
export type TypedMember = Typed & { id?: string; masked?: string }

export const blankMember = (): TypedMember => ({ name: '', nik: '', birthDate: '', sex: '', relationship: '' })

/** What stands there already; the number is masked, so it is left out and stays as it is. */
export const typedFrom = (one: ShownMember): TypedMember => ({
  name: one.name,
  nik: '',
  birthDate: one.birthDate ?? '',
  sex: one.sex ?? '',
  relationship: one.relationship ?? '',
  ...(one.id !== null && { id: one.id }),
  ...(one.nik !== null && { masked: one.nik }),
})

const texts = ({ name, nik, birthDate, sex, relationship }: TypedMember): Typed => ({
  name: name.trim(),
  nik: nik.replace(/[\s.-]/g, ''),
  birthDate,
  sex,
  relationship,
})

/** The rows somebody filled in, as the API takes them. */
export const membersFrom = (rows: readonly TypedMember[]): (Member & { id?: string })[] =>
  rows
    .map((row) => ({ facts: texts(row), id: row.id }))
    .filter(({ facts }) => Object.values(facts).some((value) => value !== ''))
    .map(({ facts, id }) => ({ ...(given(facts) as Member), ...(id !== undefined && { id }) }))

const given = (facts: Typed) =>
  Object.fromEntries(Object.entries(facts).filter(([key, value]) => key === 'name' || value !== ''))

/** As membersFrom, for people who stand there: what was emptied is taken away; a number left empty stays. */
export const amendedFrom = (rows: readonly TypedMember[]): AmendedMember[] =>
  rows
    .filter((row) => row.id !== undefined || Object.values(texts(row)).some((value) => value !== ''))
    .map((row) => (row.id === undefined ? (given(texts(row)) as Member) : { id: row.id, ...put(row) }))

/** Members of a known family: the name may be one of the things that are right. */
export const correctionsFrom = (rows: readonly TypedMember[]): AmendedCorrection[] =>
  rows.flatMap((row) => {
    if (row.id === undefined) return []
    const { name, ...facts } = put(row)
    return [{ personId: row.id, name: name || null, ...facts }]
  })

function put(row: TypedMember) {
  const { name, nik, birthDate, sex, relationship } = texts(row)
  const orNothing = (value: string) => (value === '' ? null : value)
  return {
    name,
    ...(nik !== '' && { nik }),
    birthDate: orNothing(birthDate),
    sex: orNothing(sex),
    relationship: orNothing(relationship),
  } as Omit<AmendedMember, 'id'>
}
