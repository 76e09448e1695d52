import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { testApp } from '#test/support/app.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { currentKey, ownKeys } from './keys.ts'
import { bearerOf, signVoucher } from './sign.ts'
import { verifyToken } from './verify.ts'

let now = new Date('2026-11-22T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const later = (days: number) => (now = new Date(now.getTime() + days * 86_400_000))
const key = (secret = app.secret) => db.asSystem('test', (tx) => currentKey(tx, secret))
const trusted = () => db.asPublic(ownKeys)
const [roundId, familyId, payeeId] = [uuid(), uuid(), uuid()]
const day = 86_400_000
const voucher = () => ({
  id: uuid(),
  issuer: 'pilar.example',
  issuedAt: now.toISOString(),
  notBefore: new Date(now.getTime() - 3_600_000).toISOString(),
  expiresAt: new Date(now.getTime() + 300 * day).toISOString(),
  roundId,
  bearer: bearerOf(app.secret, roundId, familyId, payeeId),
  programme: 'SEMBAKO',
  sequence: 1,
})

test('a key signs for its days and is believed longer; processes that begin together make one; a revoked one is believed no more', async () => {
  const made = await Promise.all([key(), key(), key()])
  const [first] = made
  assert.ok(first)
  assert.deepEqual(made.map((one) => one.kid), [first.kid, first.kid, first.kid]) // prettier-ignore
  const token = signVoucher(first, voucher())
  assert.ok(verifyToken(token, await trusted(), { at: now }).ok)

  later(181)
  const second = await key()
  assert.notEqual(second.kid, first.kid)
  assert.ok(verifyToken(token, await trusted(), { at: now }).ok, 'what the former signed still counts')
  const other = await key(Buffer.alloc(32, 9))
  assert.equal(new Set([first.kid, second.kid, other.kid]).size, 3, 'another secret makes another key')
  assert.equal((await key()).kid, second.kid, 'and the former signs again where its secret is')
  assert.throws(() => signVoucher(first, { ...voucher(), expiresAt: new Date(now.getTime() + 500 * day).toISOString() }), /outlive/) // prettier-ignore

  await sql(`update voucher_key set revoked_at = $1 where kid = $2`, [new Date(now.getTime() - 1), first.kid])
  const verdict = verifyToken(token, await trusted(), { at: now })
  assert.deepEqual([verdict.ok, 'code' in verdict && verdict.code], [false, 'key_not_valid'])
  const stored = await sql<{ text: string }>(`select to_jsonb(k)::text as text from voucher_key k`)
  for (const { text } of stored) assert.doesNotMatch(text, /"d"/, 'no private key')
})

test('devices fetch the keys; whoever hands out asks whether a voucher is real; the bearer is told apart in no two rounds', async () => {
  const keys = (await app.inject('/api/vouchers/keys')).json<{ keys: { kid: string; use: string[] }[] }>().keys
  assert.ok(keys.length >= 3 && keys.every((one) => one.use[0] === 'voucher'))
  const pillar = await signedIn(db, { role: 'pillar', regionCode: '32.75.01.1002' })
  const token = signVoucher(await key(), voucher())
  const ask = (payload: object, cookie = pillar.cookie) =>
    app.inject({ method: 'POST', url: '/api/vouchers/verify', headers: { cookie }, payload })
  const good = (await ask({ token, roundId })).json<{ ok: boolean; voucher: { programme: string } }>()
  assert.deepEqual([good.ok, good.voucher.programme], [true, 'SEMBAKO'])
  assert.equal((await ask({ token, roundId: uuid() })).json<{ code: string }>().code, 'other_round')
  assert.equal((await ask({ token: token.slice(0, 200) })).json<{ code: string }>().code, 'broken')
  assert.equal((await ask({ token }, '')).statusCode, 401)
  const bearer = bearerOf(app.secret, roundId, familyId, payeeId)
  assert.notEqual(bearer, bearerOf(app.secret, uuid(), familyId, payeeId))
  assert.notEqual(bearer, bearerOf(app.secret, roundId, familyId, uuid()))
})
