/** A row of the chart's own numbers: one value for each label; null where nothing is known (small counts hidden). */
export type Series = {
  name: string
  values: readonly (number | null)[]
  /** The rows behind each value, where they can be opened. */
  hrefs?: readonly (string | undefined)[]
}

/** The top of the axis and its steps: 0, half and full of a number people like (1, 2, 4, 5, 6 or 8 times a power of ten). */
export function axis(highest: number): { top: number; ticks: number[] } {
  const power = 10 ** Math.floor(Math.log10(Math.max(highest, 1)))
  const top = [1, 2, 4, 5, 6, 8, 10].map((one) => one * power).find((one) => one >= highest) ?? 10 * power
  return { top, ticks: top % 2 ? [0, top] : [0, top / 2, top] }
}

/** SVG path through the known values, in a box of 100 × 100; a gap starts a new line. */
export function path(values: Series['values'], top: number): string {
  const step = values.length > 1 ? 100 / (values.length - 1) : 0
  let open = false
  let d = ''
  values.forEach((value, index) => {
    if (value === null) {
      open = false
      return
    }
    d += `${open ? 'L' : 'M'}${(index * step).toFixed(2)} ${(100 - (value / top) * 100).toFixed(2)}`
    open = true
  })
  return d
}

/** Heights of the labels at the line ends, moved apart until each has `gap` to the next; within `floor`. */
export function spread(heights: readonly number[], gap: number, floor: number): number[] {
  const order = heights.map((height, index) => ({ height, index })).sort((a, b) => a.height - b.height)
  let last = -Infinity
  for (const one of order) last = one.height = Math.max(one.height, last + gap)
  let next = floor + gap
  for (const one of order.toReversed()) next = one.height = Math.min(one.height, next - gap)
  const out: number[] = []
  for (const one of order) out[one.index] = one.height
  return out
}

/** A long name in two lines, broken at the space nearest its middle. */
export function twoLines(name: string, longest = 13): string[] {
  if (name.length <= longest || !name.includes(' ')) return [name]
  const middle = name.length / 2
  const at =
    [...name.matchAll(/ /g)].map((one) => one.index).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0] ?? 0
  return [name.slice(0, at), name.slice(at + 1)]
}
