/*
 * How alike two strings are. Everything here is symmetric and knows no field: what a likeness means is for compare.ts.
 */

const marks = { a: new Uint8Array(512), b: new Uint8Array(512) }

/**
 * Jaro-Winkler likeness, 0 to 1 (Winkler 1990: prefix of at most four letters, weight 0.1). Longer texts than 512 letters are cut.
 * Source: W. Winkler, String comparator metrics and enhanced decision rules, 1990.
 */
export function jaroWinkler(left: string, right: string): number {
  if (left === right) return 1
  const a = left.length > right.length ? right : left
  const b = left.length > right.length ? left : right
  const lengthA = Math.min(a.length, 512)
  const lengthB = Math.min(b.length, 512)
  if (lengthA === 0) return 0
  const reach = Math.max(0, (lengthB >> 1) - 1)
  const { a: usedA, b: usedB } = marks
  usedA.fill(0, 0, lengthA)
  usedB.fill(0, 0, lengthB)
  let common = 0
  for (let i = 0; i < lengthA; i++) {
    const code = a.charCodeAt(i)
    const end = Math.min(lengthB, i + reach + 1)
    for (let j = Math.max(0, i - reach); j < end; j++) {
      if (usedB[j] === 0 && b.charCodeAt(j) === code) {
        usedA[i] = 1
        usedB[j] = 1
        common++
        break
      }
    }
  }
  if (common === 0) return 0
  let moved = 0
  for (let i = 0, j = 0; i < lengthA; i++) {
    if (usedA[i] === 0) continue
    while (usedB[j] === 0) j++
    if (a.charCodeAt(i) !== b.charCodeAt(j)) moved++
    j++
  }
  const jaro = (common / lengthA + common / lengthB + (common - moved / 2) / common) / 3
  let prefix = 0
  while (prefix < 4 && prefix < lengthA && a.charCodeAt(prefix) === b.charCodeAt(prefix)) prefix++
  return jaro + prefix * 0.1 * (1 - jaro)
}

/** One letter put in, left out or changed, or two neighbours exchanged: at most one such slip apart. */
export function oneSlip(left: string, right: string): boolean {
  const a = left.length > right.length ? right : left
  const b = left.length > right.length ? left : right
  if (b.length - a.length > 1) return false
  let i = 0
  while (i < a.length && a.charCodeAt(i) === b.charCodeAt(i)) i++
  if (i === a.length) return true
  if (a.length < b.length) return a.slice(i) === b.slice(i + 1)
  if (a.slice(i + 1) === b.slice(i + 1)) return true
  return (
    a.charCodeAt(i) === b.charCodeAt(i + 1) &&
    a.charCodeAt(i + 1) === b.charCodeAt(i) &&
    a.slice(i + 2) === b.slice(i + 2)
  )
}

/** How many places of two strings of one length differ; Infinity where the lengths differ. */
export function placesApart(a: string, b: string): number {
  if (a.length !== b.length) return Infinity
  let count = 0
  for (let i = 0; i < a.length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) count++
  return count
}

/** The share of the words of the shorter text that the longer one has too (alike: equal, or one slip from five letters on). */
export function sharedWords(a: readonly string[], b: readonly string[]): number {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (short.length === 0) return 0
  const free = [...long]
  let found = 0
  for (const word of short) {
    let at = free.indexOf(word)
    if (at < 0 && word.length > 4) at = free.findIndex((other) => other.length > 4 && oneSlip(word, other))
    if (at < 0) continue
    free.splice(at, 1)
    found++
  }
  return found / short.length
}
