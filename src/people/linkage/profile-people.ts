import { skeleton } from '../names.ts'
import { addressWords } from '../search-keys.ts'
import { code, type Comparison, dateLevel, number, type Row, unknown } from './compare.ts'
import { nameLevel, nameLevels, nameWays, wayWords } from './compare-names.ts'
import { nikBirth, nikLevel, nikLevels, sameBirthOnly, sideBySideLevel } from './compare-nik.ts'
import type { Pass } from './blocking.ts'
import type { Profile } from './link.ts'
import { sharedWords } from './similarity.ts'

/** What is compared of a person of Indonesia; what is unknown is absent or ''. birthDate 'YYYY-MM-DD'. */
export type LinkPerson = {
  name: string
  nik?: string | null
  birthDate?: string | null
  birthPlace?: string | null
  sex?: string | null
  kkNumber?: string | null
  motherName?: string | null
  address?: string | null
  rt?: string | null
  rw?: string | null
  regionCode?: string | null
}

const [name, nik, birth, place, sex, kk, mother, address, rt, rw, region, bones] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
] as const

/** In the order of the fields above; `bones` are the skeletons of the words of the name, for bringing together only. */
export function personRow(person: LinkPerson): Row {
  const ways = nameWays(person.name)
  return [
    ways,
    (person.nik ?? '').replaceAll(/\D/g, ''),
    (person.birthDate ?? '').replaceAll('-', ''),
    (person.birthPlace ?? '')
      .toLowerCase()
      .replace(/^(kota|kab\.?|kabupaten)\s+/, '')
      .replaceAll(/[^a-z]/g, ''),
    person.sex ?? '',
    (person.kkNumber ?? '').replaceAll(/\D/g, ''),
    nameWays(person.motherName ?? ''),
    addressWords(person.address ?? '').join(' '),
    bare(person.rt),
    bare(person.rw),
    person.regionCode ?? '',
    [...new Set(wayWords(ways).map(skeleton))].join(' '),
  ]
}
const bare = (digits: string | null | undefined): string =>
  (digits ?? '').replaceAll(/\D/g, '').replace(/^0+(?=\d)/, '')

const names = (key: string, at: number, household: boolean): Comparison => ({
  key,
  levels: nameLevels,
  household,
  term: (row) => row[at] ?? '',
  compare: (a, b) => (a[at] && b[at] ? nameLevel(a[at], b[at]) : unknown),
})

/** Provinces that were one until 2022: codes of a place there may be old or new. */
const papua = /^9[1-6]/

/** Same village, same kecamatan, same kabupaten or a Papua before and after 2022, elsewhere. */
const places: Comparison = {
  key: 'region',
  levels: 4,
  household: true,
  term: (row) => row[region] ?? '',
  compare: (a, b) => {
    const left = a[region] ?? ''
    const right = b[region] ?? ''
    if (left === '' || right === '') return unknown
    if (left === right) return 0
    if (left.length >= 8 && left.slice(0, 8) === right.slice(0, 8)) return 1
    if (left.slice(0, 5) === right.slice(0, 5)) return 2
    return papua.test(left) && papua.test(right) && left.slice(0, 2) !== right.slice(0, 2) ? 2 : 3
  },
}

const isHousehold = (a: Row, b: Row): boolean =>
  (a[kk] !== '' && a[kk] === b[kk]) ||
  (a[mother] !== '' && b[mother] !== '' && nameLevel(a[mother] ?? '', b[mother] ?? '') <= 2) ||
  (a[address] !== '' && a[address] === b[address])

/**
 * Twins: born on one day into one household. Names that are not the same name badly written are two children; where their NIKs
 * were given one after another, the names must be the same. A NIK both have is for a person to judge.
 */
function twins(a: Row, b: Row): boolean {
  if (a[birth] === '' || a[birth] !== b[birth] || !isHousehold(a, b)) return false
  const byNik = a[nik] && b[nik] ? nikLevel(a[nik], b[nik]) : unknown
  if (!a[name] || !b[name]) return false
  const level = nameLevel(a[name], b[name])
  return level >= (leastApart[byNik] ?? 5)
}

/** By the level of the NIK: from which level of the name on two of one birthday are two. */
const leastApart: Readonly<Record<number, number>> = { 0: Infinity, 1: Infinity, 2: Infinity, 3: 2, 4: 3, 5: 4 }

