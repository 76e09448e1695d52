import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { readCsv } from '#src/people/linkage/csv.ts'
import { entityOf, linkRecords, qualityOf } from '#src/people/linkage/link-records.ts'
import { askForScan, runScan } from '#src/people/linkage/scan.ts'
import { checkPerson } from '#src/people/linkage/check-person.ts'
import { fullTestDatabase, testServerUrl } from '#test/support/postgres.ts'
import type { Measured } from './finding.ts'
import { fillPeople } from './people.ts'

const folder = new URL('../../shared/data/febrl/', import.meta.url)

/**
 * Searching `count` people for those who are there twice, one in a hundred of whom are; against the bare minimum of one pass that
 * reads the same columns and joins on the NIK, in the same run. And F1 on FEBRL where the sets are.
 */
export async function linkageBench(count: number, told: (line: string) => void): Promise<Measured[]> {
  const database = await fullTestDatabase({ max: 4 })
  const { db, sql } = database
  await fillPeople(await testServerUrl('postgres', new URL(database.ownerUrl).pathname.slice(1)), count, told)
  // The same people again in another family, without a number: by name, birth date and place only.
  await sql(`insert into person (id, region_code, nik, name, birth_date, sex, status, search_keys, valid_from, known_from, last_seq)
    select gen_random_uuid(), region_code, case when hashtext(id::text) % 2 = 0 then nik end, upper(name), birth_date, sex, status, search_keys,
      valid_from, known_from, last_seq
    from person where hashtext(id::text || 'x') % 100 = 0`)
  const bareStart = performance.now()
  await sql(`select count(*), sum(length(a.name)) from person a left join person b on b.nik = a.nik and b.id > a.id`)
  const bare = (performance.now() - bareStart) / 1000
  const scan = await db.asSystem('bench', (tx) => askForScan(tx, null))
  const start = performance.now()
  await runScan(db, scan)
  const seconds = (performance.now() - start) / 1000
  const [done] = await sql<{ persons: number; compared: string; found: number }>(
    'select persons, compared, found from link_scan where id = $1',
    [scan],
  )
  const [pairs] = await sql<{ copies: number; found: number; right: number }>(`
    select (select count(*) from person where family_id is null)::int as copies, count(*)::int as found,
      count(*) filter (where (a.family_id is null) <> (b.family_id is null) and upper(a.name) = upper(b.name)
        and a.birth_date = b.birth_date and a.region_code = b.region_code)::int as right
    from link_pair p join person a on a.id = p.left_id join person b on b.id = p.right_id where p.probability >= 0.5`)
  const precision = (pairs?.right ?? 0) / Math.max(1, pairs?.found ?? 0)
  const recall = (pairs?.right ?? 0) / Math.max(1, pairs?.copies ?? 0)
  told(
    `${String(done?.persons)} people, ${String(done?.compared)} pairs compared, ${String(done?.found)} kept, ${String(pairs?.found)} likely; of ${String(pairs?.copies)} copies ${String(pairs?.right)}; bare ${bare.toFixed(1)} s`,
  )
  const perSecond = Math.round((done?.persons ?? 0) / seconds)
  const measured: Measured[] = [
    {
      what: `linkage: ${count.toLocaleString('id')} people searched`,
      measured: `${seconds.toFixed(1)} s, ${perSecond.toLocaleString('id')} a second, ${(seconds / bare).toFixed(0)} × one join on the NIK`,
      wanted: 'a million in 10 minutes: 1.667 a second',
      ok: perSecond >= 1667,
    },
    {
      what: `linkage: ${count.toLocaleString('id')} people, those who are there twice`,
      measured: `precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}`,
      wanted: '0.98 each',
      ok: precision >= 0.98 && recall >= 0.98,
    },
  ]
  const people = await sql<{ id: string }>('select id from person order by id limit 50')
  const times: number[] = []
  for (const { id } of people) {
    const began = performance.now()
    await db.asSystem('bench', (tx) => checkPerson(tx, id))
    times.push(performance.now() - began)
  }
  const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
  measured.push({
    what: 'linkage: one person compared with all',
    measured: `${middle.toFixed(0)} ms`,
    wanted: '1000 ms',
    ok: middle < 1000,
  })
  if (!existsSync(folder)) return measured
  const load = async (name: string) => readCsv(await readFile(new URL(name, folder), 'utf8')).records
  const entities = (records: readonly Readonly<Record<string, string>>[]) =>
    records.map((one) => entityOf(one['rec_id']) ?? '')
  const [one, a, b] = [await load('febrl1.csv'), await load('febrl4a.csv'), await load('febrl4b.csv')]
  const first = qualityOf(linkRecords(one).pairs, entities(one)).f1
  const fourStart = performance.now()
  const fourth = qualityOf(linkRecords(a, b).pairs, entities(a), entities(b)).f1
  const fourSeconds = (performance.now() - fourStart) / 1000
  measured.push(
    { what: 'linkage: F1 of FEBRL 1', measured: first.toFixed(4), wanted: '0.997', ok: first >= 0.997 },
    {
      what: 'linkage: F1 of FEBRL 4',
      measured: `${fourth.toFixed(4)} in ${fourSeconds.toFixed(1)} s`,
      wanted: '0.993',
      ok: fourth >= 0.993,
    },
  )
  return measured
}
