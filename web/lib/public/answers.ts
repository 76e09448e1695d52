import { m } from '#messages'
import { formatNumber } from '#lib/format.ts'
import type { Content } from './draft.ts'
import type { Fault } from './steps.ts'

/** What people write in many ways in one: the numbers of cards without gaps, lines without blanks around them. */
export function tidy(key: string, value: string): string {
  if (key === 'body' || key === 'reason') return value.replaceAll('\r\n', '\n')
  const line = value.trim()
  if (/\.(nik|kkNumber)$/.test(key)) return line.replace(/[\s.-]/g, '')
  if (key.endsWith('.phone')) return line.replace(/[.]/g, ' ').replace(/\s+/g, ' ')
  return line
}

/** What is wrong with what was typed about a person or a house; `who` is the beginning of their keys. */
export function personFaults(content: Content, who: string): Fault[] {
  const at = (key: string) => content[`${who}.${key}`] ?? ''
  return [
    ...tooLong(content, `${who}.name`, 120),
    ...sixteenDigits(`${who}.nik`, at('nik'), m.public_new_nik_wrong),
    ...sixteenDigits(`${who}.kkNumber`, at('kkNumber'), m.public_new_kk_wrong),
    ...tooLong(content, `${who}.address`, 300),
    ...(['rt', 'rw'] as const)
      .filter((key) => at(key) !== '' && !/^\d{1,3}$/.test(at(key)))
      .map((key) => ({ field: `${who}.${key}`, message: m.public_new_rt_wrong({ name: key.toUpperCase() }) })),
    ...birthFaults(`${who}.birthDate`, at('birthDate')),
  ]
}

function sixteenDigits(field: string, value: string, say: (input: { count: string }) => string): Fault[] {
  if (value === '' || /^\d{16}$/.test(value)) return []
  return [{ field, message: say({ count: formatNumber(value.replace(/\D/g, '').length) }) }]
}

export const tooLong = (content: Content, field: string, most: number): Fault[] =>
  (content[field] ?? '').length > most ? [{ field, message: m.public_new_too_long({ most: formatNumber(most) }) }] : []

export const phoneFaults = (field: string, phone: string): Fault[] =>
  phone === '' || /^[+0-9][0-9 ()-]{5,24}$/.test(phone) ? [] : [{ field, message: m.public_new_phone_wrong() }]

function birthFaults(field: string, value: string): Fault[] {
  if (value === '') return []
  const real = /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
  const year = Number(value.slice(0, 4))
  return real && year >= 1900 && year <= new Date().getUTCFullYear()
    ? []
    : [{ field, message: m.public_new_birth_wrong() }]
}