/**
 * Two numbers of one day and place are made of the same ten or twelve digits, and serials are small: this many are as near as a
 * slip. Taken for high rather than low.
 */
const nearByChance = 0.02
/** Two people are born on one day of one year more often than this where dates were written by guess. */
const oneBirthday = 0.0001

/**
 * As `nikLevel`, but what follows from birthday, sex and place, which are compared themselves, is not counted again: the same
 * birthday in two numbers says nothing more, and a slip that the two records bear out is no slip but another person's number.
 */
function numbers(a: Row, b: Row): number {
  const left = a[nik] ?? ''
  const right = b[nik] ?? ''
  if (left === '' || right === '') return unknown
  const level = nikLevel(left, right)
  if (level === 0 || level === nikLevels - 1) return level
  const known = (at: number) => Boolean(a[at] && b[at])
  const sameBirth = a[birth] === b[birth]
  if (level === sameBirthOnly) return known(birth) && sameBirth ? nikLevels - 1 : level
  const sameDigits = nikBirth(left) === nikBirth(right)
  const samePlace = left.slice(0, 6) === right.slice(0, 6)
  const sameSex = left[6] === right[6] || Math.abs(Number(left[6]) - Number(right[6])) !== 4
  const borneOut =
    known(birth) &&
    sameBirth === sameDigits &&
    (samePlace || (known(region) && a[region]?.slice(0, 8) !== b[region]?.slice(0, 8))) &&
    (sameSex || (known(sex) && a[sex] !== b[sex]))
  return borneOut ? sideBySideLevel : level
}

const words = (row: Row): string[] => (row[bones] ? row[bones].split(' ') : [])
const withWord =
  (...rest: readonly ((row: Row) => string | undefined)[]): Pass =>
  (row) => {
    const parts = rest.map((part) => part(row))
    if (parts.some((part) => !part)) return undefined
    return words(row).map((word) => `${word}|${parts.join('|')}`)
  }
const field =
  (at: number, from = 0, to?: number) =>
  (row: Row) =>
    row[at]?.slice(from, to)
const fields =
  (...rest: readonly ((row: Row) => string | undefined)[]): Pass =>
  (row) => {
    const parts = rest.map((part) => part(row))
    return parts.some((part) => !part) ? undefined : parts.join('|')
  }
const wholeName = (row: Row) => words(row).toSorted().join(' ')
const firstMother = (row: Row) => row[mother]?.split(/[ |]/)[0]

export const peopleProfile: Profile = {
  comparisons: [
    names('name', name, false),
    {
      key: 'nik',
      levels: nikLevels,
      least: [0, 0, 0, nearByChance, oneBirthday],
      compare: numbers,
    },
    {
      key: 'birth_date',
      levels: 4,
      term: (row) => row[birth] ?? '',
      compare: (a, b) => (a[birth] && b[birth] ? dateLevel(a[birth], b[birth]) : unknown),
    },
    code('birth_place', place, true),
    code('sex', sex),
    number('kk', kk, true),
    names('mother_name', mother, true),
    {
      key: 'address',
      levels: 3,
      household: true,
      term: (row) => row[address] ?? '',
      compare: (a, b) => {
        if (!a[address] || !b[address]) return unknown
        if (a[address] === b[address]) return 0
        return sharedWords(a[address].split(' '), b[address].split(' ')) >= 0.5 ? 1 : 2
      },
    },
    code('rt', rt, true),
    code('rw', rw, true),
    places,
  ],
  passes: [
    fields(field(nik)),
    fields(field(nik, 6)),
    withWord(field(birth)),
    withWord(field(nik, 6, 12)),
    fields(field(kk)),
    withWord(field(birth, 0, 4), firstMother),
    withWord(field(birth, 4), field(region)),
    withWord(field(birth, 0, 6), field(region)),
    fields(wholeName, field(birth, 0, 4)),
    fields(wholeName, field(birth, 4)),
    fields(wholeName, field(region), field(rt), field(rw)),
    fields(wholeName, firstMother),
    fields(field(birth), field(region)),
    fields(field(birth), firstMother),
    fields(firstMother, field(region), field(rt)),
    fields(field(nik, 0, 12)),
  ],
  veto: twins,
}
