import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handingOver } from '#test/support/handing-over.ts'
import type { Round } from '../rounds/schema.ts'
import { redeem } from './redeem.ts'
import type { Conflict, Delivery } from './schema.ts'

const { db, sql, clock, village, city, chief, pillar, pillar2, stranger, call, ok, openRound, redemption, send } =
  await handingOver()

const minutes = (after: number) => new Date(clock.now.getTime() + after * 60_000)

test('what happened before the stop, the person or the round was gone comes in; what happened afterwards too, with a mark', async () => {
  for (const [what, end] of [
    ['stop', (id: string, stop: string) => ok(city, 'PATCH', `/rounds/${id}/stops/${stop}`, { cancelled: true })],
    ['person', (id: string, stop: string) => ok(city, 'PATCH', `/rounds/${id}/stops/${stop}`, { people: [] })],
    ['round', (id: string) => ok(city, 'POST', `/rounds/${id}/cancel`, {})],
  ] as const) {
    const round = await openRound(4)
    const [a, b] = round.list.families.filter((one) => one.village === village)
    assert.ok(a && b)
    const before = redemption(round, { familyId: a.id, offline: true })
    clock.now = minutes(10)
    await end(round.id, round.stop.id)
    const after = redemption(round, { familyId: b.id, offline: true, happenedAt: minutes(12).toISOString() })
    clock.now = minutes(14)
    const sent = await send(pillar, round, before)
    assert.deepEqual([sent.state, sent.standing, sent.doubt], ['delivered', 'counts', null], what)
    assert.deepEqual([(await send(pillar, round, after)).state, (await send(pillar, round, after)).doubt], ['delivered', 'after_end'], what) // prettier-ignore
    // Not vacuous: whoever never was in charge has no stop, and nothing new is handed over there.
    const url = `/rounds/${round.id}/redemptions`
    assert.equal((await call(stranger, 'POST', url, redemption(round, { familyId: a.id, offline: true }))).status, 404)
    assert.equal((await call(pillar, 'POST', url, redemption(round, { familyId: b.id }))).status, 404)
    const states = await sql('select state from entitlement where family_id = any ($1)', [[a.id, b.id]])
    assert.deepEqual(states, [{ state: 'delivered' }, { state: 'delivered' }], what)
  }
})

test('a clock that is wrong loses nothing, is named, and does not stand before one that is right', async () => {
  const round = await openRound(6)
  const [a, b, c] = round.list.families.filter((one) => one.village === village)
  assert.ok(a && b && c)
  // With a line the office's clock is taken.
  const online = redemption(round, { familyId: a.id, happenedAt: '2019-05-01T00:00:00Z' })
  assert.equal((await send(pillar, round, online)).doubt, null)
  const [kept] = await sql('select happened_at, device_at from redemption where id = $1', [online.id])
  assert.deepEqual(kept, { happened_at: clock.now, device_at: new Date('2019-05-01T00:00:00Z') })
  // Without one it is kept with a mark: years behind, hours ahead, and by a voucher that by such a clock counts not yet or no more.
  clock.now = minutes(30)
  const behind = redemption(round, { token: round.tokens.get(b.id)?.token, offline: true, happenedAt: '2019-05-01T00:00:00Z' }) // prettier-ignore
  const ahead = redemption(round, { token: round.tokens.get(c.id)?.token, offline: true, happenedAt: '2027-05-01T00:00:00Z' }) // prettier-ignore
  for (const one of [behind, ahead]) {
    const sent = await send(pillar, round, one)
    assert.deepEqual([sent.state, sent.standing, sent.doubt], ['delivered', 'counts', 'clock'])
  }
  const honest = redemption(round, { familyId: b.id, offline: true, happenedAt: minutes(-5).toISOString() })
  assert.deepEqual([(await send(pillar, round, honest)).standing, (await send(pillar, round, behind)).standing], ['counts', 'double']) // prettier-ignore
  const delivery = await ok<Delivery>(chief, 'GET', `/rounds/${round.id}/entitlements/${b.id}`)
  assert.deepEqual(delivery.redemptions.map((one) => [one.id, one.doubt]).toSorted(), [[honest.id, null], [behind.id, 'clock']].toSorted()) // prettier-ignore
  assert.equal(delivery.redemptions.find((one) => one.id === behind.id)?.toldAt, '2019-05-01T00:00:00.000Z')
  // A few minutes are nothing to doubt.
  const close = redemption(round, { familyId: a.id, offline: true, happenedAt: minutes(5).toISOString() })
  assert.equal((await send(pillar, round, close)).doubt, null)
})

