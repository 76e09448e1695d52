import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { deflateSync, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { decodeBase45, encodeBase45 } from '#src/distribution/vouchers/base45.ts'
import { publicPart, signingKey } from '#src/distribution/vouchers/keys.ts'
import { qrPng, qrSvg } from '#src/distribution/vouchers/qr.ts'
import type { Voucher } from '#src/distribution/vouchers/schema.ts'
import { signVoucher } from '#src/distribution/vouchers/sign.ts'
import { MOST_BYTES, PREFIX, type TrustedKey } from '#src/distribution/vouchers/token.ts'
import { verifyToken as onServer } from '#src/distribution/vouchers/verify.ts'
import sharp from 'sharp'
import { readCode } from './scan.ts'
import { verifyToken as inBrowser } from './verify.ts'

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const [ours, forger] = [pair(), pair()]
const key = signingKey(ours)
const trusted: TrustedKey[] = [publicPart(ours)]
const at = new Date('2026-11-22T03:00:00Z')
const asked = { at }

const moment = (min: string, max: string) =>
  fc
    .integer({ min: Date.parse(min) / 1000, max: Date.parse(max) / 1000 })
    .map((seconds) => new Date(seconds * 1000).toISOString())
const voucherOf = (from: fc.Arbitrary<string>, to: fc.Arbitrary<string>): fc.Arbitrary<Voucher> =>
  fc.record(
    {
      id: fc.uuid(),
      issuer: fc.string({ maxLength: 40 }),
      issuedAt: fc.constant('2026-11-01T00:00:00.000Z'),
      notBefore: from,
      expiresAt: to,
      roundId: fc.uuid(),
      bearer: fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
      programme: fc.constantFrom('SEMBAKO', 'PKH', 'BST'),
      sequence: fc.nat(),
      amount: fc.nat(10_000_000),
      goods: fc.array(
        fc.record({ code: fc.string({ maxLength: 12 }), quantity: fc.nat(50) }, { noNullPrototype: true }),
        { maxLength: 4 },
      ),
    },
    {
      requiredKeys: [
        'id',
        'issuer',
        'issuedAt',
        'notBefore',
        'expiresAt',
        'roundId',
        'bearer',
        'programme',
        'sequence',
      ],
      noNullPrototype: true,
    },
  )
const voucher = voucherOf(moment('2026-11-01', '2026-11-22'), moment('2026-11-23', '2027-02-01'))

test('what was signed is read back, by server and browser alike, and fits a QR code that a camera reads', async () => {
  await fc.assert(
    fc.asyncProperty(voucher, async (one) => {
      const token = signVoucher(key, one)
      const verdict = onServer(token, trusted, asked)
      assert.deepEqual(verdict, { ok: true, kid: key.kid, voucher: one })
      assert.deepEqual(await inBrowser(`  ${token}\r\n`, trusted, asked), verdict)
      assert.deepEqual(onServer(token, trusted, { at, roundId: one.roundId }), verdict)
    }),
    { numRuns: 150 },
  )
  const token = signVoucher(key, fc.sample(voucher, { numRuns: 1, seed: 5 })[0] as Voucher)
  const picture = await sharp(await qrPng(token, 500))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  assert.equal(readCode({ ...picture.info, data: picture.data }), token)
  assert.match(qrSvg(token), /^<svg|<\?xml/)
})

/** A token, spoilt in one way: in its letters, its compressed bytes or its message, or signed by another hand. */
function spoil(token: string, way: string, place: number, value: number): string {
  const packed = Buffer.from(decodeBase45(token.slice(PREFIX.length)) ?? [])
  const message = inflateSync(packed)
  const spot = place % token.length
  const letter = String.fromCharCode(32 + (value % 96))
  const flipped = (bytes: Buffer) => {
    const changed = Buffer.from(bytes)
    changed[place % bytes.length] = (bytes[place % bytes.length] ?? 0) ^ (value || 1)
    return changed
  }
  const written = (bytes: Uint8Array) => PREFIX + encodeBase45(bytes)
  const ways: Record<string, () => string> = {
    'another letter': () => token.slice(0, spot) + letter + token.slice(spot + 1),
    'cut off': () => token.slice(0, spot),
    'letters lost': () => token.slice(0, spot) + token.slice(spot + 1 + (value % 5)),
    'a letter more': () => token.slice(0, spot) + letter + token.slice(spot),
    'a packed byte': () => written(flipped(packed)),
    'bytes after the end': () => written(Buffer.concat([packed, Buffer.alloc(1 + (value % 9), value)])),
    'a byte of the message': () => written(deflateSync(flipped(message))),
    'a message cut off': () => written(deflateSync(message.subarray(0, place % message.length))),
    'a message that goes on': () => written(deflateSync(Buffer.concat([message, Buffer.of(value)]))),
  }
  return ways[way]?.() ?? token
}
const ways = ['another letter', 'cut off', 'letters lost', 'a letter more', 'a packed byte', 'bytes after the end', 'a byte of the message',
  'a message cut off', 'a message that goes on', 'another hand'] // prettier-ignore

test('thousands of spoilt tokens: both sides say the same, none believes what was not signed, none throws', async () => {
  const told = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ways), fc.nat(), fc.nat(255), voucher, async (way, place, value, one) => {
      const whole = signVoucher(way === 'another hand' ? signingKey(forger) : key, one)
      const token = spoil(whole, way, place, value)
      const verdict = onServer(token, trusted, asked)
      assert.deepEqual(await inBrowser(token, trusted, asked), verdict)
      const code = verdict.ok ? 'valid' : verdict.code
      told.set(code, (told.get(code) ?? 0) + 1)
      // A letter replaced by itself, a header nobody signs: what it says is still what was signed.
      if ('voucher' in verdict) assert.deepEqual(verdict.voucher, one)
    }),
    { numRuns: 2000 },
  )
  for (const code of ['not_a_voucher', 'broken', 'unknown_key', 'bad_signature'])
    assert.ok((told.get(code) ?? 0) > 10, `${code}: ${told.get(code)}`)
  assert.ok((told.get('valid') ?? 0) < 100, `${told.get('valid')} taken for valid`)
})

