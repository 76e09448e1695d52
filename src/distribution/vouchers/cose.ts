import { decode, type TagDecoder } from 'cborg'

/** COSE algorithms that are spoken (RFC 9053): ECDSA on P-256 and RSA-PSS, both with SHA-256. */
export const ES256 = -7
export const PS256 = -37

/** A COSE_Sign1 message (RFC 9052) taken apart. Nothing of it is trusted before `signed` is verified. */
export type Signed = {
  alg: number
  kid: Uint8Array | undefined
  /** What the signature is over. */
  signed: Uint8Array<ArrayBuffer>
  signature: Uint8Array
  /** The claims (CWT, RFC 8392), keys as they were written: numbers mostly. */
  claims: Map<unknown, unknown>
}

const ALG = 1
const KID = 4
const COSE_SIGN1 = 18
const CWT = 61

const inside: TagDecoder = (read) => read()
/** 0 and 1: dates, which some issuers tag; read as the text or number they are. */
const claimTags = { 0: inside, 1: inside }
const messageTags = { ...claimTags, [COSE_SIGN1]: inside, [CWT]: inside }

/** The message, or undefined where the bytes are none. Never throws, whatever the bytes are. */
export function readSigned(bytes: Uint8Array): Signed | undefined {
  const message = read(bytes, messageTags)
  if (!Array.isArray(message) || message.length !== 4) return undefined
  const [shielded, open, payload, signature] = message as unknown[]
  if (!isBytes(shielded) || !(open instanceof Map) || !isBytes(payload) || !isBytes(signature)) return undefined
  const head = shielded.length === 0 ? new Map() : read(shielded, {})
  const claims = read(payload, { ...claimTags, [CWT]: inside })
  if (!(head instanceof Map) || !(claims instanceof Map)) return undefined
  // What is signed counts; some issuers leave both unsigned, which a key of one kind only bears.
  const alg: unknown = head.get(ALG) ?? open.get(ALG)
  const kid: unknown = head.get(KID) ?? open.get(KID)
  if (typeof alg !== 'number' || (kid !== undefined && !isBytes(kid))) return undefined
  return { alg, kid: kid as Uint8Array | undefined, signed: toBeSigned(shielded, payload), signature, claims }
}

function read(bytes: Uint8Array, tags: Record<number, TagDecoder>): unknown {
  try {
    return decode(bytes, { useMaps: true, rejectDuplicateMapKeys: true, tags })
  } catch {
    return undefined
  }
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array

/** ["Signature1", protected header, h'', payload] */
const signatureOne = Uint8Array.of(0x84, 0x6a, ...new TextEncoder().encode('Signature1'))

/** The bytes a signature is over: Sig_structure of RFC 9052, 4.4, without external data. */
export const toBeSigned = (shielded: Uint8Array, payload: Uint8Array): Uint8Array<ArrayBuffer> =>
  joined(signatureOne, headOf(shielded.length), shielded, Uint8Array.of(0x40), headOf(payload.length), payload)

/** A COSE_Sign1 message with its tag. */
export const writeSigned = (
  shielded: Uint8Array,
  payload: Uint8Array,
  signature: Uint8Array,
): Uint8Array<ArrayBuffer> =>
  joined(
    Uint8Array.of(0xd2, 0x84),
    headOf(shielded.length),
    shielded,
    Uint8Array.of(0xa0),
    headOf(payload.length),
    payload,
    headOf(signature.length),
    signature,
  )

/** How CBOR begins a byte string of so many bytes (up to 65,535). */
const headOf = (length: number): Uint8Array =>
  length < 24
    ? Uint8Array.of(0x40 | length)
    : length < 256
      ? Uint8Array.of(0x58, length)
      : Uint8Array.of(0x59, length >>> 8, length & 0xff)

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
