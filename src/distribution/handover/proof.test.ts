import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn } from '#test/support/accounts.ts'
import { handingOver, photo } from '#test/support/handing-over.ts'
import { publicPart, signingKey } from '../vouchers/keys.ts'
import { signVoucher } from '../vouchers/sign.ts'
import { reconcileRounds } from '../reconciliation/reconcile.ts'
import type { Differences } from '../reconciliation/schema.ts'
import { lookForSigns } from '../signs/looking.ts'
import type { Signs, SignRows } from '../signs/schema.ts'
import type { Stock } from '../stock/schema.ts'
import type { Delivery, Signature, StopWork } from './schema.ts'

const ministry = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const { db, sql, app, clock, village, city, chief, desk, pillar, ok, refused, openRound, redemption, send } =
  await handingOver({
    voucherTrust: [publicPart(ministry)],
  })

test('a proxy is proved by a photo from the day the rule holds; what was refused comes in once it is mended', async () => {
  const round = await openRound(4)
  const [a, , b] = round.list.families
  assert.ok(a && b)
  const url = `/rounds/${round.id}/redemptions`
  const work = await ok<StopWork>(pillar, 'GET', `/handovers/${round.stop.id}`)
  assert.equal(work.proxyProof, true)
  assert.equal(Date.parse(work.keepUntil) - clock.now.getTime(), 7 * 86_400_000)
  const proxy = {
    receivedBy: 'proxy' as const,
    proxy: { name: 'Anak Contoh', relation: 'child' as const, reason: 'sick' as const },
  }
  const given = redemption(round, { familyId: a.id, ...proxy, offline: true })
  assert.equal(await refused(pillar, 'POST', url, given), 'proof: required')
  assert.equal(await refused(pillar, 'POST', url, { ...given, proof: 'bukan foto' }), 'proof: pattern')
  assert.equal(await refused(pillar, 'POST', url, { ...given, proof: 'AAAA' }), 'proof: file_type_not_allowed')
  assert.equal(
    await refused(pillar, 'POST', url, { ...given, proof: Buffer.alloc(2_500_000).toString('base64') }),
    'body_too_large',
  )
  assert.equal(await refused(pillar, 'POST', url, redemption(round, { familyId: a.id, proof: await photo() })), 'proof: only_for_proxy') // prettier-ignore
  assert.deepEqual(await sql('select 1 from redemption where round_id = $1', [round.id]), [])
  const mended = await send(pillar, round, { ...given, proof: await photo() })
  assert.deepEqual([mended.id, mended.state], [given.id, 'delivered'])
  assert.equal((await send(pillar, round, { ...given, proof: await photo() })).repeated, true)

  // Dated: what happened before the rule needed none.
  await sql(
    `insert into register_term (key, valid_from, amount, unit, source) values ('handing_over_proxy_proof', '2026-11-20', 0, 'count', 'uji'), ('handing_over_proxy_proof', '2026-11-21', 1, 'count', 'uji')`,
  )
  const today = clock.now
  clock.now = new Date('2026-11-21T03:00:00Z')
  const later = await signedIn(db, { role: 'pillar', regionCode: village, accountId: pillar.accountId })
  const before = redemption(round, { familyId: b.id, ...proxy, offline: true, happenedAt: '2026-11-20T03:00:00Z' })
  // A clock that is years behind finds no rule of its year, and no other day than that of the office.
  const nonsense = { ...before, happenedAt: '2019-11-20T03:00:00Z' }
  assert.equal(await refused(later, 'POST', url, nonsense), 'proof: required')
  assert.equal((await send(later, round, before)).state, 'delivered')
  clock.now = today
})

test('part of it: with a reason for the rest, and the round is not reconciled before somebody has answered for it', async () => {
  const round = await openRound(6)
  const [a, , b, , c] = round.list.families
  assert.ok(a && b && c)
  const url = `/rounds/${round.id}/redemptions`
  const some = { amount: 150_000, goods: [{ code: 'beras', quantity: 6 }] }
  assert.equal(
    await refused(pillar, 'POST', url, redemption(round, { familyId: a.id, ...some })),
    'shortReason: required',
  )
  assert.equal(
    await refused(
      pillar,
      'POST',
      url,
      redemption(round, { familyId: a.id, amount: 0, goods: [], shortReason: 'declined' }),
    ),
    'amount: nothing_given',
  )
  await send(pillar, round, redemption(round, { familyId: a.id, ...some, shortReason: 'out_of_stock', note: 'Beras habis jam 10', offline: true })) // prettier-ignore
  await send(pillar, round, redemption(round, { familyId: b.id, amount: 200_000, goods: [{ code: 'beras', quantity: 9 }], shortReason: 'damaged' })) // prettier-ignore
  // Nothing is missing: a reason says nothing.
  await send(pillar, round, redemption(round, { familyId: c.id, shortReason: 'damaged' }))
  const stock = await ok<Stock>(desk, 'GET', `/rounds/${round.id}/stock`)
  assert.deepEqual(
    stock.items.map((one) => one.handedOut),
    [25],
  )
  const told = await ok<Delivery>(desk, 'GET', `/rounds/${round.id}/entitlements/${a.id}`)
  assert.deepEqual(
    told.redemptions.map((one) => [one.amount, one.shortReason, one.note]),
    [[150_000, 'out_of_stock', 'Beras habis jam 10']],
  )
  await ok(city, 'POST', `/rounds/${round.id}/close`, {})
  await reconcileRounds(db)
  const { items } = await ok<Differences>(city, 'GET', `/rounds/${round.id}/differences`)
  const short = items.filter((one) => one.kind === 'amount' || one.kind === 'goods')
  assert.deepEqual(
    short.map((one) => [one.kind, one.familyId, one.planned, one.found, one.shortReason, one.handoverNote]).sort(),
    [
      ['amount', a.id, 200_000, 150_000, 'out_of_stock', 'Beras habis jam 10'],
      ['goods', a.id, 10, 6, 'out_of_stock', 'Beras habis jam 10'],
      ['goods', b.id, 10, 9, 'damaged', null],
    ].sort(),
  )
  assert.ok(items.some((one) => one.kind === 'open' && one.shortReason === null))
})

