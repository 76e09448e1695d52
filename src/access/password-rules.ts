import { randomInt } from 'node:crypto'
import { invalid } from '#src/platform/http/problem.ts'
import type { AccessRule } from './rules.ts'
import { keyboardWalks, weakWords } from './weak-words.ts'

/** Longer ones are refused, not cut off: hashing must not become a burden an attacker chooses. */
export const PASSWORD_MAX_LENGTH = 256

export type Owner = { username: string; name: string; email?: string | null }

/** Why a password is not accepted, as a code of `field_…`; undefined when it is. Length and guessability, no composition. */
export function weakness(
  password: string,
  owner: Owner,
  minLength: number,
): 'password_short' | 'password_long' | 'password_personal' | 'password_common' | undefined {
  if ([...password].length < minLength) return 'password_short'
  if ([...password].length > PASSWORD_MAX_LENGTH) return 'password_long'
  const personal = wordsOf(owner)
  if (madeOf(password, personal, 3)) return 'password_personal'
  if (isRegular(password) || isWalk(password) || madeOf(password, [...weakWords, ...personal], 2))
    return 'password_common'
  return undefined
}

export function refuseWeak(password: string, owner: Owner, rule: AccessRule, field = 'password'): void {
  const code = weakness(password, owner, rule.password_min_length)
  if (code) throw invalid({ field, code, params: { limit: rule.password_min_length } })
}

const lettersOnly = (text: string) =>
  [...text.toLowerCase()]
    .map((c) => ({ 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's' })[c] ?? c)
    .join('')
    .replace(/[^\p{L}]/gu, '')

const wordsOf = (owner: Owner): string[] =>
  [
    owner.username,
    owner.username.replaceAll(/[._-]/g, ''),
    ...owner.username.split(/[._-]/),
    ...owner.name.split(/\s+/),
    owner.name,
    owner.email?.split('@')[0] ?? '',
  ]
    .map(lettersOnly)
    .filter((word) => word.length >= 3)

/** True when the letters are nothing but at most `most` different words, in any order and number. */
function madeOf(password: string, words: readonly string[], most: number): boolean {
  // Digits at the ends are decoration; within, they stand for letters.
  const candidates = new Set([
    lettersOnly(password),
    lettersOnly(password.replace(/^[\d\W_]+|[\d\W_]+$/g, '')),
    password.toLowerCase().replace(/[^\p{L}]/gu, ''),
  ])
  return [...candidates].some((letters) => letters.length > 0 && covered(letters, words, new Set(), most))
}

function covered(rest: string, words: readonly string[], used: ReadonlySet<string>, most: number): boolean {
  if (rest === '') return true
  return words.some((word) => {
    if (!rest.startsWith(word) || (!used.has(word) && used.size >= most)) return false
    return covered(rest.slice(word.length), words, new Set([...used, word]), most)
  })
}

/** One short piece over and over (abcabcabc…), or steps that hardly change (123456789012, 987654…). */
function isRegular(password: string): boolean {
  const text = password.toLowerCase()
  for (let size = 1; size <= 4; size++) {
    const piece = text.slice(0, size)
    if (piece.repeat(Math.ceil(text.length / size)).slice(0, text.length) === text) return true
  }
  const codes = [...text].map((char) => char.codePointAt(0) ?? 0)
  const steps = codes.slice(1).map((code, i) => code - (codes[i] ?? 0))
  const common = Math.max(...[-1, 0, 1].map((step) => steps.filter((one) => one === step).length))
  return common >= steps.length * 0.75
}

function isWalk(password: string): boolean {
  const text = password.toLowerCase()
  const backwards = [...text].reverse().join('')
  return keyboardWalks.some(
    (walk) => walk.includes(text) || walk.includes(backwards) || text.includes(walk.slice(0, 10)),
  )
}

// Without letters and digits that look alike: it is read aloud and typed once.
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A password for one sign-in, 79 bits: 'k7mw-3xqp-9bfd-hr2n'. */
export const temporaryPassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')).join(
    '-',
  )
