import { nameWords, normaliseName } from '../names.ts'
import { jaroWinkler, oneSlip } from './similarity.ts'

/** Words so frequent in Indonesian names that sharing one says nothing about who it is. */
const everywhere = new Set(
  'muhammad abdul ahmad siti nur sri dewi nurul tri dwi eka ni i made wayan ketut nyoman putu agus andi'.split(' '),
)

// Words of names come again and again; both memories are cut before they grow.
const sounds = new Map<string, string>()
const partsOf = new Map<string, string[]>()

/** How a word sounds, vowels kept: sulistyawati and sulistiawati, yusuf and jusup alike; rina and rini, hasan and husin not. */
export function sound(word: string): string {
  const known = sounds.get(word)
  if (known !== undefined) return known
  if (sounds.size > 200_000) sounds.clear()
  const heard = word
    .replaceAll('ie', 'i')
    .replaceAll(/sy|sh/g, 's')
    .replaceAll(/dz|z/g, 'j')
    .replaceAll(/[fv]/g, 'p')
    .replaceAll(/[cq]/g, 'k')
    .replaceAll('x', 'ks')
    .replaceAll('y', 'i')
    .replaceAll('o', 'u')
    .replaceAll(/(?<=.)h/g, '')
    .replaceAll(/(.)\1+/g, '$1')
  sounds.set(word, heard)
  return heard
}

/**
 * The ways one name may be meant, joined by '|', each normalised: 'Suparman alias Parman' is both; 'Aminah binti Karto' is
 * first of all Aminah. '' where there is no name.
 */
export function nameWays(name: string): string {
  const cut = name.split(/\b(?:alias|als)\b\.?|[/@(]/i)
  const ways = cut.flatMap((part) => {
    const [own = '', ...father] = part.split(/\s(?:bin|binti|bt|bte)\b\.?\s/i)
    return father.length > 0 && own.trim() !== '' ? [normaliseName(own), normaliseName(part)] : [normaliseName(part)]
  })
  return [...new Set(ways.filter((way) => way !== ''))].join('|')
}

/** Levels of a name: the same; sounds or is spaced the same, or its words in another order; one slip; a part; alike; one word; differs. */
export const nameLevels = 7

function words(way: string): string[] {
  let found = partsOf.get(way)
  if (found === undefined) {
    if (partsOf.size > 200_000) partsOf.clear()
    found = way.split(' ')
    partsOf.set(way, found)
  }
  return found
}

/** The best level over the ways both names may be meant. Both must be made by `nameWays` and not be ''. */
export function nameLevel(left: string, right: string): number {
  if (left === right) return 0
  if (!left.includes('|') && !right.includes('|')) return wayLevel(left, right)
  let best = nameLevels - 1
  for (const a of left.split('|')) for (const b of right.split('|')) best = Math.min(best, wayLevel(a, b))
  return best
}

function wayLevel(left: string, right: string): number {
  if (left === right) return 0
  const a = words(left)
  const b = words(right)
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  const free = [...long]
  let worst = 0
  let telling = 0
  for (const word of short) {
    let bestAt = -1
    let best = 6
    for (const [at, other] of free.entries()) {
      const level = wordLevel(word, other)
      if (level < best) {
        best = level
        bestAt = at
      }
    }
    if (bestAt >= 0) free.splice(bestAt, 1)
    worst = Math.max(worst, best)
    if (best <= 2 && !everywhere.has(word)) telling++
  }
  if (worst <= 4) {
    const same = a.length === b.length
    if (same) return Math.max(1, worst)
    if (spaced(left, right)) return 1
    // What is missing is a word that says little (Muhammad), or two telling words agree.
    if (telling === 0) return 5
    if (worst <= 2 && (telling > 1 || free.every((word) => everywhere.has(word)))) return 2
    return worst <= 3 ? 3 : 4
  }
  if (spaced(left, right)) return 1
  if (a.length !== b.length && oneSlip(left.replaceAll(' ', ''), right.replaceAll(' ', ''))) return 2
  return telling > 0 ? 5 : 6
}

const spaced = (left: string, right: string): boolean =>
  (left.includes(' ') || right.includes(' ')) && sound(left.replaceAll(' ', '')) === sound(right.replaceAll(' ', ''))

/** 0 same, 1 sounds the same, 2 one slip, 3 initial, 4 alike, 6 differs. */
function wordLevel(a: string, b: string): number {
  if (a === b) return 0
  if (a.length === 1 || b.length === 1) return a.charAt(0) === b.charAt(0) ? 3 : 6
  if (sound(a) === sound(b)) return 1
  // Rina and Rini, Fitra and Fitri: a last vowel makes another name of it, as sisters and twins have them.
  if (a.length === b.length && /[aiu]$/.test(a) && /[aiu]$/.test(b) && a.slice(0, -1) === b.slice(0, -1)) return 6
  if (Math.min(a.length, b.length) >= 3 && oneSlip(a, b)) return 2
  return Math.min(a.length, b.length) >= 4 && jaroWinkler(a, b) >= 0.88 ? 4 : 6
}

/** The words of all ways of a name, once each. */
export const wayWords = (ways: string): string[] => [...new Set(ways.split('|').flatMap((way) => nameWords(way)))]
