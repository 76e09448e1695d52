import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn } from '#test/support/accounts.ts'
import { handingOver, photo } from '#test/support/handing-over.ts'
import type { Round } from '../rounds/schema.ts'
import type { Stock } from '../stock/schema.ts'
import type { Conflict, StopTask, StopWork } from './schema.ts'

const {
  db,
  sql,
  clock,
  village,
  city,
  chief,
  desk,
  pillar,
  pillar2,
  stranger,
  call,
  ok,
  refused,
  openRound,
  redemption,
  send,
} = await handingOver()

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
    proof: await photo(),
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
  assert.deepEqual(
    await sql('select kind, media_type from redemption_file where redemption_id = $1 order by kind', [given.id]),
    [
      { kind: 'proof', media_type: 'image/jpeg' },
      { kind: 'signature', media_type: 'image/png' },
    ],
  )
  const [entitled] = await sql<{ state: string }>('select state from entitlement where family_id = $1', [a.id])
  assert.equal(entitled?.state, 'delivered')
  // Shown a second time: refused with when and where.
  const again = await call<{ code: string; title: string }>(
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
  const before = clock.now
  clock.now = new Date('2026-12-05T02:00:00Z')
  const later = await signedIn(db, { role: 'pillar', regionCode: village, accountId: pillar.accountId })
  assert.equal(
    await refused(later, 'POST', `/handovers/${round.stop.id}/look`, { token: round.tokens.get(b.id)?.token ?? '' }),
    'voucher_expired',
  )
  clock.now = before
  await ok(city, 'POST', `/rounds/${round.id}/close`, {})
  assert.equal(await look({ code }), 'round_closed')
  assert.equal(
    await refused(pillar, 'POST', `/rounds/${round.id}/redemptions`, redemption(round, { code })),
    'round_closed',
  )
  // What was done before it was closed still comes in, also by a clock that is a little ahead; what was done afterwards comes in with a mark.
  const minute = (after: number) => new Date(clock.now.getTime() + after * 60_000).toISOString()
  const sent = await send(pillar, round, redemption(round, { code, offline: true, happenedAt: minute(1) }))
  assert.deepEqual([sent.state, sent.doubt], ['delivered', null])
  clock.now = new Date(clock.now.getTime() + 1_200_000)
  const afterwards = await send(pillar, round, redemption(round, { familyId: b.id, offline: true }))
  assert.deepEqual([afterwards.state, afterwards.doubt], ['delivered', 'after_end'])
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

test('a family gives a number at the door, with and without a line, and nothing is refused for it', async () => {
  const round = await openRound(10)
  const [a, b, c, d] = round.list.families.filter((one) => one.village === village)
  assert.ok(a && b && c && d)
  const list = async () => {
    const answer = await call<StopWork>(pillar, 'GET', `/handovers/${round.stop.id}`)
    assert.ok(!answer.raw.body.includes('81200009'), 'a telephone never takes numbers along')
    return new Map(answer.body.people.map((one) => [one.familyId, one.hasContact]))
  }
  const kept = () => sql(`select family_id, value, agreed_at, source, source_ref, recorded_by from family_contact order by value`) // prettier-ignore
  const contact = { number: '0812 0000 9101', agreed: true }
  assert.deepEqual([...(await list()).values()], [false, false, false, false, false])
  const given = redemption(round, { familyId: a.id, contact })
  const done = await send(pillar, round, given)
  assert.deepEqual([done.state, done.standing, done.contact], ['delivered', 'counts', 'kept'])
  assert.deepEqual(await send(pillar, round, given), { ...done, repeated: true })
  const first = {
    family_id: a.id,
    value: '+6281200009101',
    agreed_at: new Date(given.happenedAt),
    source: 'handover',
    source_ref: given.id,
    recorded_by: pillar.actor.accountId,
  }
  assert.deepEqual(await kept(), [first])
  assert.deepEqual([(await list()).get(a.id), (await list()).get(b.id)], [true, false])
  const looked = await ok<{ people: { hasContact: boolean }[] }>(pillar, 'POST', `/handovers/${round.stop.id}/look`, {
    code: round.tokens.get(b.id)?.code,
  })
  assert.deepEqual(
    looked.people.map((one) => one.hasContact),
    [false],
  )
  // Kept on a telephone, and sent when the line is back: agreed when it happened.
  const happenedAt = new Date(clock.now.getTime() - 600_000).toISOString()
  const late = redemption(round, { familyId: b.id, offline: true, happenedAt, contact: { number: '62812 0000 9102', agreed: true } }) // prettier-ignore
  assert.equal((await send(pillar, round, late)).contact, 'kept')
  assert.deepEqual((await kept())[1], { ...first, family_id: b.id, value: '+6281200009102', agreed_at: new Date(happenedAt), source_ref: late.id }) // prettier-ignore
  // A second record of the same family puts no other number in its place.
  const again = redemption(round, { familyId: b.id, offline: true, happenedAt, contact: { number: '0812 0000 9199', agreed: true } }) // prettier-ignore
  const double = await send(pillar, round, again)
  assert.deepEqual([double.standing, double.contact], ['double', 'known'])
  // What is no number is left out and told; without leave it is for people who call; without any it is as before.
  for (const [family, more, told] of [
    [c.id, { contact: { number: 'belum punya', agreed: true } }, 'unreadable'],
    [d.id, { contact: { number: '0812 0000 9103', agreed: false } }, 'kept'],
  ] as const) {
    const record = redemption(round, { familyId: family, ...more })
    const taken = await send(pillar, round, record)
    assert.deepEqual([taken.state, taken.contact], ['delivered', told])
    assert.deepEqual(await send(pillar, round, record), { ...taken, repeated: true })
  }
  assert.deepEqual((await kept()).map((one) => [one['value'], one['agreed_at'] !== null]), [['+6281200009101', true], ['+6281200009102', true], ['+6281200009103', false]]) // prettier-ignore
  const nobody = { outcome: 'refused', reason: 'not_come', receivedBy: undefined, contact } as const
  const e = round.list.families.filter((one) => one.village === village)[4]
  const url = `/rounds/${round.id}/redemptions`
  assert.equal(await refused(pillar, 'POST', url, redemption(round, { familyId: e?.id, ...nobody })), 'outcome: nothing_handed_over') // prettier-ignore
  assert.deepEqual(
    await db.as(pillar.actor, (tx) => tx.selectFrom('family_contact').select('id').execute()),
    [],
    'pillars have no policy on it',
  )
})
