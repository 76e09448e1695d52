import { type Comparison, type Row, unknown } from './compare.ts'
import type { Profile } from './link.ts'
import { judge, type Judgement, type Model, type Terms } from './model.ts'

/** Stands against any evidence, also of others in a group. */
const vetoed = -10_000

/** How many records there are, and how many pairs of them. */
export type Size = { records: number; pairs: number }

export const sizeOf = (records: number): Size => ({ records, pairs: Math.max(1, (records * (records - 1)) / 2) })

export const vectorOf = (comparisons: readonly Comparison[], a: Row, b: Row): Int8Array =>
  Int8Array.from(comparisons, ({ compare }) => compare(a, b))

/** Judges a pair by a model; symmetric. Values that are frequent count for less where `terms` knows how frequent they are. */
export const scorer =
  ({ comparisons, veto }: Profile, model: Model, size: Size, terms: Terms) =>
  (a: Row, b: Row, vector: Int8Array): Judgement => {
    if (veto?.(a, b)) return { match: 0, household: 1, weight: vetoed }
    return judge(comparisons, model, vector, size, (at) => {
      const { key, term } = comparisons[at] ?? {}
      return term && key !== undefined ? Math.sqrt(terms(key, term(a)) * terms(key, term(b))) : 1
    })
  }

export const outcomes = ['agrees', 'near', 'differs', 'unknown'] as const
export type Outcome = (typeof outcomes)[number]
export type Evidence = Record<string, { outcome: Outcome; weight: number }>

/** What each field says for (positive) or against one person, in bits, seen from what the pair is else: of one household or strangers. */
export function evidenceOf(
  { comparisons }: Profile,
  model: Model,
  vector: Int8Array,
  household: number,
  match: number,
): Evidence {
  const among = match >= 1 ? 0.5 : Math.min(1, household / Math.max(1e-12, 1 - match))
  return Object.fromEntries(
    comparisons.map(({ key, levels, least }, at) => {
      const level = vector[at] ?? unknown
      const field = model.fields[key]
      if (level === unknown || !field) return [key, { outcome: 'unknown' as const, weight: 0 }]
      const chance = Math.max(least?.[level] ?? 0, field.chance[level] ?? 1)
      const other = field.household ? among * (field.household[level] ?? 1) + (1 - among) * chance : chance
      const weight = Math.log2((field.match[level] ?? 1e-9) / Math.max(other, 1e-9))
      const outcome: Outcome = level === 0 ? 'agrees' : level === levels - 1 ? 'differs' : 'near'
      return [key, { outcome, weight: Math.round(weight * 10) / 10 }]
    }),
  )
}
