import { encode } from 'cborg'
import { fromBase64, toBase64Url, uuidBytes, uuidOf } from './bytes.ts'
import type { Voucher } from './schema.ts'

/** Claims of CWT (RFC 8392) that a token carries. */
const ISSUER = 1
const EXPIRES = 4
const NOT_BEFORE = 5
const ISSUED = 6
const ID = 7
/** Ours, in the range for private use; its fields beneath. */
const VOUCHER = -70_001
const ROUND = 1
const BEARER = 2
const PROGRAMME = 3
const SEQUENCE = 4
const AMOUNT = 5
const GOODS = 6

/** Seconds since 1970. */
export type Times = { issued?: number; notBefore?: number; expires?: number }

const seconds = (instant: string): number => Math.floor(Date.parse(instant) / 1000)
const instant = (value: number): string => new Date(value * 1000).toISOString()
/** The last second a Date can hold. */
const MOST = 8_640_000_000_000

/** The payload of a token. */
export function writeClaims(voucher: Voucher): Uint8Array<ArrayBuffer> {
  const ours = new Map<number, unknown>([
    [ROUND, uuidBytes(voucher.roundId)],
    [BEARER, fromBase64(voucher.bearer) ?? new Uint8Array()],
    [PROGRAMME, voucher.programme],
    [SEQUENCE, voucher.sequence],
  ])
  if (voucher.amount !== undefined) ours.set(AMOUNT, voucher.amount)
  if (voucher.goods) ours.set(GOODS, voucher.goods.map(({ code, quantity }) => [code, quantity])) // prettier-ignore
  return encode(
    new Map<number, unknown>([
      [ISSUER, voucher.issuer],
      [EXPIRES, seconds(voucher.expiresAt)],
      [NOT_BEFORE, seconds(voucher.notBefore)],
      [ISSUED, seconds(voucher.issuedAt)],
      [ID, uuidBytes(voucher.id)],
      [VOUCHER, ours],
    ]),
  )
}

/** Numeric dates of the claims; undefined where one is no number. */
export function timesOf(claims: Map<unknown, unknown>): Times | undefined {
  const [issued, notBefore, expires] = [ISSUED, NOT_BEFORE, EXPIRES].map((key) => claims.get(key))
  const isTime = (value: unknown): value is number | undefined =>
    value === undefined || (typeof value === 'number' && Math.abs(value) <= MOST)
  if (!isTime(issued) || !isTime(notBefore) || !isTime(expires)) return undefined
  return {
    ...(issued !== undefined && { issued }),
    ...(notBefore !== undefined && { notBefore }),
    ...(expires !== undefined && { expires }),
  }
}

/** What a voucher says, or undefined where the claims are not those of a whole voucher. */
export function readVoucher(claims: Map<unknown, unknown>): Voucher | undefined {
  const times = timesOf(claims)
  const ours = claims.get(VOUCHER)
  if (!times || !(ours instanceof Map)) return undefined
  const { issued, notBefore, expires } = times
  const [issuer, id] = [claims.get(ISSUER), claims.get(ID)]
  const [round, bearer, programme, sequence, amount, goods] = [ROUND, BEARER, PROGRAMME, SEQUENCE, AMOUNT, GOODS].map(
    (key): unknown => ours.get(key),
  )
  const list = goodsOf(goods)
  if (issued === undefined || notBefore === undefined || expires === undefined) return undefined
  if (typeof issuer !== 'string' || typeof programme !== 'string' || !isBytes(id, 16) || !isBytes(round, 16))
    return undefined
  if (!isBytes(bearer) || !isCount(sequence) || (amount !== undefined && !isCount(amount)) || list === null)
    return undefined
  return {
    id: uuidOf(id),
    issuer,
    issuedAt: instant(issued),
    notBefore: instant(notBefore),
    expiresAt: instant(expires),
    roundId: uuidOf(round),
    bearer: toBase64Url(bearer),
    programme,
    sequence,
    ...(amount !== undefined && { amount }),
    ...(list && { goods: list }),
  }
}

function goodsOf(value: unknown): { code: string; quantity: number }[] | undefined | null {
  if (value === undefined) return undefined
  if (!Array.isArray(value)) return null
  const list: { code: string; quantity: number }[] = []
  for (const one of value as unknown[]) {
    const [code, quantity] = Array.isArray(one) ? (one as unknown[]) : []
    if (typeof code !== 'string' || typeof quantity !== 'number' || !(quantity >= 0)) return null
    list.push({ code, quantity })
  }
  return list
}

const isBytes = (value: unknown, length?: number): value is Uint8Array =>
  value instanceof Uint8Array && (length === undefined || value.length === length)
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
