import { createHash, createPublicKey, type JsonWebKeyInput, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { fromBase64, toBase64Url } from './bytes.ts'
import type { Use } from './health.ts'
import type { TrustedKey } from './token.ts'

/** What could be read of a trust list, and a sentence for each entry that could not. */
export type TrustList = { keys: TrustedKey[]; faults: string[] }

/**
 * Reads a trust list in any of the shapes they are passed around in: a list of entries; `{ "keys": […] }` (a JWK set too);
 * `{ "certificates": [{ "kid", "rawData" }] }`; or an object from kid to certificate, key or entry. docs/howto/vouchers.md.
 */
export function readTrustList(text: string): TrustList {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { keys: [], faults: ['not JSON'] }
  }
  const list: TrustList = { keys: [], faults: [] }
  for (const [name, entry] of entriesOf(json)) {
    const read = readEntry(entry, typeof name === 'string' ? name : undefined)
    if (typeof read === 'string') list.faults.push(`${name}: ${read}`)
    else list.keys.push(read)
  }
  if (list.keys.length === 0 && list.faults.length === 0) list.faults.push('holds no keys')
  return list
}

/** The list PILAR_VOUCHER_TRUST names; a list that cannot be read whole keeps the application from starting. */
export async function loadTrustList(path: string | null): Promise<TrustedKey[]> {
  if (path === null) return []
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CannotStart(`PILAR_VOUCHER_TRUST names ${path}, which cannot be read (${error.code ?? 'unknown'}).`)
  })
  const { keys, faults } = readTrustList(text)
  if (faults.length > 0)
    throw new CannotStart(`PILAR_VOUCHER_TRUST names ${path}, which is not a trust list: ${faults.join('; ')}.`)
  return keys
}

function entriesOf(json: unknown): [string | number, unknown][] {
  if (Array.isArray(json)) return [...json.entries()]
  if (typeof json !== 'object' || json === null) return []
  const { keys, certificates } = json as { keys?: unknown; certificates?: unknown }
  if (Array.isArray(keys)) return [...keys.entries()]
  if (Array.isArray(certificates)) return [...certificates.entries()]
  return Object.entries(json)
}

type Entry = Partial<Record<'kid' | 'certificate' | 'rawData' | 'publicKey' | 'notBefore' | 'notAfter', unknown>> & {
  x5c?: unknown
  jwk?: unknown
  kty?: unknown
  usage?: unknown
}

function readEntry(given: unknown, name: string | undefined): TrustedKey | string {
  const entry: Entry = typeof given === 'string' ? { certificate: given } : ((given ?? {}) as Entry)
  if (typeof entry !== 'object') return 'is no entry'
  const key = keyOf(entry)
  if (typeof key === 'string') return key
  const jwk = key.publicKey.export({ format: 'jwk' })
  const named = entry.kid ?? name ?? key.kid
  const kid = typeof named === 'string' ? kidOf(named) : undefined
  if (kid === undefined) return 'its kid is neither base64 nor hexadecimal'
  const notBefore = dayOf(entry.notBefore) ?? key.notBefore
  const notAfter = dayOf(entry.notAfter) ?? key.notAfter
  const use = Array.isArray(entry.usage) ? (entry.usage.filter((one) => uses.has(String(one))) as Use[]) : key.use
  const more = { ...(notBefore && { notBefore }), ...(notAfter && { notAfter }), ...(use && { use }) }
  if (jwk.kty === 'EC' && jwk.crv === 'P-256' && jwk.x && jwk.y)
    return { kid, jwk: { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y }, ...more }
  if (jwk.kty === 'RSA' && jwk.n && jwk.e) return { kid, jwk: { kty: 'RSA', n: jwk.n, e: jwk.e }, ...more }
  return `a key of kind ${jwk.crv ?? jwk.kty} is not spoken here: P-256 and RSA are`
}

const uses = new Set<string>(['voucher', 'test', 'vaccination', 'recovery'] satisfies Use[])

type Read = { publicKey: KeyObject; kid?: string; notBefore?: string; notAfter?: string; use?: Use[] }

function keyOf(entry: Entry): Read | string {
  try {
    if (entry.kty !== undefined)
      return { publicKey: createPublicKey({ key: entry as JsonWebKeyInput['key'], format: 'jwk' }) }
    if (entry.jwk !== undefined)
      return { publicKey: createPublicKey({ key: entry.jwk as JsonWebKeyInput['key'], format: 'jwk' }) }
    const chain: unknown = Array.isArray(entry.x5c) ? entry.x5c[0] : undefined
    const text = entry.certificate ?? entry.rawData ?? entry.publicKey ?? chain
    if (typeof text !== 'string') return 'has neither certificate nor publicKey nor jwk'
    const der = fromBase64(text.replaceAll(/-----[A-Z ]+-----|\s+/g, ''))
    if (!der) return 'its certificate or key is not base64'
    return (
      certificateOf(Buffer.from(der)) ?? {
        publicKey: createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }),
      }
    )
  } catch {
    return 'its certificate or key cannot be read'
  }
}

function certificateOf(der: Buffer): Read | undefined {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(der)
  } catch {
    return undefined
  }
  // Types leave out that a certificate may say nothing of its use.
  const oids = (certificate.keyUsage as string[] | undefined) ?? []
  const use = oids.flatMap(
    (oid) => healthUses[/^1\.3\.6\.1\.4\.1\.(?:0\.)?1847\.2021\.1\.([123])$/.exec(oid)?.[1] ?? ''] ?? [],
  )
  return {
    publicKey: certificate.publicKey,
    kid: toBase64Url(createHash('sha256').update(der).digest().subarray(0, 8)),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    ...(use.length > 0 && { use }),
  }
}
const healthUses: Readonly<Record<string, Use>> = { 1: 'test', 2: 'vaccination', 3: 'recovery' }

/** Sixteen hexadecimal digits are eight bytes; anything else is read as base64. */
const kidOf = (text: string): string | undefined => {
  const bytes = /^[0-9a-f]{16}$/i.test(text) ? Buffer.from(text, 'hex') : fromBase64(text)
  return bytes && bytes.length > 0 ? toBase64Url(bytes) : undefined
}

const dayOf = (value: unknown): string | undefined =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : undefined
