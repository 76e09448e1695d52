import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { buildApp } from '#src/app.ts'
import { openFileStore } from '#src/platform/files/index.ts'
import { signedIn } from '#test/support/accounts.ts'
import { complaintRow, insertComplaints, type ComplaintRow } from '#test/support/complaint-rows.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { foldTally, publishStatistics } from './publish.ts'
import type { Page } from '../schema.ts'
import type { PublicStatistics, Statistics } from './schema.ts'

let now = new Date('2026-11-19T02:00:00Z')
const database = await testDatabase({ clock: () => now })
const { db, sql } = database
const app = await buildApp({
  db,
  files: await openFileStore({ dir: await mkdtemp(path.join(tmpdir(), 'pilar-files-')) }),
  baseUrl: 'http://127.0.0.1:3000',
  secret: Buffer.alloc(32, 7),
})
after(() => app.close())

const villages = (
  await sql<{ code: string }>(`select code from region where tier = 'village' and code like '32.75.%' order by code`)
).map((row) => row.code)
const [first = '', second = ''] = villages
const supervisor = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
const province = await signedIn(db, { role: 'supervisor', regionCode: '32' })
const auditor = await signedIn(db, { role: 'auditor', regionCode: '32.75' })
const village = await signedIn(db, { role: 'officer', regionCode: first })
const health = await signedIn(db, { role: 'officer', regionCode: '32.75', agency: 'health' })
const elsewhere = await signedIn(db, { role: 'supervisor', regionCode: '33.13' })
const administrator = await signedIn(db, { role: 'administrator', regionCode: '32.75' })

