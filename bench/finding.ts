import { buildApp } from '#src/app.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { dice } from '#test/support/indonesian-names.ts'
import { fullTestDatabase, testServerUrl } from '#test/support/postgres.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { fillPeople } from './people.ts'

export type Measured = { what: string; measured: string; wanted: string; ok: boolean }
type Person = { id: string; family_id: string; name: string; birth_date: string; nik: string; kk_number: string; address: string; rt: string; rw: string; village: string } // prettier-ignore

const quantile = (times: number[], share: number) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
const OFFICERS = 16

/** What officers of a kecamatan type, one kind of question after another. */
const questions: Readonly<Record<string, (one: Person, roll: () => number) => string>> = {
  NIK: (one) => one.nik,
  'family card': (one) => one.kk_number,
  'beginning and end of a NIK': (one) => `${one.nik.slice(0, 6)}******${one.nik.slice(-4)}`,
  name: (one) => one.name,
  'name with a slip': (one, roll) => misspelt(one.name.toLowerCase(), roll),
  'name and birth date': (one) => `${one.name} ${one.birth_date.split('-').toReversed().join('-')}`,
  'name and year': (one) => `${one.name} ${one.birth_date.slice(0, 4)}`,
  'birth date': (one) => one.birth_date,
  'name and village': (one) => `${one.name} ${one.village}`,
  'one frequent word': () => 'siti',
  address: (one) => `${one.address} rt ${one.rt} rw ${one.rw}`,
  'name, RT and RW': (one) => `${one.name} rt ${Number(one.rt)} rw ${Number(one.rw)}`,
}

function misspelt(name: string, roll: () => number): string {
  const at = Math.floor(roll() * name.length)
  const letter = String.fromCharCode(97 + Math.floor(roll() * 26))
  return roll() < 0.5 ? name.slice(0, at) + letter + name.slice(at + 1) : name.slice(0, at) + name.slice(at + 1)
}

/**
 * Searching among `count` people, as officers of kecamatan all over the country; against the bare minimum of one row read by its
 * primary key, in the same run. `rounds`: how often each officer asks each kind of question.
 */
export async function findingBench(count: number, rounds: number, told: (line: string) => void): Promise<Measured[]> {
  const database = await fullTestDatabase({ max: 4 })
  await fillPeople(await testServerUrl('postgres', new URL(database.ownerUrl).pathname.slice(1)), count, told)
  const [size] = await database.sql<{ people: string; whole: string; keys: string }>(`
    select pg_size_pretty(pg_table_size('person')) people, pg_size_pretty(pg_database_size(current_database())) whole,
      pg_size_pretty(pg_relation_size('person_search')) keys`)
  told(`person ${size?.people}, its search index ${size?.keys}, everything ${size?.whole}`)
  await database.sql(`insert into register_term values ('searches_an_hour', '2020-01-02', 100000, 'count', 'bench')`)
  const app = await buildApp({
    db: database.db,
    files: {} as FileStore,
    baseUrl: 'http://127.0.0.1',
    secret: Buffer.alloc(32, 3),
  })
  const roll = dice(5)
  const { districts, sample } = await peopleOf(database.sql, count, roll)
  const officers = await Promise.all(
    districts.map((regionCode) => signedIn(database.db, { role: 'officer', regionCode })),
  )
  const times = new Map(Object.keys(questions).map((kind) => [kind, [] as number[]]))
  const bare: number[] = []
  let asked = 0
  let missed = 0
  for (let round = -1; round < rounds; round++)
    for (const [at, officer] of officers.entries())
      for (const [kind, question] of Object.entries(questions)) {
        const list = sample.get(districts[at] ?? '') ?? []
        const one = list[Math.floor(roll() * list.length)]
        if (!one) continue
        const began = performance.now()
        const hits = await ask(app, officer, question(one, roll))
        const taken = performance.now() - began
        const bareBegan = performance.now()
        await database.db.as(officer.actor, (tx) =>
          tx.selectFrom('person').select(['id', 'name']).where('id', '=', one.id).execute(),
        )
        // The first round wakes caches and compiles.
        if (round < 0) continue
        bare.push(performance.now() - bareBegan)
        times.get(kind)?.push(taken)
        asked++
        if (kind !== 'one frequent word' && kind !== 'address' && kind !== 'family card' && !hits.includes(one.id))
          missed++
      }
  const pages = await familyPages(app, database, officers, districts, sample)
  await app.close()
  const all = [...times.values()].flat()
  const p95 = quantile(all, 0.95)
  for (const [kind, list] of times)
    told(`${kind}: median ${quantile(list, 0.5).toFixed(1)} ms, p95 ${quantile(list, 0.95).toFixed(1)} ms`)
  told(`${asked} searches, ${missed} whose person was not on the first page; median ${quantile(all, 0.5).toFixed(1)} ms, p99 ${quantile(all, 0.99).toFixed(1)} ms`) // prettier-ignore
  const ratio = quantile(all, 0.5) / quantile(bare, 0.5)
  const name = count.toLocaleString('id')
  return [
    {
      what: `searching ${name} people for an officer of a kecamatan, p95`,
      measured: `${p95.toFixed(1)} ms`,
      wanted: '< 30 ms',
      ok: p95 < 30,
    },
    {
      what: 'searching people, median against one row by its key',
      measured: `${ratio.toFixed(1)} x (${quantile(bare, 0.5).toFixed(2)} ms)`,
      wanted: '≤ 20 x',
      ok: ratio <= 20,
    },
    {
      what: `a family page among ${name} people (family and history), p95`,
      measured: `${quantile(pages, 0.95).toFixed(1)} ms`,
      wanted: '< 50 ms',
      ok: quantile(pages, 0.95) < 50,
    },
  ]
}

