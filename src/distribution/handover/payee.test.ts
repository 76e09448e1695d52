import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql as raw } from 'kysely'
import { v7 as uuid } from 'uuid'
import { handingOver } from '#test/support/handing-over.ts'
import type { StopWork } from './schema.ts'

const { db, sql, desk, pillar, ok, refused, openRound, redemption, send } = await handingOver()

test('a voucher is bound to who receives: when that is somebody else it is worth nothing, on a telephone too, until it is issued anew', async () => {
  const round = await openRound(4)
  const [a, , b] = round.list.families
  assert.ok(a && b)
  const heir = uuid()
  await sql(
    `insert into person (id, family_id, region_code, name, nik, relationship, status, valid_from, known_from, last_seq)
     select $1, family_id, region_code, 'Ahli Waris Uji', '9999014101909001', 'spouse', 'active', '2026-01-01', '2026-01-01', 1 from person where id = $2`,
    [heir, a.payeeId],
  )
  const row = () => sql('select payee_id, payee_name, nik_masked, voucher_code from round_entitlement where round_id = $1 and family_id = $2', [round.id, a.id]) // prettier-ignore
  const follow = () => db.asSystem('test', (tx) => raw<{ n: number }>`select follow_payees(array[${a.id}, ${b.id}]::uuid[]) as n`.execute(tx)) // prettier-ignore
  assert.equal((await follow()).rows[0]?.n, 0, 'nobody else receives yet')
  await sql('update family set payee_id = $1 where id = $2', [heir, a.id])
  assert.equal((await follow()).rows[0]?.n, 1)
  assert.deepEqual(await row(), [{ payee_id: heir, payee_name: 'Ahli Waris Uji', nik_masked: '999901******9001', voucher_code: null }]) // prettier-ignore
  const former = round.tokens.get(a.id)
  assert.ok(former)
  const look = (payload: object) => refused(pillar, 'POST', `/handovers/${round.stop.id}/look`, payload)
  assert.equal(await look({ token: former.token }), 'voucher_payee_changed')
  assert.equal(await look({ code: former.code }), 'voucher_payee_changed')
  assert.equal(await refused(pillar, 'POST', `/rounds/${round.id}/redemptions`, redemption(round, { token: former.token })), 'voucher_payee_changed') // prettier-ignore
  const { people } = await ok<StopWork>(pillar, 'GET', `/handovers/${round.stop.id}`)
  assert.deepEqual(people.map((one) => [one.familyId, one.former.map(({ code }) => code)]).toSorted(), [[a.id, [former.code]], [b.id, []]].toSorted()) // prettier-ignore
  const { code } = await ok<{ code: string }>(desk, 'POST', `/rounds/${round.id}/entitlements/${a.id}/reissue`, { reason: 'other' }) // prettier-ignore
  // Not vacuous: the new one counts, and so does that of a family where nothing changed.
  assert.equal((await send(pillar, round, redemption(round, { code }))).payeeName, 'Ahli Waris Uji')
  assert.equal((await send(pillar, round, redemption(round, { token: round.tokens.get(b.id)?.token }))).standing, 'counts') // prettier-ignore
  assert.deepEqual(await sql('select payee_id, state from voucher where family_id = $1 order by state', [a.id]), [{ payee_id: a.payeeId, state: 'cancelled' }, { payee_id: heir, state: 'redeemed' }]) // prettier-ignore
})
