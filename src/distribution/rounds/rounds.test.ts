import assert from 'node:assert/strict'
import { test } from 'node:test'
import { approvedList } from '#test/support/distribution.ts'
import { handingOver } from '#test/support/handing-over.ts'
import { pagesOf } from '#test/support/pdf-text.ts'
import { inviteRounds, prepareRounds } from './index.ts'
import type { Round, Stop } from './schema.ts'

const { db, sql, issuer, village, other, city, desk, elsewhere, call, ok, refused } = await handingOver()

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