test('any text and any bytes at all get a code', async () => {
  const junk = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ maxLength: 80 }).map((text) => PREFIX + text),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => PREFIX + encodeBase45(bytes)),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => PREFIX + encodeBase45(deflateSync(bytes))),
  )
  await fc.assert(
    fc.asyncProperty(junk, async (text) => {
      const verdict = onServer(text, trusted, asked)
      assert.equal(verdict.ok, false)
      assert.deepEqual(await inBrowser(text, trusted, asked), verdict)
    }),
    { numRuns: 300 },
  )
})

test('each failure has its code, on both sides', async () => {
  const one = fc.sample(voucher, { numRuns: 1, seed: 7 })[0] as Voucher
  const other = { ...publicPart(forger), kid: key.kid }
  const day = (text: string) => `${text}T00:00:00.000Z`
  const nest = Buffer.alloc(8000, 0x81)
  const cases: [string, string, TrustedKey[], object][] = [
    ['not_a_voucher', signVoucher(key, one).replace('PIL1:', 'HC1:'), trusted, {}],
    ['not_a_voucher', PREFIX + 'A'.repeat(5000), trusted, {}],
    ['broken', PREFIX, trusted, {}],
    ['broken', PREFIX + encodeBase45(deflateSync(Buffer.alloc(MOST_BYTES + 1))), trusted, {}],
    ['broken', PREFIX + encodeBase45(deflateSync(Buffer.alloc(2_000_000))), trusted, {}],
    ['broken', PREFIX + encodeBase45(deflateSync(nest)), trusted, {}],
    // An array and a byte string that say they are longer than the world.
    ['broken', PREFIX + encodeBase45(deflateSync(Buffer.from('d29bffffffffffffffff', 'hex'))), trusted, {}],
    ['broken', PREFIX + encodeBase45(deflateSync(Buffer.from('d2845bffffffffffffffff', 'hex'))), trusted, {}],
    ['unknown_key', signVoucher(signingKey(forger), one), trusted, {}],
    ['bad_signature', signVoucher(key, one), [other], {}],
    ['not_yet', signVoucher(key, { ...one, notBefore: day('2026-11-23'), expiresAt: day('2026-11-30') }), trusted, {}],
    ['expired', signVoucher(key, { ...one, notBefore: day('2026-11-02'), expiresAt: day('2026-11-22') }), trusted, {}],
    ['key_not_valid', signVoucher(key, one), [{ ...(trusted[0] as TrustedKey), notAfter: day('2026-11-21') }], {}],
    ['key_not_valid', signVoucher(key, one), [{ ...(trusted[0] as TrustedKey), notBefore: day('2026-11-24') }], {}],
    ['wrong_kind', signVoucher(key, one), [{ ...(trusted[0] as TrustedKey), use: ['test'] }], {}],
    ['other_round', signVoucher(key, one), trusted, { roundId: randomUUID() }],
  ]
  for (const [code, token, keys, more] of cases) {
    const verdict = onServer(token, keys, { at, ...more })
    assert.equal(verdict.ok ? 'valid' : verdict.code, code, token.slice(0, 60))
    assert.deepEqual(await inBrowser(token, keys, { at, ...more }), verdict, code)
  }
  // Two keys of one name: whichever fits.
  assert.ok(onServer(signVoucher(key, one), [other, ...trusted], asked).ok)
  assert.ok((await inBrowser(signVoucher(key, one), [other, ...trusted], asked)).ok)
})
