import assert from 'node:assert/strict'
import { test } from 'node:test'
import { approvedList } from '#test/support/distribution.ts'
import { handingOver } from '#test/support/handing-over.ts'
import { pagesOf } from '#test/support/pdf-text.ts'
import { inviteRounds, prepareRounds } from './index.ts'
import type { Round, Stop, StopList } from './schema.ts'
import { listStops } from './stops.ts'

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
  // In every order, either way round, page after page: each stop once.
  for (const sort of ['village', 'place', 'starts'] as const)
    for (const order of ['asc', 'desc'] as const) {
      const seen: Stop[] = []
      for (let after: string | null | undefined; after !== null;) {
        const from = after
        const page: StopList = await db.as(city.actor, (tx) =>
          listStops(tx, city.actor, made.id, { sort, order, ...(from && { after: from }) }, 1),
        )
        seen.push(...page.items)
        after = page.next
      }
      const keyOf = (one: Stop) => ({ village: one.village.code, place: one.place, starts: one.startsAt })[sort]
      const up = seen.map(keyOf).toSorted()
      assert.deepEqual(seen.map(keyOf), order === 'asc' ? up : up.toReversed())
      assert.equal(new Set(seen.map((one) => one.id)).size, 3)
    }
  assert.equal(await refused(city, 'GET', `/rounds/${made.id}/stops?sort=nama`), 'sort: enum')
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
  // Villages have no point of their own: they stand where their stops are, else where things were handed over, else nowhere.
  type Points = {
    children: { region: { code: string }; lat: number | null; lon: number | null; pointFrom: string | null }[]
  }
  const points = async () =>
    (await ok<Points>(city, 'GET', `/rounds/${made.id}/progress?region=32.75.05`)).children.map((one) => [
      one.lat,
      one.lon,
      one.pointFrom,
    ])
  assert.deepEqual(await points(), [[null, null, null], [null, null, null]]) // prettier-ignore
  await ok(city, 'PATCH', `/rounds/${made.id}/stops/${first.id}`, { point: { lat: -6.25, lng: 107.01 } })
  const inOther = list.families.filter((one) => one.village === other)
  for (const [at, [lat, lng]] of [
    [-6.3, 107.1],
    [-6.31, 107.12],
    [8, 120],
  ].entries())
    // prettier-ignore
    await sql(
      `insert into redemption (id, round_id, family_id, region_code, found_by, outcome, reason, happened_at, device_at, recorded_at, device_id, lat, lng, offline, by_account, by_role, standing)
       values (gen_random_uuid(), $1, $2, $3, 'search', 'refused', 'not_come', '2026-11-19', '2026-11-19', '2026-11-19', $4, $5, $6, false, gen_random_uuid(), 'pillar', 'attempt')`,
      [made.id, inOther[at % inOther.length]?.id, other, `d${at}`, lat, lng],
    )
  assert.deepEqual(await points(), [[-6.25, 107.01, 'stops'], [-6.3, 107.12, 'handovers']]) // prettier-ignore

  // Families and rounds filter, order and page; both come as files.
  type Listed = { items: { payeeName: string; familyId: string }[]; next: string | null }
  const people = async (query: string) =>
    (await ok<Listed>(city, 'GET', `/rounds/${made.id}/entitlements?${query}`)).items.map((one) => one.payeeName)
  const wide = await people('')
  assert.equal(wide.length, 5)
  assert.deepEqual(await people('region=32.75.05&sort=name&order=desc'), wide.toSorted().toReversed())
  assert.equal((await people('invited=yes')).length, 5)
  assert.deepEqual(await people('invited=no'), [])
  assert.deepEqual(await people('stop=none'), [])
  assert.equal((await people('counted=yes')).length, 5)
  assert.match((await call(desk, 'GET', `/rounds/${made.id}/stops/export.csv?region=${village}`)).raw.body, /RW 02/)
  assert.equal((await people(`region=${village}`)).length, 3)
  assert.equal(await refused(city, 'GET', `/rounds/${made.id}/entitlements?sort=name`), 'sort: within_district')
  assert.equal(
    await refused(city, 'GET', `/rounds/${made.id}/entitlements/export.csv?sort=name`),
    'sort: within_district',
  )
  const [third] = await sql<{ family_id: string }>(
    'select family_id from round_entitlement where round_id = $1 order by payee_name offset 2 limit 1',
    [made.id],
  )
  assert.deepEqual(await people(`region=32.75.05&sort=name&after=${third?.family_id ?? ''}`), wide.toSorted().slice(3))
  const file = (await call(desk, 'GET', `/rounds/${made.id}/entitlements/export.csv`)).raw
  assert.equal(file.headers['content-type'], 'text/csv; charset=utf-8')
  assert.equal(file.body.trim().split('\r\n').length, 4, 'the head and the three families of the village')
  const rounds = async (query: string) =>
    (await ok<{ items: { id: string }[] }>(city, 'GET', `/rounds?${query}`)).items.map((one) => one.id)
  assert.deepEqual(await rounds('sort=opens'), [second.id, made.id])
  assert.deepEqual(await rounds(`sort=opens&after=${second.id}`), [made.id])
  assert.deepEqual(await rounds('state=invited'), [made.id])
  assert.deepEqual(await rounds(`name=${made.number.toLowerCase()}`), [made.id])
  assert.deepEqual(await rounds('programme=TIDAK_ADA'), [])
  assert.equal((await call(elsewhere, 'GET', '/rounds/export.csv')).raw.body.trim().split('\r\n').length, 1)
  assert.match((await call(city, 'GET', '/rounds/export.csv?state=invited')).raw.body, new RegExp(made.number))

  const cancelled = await ok<Round>(city, 'POST', `/rounds/${made.id}/cancel`, { note: 'Uji selesai' })
  assert.deepEqual([cancelled.state, cancelled.cancelled], ['cancelled', 5])
  assert.equal(
    (await ok<{ id: string; families: number }[]>(city, 'GET', '/rounds/lists')).find(
      (one) => one.id === list.determinationId,
    )?.families,
    5,
  )
})