test('a family tried in vain and brought by a second round: a late try changes nothing, a late delivery is a case of both rounds', async () => {
  const first = await openRound(4)
  const [a, b] = first.list.families.filter((one) => one.village === village)
  assert.ok(a && b)
  const none = { outcome: 'refused', receivedBy: undefined, reason: 'not_come' } as const
  for (const one of first.list.families) {
    const here = one.village === village
    await send(here ? pillar : pillar2, first, redemption(first, { familyId: one.id, ...none, ...(!here && { stopId: first.stop2.id }) })) // prettier-ignore
  }
  const [tried, given] = [
    redemption(first, { familyId: a.id, ...none, offline: true }),
    redemption(first, { familyId: b.id, offline: true }),
  ]
  clock.now = minutes(20)
  await ok(city, 'POST', `/rounds/${first.id}/close`, {})
  clock.now = minutes(5)
  const second = await openRound(first.list)
  for (const family of [a, b]) await send(pillar, second, redemption(second, { familyId: family.id }))
  const states = () => sql<{ state: string }>('select state from entitlement where family_id = any ($1)', [[a.id, b.id]]) // prettier-ignore
  assert.equal((await send(pillar, first, tried)).state, 'undelivered')
  assert.deepEqual(await states(), [{ state: 'delivered' }, { state: 'delivered' }])
  assert.deepEqual(await ok<Conflict[]>(chief, 'GET', `/rounds/${second.id}/conflicts`), [])
  const met = await send(pillar, first, given)
  assert.deepEqual([met.standing, met.conflict], ['counts', true])
  const cases = await Promise.all([first, second].map((one) => ok<Conflict[]>(chief, 'GET', `/rounds/${one.id}/conflicts`))) // prettier-ignore
  assert.deepEqual(cases.map((list) => list.map((one) => [one.familyId, one.redemptions.length])), [[[b.id, 3]], [[b.id, 3]]]) // prettier-ignore
  assert.equal(cases[0]?.[0]?.id, cases[1]?.[0]?.id)
  assert.deepEqual((await Promise.all([first, second].map((one) => ok<Round>(city, 'GET', `/rounds/${one.id}`)))).map((one) => one.conflicts), [1, 1]) // prettier-ignore
  const [counts] = cases[0]?.[0]?.redemptions.filter((one) => one.standing === 'double') ?? []
  assert.deepEqual(counts?.otherRound?.id, second.id)
  // One who decides it decides it once for both.
  await ok(chief, 'POST', `/rounds/${second.id}/conflicts/${cases[0]?.[0]?.id}/resolve`, { resolution: 'mistake', countedId: counts?.id, note: 'Catatan pertama salah' }) // prettier-ignore
  assert.deepEqual(await sql('select standing from redemption where id = $1', [given.id]), [{ standing: 'void' }])
  assert.deepEqual(await sql('select state from round_entitlement where family_id = $1 order by round_id', [b.id]), [{ state: 'undelivered' }, { state: 'delivered' }]) // prettier-ignore
})

test('a round that is cancelled while something is handed over waits, and is not cancelled', async () => {
  const round = await openRound(2)
  const [a] = round.list.families
  assert.ok(a)
  const given = redemption(round, { familyId: a.id })
  let cancelled: ReturnType<typeof call> | undefined
  await db.as(pillar.actor, async (tx) => {
    await redeem(tx, pillar.actor, round.id, given, { signature: null, proof: null, trusted: [] })
    cancelled = call(city, 'POST', `/rounds/${round.id}/cancel`, {})
    for (let waiting = 0; waiting === 0; )
      waiting = (await sql('select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())')).length // prettier-ignore
  })
  assert.equal((await cancelled)?.status, 409)
  assert.deepEqual(await sql('select state from distribution_round where id = $1', [round.id]), [{ state: 'open' }])
  // Not vacuous: with nothing handed over it is.
  const other = await openRound(2)
  assert.equal((await call(city, 'POST', `/rounds/${other.id}/cancel`, {})).status, 200)
})
