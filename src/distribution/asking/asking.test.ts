import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { makeRound, type MadeRound } from '#test/support/rounds.ts'
import type { CaseDeliveries, CaseOfDelivery } from '#src/complaints/deliveries/schema.ts'
import type { Filed } from '#src/complaints/schema.ts'
import { reconcileRounds } from '../reconciliation/index.ts'
import type { Behind } from '../reconciliation/schema.ts'
import { disputeOf } from './answering.ts'
import { allocate, drawKey } from './sample.ts'
import type { Answered, AskedQuestion, Askings, Questions, VisitTask } from './schema.ts'

const CITY = '32.75'
const A = '32.75.01.1002'
const B = '32.75.01.1003'
let now = new Date('2026-11-21T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const city = await signedIn(db, { role: 'supervisor', regionCode: CITY })
const village = await signedIn(db, { role: 'officer', regionCode: A })
const pillar = await signedIn(db, { role: 'pillar', regionCode: A })
const handed = await signedIn(db, { role: 'pillar', regionCode: A })
const elsewhere = await signedIn(db, { role: 'pillar', regionCode: '33.13.01.2001' })

const call = async <T>(who: SignedIn | null, method: 'GET' | 'POST', url: string, payload?: object) => {
  const response = await app.inject({
    method,
    url: `/api/${url}`,
    headers: { host: 'localhost', ...(who && { cookie: who.cookie }) },
    ...(payload && { payload }),
  })
  return { status: response.statusCode, body: response.json<T & { code?: string; errors?: { field: string }[] }>() }
}
const round: MadeRound = await makeRound(sql, {
  region: CITY,
  families: [
    ...Array.from({ length: 30 }, (_, at) => ({
      village: A,
      state: 'delivered' as const,
      handovers: at === 0 ? [{ by: handed.accountId }] : [{}],
    })),
    ...Array.from({ length: 10 }, () => ({ village: B, state: 'delivered' as const })),
    { village: A, state: 'undelivered' as const, handovers: [{ outcome: 'refused' as const }] },
  ],
})
await sql(
  `insert into distribution_stop (id, round_id, region_code, way, place, starts_at, ends_at, made_by) values ('01930000-0000-7000-8000-0000000000aa', $1, $2, 'to_the_door', 'Rumah', now(), now() + interval '1 hour', $3)`,
  [round.id, A, city.accountId],
)

test('a sample falls to the villages in proportion, never more than there are, and always adds up', () => {
  const strata = fc.uniqueArray(fc.record({ key: fc.string({ minLength: 1, maxLength: 5 }), count: fc.nat(200) }), {
    selector: (one) => one.key,
    maxLength: 30,
  })
  fc.assert(
    fc.property(strata, fc.integer({ min: 1, max: 500 }), (given, size) => {
      const shares = allocate(given, size)
      const total = given.reduce((sum, one) => sum + one.count, 0)
      const sum = [...shares.values()].reduce((all, one) => all + one, 0)
      assert.equal(sum, Math.min(size, total))
      for (const one of given) {
        const share = shares.get(one.key) ?? -1
        assert.ok(share >= 0 && share <= one.count)
        if (total > 0) assert.ok(Math.abs(share - (one.count * Math.min(size, total)) / total) < 1)
      }
    }),
  )
})

test('what an answer disputes', () => {
  assert.equal(disputeOf({ received: false }, 300_000), 'not_received')
  assert.equal(disputeOf({ received: true, amount: 300_000, cut: false }, 300_000), undefined)
  assert.equal(disputeOf({ received: true, amount: 300_000, cut: true, cutAmount: 20_000 }, 300_000), 'cut')
  assert.equal(disputeOf({ received: true, amount: 299_999, cut: false }, 300_000), 'less')
  assert.equal(disputeOf({ received: true, cut: false }, 0), undefined)
})

let questions: Questions
test('the draw is recorded, stratified, and can be made again from its seed; nobody is drawn twice', async () => {
  const wrong = await call(city, 'POST', `rounds/${round.id}/askings`, { door: 'message', size: 900_000 })
  assert.equal(wrong.body.errors?.[0]?.field, 'size')
  assert.equal((await call(pillar, 'POST', `rounds/${round.id}/askings`, { door: 'message', size: 8 })).status, 403)
  const drawn = await call<Askings>(city, 'POST', `rounds/${round.id}/askings`, {
    door: 'message',
    size: 8,
    seed: 'november-2026',
  })
  assert.equal(drawn.status, 201, JSON.stringify(drawn.body))
  assert.deepEqual(
    [drawn.body.items[0]?.population, drawn.body.items[0]?.drawn, drawn.body.items[0]?.seed],
    [40, 8, 'november-2026'],
  )
  const rows = await sql<{ region_code: string; family_id: string }>(
    'select region_code, family_id from delivery_question where round_id = $1',
    [round.id],
  )
  const expected = round.families
    .slice(0, 30)
    .sort((a, b) => (drawKey('november-2026', a) < drawKey('november-2026', b) ? -1 : 1))
    .slice(0, 6)
  assert.deepEqual(
    rows
      .filter((row) => row.region_code === A)
      .map((row) => row.family_id)
      .sort(),
    expected.sort(),
  )
  assert.equal(rows.filter((row) => row.region_code === B).length, 2)
  questions = (await call<Questions>(city, 'GET', `rounds/${round.id}/questions`)).body
  assert.equal(questions.items.length, 8)
  assert.equal((await call<Questions>(village, 'GET', `rounds/${round.id}/questions`)).body.items.length, 6)
  assert.match(questions.items[0]?.code ?? '', /^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/)
  const stored = await sql<{ code_hash: string }>('select code_hash from delivery_question')
  assert.ok(!JSON.stringify(stored).includes(questions.items[0]?.code ?? 'none'))
})

test('a citizen opens the code without an account; a no, less, or a cut opens a complaint tied to that very delivery', async () => {
  const [first, second, third, fourth, late] = questions.items
  const open = await call<AskedQuestion>(
    null,
    'GET',
    `distribution/questions/${first?.code?.toLowerCase().replaceAll('-', '')}`,
  )
  assert.deepEqual([open.status, open.body.state], [200, 'waiting'])
  assert.ok(!JSON.stringify(open.body).includes('Penerima'))
  assert.equal((await call(null, 'GET', 'distribution/questions/AAAA-BBBB-CCCC')).status, 404)
  const answer = (code: string | null | undefined, body: object) =>
    call<Answered>(null, 'POST', 'distribution/questions', { code: code ?? '', ...body })
  assert.equal((await answer(first?.code, { received: true })).body.errors?.[0]?.field, 'amount')
  assert.equal((await answer(first?.code, { received: true, amount: 300_000 })).body.errors?.[0]?.field, 'cut')
  assert.deepEqual((await answer(first?.code, { received: true, amount: 300_000, cut: false })).body, {
    disputed: false,
    complaint: null,
  })
  assert.equal((await answer(first?.code, { received: false })).body.code, 'asking_answered')

  const no = await answer(second?.code, { received: false, note: 'Saya tidak pernah tanda tangan.' })
  assert.equal(no.status, 200, JSON.stringify(no.body))
  assert.ok(no.body.complaint?.number && no.body.complaint.secret)
  await answer(third?.code, { received: true, amount: 250_000, cut: false })
  await answer(fourth?.code, { received: true, amount: 300_000, cut: true, cutAmount: 50_000 })
  const cases = await sql<{
    matter: string
    class: string
    cause: string
    family_id: string
    body: string
    door: string
  }>(
    `select c.matter, c.class, c.door, c.body, d.cause, d.family_id from complaint c join complaint_delivery d on d.complaint_id = c.id order by c.filed_at, c.id`,
  )
  assert.deepEqual(
    cases.map((one) => [one.matter, one.cause, one.family_id]),
    [
      ['delivery.not_received', 'not_received', second?.familyId],
      ['delivery.short', 'less', third?.familyId],
      ['delivery.levy', 'cut', fourth?.familyId],
    ],
  )
  assert.match(cases[0]?.body ?? '', /tidak pernah tanda tangan/)
  // The citizen follows it like any other.
  const tracked = await app.inject({
    method: 'GET',
    url: '/api/tracking',
    headers: { host: 'localhost', 'x-tracking': `${no.body.complaint.number} ${no.body.complaint.secret}` },
  })
  assert.equal(tracked.statusCode, 200, tracked.body)
  const ofDelivery = await call<CaseOfDelivery[]>(city, 'GET', `complaints/of-delivery/${round.id}/${second?.familyId}`)
  assert.deepEqual(
    ofDelivery.body.map((one) => one.cause),
    ['not_received'],
  )
  // What stands behind the row: the answer, the difference it made, and who recorded the handover.
  await sql(`insert into round_reconciliation (round_id, region_code, state) values ($1, $2, 'queued')`, [
    round.id,
    CITY,
  ])
  await reconcileRounds(db)
  const behind = await call<Behind>(city, 'GET', `rounds/${round.id}/behind/${second?.familyId}`)
  assert.equal(behind.status, 200, JSON.stringify(behind.body))
  assert.deepEqual(
    [
      behind.body.here?.state,
      behind.body.here?.given,
      behind.body.questions.map((one) => [one.received, one.disputed]),
    ],
    ['delivered', 300_000, [[false, true]]],
  )
  assert.deepEqual(behind.body.differences.map((one) => [one.kind, one.planned, one.found]), [['disputed', 300_000, 0]]) // prettier-ignore
  assert.equal((await call(village, 'GET', `rounds/${round.id}/behind/${round.families[35]}`)).status, 404, 'of B')
  assert.equal((await call(city, 'GET', `rounds/${round.id}/behind/${round.id}`)).status, 404)
  // Somebody comes to the desk about the same delivery: a case of its own, beside the other one, filed once.
  const at = `complaints/of-delivery/${round.id}/${second?.familyId}`
  const told = {
    id: '01930000-0000-7000-8000-0000000000cc',
    matter: 'delivery.not_received',
    body: 'Ibu datang ke kantor: beras tidak pernah sampai.',
  }
  const filed = await call<Filed>(city, 'POST', at, told)
  assert.equal(filed.status, 201, JSON.stringify(filed.body))
  assert.equal((await call<Filed>(city, 'POST', at, told)).body.number, filed.body.number)
  assert.deepEqual((await call<CaseOfDelivery[]>(city, 'GET', at)).body.map((one) => one.cause).toSorted(), [
    'not_received',
    'tied',
  ])
  assert.equal((await call(city, 'POST', at, { ...told, id: round.id, matter: 'attitude' })).body.errors?.[0]?.field, 'matter') // prettier-ignore
  assert.equal((await call(pillar, 'POST', at, told)).status, 403)
  assert.equal((await call(city, 'GET', `complaints/of-deliveries/${second?.familyId}`)).status, 404)
  await assert.rejects(
    sql(`update delivery_question set received = true where disputed`),
    /stays as it was given|violates/,
  )
  now = new Date('2026-12-25T02:00:00Z')
  assert.equal((await answer(late?.code, { received: false })).body.code, 'asking_closed')
  now = new Date('2026-11-21T02:10:00Z')
})

test('asked at the door: by somebody who did not hand out there; the same three questions', async () => {
  await call(city, 'POST', `rounds/${round.id}/askings`, { door: 'visit', size: 100, seed: 'a' })
  const all = await call<VisitTask[]>(pillar, 'GET', 'distribution/visits')
  assert.equal(all.body.length, 24)
  const own = round.families[0]
  const [drawnOwn] = await sql<{ n: number }>(
    `select count(*)::int as n from delivery_question q join delivery_asking a on a.id = q.asking_id where a.door = 'visit' and q.family_id = $1`,
    [own],
  )
  assert.equal((await call<VisitTask[]>(handed, 'GET', 'distribution/visits')).body.length, 24 - (drawnOwn?.n ?? 0))
  assert.equal((await call<VisitTask[]>(elsewhere, 'GET', 'distribution/visits')).body.length, 0)
  const [task, next] = all.body.filter((one) => one.familyId !== own)
  const path = `distribution/visits/${task?.askingId}/${task?.familyId}`
  assert.equal((await call(elsewhere, 'POST', path, { received: false })).status, 404)
  assert.deepEqual((await call<Answered>(pillar, 'POST', path, { notMet: true })).body, {
    disputed: false,
    complaint: null,
  })
  const said = await call<Answered>(pillar, 'POST', path, { received: true, amount: 100_000, cut: false })
  assert.equal(said.body.disputed, true, JSON.stringify(said.body))
  assert.equal((await call(pillar, 'POST', path, { received: true, amount: 100_000, cut: false })).status, 404)
  await sql(
    `insert into distribution_stop_person (stop_id, account_id, round_id, region_code) values ('01930000-0000-7000-8000-0000000000aa', $1, $2, $3)`,
    [pillar.accountId, round.id, A],
  )
  assert.equal(
    (await call(pillar, 'POST', `distribution/visits/${next?.askingId}/${next?.familyId}`, { received: false })).status,
    404,
  )
  assert.equal((await call<VisitTask[]>(pillar, 'GET', 'distribution/visits')).body.length, 0)
})

test('results by village, with few answers hidden', async () => {
  const { body } = await call<Askings>(city, 'GET', `rounds/${round.id}/askings`)
  const a = body.villages.find((one) => one.code === A)
  const b = body.villages.find((one) => one.code === B)
  assert.deepEqual([a?.asked, b?.asked, b?.hidden, b?.received], [30, 10, true, null])
  const answered = await sql<{ n: number }>(
    `select count(*)::int as n from delivery_question where region_code = $1 and state = 'answered'`,
    [A],
  )
  assert.equal(a?.hidden, (answered[0]?.n ?? 0) < body.small)
})

test('a complaint that came in by another door is tied by an officer, once', async () => {
  const filed = await app.inject({
    method: 'POST',
    url: '/api/complaints',
    headers: { host: 'localhost', cookie: village.cookie },
    payload: { regionCode: A, class: 'complaint', matter: 'delivery.late', body: 'Bantuan saya terlambat sekali.' },
  })
  const { id } = filed.json<{ id: string }>()
  const family = round.families[29]
  assert.deepEqual((await call<CaseDeliveries>(village, 'GET', `complaints/${id}/deliveries`)).body, {
    tied: [],
    candidates: [],
  })
  const tied = await call<CaseDeliveries>(village, 'POST', `complaints/${id}/deliveries`, {
    roundId: round.id,
    familyId: family,
  })
  assert.deepEqual([tied.status, tied.body.tied[0]?.cause, tied.body.tied[0]?.familyId], [201, 'tied', family])
  assert.equal(
    (await call(village, 'POST', `complaints/${id}/deliveries`, { roundId: round.id, familyId: family })).body.code,
    'delivery_tied',
  )
  assert.equal(
    (await call(village, 'POST', `complaints/${id}/deliveries`, { roundId: round.id, familyId: round.families[35] }))
      .status,
    404,
  )
  const far = await signedIn(db, { role: 'officer', regionCode: '33.13' })
  assert.equal((await call(far, 'GET', `complaints/${id}/deliveries`)).status, 404)
})