const get = async <T>(url: string, who: { cookie: string } | null, language = 'id') => {
  const res = await app.inject({
    url: `/api${url}`,
    headers: { 'accept-language': language, ...(who && { cookie: who.cookie }) },
  })
  return { status: res.statusCode, body: res.json<T>() }
}
const statistics = async (code: string, who = supervisor, query = '') => {
  const { status, body } = await get<Statistics>(`/statistics/${code}${query}`, who)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const pick = <T>(values: readonly T[]) => fc.constantFrom(...values)
/** Cases as they could be: what is open has no answer, what is closed has one. */
const plausible = fc
  .record({
    region_code: pick(villages.slice(0, 24)),
    filed_on: pick(['2026-01-05', '2026-06-17', '2026-11-02']),
    door: pick(['web', 'web', 'desk', 'pillar']),
    class: pick(['information', 'complaint', 'complaint', 'oversight']),
    matter: pick(['enrolment', 'enrolment.not_listed', 'delivery.late', 'service']),
    programme_code: pick([null, 'PKH', 'BST']),
    tier: pick(['village', 'village', 'district', 'regency', 'province']),
    kind: pick(['open', 'open', 'overdue', 'answered', 'closed', 'closed', 'rejected', 'withdrawn', 'archived']),
    days: fc.nat({ max: 40 }),
    satisfied: pick([null, true, true, false]),
  })
  .map(({ tier, kind, days, satisfied, ...row }): ComplaintRow => {
    const answered = kind === 'answered' || kind === 'closed'
    return complaintRow({
      ...row,
      office_tier: tier,
      state: kind === 'open' || kind === 'overdue' ? 'in_progress' : kind,
      overdue: kind === 'overdue',
      ...(answered && { answered_tier: tier, settled_days: days, settled_at: `${row.filed_on}T05:00:00Z` }),
      ...(kind === 'closed' && { satisfied }),
    })
  })

test('where nothing was ever filed everything is zero, and nothing has been published', async () => {
  const empty = await statistics('32.75')
  assert.equal(empty.totals.filed, 0)
  assert.equal(empty.totals.medianDays, null)
  assert.equal(empty.totals.satisfiedShare, null)
  assert.equal(empty.trend.length, 12)
  assert.equal(empty.trend.at(-1)?.month, '2026-11')
  assert.equal(empty.children.length, 12)
  const shown = await get<PublicStatistics>('/public-statistics/32.75', null)
  assert.equal(shown.status, 200, JSON.stringify(shown.body))
  assert.equal(shown.body.asOf, null)
  assert.deepEqual(shown.body.totals.filed, { n: 0, hidden: false })
})

// Most in two dozen villages, and two or three cases in each of a few others.
const rows = fc
  .sample(plausible, { numRuns: 700, seed: 42 })
  .map((row, at) =>
    at % 60 < 2 ? { ...row, region_code: villages[30 + (at % 120 < 60 ? 0 : (at % 7) + 1)] ?? first } : row,
  )

test('figures of every tier agree with the cases, folded or not', async () => {
  await insertComplaints(database, rows.slice(0, 350))
  await foldTally(db)
  await insertComplaints(database, rows.slice(350))
  const median = (days: number[]) => days.sort((a, b) => a - b)[Math.ceil(days.length / 2) - 1] ?? null
  for (const code of ['32', '32.75', first.slice(0, 8), first]) {
    const mine = rows.filter((row) => row.region_code.startsWith(code))
    const found = await statistics(code, code === '32' ? province : supervisor, '?from=2026-01&to=2026-11')
    const answered = mine.filter((row) => row.answered_tier)
    const open = mine.filter((row) => row.state === 'in_progress' || row.state === 'answered')
    assert.ok(mine.length > 20, code)
    assert.equal(found.totals.filed, mine.length, code)
    assert.equal(found.totals.open, open.length, code)
    assert.equal(found.totals.overdue, mine.filter((row) => row.overdue).length)
    assert.equal(found.totals.settled, mine.filter((row) => row.state === 'closed').length)
    assert.equal(found.totals.answered, answered.length)
    assert.equal(found.totals.medianDays, median(answered.map((row) => row.settled_days ?? 0)))
    assert.equal(found.totals.rated, mine.filter((row) => row.satisfied !== null).length)
    for (const list of [found.matters, found.programmes, found.classes, found.doors])
      assert.equal(
        list.reduce((sum, one) => sum + one.count, 0),
        mine.length,
      )
    assert.equal(
      found.trend.reduce((sum, one) => sum + one.filed, 0),
      mine.length,
    )
    assert.equal(
      found.trend.reduce((sum, one) => sum + one.answered, 0),
      answered.length,
    )
    assert.equal(
      found.tiers.reduce((sum, one) => sum + one.open, 0),
      open.length,
    )
    if (code !== first) {
      assert.equal(
        found.children.reduce((sum, one) => sum + one.filed, 0),
        mine.length,
      )
      for (const child of found.children) {
        const theirs = mine.filter((row) => row.region_code.startsWith(child.region.code))
        const given = theirs.filter((row) => row.answered_tier)
        assert.equal(child.filed, theirs.length, child.region.code)
        assert.equal(child.medianDays, median(given.map((row) => row.settled_days ?? 0)), child.region.code)
        const ladder = ['village', 'district', 'regency', 'province']
        const own = { 13: 0, 8: 1, 5: 2 }[child.region.code.length] ?? 3
        const within = given.filter((row) => ladder.indexOf(row.answered_tier ?? '') <= own).length
        assert.equal(child.answeredBelowShare, given.length > 0 ? within / given.length : null)
      }
    }
  }
})

test('every figure opens exactly the cases it counts, in every region', async () => {
  const span = 'from=2026-01-01&to=2026-11-30'
  const listed = async (code: string, counted: string, days = span) => {
    const seen = new Set<string>()
    for (let after = ''; ;) {
      const page = await get<Page>(
        `/complaints?view=region&status=all&region=${code}&${days}&counted=${counted}&limit=200${after}`,
        supervisor,
      )
      assert.equal(page.status, 200, JSON.stringify(page.body))
      for (const one of page.body.items) seen.add(one.id)
      if (page.body.next === null) return seen.size
      after = `&after=${page.body.next}`
    }
  }
  const holds = async (code: string, other: (counted: string) => string = (counted) => counted) => {
    const found = await statistics(code, supervisor, '?from=2026-01&to=2026-11')
    const { totals } = found
    const figures: [string, number][] = [
      ['state', totals.filed],
      ['state:open', totals.open],
      ['state:settled', totals.settled],
      ['state:rejected', totals.rejected],
      ['state:withdrawn', totals.withdrawn],
      ['state:joined', totals.joined],
      ['overdue', totals.overdue],
      ['answered', totals.answered],
      ['satisfied:true', totals.satisfied],
      ['satisfied', totals.rated],
      ['answered:village,district', (found.tiers[0]?.answered ?? 0) + (found.tiers[1]?.answered ?? 0)],
      ...found.tiers.flatMap((one): [string, number][] => [
        [`open:${one.tier}`, one.open],
        [`overdue:${one.tier}`, one.overdue],
        [`answered:${one.tier}`, one.answered],
      ]),
      ...found.matters.map((one): [string, number] => [`matter:${one.code}`, one.count]),
      ...found.programmes.map((one): [string, number] => [`programme:${one.code}`, one.count]),
      ...found.classes.map((one): [string, number] => [`class:${one.class}`, one.count]),
      ...found.doors.map((one): [string, number] => [`door:${one.door}`, one.count]),
    ]
    for (const [counted, count] of figures)
      assert.equal(await listed(code, other(counted)), count, `${counted} of ${code}`)
    for (const one of found.trend.filter((month) => month.filed + month.answered > 0)) {
      assert.equal(await listed(code, 'state', `from=${one.month}-01&to=${one.month}-31`.replace(/(-0[469]|-11)-31/, '$1-30').replace('-02-31', '-02-28')), one.filed) // prettier-ignore
      assert.equal(await listed(code, `answered_in:${one.month}`, ''), one.answered)
    }
    return figures.filter(([, count]) => count > 0).length
  }
  let some = 0
  for (const code of ['32.75', first.slice(0, 8)]) some += await holds(code)
  assert.ok(some > 40, `${some} figures had cases`)
  await assert.rejects(
    holds(first, (counted) => (counted === 'overdue' ? 'open' : counted)),
    { code: 'ERR_ASSERTION' },
  )
  for (const wrong of ['size', 'answered_in:2026', 'answered_in:2026-13'])
    assert.equal((await get(`/complaints?counted=${wrong}`, supervisor)).status, 400, wrong)
})

test('the months asked for bound what is counted', async () => {
  const june = await statistics('32.75', supervisor, '?from=2026-06&to=2026-06')
  assert.equal(june.totals.filed, rows.filter((row) => row.filed_on.startsWith('2026-06')).length)
  assert.deepEqual(
    june.trend.map((one) => one.month),
    ['2026-06'],
  )
  assert.equal((await statistics('32.75', supervisor, '?to=2026-06')).from, '2025-07')
  for (const query of ['?from=2026-13', '?from=2026-06&to=2026-05', '?from=2001-01', '?from=x', '?what=1']) {
    const { status, body } = await get<{ errors: { field: string }[] }>(`/statistics/32.75${query}`, supervisor)
    assert.equal(status, 400, query)
    assert.ok(body.errors[0]?.field, query)
  }
})

test('who sees them: the region and those above, not other agencies, other regions or administrators', async () => {
  assert.equal((await get('/statistics/32.75', auditor)).status, 200)
  assert.equal((await get('/statistics/32.75', province)).status, 200)
  assert.equal((await get(`/statistics/${first}`, village)).status, 200)
  assert.equal((await get(`/statistics/${second}`, village)).status, 404)
  assert.equal((await get('/statistics/32', supervisor)).status, 404)
  assert.equal((await get('/statistics/00', supervisor)).status, 404)
  assert.equal((await get('/statistics/32.75', elsewhere)).status, 404)
  assert.equal((await get('/statistics/32.75', health)).status, 403)
  assert.equal((await get('/statistics/32.75', administrator)).status, 403)
  assert.equal((await get('/statistics/32.75', null)).status, 401)
  assert.equal((await get('/statistics/32.75.99', supervisor)).status, 404)
  // The way up ends where the reader's own region does.
  assert.deepEqual(
    (await statistics(first)).path.map((one) => one.code),
    ['32.75', first.slice(0, 8)],
  )
})

test('the database itself counts nothing outside the scope', async () => {
  const count = (code: string) =>
    db.as(supervisor.actor, async (tx) => {
      const { sql: raw } = await import('kysely')
      return (await raw`select 1 from complaint_figures(${code}, '2026-01-01', '2026-12-01')`.execute(tx)).rows.length
    })
  assert.ok((await count('32.75')) > 0)
  assert.equal(await count('32'), 0)
  assert.equal(await count('00'), 0)
  await assert.rejects(
    db.asPublic(async (tx) => {
      const { sql: raw } = await import('kysely')
      await raw`select 1 from complaint_figures('32.75', '2026-01-01', '2026-12-01')`.execute(tx)
    }),
    /permission denied/,
  )
})

test('confidential cases are counted by those who may not read them', async () => {
  await sql(
    `update complaint set confidential = true, offices = array['32.75/social'], office_id = '32.75/social' where region_code = $1`,
    [first],
  )
  const hidden = await db.as(village.actor, (tx) =>
    tx.selectFrom('complaint').select('id').where('region_code', '=', first).execute(),
  )
  assert.equal(hidden.length, 0)
  const { totals } = await statistics(first, village)
  assert.equal(totals.filed, rows.filter((row) => row.region_code === first).length)
})

const publicPage = async (code: string, query = '') => {
  const { status, body } = await get<PublicStatistics>(`/public-statistics/${code}${query}`, null)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

test('what is published is right where it is shown, hides what is small, and cannot be subtracted', async () => {
  assert.deepEqual(await publishStatistics(db), [2026])
  assert.deepEqual(await publishStatistics(db), [], 'nothing changed, no new edition')
  const nation = await publicPage('00')
  assert.equal(nation.asOf, now.toISOString())
  assert.deepEqual(nation.years, [2026])
  assert.deepEqual(nation.totals.filed, { n: rows.length, hidden: false })
  let hidden = 0
  let shown = 0
  // Every region that has children, from the top.
  const codes = ['00', '32', '32.75', ...new Set(villages.slice(0, 24).map((code) => code.slice(0, 8)))]
  for (const code of codes) {
    const page = await publicPage(code)
    const mine = rows.filter((row) => code === '00' || row.region_code.startsWith(code))
    for (const child of page.children) {
      const theirs = rows.filter((row) => row.region_code.startsWith(child.region.code)).length
      if (child.filed.hidden) hidden++
      else {
        shown++
        assert.equal(child.filed.n, theirs)
      }
      assert.ok(child.filed.hidden || theirs === 0 || theirs >= 5)
    }
    for (const { filed, parts } of sums(page)) {
      if (!filed.hidden) assert.equal(filed.n, mine.length)
      const unknown = [filed, ...parts].filter((one) => one.hidden).length
      assert.notEqual(unknown, 1, `${code}: a single hidden number of a sum`)
    }
    assert.notEqual(
      [page.totals.filed, ...page.children.map((child) => child.filed)].filter((one) => one.hidden).length,
      1,
      code,
    )
    // The same number on the page of the child and on that of its parent.
    for (const child of page.children.slice(0, 3)) {
      const { totals } = await publicPage(child.region.code)
      assert.deepEqual([totals.filed, totals.open, totals.answered], [child.filed, child.open, child.answered])
    }
  }
  assert.ok(hidden > 0 && shown > 5, `${hidden} hidden, ${shown} shown`)
})

const sums = (page: PublicStatistics) => {
  const filed = page.totals.filed
  const { open, settled, rejected, withdrawn, joined } = page.totals
  return [
    { filed, parts: [open, settled, rejected, withdrawn, joined] },
    ...[page.matters, page.programmes, page.classes, page.doors].map((list) => ({
      filed,
      parts: list.map((one) => one.count),
    })),
    { filed, parts: page.trend.map((one) => one.filed) },
  ]
}

test('a new edition takes the place of the old one as a whole, and only when something changed', async () => {
  now = new Date('2026-11-20T02:00:00Z')
  const before = await publicPage('32.75')
  await insertComplaints(database, fc.sample(plausible, { numRuns: 40, seed: 1 }))
  assert.deepEqual((await publicPage('32.75')).totals.filed, before.totals.filed)
  assert.deepEqual(await publishStatistics(db), [2026])
  const next = await publicPage('32.75')
  assert.equal(next.totals.filed.n, (before.totals.filed.n ?? 0) + 40)
  assert.equal(next.asOf, now.toISOString())
  assert.deepEqual(await sql('select distinct as_of from public_statistics'), [{ as_of: now }])
})

test('a threshold that changes holds from its day on, for the editions made then', async () => {
  await sql(`insert into statistics_rule values ('2026-11-21', 50, 20000, 'uji')`)
  now = new Date('2026-11-21T02:00:00Z')
  await insertComplaints(database, [complaintRow({ region_code: first })])
  await publishStatistics(db)
  const page = await publicPage('32.75')
  assert.equal(page.smallestShown, 50)
  assert.ok(page.children.every((child) => child.filed.hidden || child.filed.n === 0 || (child.filed.n ?? 0) >= 50))
})

test('the public asks for nonsense', async () => {
  for (const url of [
    '/public-statistics/xx',
    '/public-statistics/32.75?year=abc',
    '/public-statistics/32.75?year=1',
    '/public-statistics/32.75?a=b',
  ])
    assert.equal((await get(url, null)).status, 400, url)
  assert.equal((await get('/public-statistics/99', null)).status, 404)
  const never = await publicPage('32.75', '?year=2019')
  assert.equal(never.asOf, null)
})
