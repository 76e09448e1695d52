import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { connect } from '#src/platform/db/index.ts'
import { changeComplaints, complaintRow, insertComplaints, type ComplaintRow } from '#test/support/complaint-rows.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { foldTally } from './publish.ts'

const database = await testDatabase()
const { db, sql, appUrl } = database
// Two offices of the west, two of the east, whose months begin two hours earlier.
const villages = (
  await sql<{
    code: string
  }>(`select min(code) as code from region where tier = 'village' group by left(code, 5), left(code, 8)
    order by 1`)
).map((row) => row.code)
const some = [villages[0], villages[1], villages[20], villages.at(-1)].filter((code) => code !== undefined)

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values)
const tier = pick(['village', 'district', 'regency', 'province', 'nation'])
const fields = fc.record({
  region_code: pick(some),
  filed_on: pick(['2025-12-31', '2026-01-01', '2026-02-15']),
  door: pick(['web', 'desk', 'pillar', 'api']),
  class: pick(['information', 'complaint']),
  matter: pick(['enrolment', 'enrolment.not_listed', 'delivery.late']),
  programme_code: pick([null, 'PKH', 'BST']),
  state: pick([
    'received',
    'referred',
    'answered',
    'contested',
    'closed',
    'closed_automatically',
    'rejected',
    'withdrawn',
    'archived',
  ]),
  office_tier: tier,
  overdue: fc.boolean(),
  answered_tier: fc.option(tier),
  // The last hours of a month in the west are the next month in the east.
  settled_at: pick([null, '2026-01-31T14:59:00Z', '2026-01-31T15:01:00Z', '2026-02-20T03:00:00Z']),
  settled_days: pick([null, 0, 1, 5, 14, 60]),
  satisfied: pick([null, true, false]),
})
type Step = { what: 'file' | 'change'; rows: ReturnType<typeof change>[] } | { what: 'fold'; most: number }
const change = (one: object) => one as Partial<ComplaintRow>
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constant('file' as const), rows: fc.array(fields, { minLength: 1, maxLength: 4 }) }),
  fc.record({ what: fc.constant('change' as const), rows: fc.array(fields, { minLength: 1, maxLength: 3 }) }),
  fc.record({ what: fc.constant('fold' as const), most: pick([3, 1000]) }),
)

/** Independent of complaint_facts: each dimension counted by itself, in the words of the page. */
const plainCounts = (code: string) => {
  const filed = `to_char(filed_on, 'YYYY-MM') as month`
  const of = (dimension: string, key: string, where = 'true', month = filed) =>
    `select '${dimension}' as dimension, ${month}, (${key})::text as key, count(*) as n from mine where ${where} group by 2, 3`
  const hasAnswer = `state in ('answered', 'closed', 'closed_automatically')`
  return sql(
    `with mine as (select c.*, r.time_zone from complaint c join region r on r.code = c.region_code
       where $1 = '00' or c.region_code = $1 or c.region_code like $1 || '.%')
     select * from (${[
       of(
         'state',
         `case state when 'closed' then 'settled' when 'closed_automatically' then 'settled' when 'archived' then 'joined'
         when 'rejected' then 'rejected' when 'withdrawn' then 'withdrawn' else 'open' end`,
       ),
       of('class', 'class'),
       of('matter', 'matter'),
       of('programme', `coalesce(programme_code, '')`),
       of('door', 'door'),
       of('open', 'office_tier', `state in ('received', 'referred', 'answered', 'contested')`),
       of('overdue', 'office_tier', `overdue and state in ('received', 'referred', 'answered', 'contested')`),
       of('answered', 'answered_tier', `answered_tier is not null and ${hasAnswer}`),
       of('days', 'settled_days', `settled_days is not null and ${hasAnswer}`),
       of('satisfied', 'satisfied', 'satisfied is not null'),
       of(
         'answered_in',
         `''`,
         `settled_at is not null and ${hasAnswer}`,
         `to_char(settled_at at time zone time_zone, 'YYYY-MM') as month`,
       ),
     ].join(' union all ')}) x order by 1, 2, 3`,
    [code],
  )
}
const tallied = (code: string) =>
  sql(
    `select dimension, to_char(month, 'YYYY-MM') as month, key, sum(n)::bigint as n
     from (select dimension, month, key, n from complaint_tally where region_code = $1
       union all select d.dimension, d.month, d.key, d.n from complaint_tally_delta d, tallied_regions(d.region_code) a where a.code = $1) x
     group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3`,
    [code],
  )
const counted = async (code: string) => {
  const of = (rows: Record<string, unknown>[]) =>
    rows.map((row) => `${String(row['dimension'])} ${String(row['month'])} ${String(row['key'])}: ${String(row['n'])}`)
  return { tally: of(await tallied(code)), plain: of(await plainCounts(code)) }
}

