import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Tx } from '#src/platform/db/index.ts'
import firstModel from './first-model.json' with { type: 'json' }
import type { Comparison, Row } from './compare.ts'
import { type Model, type Terms } from './model.ts'

/** What the register was found to be like: the model, values that are frequent, and how many people that was learned from. */
export type Learned = {
  model: Model
  frequent: Record<string, Record<string, number>>
  rare: Record<string, number>
  persons: number
}

/** What two records of one person are like, by key: what invented registers taught, whose truth is known. */
export const knownOfOnePerson: Readonly<Record<string, readonly number[]>> = Object.fromEntries(
  Object.entries(firstModel.model.fields).map(([key, { match }]) => [key, match]),
)

/** What was last learned from the register itself; before the first search, what invented registers taught. */
export async function newestModel(tx: Tx): Promise<Learned> {
  const row = await tx
    .selectFrom('link_model')
    .select([sql<Omit<Learned, 'persons'>>`model`.as('model'), 'persons'])
    .orderBy('learned_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const known: Omit<Learned, 'persons'> = row?.model ?? firstModel
  return { ...known, persons: Math.max(1000, row?.persons ?? 10_000) }
}

export async function saveModel(tx: Tx, { persons, ...model }: Learned): Promise<void> {
  await sql`insert into link_model (id, persons, model) values (${uuid()}, ${persons}, ${JSON.stringify(model)}::jsonb)`.execute(
    tx,
  )
}

/** A value of fewer people than this is not written down: it would say who lives here. */
const leastShown = 20

/** The frequent values of a sample, as shares; and what a value not among them counts as. */
export function frequentOf(
  comparisons: readonly Comparison[],
  sample: readonly Row[],
): Pick<Learned, 'frequent' | 'rare'> {
  const frequent: Learned['frequent'] = {}
  const rare: Learned['rare'] = {}
  for (const { key, term } of comparisons) {
    if (!term) continue
    const counts = new Map<string, number>()
    let known = 0
    for (const row of sample) {
      const value = term(row)
      if (value === '') continue
      known++
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    frequent[key] = Object.fromEntries(
      [...counts]
        .filter(([, count]) => count >= leastShown)
        .toSorted((a, b) => b[1] - a[1])
        .slice(0, 3000)
        .map(([value, count]) => [value, (count + 1) / (known + 2)]),
    )
    // Of those not listed, how frequent the value of somebody drawn among them is.
    let others = 0
    let weighed = 0
    for (const count of counts.values()) {
      if (count >= leastShown) continue
      others += count
      weighed += count * (count + 1)
    }
    rare[key] = others === 0 ? 1 / (known + 2) : weighed / others / (known + 2)
  }
  return { frequent, rare }
}

export const termsOf =
  ({ frequent, rare }: Pick<Learned, 'frequent' | 'rare'>): Terms =>
  (key, value) =>
    frequent[key]?.[value] ?? rare[key] ?? 1e-4
