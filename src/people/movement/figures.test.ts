import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { prepareCampaigns } from './preparing.ts'
import type {
  Behind,
  BehindRow,
  BehindRows,
  Campaign,
  CampaignTasks,
  Picture,
  PictureFigure,
  Visits,
} from './schema.ts'

const { db, sql } = await testDatabase({ clock: () => new Date('2026-11-20T03:00:00Z') })
const app = await testApp(db)
const VILLAGE = '32.75.01.1002'
const OTHER = '32.75.01.1003'
const families = registerFamilies.bind(null, db)
const head = await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Ratna' })

async function call<T>(who: SignedIn, method: 'GET' | 'POST', url: string, payload?: object) {
  const res = await app.inject({
    method,
    url: `/api${url}`,
    headers: { cookie: who.cookie },
    ...(payload && { payload }),
  })
  return { status: res.statusCode, body: res.json<T>(), text: res.body }
}

test('every figure of the picture, in every region that may be listed, opens exactly its rows; the regions beneath add up to it', async () => {
  await families(9, VILLAGE, (at) => ({ decile: 1 + at, ppks: at % 2 ? [8] : [9, 23] }))
  await families(53, OTHER, (at) => ({ decile: 1 + (at % 3), ...(at % 9 === 0 && { ppks: [8], sealed: [25] }) }))
  const url = (region: string, what: string, figure: PictureFigure, key?: string) =>
    `/register/picture/${region}/${what}?figure=${figure}${key === undefined ? '' : `&key=${key}`}`
  const rowsOf = async (region: string, figure: PictureFigure, key?: string) => {
    const rows: BehindRow[] = []
    for (let after: string | null = ''; after !== null;) {
      const at = `${url(region, 'rows', figure, key)}${after && `&after=${after}`}`
      const page: Awaited<ReturnType<typeof call<BehindRows>>> = await call<BehindRows>(head, 'GET', at)
      assert.equal(page.status, 200, page.text)
      rows.push(...page.body.items)
      after = page.body.next
    }
    assert.equal(new Set(rows.map((row) => row.id)).size, rows.length)
    return rows
  }
  /** `other`: reads the rows of another figure, to show that these would not pass. */
  const holds = async (region: string, other?: PictureFigure) => {
    const { body: told } = await call<Picture>(head, 'GET', `/register/picture/${region}`)
    const figures: [PictureFigure, string | undefined, number][] = [
      ['active', undefined, told.active],
      ['lowest', undefined, told.lowest],
      ['persons', undefined, told.persons],
      ...told.deciles.map((one): [PictureFigure, string, number] => [
        'decile',
        String(one.decile ?? 'unknown'),
        one.count,
      ]),
      ...told.ppks.map((one): [PictureFigure, string, number] => ['ppks', String(one.kind), one.count]),
    ]
    assert.ok(figures.filter(([, , count]) => count > 0).length > 5)
    for (const [figure, key, count] of figures) {
      const rows = await rowsOf(region, other ?? figure, other ? undefined : key)
      assert.equal(rows.length, count, `${figure} ${key} of ${region}`)
      assert.ok(rows.every((row) => row.regionCode.startsWith(region) && /^\p{L}\*/u.test(row.name ?? '')))
      const { body: behind } = await call<Behind>(head, 'GET', url(region, 'behind', figure, key))
      assert.equal(behind.count, count)
      if (behind.children.length > 0)
        assert.equal(
          behind.children.reduce((all, one) => all + one.count, 0),
          count,
        )
    }
    for (const child of told.children) {
      const { body } = await call<Picture>(head, 'GET', `/register/picture/${child.region.code}`)
      assert.deepEqual([child.active, child.lowest, child.persons], [body.active, body.lowest, body.persons])
    }
  }
  for (const region of ['32.75', '32.75.01', VILLAGE, OTHER]) await holds(region)
  await assert.rejects(holds(OTHER, 'active'), { code: 'ERR_ASSERTION' })
  const [look] = await sql<{ subject: string }>(
    `select subject_id as subject from audit_entry where act = 'list' and subject = 'register_picture' order by id desc limit 1`,
  )
  assert.match(look?.subject ?? '', /^32\.75\./)

  // Who sees counts sees the regions beneath; rows are for those whose work it is, and never of more than a regency.
  const clerk = await signedIn(db, { role: 'officer', regionCode: '32.75', name: 'Dimas' })
  const ministry = await signedIn(db, { role: 'supervisor', regionCode: '00', name: 'Darmawan' })
  const auditor = await signedIn(db, { role: 'auditor', regionCode: '32' })
  const listing = async (who: SignedIn, region: string) => {
    const told = await call<Behind>(who, 'GET', url(region, 'behind', 'active'))
    const rows = await call(who, 'GET', url(region, 'rows', 'active'))
    return [told.body.listing, rows.status]
  }
  assert.deepEqual(await listing(clerk, '32.75'), ['yes', 200])
  assert.deepEqual(await listing(clerk, VILLAGE), ['not_yours', 403])
  assert.deepEqual(await listing(ministry, '32'), ['too_wide', 403])
  assert.deepEqual(await listing(ministry, '32.75'), ['yes', 200])
  assert.deepEqual(await listing(auditor, '32.75'), ['not_yours', 403])
  for (const wrong of ['ppks&key=25', 'ppks', 'decile&key=11', 'decile'])
    assert.equal((await call(head, 'GET', `/register/picture/32.75/rows?figure=${wrong}`)).status, 400, wrong)
  assert.equal((await call(head, 'GET', `${url('32.75', 'rows', 'active')}&after=eA`)).status, 400)
  assert.equal((await call(head, 'GET', url('33.13', 'behind', 'active'))).status, 404)
})

