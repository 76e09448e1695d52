import { slips } from '#src/regions/index.ts'
import { nameWords, skeleton } from '../names.ts'
import { addressWords } from '../search-keys.ts'
import type { Candidate } from './queries.ts'
import type { Asked } from './understand.ts'

/** Below this, somebody is not shown: at least most of what was typed has to fit. */
const LEAST = 0.62
/** From this on, it is what was asked. */
export const EXACT = 0.97

/** How alike a typed word and a word of a name are, 0 to 1: the same, written in another way, with a slip or two, begun. */
function wordLikeness(typed: string, word: string): number {
  if (typed === word) return 1
  const isShort = Math.min(typed.length, word.length) <= 3
  const off = slips(typed, word, isShort ? 1 : 3)
  if (skeleton(typed) === skeleton(word) && off <= 3) return off <= 1 ? 0.95 : 0.88
  if (off === 1) return isShort ? 0.7 : 0.87
  if (off === 2 && Math.min(typed.length, word.length) >= 6) return 0.68
  if (typed.length === 1 || word.length === 1) return typed.charAt(0) === word.charAt(0) ? 0.6 : 0
  return typed.length >= 4 && word.startsWith(typed) ? 0.75 : 0
}

/** Each typed word against the best word of the name, or two that were written as one; as they are in `words`. */
function likenesses(typed: readonly string[], words: readonly string[]): number[] {
  const joined = (list: readonly string[]) => list.slice(1).map((word, at) => `${list[at] ?? ''}${word}`)
  const pairs = joined(words)
  const fits = typed.map((word) => Math.max(0, ...[...words, ...pairs].map((other) => wordLikeness(word, other))))
  joined(typed).forEach((pair, at) => {
    const fit = Math.max(0, ...words.map((word) => wordLikeness(pair, word)))
    for (const index of [at, at + 1]) fits[index] = Math.max(fits[index] ?? 0, fit)
  })
  return fits
}

function birthLikeness(asked: string, known: string | null): number {
  if (known === null) return 0.4
  if (asked === known) return 1
  const [year, month, day] = asked.split('-')
  const [knownYear, knownMonth, knownDay] = known.split('-')
  if (year === knownYear && month === knownDay && day === knownMonth) return 0.85
  if (slips(asked.replaceAll('-', ''), known.replaceAll('-', ''), 1) === 1) return 0.8
  return year === knownYear ? 0.4 : 0
}

/** What of somebody is compared with what was asked, and how much it counts. */
type Question = Asked & { name: readonly string[] }

/** How well somebody fits, 0 to 1; 0 where too little does. */
export function fit(asked: Question, one: Candidate): number {
  let sum = 0
  let weight = 0
  const add = (likeness: number, counts: number) => {
    sum += likeness * counts
    weight += counts
  }
  const words = nameWords(one.name)
  const streets = one.address === null ? [] : addressWords(one.address)
  const ofName = likenesses(asked.name, words)
  const ofStreet = likenesses(asked.name, streets)
  ofName.forEach((likeness, at) => add(Math.max(likeness, 0.9 * (ofStreet[at] ?? 0)), 1))
  for (const likeness of likenesses(asked.address, streets)) add(likeness, 0.8)
  if (asked.birthDate !== undefined) add(birthLikeness(asked.birthDate, one.birth_date), 1.2)
  if (asked.birthYear !== undefined) {
    const off = one.birth_date === null ? 9 : Math.abs(Number(asked.birthYear) - Number(one.birth_date.slice(0, 4)))
    add(off === 0 ? 1 : off === 1 ? 0.6 : 0, 0.8)
  }
  if (asked.rt !== undefined) add(same(asked.rt, one.rt), 0.5)
  if (asked.rw !== undefined) add(same(asked.rw, one.rw), 0.5)
  if (asked.ends !== undefined) add(one.nik?.endsWith(asked.ends) ? 1 : 0, 0.8)
  // Found by the number itself: nothing else was asked, or the rest decides.
  if (weight === 0) return 1
  const likeness = sum / weight
  if (likeness < LEAST) return 0
  const unasked = asked.name.length === 0 ? 0 : Math.max(0, words.length - asked.name.length)
  return likeness - 0.01 * Math.min(2, unasked)
}

const same = (asked: string, known: string | null): number =>
  known !== null && asked.replace(/^0+(?=\d)/, '') === known.replace(/^0+(?=\d)/, '') ? 1 : 0
