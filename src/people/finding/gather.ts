import { type Actor, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { nameWords, skeleton } from '../names.ts'
import { addressKey, addressWords, birthKey, bornKey, pairKey, rtKey, wordKey } from '../search-keys.ts'
import { neighbourBones } from './neighbours.ts'
import { districtsOf, type Reading } from './places.ts'
import { findFamilies, findPeople } from './queries.ts'
import type { Narrow } from './schema.ts'
import type { Asked } from './understand.ts'

/** Those who may be meant, before they are compared word by word. */
type Gathered = { people: Set<string>; families: Set<string>; narrow: Set<Narrow> }

/** So many are compared; those with more of the words as they are, and with a name more like it, come first. */
const MOST = 500
/** Misspelt words are looked for at once in so many kecamatan; in more, only when the words as they are find nobody. */
const FEW_DISTRICTS = 2

/** Skeletons a typed word may have in the register. */
type Word = { exact: string[]; near: string[] }

/** What each typed word may be: itself or one slip away, alone or written as one with its neighbour. */
function wordsOf(typed: readonly string[]): Word[] {
  const words = nameWords(typed.join(' '))
  return words.map((word, at) => {
    const joined = [
      words[at - 1] === undefined ? '' : `${words[at - 1] ?? ''}${word}`,
      words[at + 1] === undefined ? '' : `${word}${words[at + 1] ?? ''}`,
    ]
    const exact = [...new Set([word, ...joined].filter((one) => one !== '').map(skeleton))]
    // As it was typed, too: what is a short form with a slip is no short form any more.
    const raw = words.length === typed.length ? (typed[at] ?? '').replaceAll(/[^a-z]/g, '') : ''
    const near = new Set([
      ...exact,
      ...neighbourBones(word),
      ...(raw !== '' && raw !== word ? neighbourBones(raw) : []),
    ])
    return { exact, near: [...near] }
  })
}

const keysIn = (districts: readonly string[], bones: readonly string[]): number[] =>
  districts.flatMap((district) => bones.map((one) => wordKey(district, one)))

/**
 * Looks for everybody one reading of what was typed may mean. With `loosely`, one word of several may be wrong altogether, or
 * belong to the address: dear, and only worth it where every reading found nobody.
 */
export async function gather(
  tx: Tx,
  actor: Actor,
  asked: Asked,
  reading: Reading,
  loosely: boolean,
): Promise<Gathered> {
  const found: Gathered = { people: new Set(), families: new Set(), narrow: new Set() }
  const codes = reading.places?.map((place) => place.code) ?? [actor.regionCode]
  if (codes.length === 0) return found
  const districts = await districtsOf(tx, codes)
  const [only] = codes
  const range = codes.length === 1 && only !== undefined ? { low: only, high: scopeEnd(only) } : { low: '0', high: '~' }
  const words = wordsOf(reading.words)
  const typed = reading.words.join(' ')
  if (districts === null) await throughout(tx, asked, words, { ...range, typed }, found)
  else if (loosely) await withoutOneWord(tx, words, { ...range, typed, districts }, found)
  else await within(tx, asked, words, { ...range, typed, districts }, found)
  return found
}

type Where = { low: string; high: string; typed: string }

type InDistricts = Where & { districts: string[] }

async function findWith(
  tx: Tx,
  groups: readonly (readonly number[])[],
  exact: readonly number[],
  where: Where,
  found: Gathered,
) {
  for (const id of await findPeople(tx, groups, { ...where, exact, most: MOST })) found.people.add(id)
}
const exactIn = (districts: readonly string[], words: readonly Word[]): number[] =>
  keysIn(
    districts,
    words.flatMap((word) => word.exact),
  )

/** In some kecamatan: by words, birth date, address. */
async function within(tx: Tx, asked: Asked, words: readonly Word[], where: InDistricts, found: Gathered) {
  const { districts } = where
  const exact = exactIn(districts, words)
  if (words.length > 0) {
    const isSmall = districts.length <= FEW_DISTRICTS
    const groups = words.map((word) => keysIn(districts, isSmall ? word.near : word.exact))
    await findWith(tx, groups, exact, where, found)
    if (found.people.size === 0 && !isSmall)
      for (const at of words.keys()) {
        const oneNear = words.map((word, other) => keysIn(districts, other === at ? word.near : word.exact))
        await findWith(tx, oneNear, exact, where, found)
      }
  }
  const { birthDate } = asked
  if (birthDate !== undefined)
    await findWith(tx, [districts.map((district) => birthKey(district, birthDate))], exact, where, found)
  await byAddress(tx, asked, words, where, found)
}

async function withoutOneWord(tx: Tx, words: readonly Word[], where: InDistricts, found: Gathered) {
  if (words.length < 2 || where.districts.length > FEW_DISTRICTS) return
  const exact = exactIn(where.districts, words)
  for (const at of words.keys()) {
    const others = words.filter((_, other) => other !== at).map((word) => keysIn(where.districts, word.near))
    await findWith(tx, others, exact, where, found)
  }
}

async function byAddress(
  tx: Tx,
  asked: Asked,
  words: readonly Word[],
  where: Where & { districts: string[] },
  found: Gathered,
) {
  const { districts } = where
  const { rt, rw } = asked
  const rtGroup = rt !== undefined && rw !== undefined ? [districts.map((district) => rtKey(district, rt, rw))] : []
  const bones = addressWords(asked.address.join(' ')).map((word) =>
    districts.length <= FEW_DISTRICTS ? neighbourBones(word) : [skeleton(word)],
  )
  const said = bones.map((near) => districts.flatMap((district) => near.map((one) => addressKey(district, one))))
  // Bare words may be an address as well, where they are no name.
  const bare =
    words.length > 0 && said.length === 0 && found.people.size === 0
      ? words.map((word) => districts.flatMap((district) => word.exact.map((one) => addressKey(district, one))))
      : []
  const groups = [...said, ...bare]
  if (groups.length === 0) return
  for (const id of await findFamilies(tx, [...groups, ...rtGroup], { ...where, most: MOST })) found.families.add(id)
}

/** In a province or the whole country: two words of a name, or a word with the birth date. */
async function throughout(tx: Tx, asked: Asked, words: readonly Word[], where: Where, found: Gathered) {
  const { birthDate } = asked
  const own = words.map((word) => word.exact[0] ?? '')
  const groups: number[][] = []
  if (birthDate !== undefined && words.length > 0)
    groups.push(words.flatMap((word) => word.near.map((one) => bornKey(one, birthDate))))
  else
    for (const [at, word] of words.slice(1).entries()) {
      const before = words[at]
      if (before)
        groups.push([
          ...before.near.map((one) => pairKey(one, own[at + 1] ?? '')),
          ...word.near.map((one) => pairKey(own[at] ?? '', one)),
        ])
    }
  if (groups.length === 0) {
    found.narrow.add('region')
    if (words.length === 0) found.narrow.add('name')
    if (words.length === 1) found.narrow.add('second_name')
    if (birthDate === undefined) found.narrow.add('birth_date')
    return
  }
  const ids = await findPeople(tx, groups, { ...where, exact: [], most: MOST })
  for (const id of ids) found.people.add(id)
  if (ids.length === MOST) {
    found.narrow.add('region')
    if (birthDate === undefined) found.narrow.add('birth_date')
  }
}
