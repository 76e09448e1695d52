/** Reading JSON that others wrote: spelling, case and separators of names do not matter, meaning does. */

export type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A property by its name, or by the same letters in another spelling ('searchRequest', 'search-request'). */
export function at(value: unknown, ...names: string[]): unknown {
  if (!isObject(value)) return undefined
  for (const name of names) if (Object.hasOwn(value, name)) return value[name]
  const wanted = new Set(names.map(letters))
  for (const [key, one] of Object.entries(value)) if (wanted.has(letters(key))) return one
  return undefined
}

const letters = (name: string) => name.replaceAll(/[^A-Za-z0-9$]/g, '').toLowerCase()

/** Text, or a whole number that somebody wrote without quotes. Empty is absent. */
export function textOf(value: unknown, longest = 200): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && text.length > 0 && text.length <= longest ? text : undefined
}

/** One of a few words, whatever its case, separators and namespace. */
export function wordOf<Word extends string>(value: unknown, words: readonly Word[]): Word | undefined {
  if (typeof value !== 'string' || value.length > 200) return undefined
  const wanted = letters(value.replace(/^.*[:/]/, ''))
  return words.find((word) => letters(word.replace(/^.*[:/]/, '')) === wanted)
}

/** An instant of ISO 8601 with a date and a time; undefined for anything else. A missing zone is UTC. */
export function instantOf(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined
  const found =
    /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*([Zz]|[+-]\d{2}:?\d{2})?)?$/.exec(
      value.trim(),
    )
  if (!found?.[1] || dayOf(found[1]) === undefined) return undefined
  const zone = (found[3] ?? 'Z').toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')
  const date = new Date(`${found[1]}T${(found[2] ?? '00:00').replace(',', '.')}${zone}`)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** A day that exists, as 'YYYY-MM-DD', from itself or from an instant. */
export function dayOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:$|[Tt ])/.exec(value)
  if (!found) return undefined
  const [, year, month, day] = found.map(Number)
  if (!year || !month || !day) return undefined
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? value.slice(0, 10)
    : undefined
}
