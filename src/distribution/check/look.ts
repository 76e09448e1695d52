import { nameWords, skeleton, wordKey } from '#src/people/index.ts'
import type { Db } from '#src/platform/db/index.ts'
import type { Rules } from './door.ts'
import type { CheckedName, CheckedNik, Received } from './schema.ts'

type Found = { receives: Received[]; name?: string; village?: string; zone?: string }

/** What somebody with this NIK receives; one statement, the same whether there is such a person or not. */
export async function lookByNik(db: Db, nik: string, { shownDays }: Rules): Promise<CheckedNik> {
  const found = await db.lookUp<Found>('check_nik', [nik, db.clock(), shownDays])
  return {
    name: found.name ?? null,
    village: found.village ?? null,
    timeZone: found.zone ?? null,
    receives: found.receives.map(asInstants),
  }
}

type FoundPeople = { people: { name: string; receives: Received[] }[]; village: string | null; zone: string | null }

/**
 * Who of this name in this village receives something; one statement. Names are compared as they are heard, and all words that were typed
 * must occur: two or more of them, or the one word a name consists of.
 */
export async function lookByName(
  db: Db,
  regionCode: string,
  name: string,
  { shownDays, matches }: Rules,
): Promise<CheckedName> {
  const words = nameWords(name).slice(0, 6)
  // Nur Hayati is also Nurhayati: a word is found alone or joined to its neighbour.
  const groups = words.map((word, at) => {
    const [before, after] = [words[at - 1], words[at + 1]]
    const ways = [word, ...(before ? [before + word] : []), ...(after ? [word + after] : [])]
    return `{${ways.map((one) => wordKey(regionCode, skeleton(one))).join(',')}}`
  })
  const found = await db.lookUp<FoundPeople>('check_name', [
    regionCode,
    words.join(' '),
    groups.length > 0 ? groups : ['{}'],
    db.clock(),
    shownDays,
    matches,
  ])
  return {
    village: found.village,
    timeZone: found.zone,
    people: found.people.map((one) => ({ name: one.name, receives: one.receives.map(asInstants) })),
  }
}

/** PostgreSQL writes an instant with its offset; the wire has UTC. */
const asInstants = (one: Received): Received =>
  one.next
    ? { ...one, next: { ...one.next, startsAt: new Date(one.next.startsAt).toISOString(), endsAt: new Date(one.next.endsAt).toISOString() } } // prettier-ignore
    : one
