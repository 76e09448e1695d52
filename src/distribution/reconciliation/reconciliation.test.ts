import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { type Given, makeRound } from '#test/support/rounds.ts'
import { reconcileRounds } from './reconcile.ts'
import type { Differences, Reconciliation, VillageSums } from './schema.ts'

const CITY = '32.75'
const A = '32.75.01.1002'
const B = '32.75.01.1003'
let now = new Date('2026-11-21T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const city = await signedIn(db, { role: 'supervisor', regionCode: CITY, name: 'Nurul' })
const village = await signedIn(db, { role: 'officer', regionCode: A })
const elsewhere = await signedIn(db, { role: 'supervisor', regionCode: '33.13' })
const pillar = await signedIn(db, { role: 'pillar', regionCode: A })

const call = async <T>(method: 'GET' | 'POST', url: string, payload?: object, who = city) => {
  const response = await app.inject({
    method,
    url: `/api/rounds/${url}`,
    headers: { host: 'localhost', cookie: who.cookie },
    ...(payload && { payload }),
  })
  return { status: response.statusCode, body: response.json<T & { code?: string; errors?: { field: string }[] }>() }
}
const kindsOf = (read: Reconciliation) =>
  Object.fromEntries(read.differences.map((one) => [one.kind, [one.open, one.explained, one.gone]]))

test('a round that does not agree is told in every kind, explained one by one, and set reconciled only then', async () => {
  const rice = [{ code: 'rice', name: 'Beras', quantity: 10 }]
  const round = await makeRound(sql, {
    region: CITY,
    goods: rice,
    families: [
      { village: A, state: 'delivered' },
      { village: A, state: 'delivered', handovers: [{ amount: 250_000 }] },
      { village: A, state: 'delivered', handovers: [{ goods: [{ code: 'rice', quantity: 8 }] }] },
      { village: A, state: 'delivered', handovers: [{}, { at: '2026-11-11T03:00:00Z' }] },
      { village: B, state: 'undelivered', reason: 'dead', handovers: [{ outcome: 'refused' }] },
      { village: B, state: 'open' },
      { village: B, state: 'cancelled', handovers: [{ standing: 'double' }] },
      { village: B, state: null },
    ],
  })
  const url = `${round.id}/reconciliation`
  assert.equal((await call<Reconciliation>('GET', url)).body.state, 'queued')
  assert.equal((await call('GET', url, undefined, elsewhere)).status, 404)
  assert.equal((await call('GET', url, undefined, pillar)).status, 403)
  assert.equal((await call('POST', `${url}/settle`, {})).body.code, 'reconciliation_not_made')

  assert.equal(await reconcileRounds(db), 1)
  assert.equal(await reconcileRounds(db), 0)
  const { body: made } = await call<Reconciliation>('GET', url)
  assert.deepEqual(made.all, {
    total: 7,
    delivered: 4,
    undelivered: 1,
    open: 1,
    cancelled: 1,
    planned: 1_800_000,
    given: 1_150_000,
  })
  assert.deepEqual([made.listed, made.heldElsewhere, made.missing], [8, 0, 1])
  assert.deepEqual(made.reasons, [
    { state: 'cancelled', reason: 'list_changed', count: 1, planned: 0 },
    { state: 'undelivered', reason: 'dead', count: 1, planned: 300_000 },
  ])
  assert.deepEqual(kindsOf(made), {
    amount: [1, 0, 0],
    double: [1, 0, 0],
    goods: [1, 0, 0],
    missing: [1, 0, 0],
    open: [1, 0, 0],
    // nothing was ever written down as handed out of stock, in both villages
    stock: [2, 0, 0],
    without_entitlement: [1, 0, 0],
  })
  assert.deepEqual(made.can, ['run', 'explain'])
  // The village sees its own.
  const { body: seen } = await call<Reconciliation>('GET', url, undefined, village)
  assert.deepEqual([kindsOf(seen)['missing'], kindsOf(seen)['amount'], seen.can], [undefined, [1, 0, 0], ['explain']])
  const { body: sums } = await call<VillageSums>('GET', `${url}/villages`)
  assert.deepEqual(
    sums.items.map((one) => [one.code, one.total, one.delivered]),
    [
      [A, 4, 4],
      [B, 3, 0],
    ],
  )
  const { body: list } = await call<Differences>('GET', `${round.id}/differences`)
  assert.equal(list.items.length, 8)
  assert.equal(list.items.find((one) => one.kind === 'goods')?.item, 'rice')

  const explain = (body: object, who = city) => call('POST', `${round.id}/differences/explain`, body, who)
  assert.equal((await explain({ kind: 'open', note: 'Tidak datang juga' })).body.errors?.[0]?.field, 'reason')
  assert.equal((await explain({ kind: 'amount', note: 'Dipotong', reason: 'moved' })).body.errors?.[0]?.field, 'reason')
  assert.equal((await explain({ kind: 'amount', note: '  a  b  ' })).body.errors?.[0]?.field, 'note')
  assert.equal((await explain({ kind: 'missing', note: 'Bukan desa saya' }, village)).status, 404)
  assert.equal((await explain({ kind: 'amount', note: 'Sisa diantar 12 November' }, village)).status, 200)
  assert.equal((await call('POST', `${url}/settle`, {})).body.code, 'reconciliation_open')
  assert.equal((await call('POST', `${url}/settle`, {}, village)).status, 403)

  // The same found again stays explained; another amount is another difference; what is no longer so stays on record.
  const [, short] = round.families
  await sql(`insert into redemption (id, round_id, family_id, region_code, found_by, outcome, received_by, amount, happened_at, device_at, recorded_at, device_id, offline, by_account, by_role, standing)
    select gen_random_uuid(), round_id, family_id, region_code, 'search', 'received', 'self', 1000, happened_at, happened_at, '2026-11-21T02:00:30Z', 'late', true, by_account, 'pillar', 'double'
    from redemption where family_id = '${round.families[0]}'`)
  now = new Date('2026-11-21T02:01:00Z')
  assert.deepEqual((await call<Reconciliation>('GET', url)).body.stale, true)
  await call('POST', url, {})
  assert.equal(await reconcileRounds(db), 1)
  const { body: again } = await call<Reconciliation>('GET', url)
  assert.deepEqual(
    [kindsOf(again)['amount'], kindsOf(again)['double']],
    [
      [0, 1, 0],
      [2, 0, 0],
    ],
  )
  await sql(`update entitlement set state = 'cancelled' where determination_id = $1 and family_id = $2`, [
    round.determinationId,
    round.families[7],
  ])
  await call('POST', url, {})
  await reconcileRounds(db)
  assert.deepEqual(kindsOf((await call<Reconciliation>('GET', url)).body)['missing'], [0, 0, 1])

  for (const kind of ['double', 'goods', 'stock', 'without_entitlement'])
    assert.equal((await explain({ kind, note: 'Sudah diperiksa bersama desa' })).status, 200, kind)
  const last = await explain({ kind: 'open', reason: 'moved', note: 'Pindah ke luar kota' })
  assert.deepEqual(last.body, { explained: 1, left: 0 })
  // What was done without a line has its days to come in.
  assert.equal((await call('POST', `${url}/settle`, {})).body.code, 'reconciliation_early')
  const settled = await call<Reconciliation>('POST', `${url}/settle`, { early: true })
  assert.equal(settled.status, 200, JSON.stringify(settled.body))
  assert.deepEqual(
    [settled.body.state, settled.body.settledBy, settled.body.round.state],
    ['settled', 'Nurul', 'reconciled'],
  )
  // Its figures are those of the rows behind them still.
  const figures = await sql<{ open: number; undelivered: number }>(
    `select count(*) filter (where state = 'open')::int as open, count(*) filter (where state = 'undelivered')::int as undelivered from round_entitlement where round_id = $1`,
    [round.id],
  )
  assert.deepEqual([settled.body.all?.open, settled.body.all?.undelivered], [0, figures[0]?.undelivered])
  assert.equal(figures[0]?.open, 0)
  const states = await sql<{ state: string; n: number }>(
    `select state, count(*)::int as n from entitlement where determination_id = $1 group by 1 order by 1`,
    [round.determinationId],
  )
  assert.deepEqual(states, [
    { state: 'cancelled', n: 2 },
    { state: 'delivered', n: 4 },
    { state: 'undelivered', n: 2 },
  ])
  const [moved] = await sql<{ state: string; reason: string; held: boolean }>(
    'select state, reason, held from round_entitlement where round_id = $1 and family_id = $2',
    [round.id, round.families[5]],
  )
  assert.deepEqual(moved, { state: 'undelivered', reason: 'moved', held: false })
  assert.equal((await explain({ kind: 'amount', note: 'Terlambat mengubah' })).body.code, 'round_not_closed')
  await assert.rejects(sql(`delete from reconciliation_difference where round_id = $1`, [round.id]), /never removed/)
  await assert.rejects(
    db.as(city.actor, (tx) =>
      tx.selectNoFrom((eb) => eb.fn('settle_reconciled', [eb.val(round.id)]).as('n')).execute(),
    ),
    /permission denied/,
  )
  assert.ok(short)
})

test('for random rounds nothing is dropped: every entitlement of the list stands in exactly one place, and all sums agree', async () => {
  const one: fc.Arbitrary<Given> = fc.record({
    village: fc.constantFrom(A, B, '32.75.02.1001'),
    amount: fc.integer({ min: 0, max: 5 }).map((n) => n * 100_000),
    state: fc.constantFrom('open' as const, 'delivered' as const, 'undelivered' as const, 'cancelled' as const, null),
  })
  const shaped = fc
    .tuple(one, fc.constantFrom('not_come', 'dead', 'moved'), fc.integer({ min: 0, max: 3 }))
    .map(([given, reason, extra]): Given => ({
      ...given,
      ...(given.state === 'undelivered' && { reason, handovers: [{ outcome: 'refused' as const }] }),
      ...(given.state === 'delivered' && {
        handovers: [
          { amount: Math.max(0, (given.amount ?? 0) - (extra === 1 ? 50_000 : 0)) },
          ...(extra === 3 ? [{}] : []),
        ],
      }),
      ...(given.state === 'cancelled' && { handovers: extra === 2 ? [{ standing: 'double' as const }] : [] }),
    }))
  await fc.assert(
    fc.asyncProperty(fc.array(shaped, { minLength: 1, maxLength: 40 }), async (families) => {
      const round = await makeRound(sql, { region: CITY, families })
      await reconcileRounds(db)
      const { body: read } = await call<Reconciliation>('GET', `${round.id}/reconciliation`)
      const { body: villages } = await call<VillageSums>('GET', `${round.id}/reconciliation/villages`)
      const count = (state: Given['state']) => families.filter((family) => family.state === state).length
      const total = families.length - count(null)
      assert.equal(read.all?.total ?? 0, total)
      assert.equal(read.listed, total + read.missing + read.heldElsewhere)
      assert.equal(read.missing, count(null))
      if (read.all) {
        const { all } = read
        assert.equal(all.delivered + all.undelivered + all.open + all.cancelled, all.total)
        assert.deepEqual([all.delivered, all.open], [count('delivered'), count('open')])
        for (const parts of [villages.items, read.ways])
          for (const key of ['total', 'delivered', 'undelivered', 'open', 'cancelled', 'planned', 'given'] as const)
            assert.equal(
              parts.reduce((sum, part) => sum + part[key], 0),
              all[key],
              key,
            )
        const reasons = (state: string) =>
          read.reasons.filter((each) => each.state === state).reduce((sum, each) => sum + each.count, 0)
        assert.deepEqual([reasons('undelivered'), reasons('cancelled')], [all.undelivered, all.cancelled])
        // money: what was planned and not handed over is exactly what the differences and the undelivered say
        const money = await sql<{ short: number }>(
          `select coalesce(sum(planned - found), 0)::bigint as short from reconciliation_difference where round_id = $1 and kind in ('amount', 'open')`,
          [round.id],
        )
        const undelivered = read.reasons
          .filter((each) => each.state === 'undelivered')
          .reduce((sum, each) => sum + each.planned, 0)
        assert.equal(all.planned - all.given, Number(money[0]?.short) + undelivered)
      }
      assert.equal(kindsOf(read)['open']?.[0] ?? 0, count('open'))
      assert.equal(kindsOf(read)['missing']?.[0] ?? 0, count(null))
    }),
    { numRuns: 15 },
  )
})
