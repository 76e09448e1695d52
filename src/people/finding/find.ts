import { createHmac } from 'node:crypto'
import { type Actor, type Tx } from '#src/platform/db/index.ts'
import { recordAct } from '#src/platform/audit/index.ts'
import { invalid, tooMany } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { maskNik } from '../identity.ts'
import { nameWords } from '../names.ts'
import { gather } from './gather.ts'
import { neighbourNumbers } from './neighbours.ts'
import { readings, type Reading } from './places.ts'
import { type Candidate, countSearch, findByNumber, readCandidates, readShown, type Shown } from './queries.ts'
import { EXACT, fit } from './rank.ts'
import type { Found, Hit, Narrow, SearchBody, Understood } from './schema.ts'
import { type Asked, understand } from './understand.ts'

const PAGE = 20

/**
 * Finds people by whatever somebody typed, best first, and writes down that they searched (not for what). Refuses more searches
 * in an hour and more pages than the terms of the register allow.
 */
export async function find(tx: Tx, actor: Actor, secret: Buffer, { q, page = 1 }: SearchBody): Promise<Found> {
  const today = actor.at.toISOString().slice(0, 10)
  const { wait, pages } = await countSearch(tx)
  if (wait !== null) throw tooMany(wait)
  if (page > pages) throw invalid({ field: 'page', code: 'maximum', params: { limit: pages } })

  const typed = cleanLine(q)
  const asked = understand(typed, today)
  const { ranked, reading, narrow } = await rankedFor(tx, actor, asked)
  const shown = await readShown(
    tx,
    ranked.slice((page - 1) * PAGE, page * PAGE).map((one) => one.id),
  )
  const likeness = new Map(ranked.map((one) => [one.id, one.fit]))
  const understood = inWords(asked, reading)
  await recordAct(tx, {
    act: 'search',
    subject: 'register',
    subjectId: actor.accountId,
    regionCode: actor.regionCode,
    detail: {
      kinds: understood.map((one) => one.kind),
      page,
      found: ranked.length,
      // The same question again shows as the same; what it was, does not.
      question: createHmac('sha256', secret).update(`search\0${typed.toLowerCase()}`).digest('base64url').slice(0, 16),
    },
  })
  const left = ranked.length > page * PAGE
  if (left && page === pages && narrow.length === 0) narrow.push('region', 'birth_date')
  return {
    understood,
    hits: shown.map((one) => presentHit(one, (likeness.get(one.id) ?? 0) < EXACT)),
    page,
    more: left && page < pages,
    narrow,
  }
}

type Ranked = { ranked: { id: string; fit: number }[]; reading: Reading; narrow: Narrow[] }

async function rankedFor(tx: Tx, actor: Actor, asked: Asked): Promise<Ranked> {
  const bare: Reading = { words: asked.words, places: null }
  const byNumber = asked.number !== undefined || asked.begins !== undefined ? await numbered(tx, asked) : undefined
  if (byNumber) {
    const ranked = rank(asked, bare, byNumber, false)
    if (ranked.length > 0 || asked.number !== undefined) return { ranked, reading: bare, narrow: [] }
  }
  const hasMore = asked.birthDate !== undefined || asked.address.length > 0
  const letters = asked.words.join('').replaceAll(/[^a-z]/g, '')
  if (letters.length < 2 && !hasMore) {
    const narrow: Narrow[] = letters === '' && asked.rt === undefined && !asked.birthYear ? ['something'] : ['name']
    return { ranked: [], reading: bare, narrow }
  }
  const withAddress = asked.address.length > 0 || asked.rt !== undefined || asked.rw !== undefined
  const all = new Map<string, number>()
  let best: { reading: Reading; fit: number } = { reading: bare, fit: 0 }
  const narrow = new Set<Narrow>()
  const look = async (reading: Reading, loosely: boolean) => {
    const found = await gather(tx, actor, asked, reading, loosely)
    for (const one of found.narrow) narrow.add(one)
    const people = [...found.people]
    const families = [...found.families]
    const candidates = await readCandidates(tx, people, families, withAddress || loosely || families.length > 0)
    const inPlace = candidates.filter((one) => isIn(reading, one.region_code))
    for (const one of rank(asked, reading, inPlace, true)) {
      all.set(one.id, Math.max(one.fit, all.get(one.id) ?? 0))
      if (one.fit > best.fit) best = { reading, fit: one.fit }
    }
  }
  const { words, place } = asked
  const ways = await readings(tx, actor, { words, ...(place !== undefined && { place }), hasMore })
  for (const reading of ways) {
    if (reading.places?.length === 0) narrow.add('region')
    await look(reading, false)
  }
  if (all.size === 0 && ways[0]) await look(ways[0], true)
  const ranked = [...all].map(([id, fits]) => ({ id, fit: fits })).toSorted(byFit)
  return { ranked, reading: best.reading, narrow: best.fit >= EXACT ? [] : [...narrow] }
}

