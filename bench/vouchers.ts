import { randomBytes, sign } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { derivedKey, publicPart, signingKey } from '#src/distribution/vouchers/keys.ts'
import { signVouchers } from '#src/distribution/vouchers/sign.ts'
import { verifyToken } from '#src/distribution/vouchers/verify.ts'
import type { Measured } from './finding.ts'

/** Seconds of one core: others may be working beside. */
function secondsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1e6
}

/** Signing `count` vouchers on one core against node:crypto's own signing of as many bytes, in turn; and verifying them. */
export async function voucherBench(count: number, told: (line: string) => void): Promise<Measured[]> {
  const privateKey = derivedKey(Buffer.alloc(32, 5), 1)
  const key = signingKey(privateKey)
  const roundId = uuid()
  const vouchers = Array.from({ length: count }, (_, sequence) => ({
    id: uuid(),
    issuer: 'pilar.example',
    issuedAt: '2026-11-20T00:00:00.000Z',
    notBefore: '2026-11-20T00:00:00.000Z',
    expiresAt: '2026-12-20T00:00:00.000Z',
    roundId,
    bearer: randomBytes(12).toString('base64url'),
    programme: 'SEMBAKO',
    sequence,
    amount: 600_000,
    goods: [{ code: 'beras', quantity: 10 }],
  }))
  const bytes = randomBytes(190)
  const ROUNDS = 4
  const share = Math.floor(count / ROUNDS)
  let bareSeconds = 0
  let seconds = 0
  const tokens: string[] = []
  await signVouchers(key, vouchers.slice(0, 500))
  for (let round = 0; round < ROUNDS; round++) {
    const part = vouchers.slice(round * share, (round + 1) * share)
    let began = process.cpuUsage()
    for (const _ of part) sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    bareSeconds += secondsSince(began)
    began = process.cpuUsage()
    tokens.push(...(await signVouchers(key, part)))
    seconds += secondsSince(began)
  }
  const began = process.cpuUsage()
  const trusted = [publicPart(privateKey)]
  const wrong = tokens.filter((token) => !verifyToken(token, trusted, { at: new Date('2026-12-01') }).ok)
  const verifying = secondsSince(began)
  if (wrong.length > 0) throw new Error(`${wrong.length} vouchers do not verify`)
  const made = tokens.length
  const aMinute = (made / seconds) * 60
  const ratio = bareSeconds / seconds
  told(`${(made / verifying).toFixed(0)} vouchers verified a second; a token has ${tokens[0]?.length ?? 0} letters`)
  return [
    {
      what: 'vouchers signed a minute and core, against crypto.sign alone',
      measured: `${Math.round(aMinute).toLocaleString('id')} (${ratio.toFixed(2)})`,
      wanted: '≥ 100.000, or ≥ 0.7',
      ok: aMinute >= 100_000 || ratio >= 0.7,
    },
  ]
}
