import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql as raw } from 'kysely'
import { v7 as uuid } from 'uuid'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { checkChange, openFamily } from '../register/index.ts'
import { prepareCampaigns, remindOfCampaigns } from './preparing.ts'
import { publishRegister } from './publish.ts'
import type { Campaign, Moved, MovedRows, Movement, Picture, PublicPicture, Visit, Visits } from './schema.ts'

let now = new Date('2026-11-20T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const VILLAGE = '32.75.01.1002'
const OTHER = '32.75.01.1003'
const families = registerFamilies.bind(null, db)

async function call<T>(
  who: SignedIn,
  method: 'GET' | 'POST',
  url: string,
  payload?: object,
): Promise<{ status: number; body: T; text: string }> {
  const res = await app.inject({
    method,
    url: `/api${url}`,
    headers: { cookie: who.cookie },
    ...(payload && { payload }),
  })
  return {
    status: res.statusCode,
    body: res.headers['content-type']?.includes('json') ? res.json<T>() : (undefined as T),
    text: res.body,
  }
}
type Refused = { code: string; errors?: { field: string; code: string }[] }

const opens = (who: SignedIn, familyId: string) =>
  db.as({ ...who.actor, at: now }, (tx) =>
    openFamily(tx, { ...who.actor, at: now }, { familyId, reason: 'Permohonan graduasi', work: 'service' }),
  )
const statusOf = async (family: string) =>
  (await sql<{ status: string }>('select status from family where id = $1', [family]))[0]?.status

const desk = await signedIn(db, { role: 'officer', regionCode: VILLAGE, name: 'Endang' })
const head = await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Ratna' })
const second = await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Nurul' })

test('graduation: own wish with a signed request, forced with a certificate and always another person; nobody checks their own', async () => {
  const [one, two] = await families(2, VILLAGE)
  assert.ok(one && two)
  const path = `/register/families/${one.family}/graduate`
  const own = {
    id: uuid(),
    kind: 'graduated_voluntary',
    effectiveOn: '2026-11-19',
    reason: 'Usaha warungnya sudah maju',
  }
  assert.equal((await call<Refused>(desk, 'POST', path, own)).body.code, 'open_first')
  await opens(desk, one.family)
  const without = await call<Refused>(desk, 'POST', path, own)
  assert.deepEqual([without.status, without.body.errors?.[0]?.field], [400, 'requestedOn'])
  const asked = await call<Moved>(desk, 'POST', path, { ...own, requestedOn: '2026-11-18' })
  assert.deepEqual(asked.body, { changeId: own.id, state: 'reported' }, asked.text)
  assert.deepEqual(
    (await call<Moved>(desk, 'POST', path, { ...own, requestedOn: '2026-11-18' })).body,
    asked.body,
    'sent twice',
  )
  assert.equal(await statusOf(one.family), 'active', 'it waits')
  const check = (who: SignedIn, id: string) =>
    db.as({ ...who.actor, at: now }, (tx) => checkChange(tx, { ...who.actor, at: now }, id, { accept: true }))
  await assert.rejects(check(desk, own.id), { status: 403 })
  await check(head, own.id)
  assert.equal(await statusOf(one.family), 'graduated')
  assert.equal(
    (await call<Refused>(desk, 'POST', path, { ...own, id: uuid(), requestedOn: '2026-11-18' })).body.code,
    'family_not_active',
  )

  const forced = { id: uuid(), kind: 'graduated_forced', effectiveOn: '2026-11-19', reason: 'Mampu menurut musyawarah' }
  await opens(head, two.family)
  const bare = await call<Refused>(head, 'POST', `/register/families/${two.family}/graduate`, forced)
  assert.equal(bare.body.errors?.[0]?.field, 'certifiedBy')
  const certified = { ...forced, certifiedBy: 'Lurah Margahayu, surat 470/12' }
  const waiting = await call<Moved>(head, 'POST', `/register/families/${two.family}/graduate`, certified)
  assert.equal(waiting.body.state, 'reported', 'a supervisor, too, waits for another person')
  await assert.rejects(check(head, forced.id), { status: 403 })
  await check(second, forced.id)
  assert.equal(await statusOf(two.family), 'graduated')
})

test('re-entry: after a disaster at once, with its name; otherwise it waits; only of who had left', async () => {
  const [one] = await families(1, VILLAGE)
  assert.ok(one)
  const path = `/register/families/${one.family}`
  await opens(head, one.family)
  assert.equal(
    (
      await call<Refused>(head, 'POST', `${path}/reenter`, {
        id: uuid(),
        effectiveOn: '2026-11-20',
        reason: 'Kena banjir',
      })
    ).body.code,
    'family_active',
  )
  const natural = {
    id: uuid(),
    kind: 'graduated_natural',
    effectiveOn: '2026-11-01',
    reason: 'Anak bungsu lulus sekolah',
  }
  assert.equal((await call<Moved>(head, 'POST', `${path}/graduate`, natural)).body.state, 'in_force')
  now = new Date('2026-11-20T03:10:00Z')
  await opens(desk, one.family)
  const plain = await call<Moved>(desk, 'POST', `${path}/reenter`, {
    id: uuid(),
    effectiveOn: '2026-11-20',
    reason: 'Kehilangan pekerjaan',
  })
  assert.equal(plain.body.state, 'reported')
  const flood = { id: uuid(), effectiveOn: '2026-11-20', reason: 'Rumah hanyut', disaster: 'Banjir Bekasi 11-2026' }
  assert.equal((await call<Moved>(desk, 'POST', `${path}/reenter`, flood)).body.state, 'in_force')
  assert.equal(await statusOf(one.family), 'active')
  const [event] = await sql('select kind, source, source_ref from register_event where change_id = $1', [flood.id])
  assert.deepEqual(event, { kind: 'reentered', source: 'disaster', source_ref: 'Banjir Bekasi 11-2026' })

  const elsewhere = await signedIn(db, { role: 'officer', regionCode: '33.13' })
  const health = await signedIn(db, { role: 'officer', regionCode: '32.75', agency: 'health' })
  const pillar = await signedIn(db, { role: 'pillar', regionCode: VILLAGE })
  assert.equal((await call(elsewhere, 'POST', `${path}/graduate`, { ...natural, id: uuid() })).status, 404)
  assert.equal((await call(health, 'POST', `${path}/graduate`, { ...natural, id: uuid() })).status, 404)
  assert.equal((await call(pillar, 'POST', `${path}/graduate`, { ...natural, id: uuid() })).status, 403)
})

test('the month shows who came and went by reason; the list is masked and for those whose work it is; CSV holds counts', async () => {
  const found = await call<Movement>(head, 'GET', '/register/movement/32.75?month=2026-11')
  assert.equal(found.status, 200, found.text)
  const reasons = Object.fromEntries(found.body.families.out.map((one) => [one.reason, one.count]))
  assert.deepEqual(reasons, { graduated_voluntary: 1, graduated_natural: 1, graduated_forced: 1 })
  const came = Object.fromEntries(found.body.families.in.map((one) => [one.reason, one.count]))
  assert.deepEqual(came, { registered: 3, reentered: 1 })
  assert.deepEqual(found.body.trend.at(-1), { month: '2026-11', in: 4, out: 3 })
  const district = found.body.children.find((one) => one.region.code === '32.75.01')
  assert.deepEqual([district?.in, district?.out], [4, 3])

  const list = await call<MovedRows>(head, 'GET', '/register/movement/32.75/families?month=2026-11&direction=out')
  assert.equal(list.body.items.length, 3)
  assert.ok(
    list.body.items.every((one) => /^S\*+ W\*+ \d+$/.test(one.name ?? '')),
    list.text,
  )
  assert.doesNotMatch(list.text, /Sukarsih|9901/)
  assert.equal((await call(desk, 'GET', '/register/movement/32.75/families?month=2026-11&direction=out')).status, 404)
  const auditor = await signedIn(db, { role: 'auditor', regionCode: '00' })
  assert.equal((await call(auditor, 'GET', '/register/movement/32.75')).status, 200)
  assert.equal(
    (await call(auditor, 'GET', '/register/movement/32.75/families?month=2026-11&direction=out')).status,
    403,
  )
  const csv = await call(head, 'GET', '/register/movement/32.75/export?month=2026-11')
  assert.match(csv.text, /2026-11;32\.75;/)
  assert.doesNotMatch(csv.text, /Sukarsih|9901/)
})

test('a campaign: every active family once, neighbourhoods together, shares equal; a pillar sees what was given and nothing else', async () => {
  await families(9, VILLAGE, (at) => ({ rt: `00${1 + Math.floor(at / 3)}` }))
  const budi = await signedIn(db, { role: 'pillar', regionCode: VILLAGE, name: 'Budi' })
  const wati = await signedIn(db, { role: 'pillar', regionCode: VILLAGE, name: 'Wati' })
  const outside = await signedIn(db, { role: 'pillar', regionCode: '33.13' })
  const plan = {
    regionCode: VILLAGE,
    name: 'Pemutakhiran November',
    reason: 'Data lama lebih dari dua tahun',
    startsOn: '2026-11-20',
    dueOn: '2026-11-25',
  }
  const pillarIds = [budi.accountId, wati.accountId]
  assert.equal((await call(desk, 'POST', '/register/campaigns', { ...plan, regionCode: OTHER })).status, 404)
  assert.equal(
    (await call<Refused>(desk, 'POST', '/register/campaigns', { ...plan, dueOn: '2026-11-19' })).body.errors?.[0]
      ?.field,
    'dueOn',
  )
  const planned = await call<Campaign>(desk, 'POST', '/register/campaigns', plan)
  assert.equal(planned.status, 201, planned.text)
  const path = `/register/campaigns/${planned.body.id}`
  assert.equal(
    (await call<Refused>(desk, 'POST', `${path}/start`, { pillars: [outside.accountId] })).body.errors?.[0]?.field,
    'pillars',
  )
  assert.equal((await call<Campaign>(desk, 'POST', `${path}/start`, { pillars: pillarIds })).body.state, 'preparing')
  await prepareCampaigns(db)
  const [active] = await sql<{ n: number }>(
    `select count(*) n from family where status = 'active' and region_code = $1`,
    [VILLAGE],
  )
  const running = (await call<Campaign>(desk, 'GET', path)).body
  assert.deepEqual([running.state, running.total, running.done], ['running', active?.n, 0])
  const shares = running.pillars.map((one) => one.total)
  assert.equal(shares.length, 2)
  assert.ok(Math.abs((shares[0] ?? 0) - (shares[1] ?? 0)) <= 1, `${shares}`)

  const listOf = async (who: SignedIn) => (await call<Visits>(who, 'GET', `/register/visits/${running.id}`)).body
  const mine = await listOf(budi)
  const hers = await listOf(wati)
  const ids = (list: Visits) => list.items.map((one) => one.familyId)
  assert.equal(new Set([...ids(mine), ...ids(hers)]).size, active?.n, 'each family once')
  assert.ok(ids(mine).length > 0 && ids(mine).every((id) => !ids(hers).includes(id)))
  const first = mine.items[0]
  assert.ok(first)
  assert.match(first.head ?? '', /^Sukarsih/)
  const visit = await call<Visit>(budi, 'GET', `/register/visits/${running.id}/${first.familyId}`)
  assert.deepEqual([visit.body.members, visit.body.children], [2, 1])
  assert.doesNotMatch(visit.text, /9901|Rahayu|2018-03/, 'no number, no child')
  assert.ok(visit.body.questionnaire, 'the questions in force')
  for (const who of [wati, outside, desk])
    assert.ok([403, 404].includes((await call(who, 'GET', `/register/visits/${running.id}/${first.familyId}`)).status))
  assert.equal((await call(outside, 'GET', `/register/visits/${running.id}`)).status, 404)
  // The tables themselves are closed to a pillar, and are not empty.
  const rowsFor = (who: SignedIn) =>
    db.as({ ...who.actor, at: now }, async (tx) => {
      const { rows } = await raw<{
        n: number
      }>`select (select count(*) from family) + (select count(*) from person) + (select count(*) from register_event) as n`.execute(
        tx,
      )
      return rows[0]?.n
    })
  assert.equal(await rowsFor(budi), 0)
  assert.ok(((await rowsFor(desk)) ?? 0) > 20)

  const wrong = await call<Refused>(budi, 'POST', `/register/visits/${running.id}/${first.familyId}`, {
    id: uuid(),
    outcome: 'found',
    answers: { floor: 'marble' },
  })
  assert.equal(wrong.body.errors?.[0]?.field, 'answers.floor')
  const report = { id: uuid(), outcome: 'found', answers: { floor: 'earth', assets: ['goats'] } }
  for (const _ of [1, 2])
    assert.deepEqual((await call(budi, 'POST', `/register/visits/${running.id}/${first.familyId}`, report)).body, {
      changeId: report.id,
      state: 'in_force',
    })
  assert.equal(
    (await call<Refused>(budi, 'POST', `/register/visits/${running.id}/${first.familyId}`, { ...report, id: uuid() }))
      .body.code,
    'visit_done',
  )
  const [family] = await sql(`select checked_on, answers from family where id = $1`, [first.familyId])
  assert.deepEqual(family, { checked_on: '2026-11-20', answers: report.answers })
  const [event] = await sql('select kind, source, source_ref, state from register_event where change_id = $1', [
    report.id,
  ])
  assert.deepEqual(event, { kind: 'surveyed', source: 'campaign', source_ref: running.id, state: 'in_force' })
  // Nobody there: it waits for the desk, and the family stays in the register until then.
  const gone = mine.items[1]?.familyId ?? ''
  const missing = { id: uuid(), outcome: 'not_found', note: 'Rumah kosong sejak lama' }
  assert.deepEqual((await call(budi, 'POST', `/register/visits/${running.id}/${gone}`, missing)).body, {
    changeId: missing.id,
    state: 'reported',
  })
  assert.equal(await statusOf(gone), 'active')
  await db.as({ ...desk.actor, at: now }, (tx) =>
    checkChange(tx, { ...desk.actor, at: now }, missing.id, { accept: true }),
  )
  assert.equal(await statusOf(gone), 'not_found')
  for (const [at, outcome] of (['refused', 'head_dead'] as const).entries()) {
    const done = await call<Moved>(wati, 'POST', `/register/visits/${running.id}/${hers.items[at]?.familyId}`, {
      id: uuid(),
      outcome,
    })
    assert.equal(done.body.state, 'in_force', done.text)
  }

  const far = (await call<Campaign>(head, 'GET', path)).body
  assert.equal(far.done, 4)
  const recount = await sql(`
    select dimension, key, total, done from (
      select 'all' dimension, '' as key, count(*)::int total, count(outcome)::int done from campaign_task
      union all select 'village', region_code, count(*), count(outcome) from campaign_task group by 2
      union all select 'pillar', coalesce(assignee::text, ''), count(*), count(outcome) from campaign_task group by 2
      union all select 'day', done_on::text, count(*), count(*) from campaign_task where outcome is not null group by 2
      union all select 'outcome', outcome, count(*), count(*) from campaign_task where outcome is not null group by 2) t order by 1, 2`)
  assert.deepEqual(
    await sql('select dimension, key, total, done from campaign_count where total > 0 order by 1, 2'),
    recount,
  )

  // By hand: one RT to the other; and the reminder goes to those who still have visits, once.
  const given = await call<{ count: number }>(desk, 'POST', `${path}/give`, {
    villageCode: VILLAGE,
    rt: '003',
    accountId: wati.accountId,
  })
  assert.equal(given.status, 200, given.text)
  assert.ok((await listOf(wati)).items.filter((one) => one.rt === '003').length >= 3)
  assert.ok((await listOf(budi)).items.every((one) => one.rt !== '003' || one.outcome !== null))
  assert.equal(await remindOfCampaigns(db), 1)
  assert.equal(await remindOfCampaigns(db), 0)
  const reminded = await sql<{ account_id: string }>(
    `select account_id from event_log where kind = 'campaign.due_soon' and account_id is not null`,
  )
  assert.ok(reminded.length > 0)

  const left = await call<{ items: { head: string }[] }>(desk, 'GET', `${path}/families?which=left`)
  assert.equal(left.body.items.length, far.total - 4)
  assert.doesNotMatch(left.text, /Sukarsih/)
  assert.equal((await call(wati, 'GET', path)).status, 403)
  assert.equal(
    (await call<Campaign>(desk, 'POST', `${path}/close`, { note: 'Sisanya bulan depan' })).body.state,
    'closed',
  )
  assert.equal((await call(budi, 'GET', `/register/visits/${running.id}`)).status, 404, 'over is over')
  assert.equal(
    (await call(budi, 'POST', `/register/visits/${running.id}/${mine.items[2]?.familyId}`, { ...report, id: uuid() }))
      .status,
    404,
  )
})

test('a region’s picture: deciles and PPKS; sealed kinds together and only of a regency; the public sees no small number', async () => {
  await families(8, OTHER, (at) => ({
    decile: at < 6 ? 1 : 3,
    ppks: at < 7 ? [24] : [8],
    ...(at === 0 && { sealed: [16, 17] }),
  }))
  const picture = (await call<Picture>(head, 'GET', '/register/picture/32.75')).body
  const village = (await call<Picture>(head, 'GET', `/register/picture/${OTHER}`)).body
  assert.deepEqual([picture.sealedPpks, village.sealedPpks], [1, null])
  assert.deepEqual(
    village.deciles.filter((one) => one.count > 0),
    [
      { decile: 1, count: 6 },
      { decile: 3, count: 2 },
    ],
  )
  assert.deepEqual(village.ppks, [
    { kind: 24, count: 7 },
    { kind: 8, count: 1 },
  ])
  assert.deepEqual([village.active, village.persons], [8, 16])
  assert.equal((await call(desk, 'GET', '/register/picture/32.75')).status, 404)
  const pillar = await signedIn(db, { role: 'pillar', regionCode: '32.75' })
  assert.equal((await call(pillar, 'GET', '/register/picture/32.75')).status, 403)

  assert.equal(await publishRegister(db), true)
  assert.equal(await publishRegister(db), false, 'one edition a month')
  const res = await app.inject(`/api/public-register/${OTHER}`)
  const shown = res.json<PublicPicture>()
  assert.deepEqual(shown.ppks, [
    { kind: 24, count: { n: 7, hidden: false } },
    { kind: 8, count: { n: null, hidden: true } },
  ])
  assert.deepEqual(
    shown.deciles.filter((one) => one.count.hidden).map((one) => one.decile),
    [1, 3],
    'the small one, and what would tell it',
  )
  assert.equal(shown.sealedPpks, null)
  assert.deepEqual((await app.inject('/api/public-register/32.75')).json<PublicPicture>().sealedPpks, {
    n: null,
    hidden: true,
  })
  const cells = await sql<{ key: string; value: number | null }>(
    'select key, value::text::int as value from public_register, jsonb_each(cells) where value <> $1',
    ['null'],
  )
  assert.ok(cells.length > 5)
  assert.ok(cells.every((one) => (one.value ?? 0) >= 5))
})
