import { nameWords, skeleton } from './names.ts'

/*
 * What people and families can be found by, as numbers for an index: each says in which kecamatan which word occurs, so that a
 * search in one place reads only what is there. Decision 0021.
 */

/** More words than this in one name or address are not told apart. */
const MOST_WORDS = 6

/** Spreads text evenly over 32 bits (FNV-1a with a final mix). */
function hash(text: string): number {
  let number = 0x811c9dc5
  for (let at = 0; at < text.length; at++) number = Math.imul(number ^ text.charCodeAt(at), 0x01000193)
  number = Math.imul(number ^ (number >>> 16), 0x85ebca6b)
  number = Math.imul(number ^ (number >>> 13), 0xc2b2ae35)
  return number ^ (number >>> 16)
}

const LOCAL_BITS = 19

let lastDistrict = { code: '', bits: 0 }
function upper(district: string): number {
  if (district !== lastDistrict.code) lastDistrict = { code: district, bits: hash(district) << LOCAL_BITS }
  return lastDistrict.bits
}

/** The 13 upper bits are of the kecamatan: its numbers lie side by side in the index. */
const local = (regionCode: string, what: string): number =>
  upper(regionCode.slice(0, 8)) | (hash(what) >>> (32 - LOCAL_BITS)) | 0

/** A word of a name, by its skeleton, in the kecamatan of a region code. */
export const wordKey = (regionCode: string, bones: string): number => local(regionCode, `n${bones}`)
/** A birth date 'YYYY-MM-DD' in the kecamatan. */
export const birthKey = (regionCode: string, birthDate: string): number => local(regionCode, `b${birthDate}`)
/** Two words of a name anywhere in the country, in any order. */
export const pairKey = (one: string, other: string): number =>
  hash(one < other ? `p${one} ${other}` : `p${other} ${one}`) | 0
/** A word of a name and a birth date anywhere in the country. */
export const bornKey = (bones: string, birthDate: string): number => hash(`d${bones} ${birthDate}`) | 0
/** A word of an address in the kecamatan. */
export const addressKey = (regionCode: string, bones: string): number => local(regionCode, `a${bones}`)
/** RT and RW in the kecamatan or, with the code of a village, only there. */
export const rtKey = (regionCode: string, rt: string, rw: string): number =>
  local(regionCode, `r${regionCode.length > 8 ? regionCode : ''} ${bare(rt)}/${bare(rw)}`)

/** '003' → '3' */
const bare = (number: string): string => number.replace(/^0+(?=\d)/, '')

/** The words one by one, and each two neighbours as one word: Nur Hayati is also Nurhayati. Each as skeleton, once. */
export function bonesOf(words: readonly string[]): string[] {
  const few = words.slice(0, MOST_WORDS)
  const joined = few.slice(1).map((word, at) => `${few[at] ?? ''}${word}`)
  return [...new Set([...few, ...joined].map(skeleton))]
}

/** Numbers a person is found by; the same for every way of writing the name. At most some 40, mostly 3 to 14. */
export function personKeys(person: {
  name: string
  birthDate?: string | null | undefined
  regionCode: string
}): number[] {
  const words = nameWords(person.name)
  const bones = bonesOf(words)
  const single = [...new Set(words.slice(0, MOST_WORDS).map(skeleton))]
  const keys = bones.map((one) => wordKey(person.regionCode, one))
  for (const [at, one] of single.entries()) for (const other of single.slice(at + 1)) keys.push(pairKey(one, other))
  const { birthDate } = person
  if (birthDate) keys.push(birthKey(person.regionCode, birthDate), ...bones.map((one) => bornKey(one, birthDate)))
  return [...new Set(keys)]
}

/** What stands in most addresses and finds nobody. */
const common = new Set(
  `jl jln jalan gg gang no nomor blok blk rt rw kp kampung kpg dusun dsn dukuh desa kel kelurahan kec kecamatan kab kabupaten kota
  perum perumahan komplek kompleks lingkungan ling lk banjar rumah dekat depan belakang sebelah samping`.split(/\s+/),
)

/** The words of an address that tell one from another, in modern spelling: 'Jl. Soekarno No. 12' → ['sukarno']. */
export const addressWords = (address: string): string[] => {
  const letters = address.toLowerCase().replaceAll(/[^a-z\s]+/g, ' ')
  return letters
    .split(/\s+/)
    .filter((word) => word.length >= 3 && !common.has(word))
    .slice(0, MOST_WORDS)
}

/** Numbers a family is found by: words of the address, RT with RW. */
export function familyKeys(family: {
  address?: string | null | undefined
  rt?: string | null | undefined
  rw?: string | null | undefined
  regionCode: string
}): number[] {
  const { address, rt, rw, regionCode } = family
  const keys = bonesOf(addressWords(address ?? '')).map((one) => addressKey(regionCode, one))
  if (rt && rw) keys.push(rtKey(regionCode.slice(0, 8), rt, rw), rtKey(regionCode, rt, rw))
  return [...new Set(keys)]
}
