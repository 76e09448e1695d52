import type { NewDataRequest } from '#src/people/rights/schema.ts'
import type { Fault } from '#lib/complaints/steps.ts'
import { m } from '#messages'

export const fields = [
  'kind',
  'wish',
  'regionCode',
  'place',
  'name',
  'nik',
  'kkNumber',
  'birthDate',
  'phone',
  'id',
] as const
export type Asked = Record<(typeof fields)[number], string>

/** What was typed so far. It travels with the form itself: nothing of it is kept anywhere before it is sent. */
export function typedOf(form: FormData): Asked {
  const text = (name: string) =>
    String(form.get(name) ?? '')
      .replaceAll('\r\n', '\n')
      .trim()
      .slice(0, 2000)
  return Object.fromEntries(fields.map((name) => [name, text(name)])) as Asked
}

const digits = (text: string) => text.replace(/[\s.-]/g, '')
const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))

export function kindFaults({ kind, wish }: Asked): Fault[] {
  if (kind !== 'access' && kind !== 'correction') return [{ field: 'kind', message: m.rights_kind_missing() }]
  return kind === 'correction' && wish.length < 10 ? [{ field: 'wish', message: m.rights_wish_short() }] : []
}
export function whoFaults({ name, nik, kkNumber, birthDate }: Asked): Fault[] {
  return [
    ...(name === '' ? [{ field: 'name', message: m.rights_name_missing() }] : []),
    ...(/^\d{16}$/.test(digits(nik)) ? [] : [{ field: 'nik', message: m.rights_number_wrong() }]),
    ...(kkNumber === '' || /^\d{16}$/.test(digits(kkNumber))
      ? []
      : [{ field: 'kkNumber', message: m.rights_number_wrong() }]),
    ...(birthDate === '' || isDay(birthDate) ? [] : [{ field: 'birthDate', message: m.rights_birth_wrong() }]),
  ]
}

/** As the API takes it; only after the faults are gone. */
export const requestOf = (asked: Asked): NewDataRequest => ({
  ...(asked.id && { id: asked.id }),
  kind: asked.kind === 'correction' ? 'correction' : 'access',
  regionCode: asked.regionCode,
  name: asked.name.slice(0, 120),
  nik: digits(asked.nik),
  ...(asked.kkNumber && { kkNumber: digits(asked.kkNumber) }),
  ...(asked.birthDate && { birthDate: asked.birthDate }),
  ...(asked.phone && { phone: asked.phone.slice(0, 25) }),
  ...(asked.kind === 'correction' && { wish: asked.wish }),
})
