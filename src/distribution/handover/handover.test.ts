import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { v7 as uuid } from 'uuid'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { approvedList, VILLAGES } from '#test/support/distribution.ts'
import { pagesOf } from '#test/support/pdf-text.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { inviteRounds, openRounds, prepareRounds } from '../rounds/index.ts'
import type { Round, Stop } from '../rounds/schema.ts'
import type { Stock } from '../stock/schema.ts'
import type { Conflict, NewRedemption, Redeemed, StopTask, StopWork } from './schema.ts'

let now = new Date('2026-11-20T01:45:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const issuer = { secret: app.secret, baseUrl: app.baseUrl }
const [village, other] = VILLAGES

const city = await signedIn(db, { role: 'officer', regionCode: '32.75' })
const chief = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
const desk = await signedIn(db, { role: 'officer', regionCode: village })
const elsewhere = await signedIn(db, { role: 'officer', regionCode: '33.13' })
const pillar = await signedIn(db, { role: 'pillar', regionCode: village })
const pillar2 = await signedIn(db, { role: 'pillar', regionCode: other })
const stranger = await signedIn(db, { role: 'pillar', regionCode: village, name: 'Bukan Petugas' })

const call = async <T>(who: SignedIn, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) => {
  const answer = await app.inject({
    method,
    url: `/api${url}`,
    headers: { cookie: who.cookie, origin: 'http://localhost', host: 'localhost' },
    ...(payload && { payload }),
  })
  return {
    status: answer.statusCode,
    body: (answer.headers['content-type']?.includes('json') ? answer.json() : undefined) as T,
    raw: answer,
  }
}
type Problem = { code: string; title: string; errors?: { field: string; code: string }[] }
const ok = async <T>(who: SignedIn, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) => {
  const { status, body, raw } = await call<T>(who, method, url, payload)
  assert.ok(status < 300, `${method} ${url}: ${status} ${raw.body.slice(0, 400)}`)
  return body
}
const refused = async (who: SignedIn, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) => {
  const { status, body } = await call<Problem>(who, method, url, payload)
  assert.ok(status >= 400 && status < 500, `${method} ${url}: ${status}`)
  return body.code === 'invalid_request' ? `${body.errors?.[0]?.field}: ${body.errors?.[0]?.code}` : body.code
}

/** A round that is open: both villages scheduled, everybody invited. */
async function openRound(families: number) {
  const list = await approvedList(sql, { families })
  const made = await ok<Round>(city, 'POST', '/rounds', {
    determinationId: list.determinationId,
    name: 'Sembako uji',
    way: 'community_point',
    opensOn: '2026-11-20',
    closesOn: '2026-11-30',
  })
  await prepareRounds(db)
  await ok(city, 'POST', `/rounds/${made.id}/schedule`, { startsAt: '2026-11-20T08:00', endsAt: '2026-11-20T12:00' })
  const { items: stops } = await ok<{ items: Stop[] }>(city, 'GET', `/rounds/${made.id}/stops`)
  for (const stop of stops)
    await ok(city, 'PATCH', `/rounds/${made.id}/stops/${stop.id}`, {
      people: [stop.village.code === village ? pillar.accountId : pillar2.accountId],
    })
  await ok(city, 'POST', `/rounds/${made.id}/invite`, {})
  await inviteRounds(db, issuer)
  now = new Date('2026-11-20T02:00:00Z')
  assert.equal(await openRounds(db), 1)
  const stop = stops.find((one) => one.village.code === village)
  const stop2 = stops.find((one) => one.village.code === other)
  assert.ok(stop && stop2)
  const tokens = new Map(
    (
      await sql<{ family_id: string; token: string; code: string }>(
        'select family_id, token, code from voucher where round_id = $1',
        [made.id],
      )
    ).map((row) => [row.family_id, row]),
  )
  return { id: made.id, list, stop, stop2, tokens }
}
type Open = Awaited<ReturnType<typeof openRound>>
const redemption = (round: Open, more: Partial<NewRedemption>): NewRedemption => ({
  id: uuid(),
  stopId: round.stop.id,
  outcome: 'received',
  receivedBy: 'self',
  happenedAt: now.toISOString(),
  deviceId: 'telepon-1',
  offline: false,
  ...more,
})
const send = (who: SignedIn, round: Open, given: NewRedemption) =>
  ok<Redeemed>(who, 'POST', `/rounds/${round.id}/redemptions`, given)

test('a round is made of an approved list, scheduled, invited by letter and opened on its day', async () => {
  const list = await approvedList(sql, { families: 5 })
  const lists = await ok<{ id: string; families: number; amount: number }[]>(city, 'GET', '/rounds/lists')
  assert.deepEqual(lists.find((one) => one.id === list.determinationId)?.families, 5)
  const given = {
    determinationId: list.determinationId,
    name: 'Sembako November',
    way: 'community_point',
    opensOn: '2026-11-21',
    closesOn: '2026-11-30',
  }
  assert.equal(await refused(city, 'POST', '/rounds', { ...given, closesOn: '2026-11-01' }), 'closesOn: before_start')
  assert.equal(await refused(elsewhere, 'POST', '/rounds', given), 'determinationId: unknown')
  const made = await ok<Round>(city, 'POST', '/rounds', given)
  assert.match(made.number, /^SAL-\d{6}$/)
  assert.equal(made.work, 'preparing')
  assert.equal(await refused(city, 'POST', `/rounds/${made.id}/invite`, {}), 'round_busy')
  await prepareRounds(db)
  // A second round for the same list finds nobody left.
  const second = await ok<Round>(city, 'POST', '/rounds', given)
  await prepareRounds(db)
  assert.equal((await ok<Round>(city, 'GET', `/rounds/${second.id}`)).total, 0)
  const round = await ok<Round>(city, 'GET', `/rounds/${made.id}`)
  assert.deepEqual([round.total, round.amount, round.withoutStop, round.work], [5, 1_000_000, 5, null])
  assert.equal(await refused(city, 'POST', `/rounds/${made.id}/invite`, {}), 'round_without_stops')

  assert.equal(
    await refused(city, 'POST', `/rounds/${made.id}/schedule`, {
      startsAt: '2026-12-23T08:00',
      endsAt: '2026-12-23T12:00',
    }),
    'startsAt: outside_round',
  )
  const scheduled = await ok<{ stops: number; families: number }>(city, 'POST', `/rounds/${made.id}/schedule`, {
    startsAt: '2026-11-23T08:00',
    endsAt: '2026-11-23T12:00',
  })
  assert.deepEqual(scheduled, { stops: 2, families: 5 })
  const { items: stops } = await ok<{ items: Stop[] }>(city, 'GET', `/rounds/${made.id}/stops`)
  assert.deepEqual(
    stops.map((one) => [one.village.code, one.startsLocal, one.startsAt, one.people.length > 0]),
    [
      [village, '2026-11-23T08:00', '2026-11-23T01:00:00.000Z', true],
      [other, '2026-11-23T08:00', '2026-11-23T01:00:00.000Z', true],
    ],
  )
  // The village's own desk changes its stop, and sees no other; a second stop shares the families.
  const [first] = stops
  assert.ok(first)
  assert.deepEqual((await ok<{ items: Stop[] }>(desk, 'GET', `/rounds/${made.id}/stops`)).items.length, 1)
  await ok(desk, 'POST', `/rounds/${made.id}/stops`, {
    villageCode: village,
    way: 'to_the_door',
    place: 'RW 02',
    startsAt: '2026-11-24T08:00',
    endsAt: '2026-11-24T12:00',
  })
  assert.deepEqual(
    (await ok<{ items: Stop[] }>(desk, 'GET', `/rounds/${made.id}/stops`)).items.map((one) => one.total).toSorted(),
    [1, 2],
  )
  assert.equal((await call(desk, 'POST', `/rounds/${made.id}/open`, {})).status, 403)
  assert.equal((await call(elsewhere, 'GET', `/rounds/${made.id}`)).status, 404)

  await ok(city, 'POST', `/rounds/${made.id}/invite`, {})
  assert.equal(await inviteRounds(db, issuer), 5)
  const invited = await ok<Round>(city, 'GET', `/rounds/${made.id}`)
  assert.deepEqual([invited.state, invited.invited], ['invited', 5])
  const letters = await call(city, 'GET', `/rounds/${made.id}/stops/${first.id}/invitations`)
  assert.equal(letters.status, 200)
  const pages = pagesOf(letters.raw.rawPayload)
  const [voucher] = await sql<{ code: string; payee_name: string }>(
    'select v.code, e.payee_name from voucher v join round_entitlement e on e.voucher_id = v.id where e.stop_id = $1',
    [first.id],
  )
  assert.ok(
    voucher &&
      pages[0]?.includes(voucher.code) &&
      pages[0].includes(voucher.payee_name) &&
      pages[0].includes('Beras 10 kg'),
  )
  assert.ok(pages[0]?.includes('08.00–12.00 WIB') && pages[0].includes('/aduan/baru'))
  const progress = await ok<{ children: { region: { code: string }; total: number; invited: number }[] }>(
    city,
    'GET',
    `/rounds/${made.id}/progress?region=32.75.05`,
  )
  assert.deepEqual(
    progress.children.map((one) => [one.region.code, one.total, one.invited]),
    [
      [village, 3, 3],
      [other, 2, 2],
    ],
  )
  const cancelled = await ok<Round>(city, 'POST', `/rounds/${made.id}/cancel`, { note: 'Uji selesai' })
  assert.deepEqual([cancelled.state, cancelled.cancelled], ['cancelled', 5])
  assert.equal(
    (await ok<{ id: string; families: number }[]>(city, 'GET', '/rounds/lists')).find(
      (one) => one.id === list.determinationId,
    )?.families,
    5,
  )
})

test('a pillar hands out to the list of their stop, and to nobody else', async () => {
  const round = await openRound(6)
  const [a, , b] = round.list.families
  assert.ok(a && b)
  const mine = await ok<StopTask[]>(pillar, 'GET', '/handovers')
  assert.ok(mine.some((one) => one.id === round.stop.id) && !mine.some((one) => one.id === round.stop2.id))
  const work = await ok<StopWork>(pillar, 'GET', `/handovers/${round.stop.id}`)
  assert.deepEqual(
    work.people.map((one) => one.familyId).toSorted(),
    round.list.families
      .filter((one) => one.village === village)
      .map((one) => one.id)
      .toSorted(),
  )
  // Not vacuous: the other stop and its list are there, for the other pillar.
  assert.equal((await ok<StopWork>(pillar2, 'GET', `/handovers/${round.stop2.id}`)).people.length, 3)
  assert.equal((await call(pillar, 'GET', `/handovers/${round.stop2.id}`)).status, 404)
  assert.equal((await call(stranger, 'GET', `/handovers/${round.stop.id}`)).status, 404)
  for (const table of [
    'round_entitlement',
    'voucher',
    'redemption',
    'distribution_round',
    'distribution_stop',
    'family',
  ] as const)
    assert.deepEqual(
      await db.as(pillar.actor, (tx) =>
        tx
          .selectFrom(table)
          .select((eb) => eb.lit(1).as('one'))
          .execute(),
      ),
      [],
      table,
    )
  await assert.rejects(
    db.as(city.actor, (tx) => tx.selectFrom('voucher').select('token').execute()),
    /permission denied/,
  )

  const voucher = round.tokens.get(a.id)
  assert.ok(voucher)
  const looked = await ok<{ people: { payeeName: string; nikMasked: string }[] }>(
    pillar,
    'POST',
    `/handovers/${round.stop.id}/look`,
    { token: voucher.token },
  )
  assert.deepEqual(
    looked.people.map((one) => one.payeeName),
    [a.payeeName],
  )
  assert.deepEqual(
    (
      await ok<{ people: { familyId: string }[] }>(pillar, 'POST', `/handovers/${round.stop.id}/look`, {
        name: 'uji 3',
      })
    ).people.map((one) => one.familyId),
    [b.id],
  )
  const given = redemption(round, {
    token: voucher.token,
    receivedBy: 'proxy',
    proxy: { name: 'Anak Contoh', relation: 'child', reason: 'sick' },
    point: { lat: -6.26, lng: 107.01, accuracy: 12 },
    signature: {
      width: 300,
      height: 150,
      strokes: [
        [1, 2, 30, 40, 50, 60],
        [9, 9],
      ],
    },
  })
  assert.equal(
    await refused(pillar, 'POST', `/rounds/${round.id}/redemptions`, { ...given, proxy: undefined }),
    'proxy: required',
  )
  assert.equal((await call(stranger, 'POST', `/rounds/${round.id}/redemptions`, given)).status, 404)
  const done = await send(pillar, round, given)
  assert.deepEqual([done.state, done.standing, done.conflict, done.repeated], ['delivered', 'counts', false, false])
  assert.deepEqual(await send(pillar, round, given), { ...done, repeated: true })
  const [signature] = await sql<{ kind: string; media_type: string }>(
    'select kind, media_type from redemption_file where redemption_id = $1',
    [given.id],
  )
  assert.deepEqual(signature, { kind: 'signature', media_type: 'image/png' })
  const [entitled] = await sql<{ state: string }>('select state from entitlement where family_id = $1', [a.id])
  assert.equal(entitled?.state, 'delivered')
  // Shown a second time: refused with when and where.
  const again = await call<Problem>(
    pillar2,
    'POST',
    `/rounds/${round.id}/redemptions`,
    redemption(round, { stopId: round.stop2.id, token: voucher.token }),
  )
  assert.deepEqual([again.status, again.body.code], [409, 'voucher_redeemed'])
  assert.match(again.body.title, /20 Nov 2026 09\.00 WIB di Kantor/)
  // By code, as people type it; what was handed over is never more than the family is entitled to.
  const code = round.tokens.get(b.id)?.code ?? ''
  assert.equal(
    await refused(pillar, 'POST', `/rounds/${round.id}/redemptions`, redemption(round, { code, amount: 200_001 })),
    'amount: more_than_entitled',
  )
  assert.equal(
    (await send(pillar, round, redemption(round, { code: code.toLowerCase().replace('-', ' ') }))).state,
    'delivered',
  )
  const stock = await ok<Stock>(desk, 'GET', `/rounds/${round.id}/stock`)
  assert.deepEqual(
    stock.items.map((one) => [one.item, one.handedOut, one.balance]),
    [['beras', 20, -20]],
  )
})

test('whatever is wrong with a voucher gets an answer of its own', async () => {
  const round = await openRound(4)
  const foreign = await openRound(2)
  const [a, , b] = round.list.families
  assert.ok(a && b)
  const look = (payload: object) => refused(pillar, 'POST', `/handovers/${round.stop.id}/look`, payload)
  const token = round.tokens.get(a.id)?.token ?? ''
  const theirs = [...foreign.tokens.values()][0]
  assert.ok(theirs)
  assert.equal(await look({ token: theirs.token }), 'voucher_other_round')
  assert.equal(await look({ code: theirs.code }), 'voucher_other_round')
  assert.equal(await look({ token: token.slice(0, -7) }), 'voucher_truncated')
  assert.equal(await look({ token: 'https://contoh.example/' }), 'voucher_not_ours')
  assert.equal(await look({ code: 'AAAA-AAAA' }), 'voucher_code_mistyped')
  assert.equal(await look({ token, code: 'AAAA-AAAA' }), 'token: exactly_one')
  const { code } = await ok<{ code: string }>(desk, 'POST', `/rounds/${round.id}/entitlements/${a.id}/reissue`, {
    reason: 'lost',
  })
  assert.equal(await look({ token }), 'voucher_cancelled')
  assert.deepEqual(
    (
      await ok<{ people: { familyId: string }[] }>(pillar, 'POST', `/handovers/${round.stop.id}/look`, { code })
    ).people.map((one) => one.familyId),
    [a.id],
  )
  const before = now
  now = new Date('2026-12-05T02:00:00Z')
  const later = await signedIn(db, { role: 'pillar', regionCode: village, accountId: pillar.accountId })
  assert.equal(
    await refused(later, 'POST', `/handovers/${round.stop.id}/look`, { token: round.tokens.get(b.id)?.token ?? '' }),
    'voucher_expired',
  )
  now = before
  await ok(city, 'POST', `/rounds/${round.id}/close`, {})
  assert.equal(await look({ code }), 'round_closed')
  assert.equal(
    await refused(pillar, 'POST', `/rounds/${round.id}/redemptions`, redemption(round, { code })),
    'round_closed',
  )
  // What was done before it was closed still comes in; what was done afterwards does not.
  assert.equal(
    (
      await send(
        pillar,
        round,
        redemption(round, { code, offline: true, happenedAt: new Date(now.getTime() - 60_000).toISOString() }),
      )
    ).state,
    'delivered',
  )
  now = new Date(now.getTime() + 600_000)
  assert.equal(
    await refused(
      pillar,
      'POST',
      `/rounds/${round.id}/redemptions`,
      redemption(round, { familyId: b.id, offline: true }),
    ),
    'round_closed',
  )
})

test('nothing handed over: the reason stays for a later try, and the register hears of the dead and the moved', async () => {
  const round = await openRound(4)
  const [a, , b] = round.list.families
  assert.ok(a && b)
  const none = { receivedBy: undefined, outcome: 'refused' as const }
  assert.equal(
    await refused(pillar, 'POST', `/rounds/${round.id}/redemptions`, redemption(round, { ...none, familyId: a.id })),
    'reason: required',
  )
  const tried = await send(pillar, round, redemption(round, { ...none, familyId: a.id, reason: 'dead' }))
  assert.deepEqual([tried.state, tried.standing], ['undelivered', 'attempt'])
  await send(pillar, round, redemption(round, { ...none, familyId: a.id, reason: 'dead' }))
  await send(pillar, round, redemption(round, { ...none, familyId: b.id, reason: 'moved' }))
  const events = await sql<{ family_id: string; kind: string; state: string; source: string; n: number }>(
    `select e.family_id, e.kind, e.state, e.source, count(*)::int n from register_event e join distribution_round d on d.number = e.source_ref where d.id = $1 group by 1, 2, 3, 4 order by kind`,
    [round.id],
  )
  assert.deepEqual(events, [
    { family_id: a.id, kind: 'died', state: 'reported', source: 'pillar', n: 1 },
    { family_id: b.id, kind: 'moved_out', state: 'reported', source: 'pillar', n: 2 },
  ])
  assert.deepEqual((await ok<Round>(city, 'GET', `/rounds/${round.id}`)).reasons, [
    { reason: 'dead', count: 1 },
    { reason: 'moved', count: 1 },
  ])
  assert.equal((await send(pillar, round, redemption(round, { familyId: b.id }))).state, 'delivered')
  // Once closed, who was tried in vain is free for another round; who was not tried is not dropped.
  const closed = await ok<Round>(city, 'POST', `/rounds/${round.id}/close`, {})
  assert.deepEqual([closed.delivered, closed.undelivered, closed.total], [1, 1, 4])
  const free = await sql<{ family_id: string }>(
    'select family_id from round_entitlement where round_id = $1 and not held',
    [round.id],
  )
  assert.deepEqual(
    free.map((one) => one.family_id),
    [a.id],
  )
})

test('goods balance: never below zero at the desk unless told with a reason', async () => {
  const round = await openRound(2)
  const url = `/rounds/${round.id}/stock`
  const { places } = await ok<Stock>(desk, 'POST', `${url}/places`, { regionCode: village, name: 'Gudang kelurahan' })
  const store = places[0]?.id ?? ''
  const move = (given: object) => ({ id: uuid(), item: 'beras', quantity: 10, on: '2026-11-20', ...given })
  assert.equal(
    await refused(desk, 'POST', `${url}/movements`, move({ kind: 'moved', from: store, toStop: round.stop.id })),
    'quantity: not_in_stock',
  )
  await ok(desk, 'POST', `${url}/movements`, move({ kind: 'received', to: store, quantity: 100, ref: 'SJ-1' }))
  const moved = move({ kind: 'moved', from: store, toStop: round.stop.id, quantity: 60 })
  await ok(desk, 'POST', `${url}/movements`, moved)
  await ok(desk, 'POST', `${url}/movements`, moved)
  await ok(desk, 'POST', `${url}/movements`, move({ kind: 'damaged', from: store, quantity: 5, note: 'karung basah' }))
  await ok(desk, 'POST', `${url}/movements`, move({ kind: 'returned', from: store, quantity: 35 }))
  assert.equal(
    await refused(
      desk,
      'POST',
      `${url}/movements`,
      move({ kind: 'returned', from: store, quantity: 1, belowZero: true }),
    ),
    'note: required',
  )
  await send(pillar, round, redemption(round, { familyId: round.list.families[0]?.id ?? '' }))
  const stock = await ok<Stock>(desk, 'GET', url)
  assert.deepEqual(stock.items, [
    {
      item: 'beras',
      name: 'Beras',
      unit: 'kg',
      received: 100,
      movedIn: 60,
      movedOut: 60,
      handedOut: 10,
      returned: 35,
      damaged: 5,
      balance: 50,
    },
  ])
  assert.deepEqual(
    stock.places.map((one) => [one.name.slice(0, 6), one.items[0]?.balance]),
    [
      ['Gudang', 0],
      ['Kantor', 50],
    ],
  )
})

test('two offline redemptions of one voucher: both kept, one case, a supervisor judges', async () => {
  const round = await openRound(2)
  const [a] = round.list.families
  assert.ok(a)
  const token = round.tokens.get(a.id)?.token ?? ''
  const early = redemption(round, { token, offline: true, happenedAt: '2026-11-20T01:50:00.000Z' })
  const late = redemption(round, {
    stopId: round.stop2.id,
    token,
    offline: true,
    happenedAt: '2026-11-20T01:55:00.000Z',
    deviceId: 'telepon-2',
  })
  assert.equal((await send(pillar2, round, late)).standing, 'counts')
  const met = await send(pillar, round, early)
  assert.deepEqual([met.standing, met.conflict, met.state], ['counts', true, 'delivered'])
  assert.equal((await send(pillar2, round, late)).standing, 'double')
  const [told] = await sql('select 1 from event_log where kind = $1 and subject_id = $2', ['round.conflict', round.id])
  assert.ok(told)
  const [open] = await ok<Conflict[]>(chief, 'GET', `/rounds/${round.id}/conflicts`)
  assert.ok(open)
  assert.deepEqual(
    open.redemptions.map((one) => one.standing),
    ['counts', 'double'],
  )
  const url = `/rounds/${round.id}/conflicts/${open.id}/resolve`
  const verdict = { resolution: 'mistake', countedId: late.id, note: 'Petugas pertama salah pindai' }
  assert.equal((await call(city, 'POST', url, verdict)).status, 403)
  assert.equal(await refused(chief, 'POST', url, { ...verdict, countedId: uuid() }), 'countedId: unknown')
  const [settled] = await ok<Conflict[]>(chief, 'POST', url, verdict)
  assert.deepEqual([settled?.case, settled?.redemptions.map((one) => one.standing)], ['resolved', ['void', 'counts']])
  assert.equal(await refused(chief, 'POST', url, verdict), 'conflict_resolved')
  const { items } = await ok<Stock>(chief, 'GET', `/rounds/${round.id}/stock`)
  assert.equal(items[0]?.handedOut, 10)
})

test('any redemptions in any order, also at once: one counts, all are kept, one case at most, and the goods balance', async () => {
  const runs = 15
  const round = await openRound(runs * 2)
  const families = round.list.families.filter((one) => one.village === village)
  const attempt = fc.record({
    second: fc.boolean(),
    offline: fc.boolean(),
    minutesAgo: fc.integer({ min: 0, max: 9 }),
    received: fc.boolean(),
    twice: fc.boolean(),
  })
  let next = 0
  let [met, alone] = [0, 0]
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 1, maxLength: 4 }), fc.boolean(), async (attempts, atOnce) => {
      const family = families[next++ % families.length]
      assert.ok(family)
      const before = await sql<{ id: string }>('select id from redemption where family_id = $1', [family.id])
      const sent = attempts.map((one) => ({
        who: one.second ? pillar2 : pillar,
        one,
        body: redemption(round, {
          ...(one.second && { stopId: round.stop2.id }),
          token: round.tokens.get(family.id)?.token,
          offline: one.offline,
          happenedAt: new Date(now.getTime() - (one.offline ? one.minutesAgo * 60_000 : 0)).toISOString(),
          ...(!one.received && { outcome: 'refused' as const, receivedBy: undefined, reason: 'not_come' as const }),
        }),
      }))
      const work = sent.flatMap((one) => (one.one.twice ? [one, one] : [one])).map(({ who, body }) => () => call<Redeemed>(who, 'POST', `/rounds/${round.id}/redemptions`, body)) // prettier-ignore
      const answers = []
      if (atOnce) answers.push(...(await Promise.all(work.map((one) => one()))))
      else for (const one of work) answers.push(await one())
      for (const answer of answers) assert.ok(answer.status === 200 || answer.status === 409, answer.raw.body)
      const kept = await sql<{ id: string; standing: string; outcome: string; happened_at: Date }>(
        'select id, standing, outcome, happened_at from redemption where family_id = $1 order by happened_at, id',
        [family.id],
      )
      // All that happened without a line is kept, and once; online at least what was answered with 200.
      for (const { body } of sent.filter((one) => one.body.offline)) assert.ok(kept.some((row) => row.id === body.id))
      assert.ok(kept.length <= before.length + sent.length)
      const received = kept.filter((row) => row.outcome === 'received')
      assert.deepEqual(received.map((row) => row.standing), received.map((_, at) => (at === 0 ? 'counts' : 'double'))) // prettier-ignore
      const cases = await sql<{ redemptions: number }>(
        'select redemptions from redemption_conflict where family_id = $1',
        [family.id],
      )
      assert.deepEqual(cases, received.length > 1 ? [{ redemptions: received.length }] : [])
      if (received.length > 1) met++
      else alone++
      const [state] = await sql<{ state: string; redemption_id: string | null }>(
        'select state, redemption_id from round_entitlement where family_id = $1',
        [family.id],
      )
      assert.deepEqual(state, {
        state: received.length > 0 ? 'delivered' : kept.length > 0 ? 'undelivered' : 'open',
        redemption_id: received[0]?.id ?? null,
      })
    }),
    { numRuns: runs },
  )
  assert.ok(met > 0 && alone > 0)
  const [balance] = await sql(
    `select (select count(*)::int * 10 from redemption where round_id = $1 and outcome = 'received') = sum(handed_out)::int as handed,
      bool_and(received + moved_in = moved_out + handed_out + returned + damaged + balance) as balances from stock_balance where round_id = $1`,
    [round.id],
  )
  assert.deepEqual(balance, { handed: true, balances: true })
  // What is kept with each change is what there is.
  const wrong = await sql(
    `select k.* from distribution_count k join lateral (
      select count(*)::int total, count(*) filter (where state = 'delivered')::int delivered, count(*) filter (where state = 'undelivered')::int undelivered, coalesce(sum(given_amount), 0)::bigint given
      from round_entitlement e where e.round_id = k.round_id and (k.dimension = 'all' or k.dimension = 'village' and k.key = e.region_code or k.dimension = 'stop' and k.key = coalesce(e.stop_id::text, '')
        or k.dimension = 'reason' and e.state = 'undelivered' and e.reason = k.key)) e on true
    where (k.total, k.delivered, k.undelivered, k.given) <> (e.total, e.delivered, e.undelivered, e.given)`,
  )
  assert.deepEqual(wrong, [])
})
