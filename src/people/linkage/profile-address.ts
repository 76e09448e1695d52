import type { Pass } from './blocking.ts'
import { code, date, number, type Row, text } from './compare.ts'
import type { Profile } from './link.ts'

/** A list of people with given name, surname and a postal address, in the columns of FEBRL; every one of them may be missing. */
export const addressColumns = [
  'given_name',
  'surname',
  'street_number',
  'address_1',
  'address_2',
  'suburb',
  'postcode',
  'state',
  'date_of_birth',
] as const

const [given, surname, house, street, place, suburb, postcode, state, birth] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const

export function addressRow(record: Readonly<Record<string, string>>): Row {
  return addressColumns.map((column) => {
    const value = (record[column] ?? '').toLowerCase().normalize('NFKD')
    return column === 'date_of_birth' || column === 'postcode' || column === 'street_number'
      ? value.replaceAll(/[^0-9a-z]/g, '')
      : value.replaceAll(/[^a-z0-9]/g, '')
  })
}

/** Parts of the values together; undefined where one is unknown. [field, 4]: its first four letters only. */
const together =
  (...parts: readonly (readonly [field: number, length?: number])[]): Pass =>
  (row) => {
    const values = parts.map(([field, length]) => (row[field] ?? '').slice(0, length))
    return values.includes('') ? undefined : values.join('|')
  }
/** The start of either of two fields, which may have been exchanged, with another field. */
const either =
  (fields: readonly number[], length: number, ...rest: readonly (readonly [field: number, length?: number])[]): Pass =>
  (row) => {
    const key = together(...rest)(row)
    if (key === undefined && rest.length > 0) return undefined
    return typeof key === 'object'
      ? undefined
      : fields.flatMap((field) => (row[field] ? [`${row[field].slice(0, length)}|${key ?? ''}`] : []))
  }

export const addressProfile: Profile = {
  comparisons: [
    text('given_name', given, [surname]),
    text('surname', surname, [given]),
    number('street_number', house),
    text('address_1', street, [place]),
    text('address_2', place, [street, suburb]),
    text('suburb', suburb, [place]),
    number('postcode', postcode),
    code('state', state),
    date('date_of_birth', birth),
  ],
  passes: [
    together([birth]),
    together([given], [surname]),
    together([house], [postcode]),
    together([house], [suburb, 5]),
    together([postcode], [suburb, 4]),
    together([birth, 4], [postcode]),
    together([birth, 6], [suburb, 3]),
    either([street, place], 40),
    either([street, place], 5, [house]),
    either([street, place], 5, [postcode, 3]),
    either([given, surname], 4, [suburb, 4]),
    either([given, surname], 3, [postcode]),
    either([given, surname], 3, [birth, 4], [state]),
    either([given, surname], 3, [house], [state]),
    (row) => {
      const day = (row[birth] ?? '').slice(4)
      return day === '' || row[state] === ''
        ? undefined
        : [given, surname].flatMap((at) => (row[at] ? [`${day}|${row[state]}|${row[at].slice(0, 1)}`] : []))
    },
  ],
}
