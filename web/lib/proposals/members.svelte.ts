import type { Member, ShownMember } from '#src/people/proposals/schema.ts'

/** A member while it is typed: every field a text. */
export type TypedMember = { name: string; nik: string; birthDate: string; sex: string; relationship: string }

export const blankMember = (): TypedMember => ({ name: '', nik: '', birthDate: '', sex: '', relationship: '' })

/** What stands there already; the number is masked, so it is left out and stays as it is. */
export const typedFrom = (one: ShownMember): TypedMember => ({
  name: one.name,
  nik: '',
  birthDate: one.birthDate ?? '',
  sex: one.sex ?? '',
  relationship: one.relationship ?? '',
})

/** The rows somebody filled in, as the API takes them. */
export const membersFrom = (rows: readonly TypedMember[]): Member[] =>
  rows
    .filter((one) => Object.values(one).some((value) => value.trim() !== ''))
    .map(
      (one) =>
        Object.fromEntries(
          Object.entries({ ...one, nik: one.nik.replace(/[\s.-]/g, '') })
            .map(([key, value]) => [key, value.trim()])
            .filter(([key, value]) => key === 'name' || value !== ''),
        ) as Member,
    )