test('every figure of a campaign opens exactly its families', async () => {
  const budi = await signedIn(db, { role: 'pillar', regionCode: VILLAGE, name: 'Budi' })
  const plan = { regionCode: '32.75.01', name: 'Pemutakhiran November', reason: 'Data lama lebih dari dua tahun', startsOn: '2026-11-20', dueOn: '2026-11-25' } // prettier-ignore
  const { body: planned } = await call<Campaign>(head, 'POST', '/register/campaigns', plan)
  const path = `/register/campaigns/${planned.id}`
  await call(head, 'POST', `${path}/start`, { pillars: [budi.accountId] })
  await prepareCampaigns(db)
  const { body: visits } = await call<Visits>(budi, 'GET', `/register/visits/${planned.id}`)
  for (const [at, outcome] of (['found', 'found', 'not_found', 'refused'] as const).entries()) {
    const url = `/register/visits/${planned.id}/${visits.items[at]?.familyId}`
    const report = { id: uuid(), outcome, ...(outcome !== 'found' && { note: 'Rumah kosong sejak lama' }) }
    const { status, text } = await call(budi, 'POST', url, report)
    assert.equal(status, 200, text)
  }
  const { body: told } = await call<Campaign>(head, 'GET', path)
  const rowsOf = async (query: string) => {
    let count = 0
    for (let after = ''; ;) {
      const page = await call<CampaignTasks>(head, 'GET', `${path}/families?${query}${after}`)
      assert.equal(page.status, 200, page.text)
      count += page.body.items.length
      if (page.body.next === null) return count
      after = `&after=${page.body.next}`
    }
  }
  const figures: [string, number][] = [
    ['which=all', told.total],
    ['which=done', told.done],
    ['which=left', told.total - told.done],
    ['which=gone', told.outcomes.reduce((all, one) => all + (one.outcome === 'found' ? 0 : one.count), 0)],
    ...told.villages.flatMap((one): [string, number][] => [
      [`which=all&village=${one.code}`, one.total],
      [`which=done&village=${one.code}`, one.done],
    ]),
    ...told.pillars.map((one): [string, number] => [`which=all&pillar=${one.accountId ?? 'none'}`, one.total]),
    ...told.outcomes.map((one): [string, number] => [`which=done&outcome=${one.outcome}`, one.count]),
    ...told.days.map((one): [string, number] => [`which=done&day=${one.day}`, one.done]),
  ]
  assert.ok(figures.filter(([, count]) => count > 0).length > 7, JSON.stringify(figures))
  for (const [query, count] of figures) assert.equal(await rowsOf(query), count, query)
})
