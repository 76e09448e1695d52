/**
 * Remembers the first row of each key in 12 bytes a key: a million rows take 25 MB and not 150. Numbers of sixteen digits are
 * kept exactly; other keys as 53 bits of a hash, where two of a million meet once in ten thousand files.
 */
export function firstSeen() {
  let slots = 1 << 12
  let keys = new Float64Array(slots)
  let rows = new Int32Array(slots)
  let used = 0

  const place = (key: number): number => {
    let at = (Math.imul(key % 4_294_967_291, 2_654_435_761) >>> 0) & (slots - 1)
    while (keys[at] !== 0 && keys[at] !== key) at = (at + 1) & (slots - 1)
    return at
  }
  const grow = () => {
    const [oldKeys, oldRows] = [keys, rows]
    slots *= 2
    keys = new Float64Array(slots)
    rows = new Int32Array(slots)
    for (const [at, key] of oldKeys.entries())
      if (key !== 0) {
        const to = place(key)
        keys[to] = key
        rows[to] = oldRows[at] ?? 0
      }
  }
  return {
    /** The row this key was given before; the given row is remembered where it is new (or always: `last`). */
    put(key: string, row: number, last = false): number | undefined {
      const number = keyNumber(key)
      const at = place(number)
      if (keys[at] === number) {
        const before = rows[at]
        if (last) rows[at] = row
        return before
      }
      keys[at] = number
      rows[at] = row
      used++
      if (used * 2 > slots) grow()
      return undefined
    },
    get(key: string): number | undefined {
      const number = keyNumber(key)
      const at = place(number)
      return keys[at] === number ? rows[at] : undefined
    },
  }
}
export type FirstSeen = ReturnType<typeof firstSeen>

const SMALLEST = 1_000_000_000_000_000

function keyNumber(key: string): number {
  if (key.length === 16) {
    const number = Number(key) - SMALLEST
    // Above this, doubles skip numbers; a number of sixteen digits less 10^15 stays below.
    if (number > 0 && number < Number.MAX_SAFE_INTEGER && key >= '1') {
      const exact = exactNumber(key)
      if (exact !== null) return exact
    }
  }
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at)
    high = Math.imul(high ^ code, 2_654_435_761)
    low = Math.imul(low ^ code, 1_597_334_677)
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  // Negative: never a number of sixteen digits.
  return -(4_294_967_296 * (2_097_151 & low) + (high >>> 0)) - 1
}

/** Two halves of eight digits, so that no digit passes through a double that skips numbers. */
function exactNumber(key: string): number | null {
  const upper = Number(key.slice(0, 8))
  const lower = Number(key.slice(8))
  if (!Number.isInteger(upper) || !Number.isInteger(lower) || upper < 10_000_000) return null
  return (upper - 10_000_000) * 100_000_000 + lower + 1
}