test('a voucher signed by a key of the trust list counts for the voucher of this round, a stranger’s for none', async () => {
  const round = await openRound(4)
  const [a, , b] = round.list.families
  assert.ok(a && b)
  const ids = new Map(
    (
      await sql<{ id: string; family_id: string }>('select id, family_id from voucher where round_id = $1', [round.id])
    ).map((row) => [row.family_id, row.id]),
  )
  const token = (key: typeof ministry, id: string, roundId = round.id) =>
    signVoucher(signingKey(key), {
      id,
      issuer: 'kementerian.example',
      issuedAt: '2026-11-01T00:00:00.000Z',
      notBefore: '2026-11-19T00:00:00.000Z',
      expiresAt: '2026-12-01T00:00:00.000Z',
      roundId,
      bearer: 'AAAAAAAAAAAAAAAA',
      programme: 'SEMBAKO',
      sequence: 1,
    })
  const look = (text: string) => refused(pillar, 'POST', `/handovers/${round.stop.id}/look`, { token: text })
  const [one, other] = [ids.get(a.id) ?? '', ids.get(b.id) ?? '']
  // The telephone takes the same keys along.
  const { keys } = (await app.inject('/api/vouchers/keys')).json<{ keys: { kid: string }[] }>()
  assert.ok(keys.some((key) => key.kid === publicPart(ministry).kid))
  assert.equal(await look(token(stranger, one)), 'voucher_forged')
  assert.equal(await look(token(ministry, uuid())), 'voucher_unknown')
  assert.equal(await look(token(ministry, one, uuid())), 'voucher_other_round')
  const done = await send(pillar, round, redemption(round, { token: token(ministry, one), offline: true }))
  assert.deepEqual([done.familyId, done.state, done.conflict], [a.id, 'delivered', false])
  assert.equal(await look(token(ministry, one)), 'voucher_redeemed')
  assert.equal(await look(round.tokens.get(a.id)?.token ?? ''), 'voucher_redeemed')
  await ok(desk, 'POST', `/rounds/${round.id}/entitlements/${b.id}/reissue`, { reason: 'lost' })
  assert.equal(await look(token(ministry, other)), 'voucher_cancelled')
})

test('one signature drawn anew for several families is one sign with the handovers behind it; others’ are none', async () => {
  const round = await openRound(14)
  const mine = round.list.families.filter((one) => one.village === village)
  const wave = (turns: number, tremble: number, by: number, scale: number): Signature => ({
    width: 600,
    height: 240,
    strokes: [
      Array.from({ length: 60 }, (_, at) => {
        const t = at / 59
        const shake = (at * 7919) % 3 === 0 ? tremble : 0
        const x = 40 + 200 * t + 25 * Math.cos(turns * 2 * Math.PI * t)
        const y = 90 + 30 * t + 40 * Math.sin(turns * 2 * Math.PI * t * (1 + t))
        return [Math.round((x + shake) * scale + by), Math.round((y - shake) * scale + by)]
      }).flat(),
    ],
  })
  const hands = [
    wave(3, 0, 0, 1),
    wave(3, 1, 40, 1),
    wave(3, 2, 10, 1.3),
    wave(2, 0, 0, 1),
    wave(4, 0, 5, 1),
    wave(5.5, 0, 0, 1),
  ]
  const line = { width: 600, height: 240, strokes: [[10, 100, 400, 110]] }
  const sent: string[] = []
  for (const [at, signature] of [...hands, line].entries()) {
    const given = redemption(round, { familyId: mine[at]?.id, signature, deviceId: `telepon-${at}` })
    sent.push((await send(pillar, round, given)).id)
  }
  await ok(city, 'POST', `/rounds/${round.id}/signs`, {})
  await lookForSigns(db)
  const { items, limits } = await ok<Signs>(chief, 'GET', `/rounds/${round.id}/signs`)
  const near = items.filter((one) => one.kind === 'near_signature')
  assert.deepEqual(
    near.map((one) => [one.handovers, one.families, one.region.code]),
    [[3, 3, village]],
  )
  assert.ok(!items.some((one) => one.kind === 'same_signature'))
  assert.ok((near[0]?.measured ?? 100) <= (limits['near_signature'] ?? 0))
  const rows = await ok<SignRows>(
    chief,
    'GET',
    `/rounds/${round.id}/signs/rows?kind=near_signature&key=${near[0]?.key}`,
  )
  assert.deepEqual(rows.map((one) => one.redemptionId).sort(), sent.slice(0, 3).sort())
  // Dated: with a narrower limit it is gone, and nothing hides it.
  await sql(
    `insert into distribution_term (key, valid_from, amount, unit, source) values ('near_signature', '2026-11-20', 0, 'percent', 'uji')`,
  )
  await ok(city, 'POST', `/rounds/${round.id}/signs`, {})
  await lookForSigns(db)
  assert.ok(
    !(await ok<Signs>(chief, 'GET', `/rounds/${round.id}/signs`)).items.some((one) => one.kind === 'near_signature'),
  )
})