const clear = async () => {
  await sql('alter table complaint disable trigger one_responsible_office')
  await sql('delete from complaint')
  await sql('delete from complaint_tally')
  await sql('delete from complaint_tally_delta')
}

test('whatever happens to cases, and whenever it is folded, tally and waiting rows together equal a plain count', async () => {
  const regions = [...new Set(some.flatMap((code) => [code.slice(0, 8), code.slice(0, 5), code.slice(0, 2)])), '00']
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), fc.nat(), async (steps, seed) => {
      await clear()
      const cases: ComplaintRow[] = []
      for (const [index, one] of steps.entries()) {
        if (one.what === 'fold') await sql('select fold_tally($1)', [one.most])
        else if (one.what === 'file') {
          const rows = one.rows.map((row) => complaintRow(row))
          cases.push(...rows)
          await insertComplaints(database, rows)
        } else if (cases.length > 0) {
          const changed = one.rows.map((row, at) => {
            const { id, region_code, filed_on, door } = cases[(seed + index + at * 7) % cases.length] ?? complaintRow()
            return complaintRow({ ...row, id, region_code, filed_on, door })
          })
          // A statement that names a row twice is not what is tested.
          await changeComplaints(database, [...new Map(changed.map((row) => [row.id, row])).values()])
        }
      }
      for (const code of regions) {
        const { tally, plain } = await counted(code)
        assert.deepEqual(tally, plain, code)
      }
    }),
    { numRuns: 40 },
  )
})

test('counting everything anew gives the same rows as folding did, and leaves nothing waiting', async () => {
  await clear()
  const rows = fc.sample(fields, { numRuns: 200, seed: 11 }).map((row) => complaintRow(row))
  await insertComplaints(database, rows)
  await foldTally(db)
  const all = `select region_code, dimension, month, key, n from complaint_tally order by 1, 2, 3, 4`
  const folded = await sql(all)
  assert.ok(folded.length > 200)
  await sql('select retally()')
  assert.deepEqual(await sql(all), folded)
  assert.deepEqual(await sql('select 1 from complaint_tally_delta'), [])
})

test('several processes fold at once while cases are filed: every row is folded once', async () => {
  await clear()
  const others = [1, 2, 3].map(() => connect(appUrl, { max: 2 }))
  try {
    const rows = fc.sample(fields, { numRuns: 400, seed: 5 }).map((row) => complaintRow(row))
    const filing = (async () => {
      for (let at = 0; at < rows.length; at += 20) await insertComplaints(database, rows.slice(at, at + 20))
    })()
    const folding = others.map(async (one) => {
      for (let turn = 0; turn < 15; turn++) await foldTally(one)
    })
    await Promise.all([filing, ...folding])
    await foldTally(db)
  } finally {
    await Promise.all(others.map((one) => one.close()))
  }
  assert.deepEqual(await sql('select 1 from complaint_tally_delta'), [])
  const { tally, plain } = await counted('00')
  assert.ok(plain.length > 20)
  assert.deepEqual(tally, plain)
  assert.deepEqual(await sql('select 1 from complaint_tally where n = 0'), [])
})

test('a fold that dies half way has done nothing', async () => {
  await clear()
  await insertComplaints(database, [complaintRow(), complaintRow()])
  await assert.rejects(
    db.asSystem('test: a crash', async (tx) => {
      await tx.selectNoFrom((eb) => eb.fn<number>('fold_tally', []).as('n')).execute()
      throw new Error('power cut')
    }),
    /power cut/,
  )
  assert.deepEqual(await sql('select 1 from complaint_tally'), [])
  const { tally, plain } = await counted('00')
  assert.deepEqual(tally, plain)
})

test('nobody reads the tally outside the region, and the public reads none at all', async () => {
  await clear()
  await insertComplaints(database, [complaintRow({ region_code: some[0] ?? '' })])
  await foldTally(db)
  const region = (some[0] ?? '').slice(0, 5)
  const as = (role: 'supervisor' | 'administrator' | 'pillar', regionCode: string) =>
    db.as(
      {
        accountId: crypto.randomUUID(),
        name: 'Uji',
        assignmentId: crypto.randomUUID(),
        role,
        regionCode,
        officeId: `${regionCode}/social`,
        pillarKind: null,
        at: new Date(),
      },
      (tx) =>
        tx
          .selectFrom('complaint_tally' as never)
          .selectAll()
          .execute(),
    )
  assert.ok((await as('supervisor', region)).length > 0)
  assert.deepEqual(await as('supervisor', '71'), [])
  assert.deepEqual(await as('administrator', region), [])
  assert.deepEqual(await as('pillar', region), [])
  await assert.rejects(
    db.asPublic((tx) =>
      tx
        .selectFrom('complaint_tally' as never)
        .selectAll()
        .execute(),
    ),
    /permission denied/,
  )
})
