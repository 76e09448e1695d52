import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const css = readFileSync(new URL('theme.css', import.meta.url), 'utf8')
const tokens = (block: string) =>
  new Map([...block.matchAll(/--color-([a-z0-9-]+):\s*(#[0-9a-f]{6})/g)].map((one) => [one[1] ?? '', one[2] ?? '']))
const [light = '', dark = '', device = ''] = css.split(/:root\[data-theme='pilar-dark'\]|:root\[data-theme=''\]/)

const luminance = (hex: string) => {
  const channel = (at: number) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}
/** WCAG 2.2 contrast of two colours, 1 to 21. */
const contrast = (a: string, b: string) => {
  const [hi = 0, lo = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (hi + 0.05) / (lo + 0.05)
}

const tones = ['primary', 'warning', 'error', 'success', 'info']
const pairs: [ink: string, ground: string, least: number][] = [
  ...['base-100', 'base-200'].flatMap((ground): [string, string, number][] => [
    ['base-content', ground, 7],
    ['muted', ground, 4.5],
    ['primary', ground, 4.5],
    ['error', ground, 4.5],
    ['primary-ink', ground, 4.5],
    ['warning-ink', ground, 4.5],
    ['error-ink', ground, 4.5],
    ['success-ink', ground, 4.5],
    ['info-ink', ground, 4.5],
    ['edge', ground, 3], // borders of what can be filled in (WCAG 1.4.11)
  ]),
  ...tones.flatMap((tone): [string, string, number][] => [
    [`${tone}-content`, tone, 4.5],
    [`${tone}-ink`, `${tone}-soft`, 4.5],
    ['base-content', `${tone}-soft`, 4.5],
    ['muted', `${tone}-soft`, 4.5],
  ]),
  ['neutral-content', 'neutral', 4.5],
  ['bar-content', 'bar', 4.5],
]

for (const [name, block] of [
  ['pilar', light],
  ['pilar-dark', dark],
] as const)
  test(`${name}: every ink can be read on its ground`, () => {
    const color = tokens(block)
    const weak = pairs
      .map(([ink, ground, least]) => ({
        ink,
        ground,
        least,
        is: contrast(color.get(ink) ?? '', color.get(ground) ?? ''),
      }))
      .filter((one) => !(one.is >= one.least))
      .map((one) => `${one.ink} on ${one.ground}: ${one.is.toFixed(2)}, needs ${one.least}`)
    assert.deepEqual(weak, [])
  })

test('dark by the device and dark by hand are the same colours', () => {
  assert.ok(tokens(dark).size > 25)
  assert.deepEqual([...tokens(dark)], [...tokens(device)])
})
