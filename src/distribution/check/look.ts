import { nameWords, personKeys, skeleton, wordKey } from '#src/people/index.ts'
import type { Db } from '#src/platform/db/index.ts'
import type { Rules } from './door.ts'
import type { CheckedName, CheckedNik, Received } from './schema.ts'

type Stop = NonNullable<Received['next']>
/** As the functions give it: a programme may come more than once, stops stand beside. */
type Told = {
  receives: (Omit<Received, 'next' | 'name'> & { place: number })[]
  coming: (Stop & { code: string })[] | null
}
type Found = { received: Told; name: string; village: string; zone: string } | null

const nothing: CheckedNik = { name: null, village: null, timeZone: null, receives: [] }

/** What people with these NIKs receive, in their order; one statement, the same whether there are such people or not. */
export async function lookByNiks(
  db: Db,
  niks: readonly string[],
  { programmes, shownDays }: Rules,
): Promise<CheckedNik[]> {
  const found = await db.lookUp<Found[]>('check_niks', [niks, [...programmes.keys()], db.clock(), shownDays])
  return found.map((one) =>
    one === null
      ? nothing
      : {
          name: one.name,
          village: one.village,
          timeZone: one.zone,
          receives: present(one.received, programmes, today(db)),
        },
  )
}

/** The calendar day of the capital. */
const today = (db: Db) => new Date(db.clock().getTime() + 7 * 3_600_000).toISOString().slice(0, 10)

/**
 * Each programme once: an entitlement before what an import told, that before a waiting list; of several the one that runs now, else the
 * latest. With the soonest stop where something is still to be handed over.
 */
function present({ receives, coming }: Told, programmes: Rules['programmes'], day: string): Received[] {
  const order = (one: Told['receives'][number]) => `${one.place}${one.from <= day ? 0 : 1}`
  const best = new Map<string, Told['receives'][number]>()
  for (const one of receives) {
    const other = best.get(one.code)
    const isBefore = !other || order(one) < order(other) || (order(one) === order(other) && one.from > other.from)
    if (isBefore) best.set(one.code, one)
  }
  return [...best.values()]
    .map(({ place: _, ...one }) => ({ ...one, name: programmes.get(one.code) ?? one.code }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((one) => {
      const next = one.standing === 'listed' ? stopOf(coming, one.code) : undefined
      return next ? { ...one, next } : one
    })
}

function stopOf(coming: Told['coming'], code: string): Stop | undefined {
  const stop = coming?.find((one) => one.code === code)
  if (!stop) return undefined
  const { place, address, way, startsAt, endsAt } = stop
  // PostgreSQL writes an instant with its offset; the wire has UTC.
  return { place, address, way, startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() }
}

type FoundPeople = { people: { name: string; received: Told }[]; village: string | null; zone: string | null }

/**
 * Who of this name in this village receives something; one statement. Words are compared as they are heard, and all that were typed must
 * occur: two different ones of the person at least, or all the person has. A word typed twice, in two spellings, with its short form, in two
 * halves, or with a title beside it is one word: otherwise one name would list everybody in a village who has it.
 */
export async function lookByName(
  db: Db,
  regionCode: string,
  name: string,
  { programmes, shownDays, matches }: Rules,
): Promise<CheckedName> {
  const words = [...new Map(nameWords(name).map((word) => [skeleton(word), word])).values()].slice(0, 6)
  const key = (word: string) => wordKey(regionCode, skeleton(word))
  // Nur Hayati is also Nurhayati: a word is found alone or joined to its neighbour.
  const joined = words.slice(1).map((word, at) => `${words[at] ?? ''}${word}`)
  const groups = words.map((word, at) => [word, joined[at - 1], joined[at]].filter((one) => one !== undefined))
  // Abdurrahman is Abdul Rahman in one word: neither is two.
  const different = [
    ...words.filter((word) => word !== 'abdul'),
    ...joined.filter((_, at) => words[at] !== 'abdul' && words[at + 1] !== 'abdul'),
  ]
  const found = await db.lookUp<FoundPeople>('check_name', [
    regionCode,
    words.join(' '),
    groups.length > 0 ? groups.map((one) => `{${one.map(key).join(',')}}`) : ['{}'],
    [...new Set(different.map(key))],
    words.map(key),
    wholeName(name, regionCode),
    [...programmes.keys()],
    db.clock(),
    shownDays,
    matches,
  ])
  return {
    village: found.village,
    timeZone: found.zone,
    people: found.people.map((one) => ({ name: one.name, receives: present(one.received, programmes, today(db)) })),
  }
}

/** How many search keys somebody has whose name is what was typed and no more: without a birth date, and with one. */
const wholeName = (name: string, regionCode: string): [number, number] => [
  personKeys({ name, regionCode }).length,
  personKeys({ name, regionCode, birthDate: '2000-01-01' }).length,
]
