import { m } from '#messages'
import { parseNumber } from '#src/complaints/number.ts'

type Read = { value: string; fault?: undefined } | { value?: undefined; fault: string }

/** A complaint number as somebody typed it; what kind of slip it has says nothing about whether it exists. */
export function readNumber(text: string): Read {
  if (text.trim() === '') return { fault: m.public_track_number_missing() }
  const parsed = parseNumber(text)
  if (parsed.ok) return { value: parsed.number }
  if ('symbol' in parsed) return { fault: m.public_track_number_symbol({ symbol: parsed.symbol }) }
  return { fault: parsed.reason === 'check' ? m.public_track_number_check() : m.public_track_number_length() }
}

/** A secret, or the code of a letter, in the form it was printed: `length` symbols, written in any manner. */
export function readSymbols(text: string, length: number, say: { missing: () => string; wrong: () => string }): Read {
  const typed = text
    .slice(0, 64)
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}\u2212]/gu, '')
    .toUpperCase()
  if (typed === '') return { fault: say.missing() }
  if (typed.length !== length || !/^[0-9A-Z]+$/.test(typed)) return { fault: say.wrong() }
  return { value: typed.replace(/.{4}(?=.)/g, '$&-') }
}