/** Times of what a family page reads, in ms: families with twelve events each, opened beforehand. */
async function familyPages(
  app: Awaited<ReturnType<typeof buildApp>>,
  database: Awaited<ReturnType<typeof fullTestDatabase>>,
  officers: readonly SignedIn[],
  districts: readonly string[],
  sample: ReadonlyMap<string, Person[]>,
): Promise<number[]> {
  const families = [...sample.values()].flatMap((list) => list.slice(0, 10).map((one) => one.family_id))
  await database.sql(
    `insert into register_event (subject_id, seq, subject, kind, change_id, family_id, region_code, effective_on, reported_on, source, state, recorded_at, known_at, patch, recorded_role)
     select f.id, n, 'family', case when n = 1 then 'registered' else 'surveyed' end, gen_random_uuid(), f.id, f.region_code, date '2025-07-01' + 30 * n, date '2025-07-01' + 30 * n,
       'survey', 'in_force', timestamptz '2025-07-01' + n * interval '30 days', timestamptz '2025-07-01' + n * interval '30 days',
       case when n = 1 then jsonb_build_object('regionCode', f.region_code, 'status', 'active', 'answers', '{}'::jsonb) else jsonb_build_object('decile', 1 + n % 5) end, 'officer'
     from family f cross join generate_series(1, 12) n where f.id = any ($1) on conflict do nothing`,
    [families],
  )
  const taken: number[] = []
  for (const [at, { cookie }] of officers.entries())
    for (const [index, one] of (sample.get(districts[at] ?? '') ?? []).slice(0, 10).entries()) {
      const url = `/api/register/families/${one.family_id}`
      const headers = { cookie }
      const payload = { reason: 'Pengukuran kecepatan', work: 'service' }
      await app.inject({ method: 'POST', url: `${url}/open`, headers, payload })
      const began = performance.now()
      for (const part of ['', '/history']) {
        const res = await app.inject({ url: `${url}${part}`, headers })
        if (res.statusCode !== 200) throw new Error(`${url}${part}: ${res.statusCode} ${res.body}`)
      }
      if (index > 0) taken.push(performance.now() - began)
    }
  return taken
}

async function ask(app: Awaited<ReturnType<typeof buildApp>>, officer: SignedIn, q: string): Promise<string[]> {
  const res = await app.inject({ method: 'POST', url: '/api/register/search', headers: { cookie: officer.cookie }, payload: { q } }) // prettier-ignore
  if (res.statusCode !== 200) throw new Error(`${res.statusCode} ${res.body}`)
  return res.json<{ hits: { personId: string }[] }>().hits.map((hit) => hit.personId)
}

/** Kecamatan of random people (so that full ones come more often), and some people of each. */
async function peopleOf(
  sql: Awaited<ReturnType<typeof fullTestDatabase>>['sql'],
  count: number,
  roll: () => number,
): Promise<{ districts: string[]; sample: Map<string, Person[]> }> {
  const ids = Array.from(
    { length: OFFICERS },
    () => `a0000000-0000-7000-8000-${(1 + Math.floor(roll() * count)).toString(16).padStart(12, '0')}`,
  )
  const drawn = await sql<{ district: string }>(
    `select distinct left(region_code, 8) district from person where id = any ($1)`,
    [ids],
  )
  const sample = new Map<string, Person[]>()
  for (const { district } of drawn)
    sample.set(
      district,
      await sql<Person>(
        `select p.id, p.family_id, p.name, p.birth_date::text, p.nik, f.kk_number, f.address, f.rt, f.rw, r.name as village
         from person p join family f on f.id = p.family_id join region r on r.code = p.region_code
         where p.region_code >= $1 and p.region_code < $2 order by md5(p.id::text) limit 40`,
        [district, `${district}~`],
      ),
    )
  return { districts: [...sample.keys()], sample }
}
