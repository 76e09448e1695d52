import { createHash, createHmac, randomInt, timingSafeEqual } from 'node:crypto'

/**
 * The symbols of numbers and secrets handed to people: digits and capitals without 0 O 1 I L, which people mistake for each
 * other on paper and over the telephone. There are 31, a prime, and the check symbol needs that.
 */
export const SYMBOLS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

const HALF = 4
const LENGTH = 8
// Far more than anyone types into the box, little enough that a megabyte of nonsense costs nothing.
const LONGEST_INPUT = 64

export type Parsed =
  | { ok: true; number: string }
  | { ok: false; reason: 'length' | 'check' }
  | { ok: false; reason: 'symbol'; symbol: string }

/** A new number as people see it, `K7M3-9QXT`: 7 random symbols (27.5 thousand million) and a check symbol. */
export function newNumber(): string {
  const body = randomSymbols(LENGTH - 1)
  return shown(body + checkSymbol(body))
}

/**
 * Reads a number as people type it: any case, spaces and dashes anywhere or nowhere, full-width letters.
 * `number` comes back in the one form that is stored and shown. Look-alikes are not guessed at: neither O nor 0, and
 * none of I, 1, L, is ever in a number, so whoever typed an O may have read Q or D, and a 1 may have been 7 or J.
 * The answer then is `symbol` with the symbol, and the page can say that it never occurs.
 */
export function parseNumber(text: string): Parsed {
  const symbols = symbolsTyped(text)
  if (symbols.length !== LENGTH) return { ok: false, reason: 'length' }
  const stranger = symbols.find((symbol) => !SYMBOLS.includes(symbol))
  if (stranger !== undefined) return { ok: false, reason: 'symbol', symbol: stranger }
  const number = symbols.join('')
  if (weightedSum(number) !== 0) return { ok: false, reason: 'check' }
  return { ok: true, number: shown(number) }
}

/** A new secret for the citizen, `XXXX-XXXX`: 8 random symbols, 39 bits. Only `hashSecret` of it is ever stored. */
export function newSecret(): string {
  return shown(randomSymbols(LENGTH))
}

/**
 * The stored form of a secret, sha256 in 64 hexadecimal digits, bound to its subject: `label` says of what kind, `id`
 * which one. Read as forgivingly as a number. 39 bits stand against guessing through a throttled page, not against
 * someone who holds the table of hashes.
 */
export function hashSecret(label: string, id: string, secret: string): string {
  return createHash('sha256')
    .update(`${label}\n${id}\n${symbolsTyped(secret).join('')}`)
    .digest('hex')
}

/** Whether `typed` is the secret whose hash is stored. Takes the same time for any wrong secret. */
export function secretMatches(label: string, id: string, typed: string, storedHash: string): boolean {
  const stored = Buffer.from(storedHash, 'hex')
  const given = Buffer.from(hashSecret(label, id, typed), 'hex')
  return stored.length === given.length && timingSafeEqual(stored, given)
}

/** The same label, id and installation give the same secret, so a repeated filing can tell it again without storing it. */
export function deriveSecret(installation: Buffer, label: string, id: string): string {
  const digest = createHmac('sha256', installation).update(`${label}\n${id}`).digest()
  // 64 bits taken modulo 31 eight times: the bias is far below anything that matters for 39 bits.
  let rest = digest.readBigUInt64BE()
  let text = ''
  for (let place = 0; place < LENGTH; place++) {
    text += SYMBOLS[Number(rest % 31n)] ?? ''
    rest /= 31n
  }
  return shown(text)
}

/**
 * Σ weight × value mod 31, weights 8 … 1 from the left; the check symbol (weight 1) makes it 0. As 31 is prime and the
 * weights are distinct and non-zero, changing one symbol by d moves the sum by w·d, exchanging two moves it by
 * (v − w)·d; neither can be 0, so every such slip is caught, whatever the distance between the two symbols.
 */
function weightedSum(number: string): number {
  let sum = 0
  for (const [place, symbol] of [...number].entries()) sum += (LENGTH - place) * SYMBOLS.indexOf(symbol)
  return sum % SYMBOLS.length
}

function checkSymbol(body: string): string {
  const rest = weightedSum(body)
  return SYMBOLS.charAt(rest === 0 ? 0 : SYMBOLS.length - rest)
}

function symbolsTyped(text: string): string[] {
  const start = text.slice(0, LONGEST_INPUT)
  // NFKC turns full-width letters plain; \p{Cf} are the invisible marks that come along when pasting from a chat.
  return [...start.normalize('NFKC').replace(/[\s\p{Pd}\p{Cf}\u2212]/gu, '')].map(capital)
}

// Only a to z: toUpperCase would also turn one letter into two (ß).
const capital = (symbol: string) => (/^[a-z]$/.test(symbol) ? symbol.toUpperCase() : symbol)

const shown = (symbols: string) => `${symbols.slice(0, HALF)}-${symbols.slice(HALF)}`

const randomSymbols = (count: number) =>
  Array.from({ length: count }, () => SYMBOLS.charAt(randomInt(SYMBOLS.length))).join('')