const isIn = (reading: Reading, regionCode: string): boolean =>
  reading.places === null ||
  reading.places.some((place) => regionCode === place.code || regionCode.startsWith(`${place.code}.`))

const byFit = (a: { id: string; fit: number }, b: { id: string; fit: number }) =>
  b.fit - a.fit || (a.id < b.id ? -1 : 1)

function rank(asked: Asked, reading: Reading, candidates: readonly Candidate[], mustFit: boolean) {
  const question = { ...asked, name: nameWords(reading.words.join(' ')) }
  return candidates
    .map((one) => ({ id: one.id, fit: fit(question, one) }))
    .filter((one) => one.fit > 0 || !mustFit)
    .toSorted(byFit)
}

/** By NIK or number of the family card: whole, with one digit wrong, or its beginning and end. */
async function numbered(tx: Tx, asked: Asked): Promise<Candidate[]> {
  if (asked.number !== undefined) {
    const whole = await withNumbers(tx, [asked.number])
    return whole.length > 0 ? whole : withNumbers(tx, neighbourNumbers(asked.number))
  }
  const found = await findByNumber(tx, asked.begins ?? '', asked.ends ?? '', 500)
  return readCandidates(tx, found.people, found.families, true)
}

async function withNumbers(tx: Tx, numbers: readonly string[]): Promise<Candidate[]> {
  const people = await tx.selectFrom('person').select('id').where('nik', 'in', numbers).limit(50).execute()
  const families = await tx
    .selectFrom('family')
    .select('id')
    .where('kk_number', 'in', numbers)
    .where('status', 'not in', ['merged', 'dissolved'])
    .limit(50)
    .execute()
  const ids = [people, families].map((rows) => rows.map((row) => row.id))
  return readCandidates(tx, ids[0] ?? [], ids[1] ?? [], true)
}

function inWords(asked: Asked, reading: Reading): Understood[] {
  const understood: Understood[] = []
  const say = (kind: Understood['kind'], text: string | undefined) => {
    if (text) understood.push({ kind, text })
  }
  say('nik_or_kk', asked.number)
  say('number_part', asked.begins ? `${asked.begins}…${asked.ends ?? ''}` : asked.ends && `…${asked.ends}`)
  say('name', nameWords(reading.words.join(' ')).join(' '))
  say('birth_date', asked.birthDate)
  say('birth_year', asked.birthYear)
  say('address', asked.address.join(' '))
  say('rt_rw', [asked.rt && `RT ${asked.rt}`, asked.rw && `RW ${asked.rw}`].filter(Boolean).join(' '))
  const [place] = reading.places ?? []
  say('region', place?.pathName ?? asked.place)
  return understood
}

const presentHit = (one: Shown, isClose: boolean): Hit => ({
  personId: one.id,
  familyId: one.family_id,
  name: one.name,
  nik: maskNik(one.nik),
  birthYear: one.birth_date?.slice(0, 4) ?? null,
  rt: one.rt,
  rw: one.rw,
  village: one.village,
  head: one.head,
  status: one.status as Hit['status'],
  isClose,
})
