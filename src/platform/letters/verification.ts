import { randomInt } from 'node:crypto'

// Without 0 O 1 I L: the code is read off paper and typed. Complaint numbers use the same symbols by their own choice.
const SYMBOLS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const LENGTH = 12
const GROUP = 4
const LONGEST_INPUT = 64

/** A new code that a letter can be checked by, `XXXX-XXXX-XXXX`: 12 random symbols, 59 bits, so it cannot be guessed. */
export function newVerificationCode(): string {
  return grouped(Array.from({ length: LENGTH }, () => SYMBOLS.charAt(randomInt(SYMBOLS.length))).join(''))
}

/** The code as it was printed, from how someone typed it (any case, spaces, dashes), or undefined if it cannot be one. */
export function parseVerificationCode(text: string): string | undefined {
  const typed = text
    .slice(0, LONGEST_INPUT)
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}]/gu, '')
    .toUpperCase()
  const valid = typed.length === LENGTH && [...typed].every((symbol) => SYMBOLS.includes(symbol))
  return valid ? grouped(typed) : undefined
}

const grouped = (symbols: string) => symbols.replace(new RegExp(`.{${GROUP}}(?=.)`, 'g'), '$&-')
