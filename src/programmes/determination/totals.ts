import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { RuleDefinition } from '../rules/index.ts'
import type { Reason, Totals } from './schema.ts'

/** What determination.totals holds. failed, missing: by place of the condition in the rule. */
export type StoredTotals = {
  considered: number
  in: number
  out: number
  waiting: number
  amount: number
  persons: number
  reasons: Partial<Record<Reason, number>>
  failed: number[]
  missing: number[]
}
export const emptyTotals: StoredTotals = {
  considered: 0,
  in: 0,
  out: 0,
  waiting: 0,
  amount: 0,
  persons: 0,
  reasons: {},
  failed: [],
  missing: [],
}

export const totalsOf = (stored: StoredTotals, rule: RuleDefinition): Totals => ({
  considered: stored.considered,
  in: stored.in,
  out: stored.out,
  waiting: stored.waiting,
  amount: stored.amount,
  persons: stored.persons,
  reasons: Object.entries(stored.reasons).map(([reason, count]) => ({ reason: reason as Reason, count })),
  conditions: rule.conditions.map((one, at) => ({
    code: one.code,
    name: one.name,
    nameEn: one.nameEn,
    failed: stored.failed[at] ?? 0,
    missing: stored.missing[at] ?? 0,
  })),
})

export type CountRow = {
  outcome: 'in' | 'out' | 'waiting'
  reason: Reason
  failed: number
  missing: number
  families: number
  persons: number
  amount: number
}

/** Adds up counts of families that stand alike. Bits of `failed` and `missing` are conditions. */
export function addUp(rows: readonly CountRow[], conditions: number): StoredTotals {
  const all: StoredTotals = {
    ...emptyTotals,
    reasons: {},
    failed: Array.from({ length: conditions }, () => 0),
    missing: Array.from({ length: conditions }, () => 0),
  }
  for (const row of rows) {
    all.considered += row.families
    all[row.outcome] += row.families
    all.reasons[row.reason] = (all.reasons[row.reason] ?? 0) + row.families
    if (row.outcome === 'in') {
      all.amount += row.amount
      all.persons += row.persons
    }
    for (let at = 0; at < conditions; at++) {
      // Thirty conditions at most: a bit is always within a signed 32-bit number.
      if (row.failed & (1 << at)) all.failed[at] = (all.failed[at] ?? 0) + row.families
      if (row.missing & (1 << at)) all.missing[at] = (all.missing[at] ?? 0) + row.families
    }
  }
  return all
}

/** Counts the families of a list by village anew, those of some villages only where they are named. */
export async function countFamilies(tx: Tx, id: string, villages?: readonly string[]): Promise<void> {
  const where = villages ? sql`and region_code = any (${villages})` : sql``
  if (villages) await sql`delete from determination_count where determination_id = ${id} ${where}`.execute(tx)
  await sql`
    insert into determination_count (determination_id, region_code, outcome, reason, failed, missing, families, persons, amount)
    select ${id}::uuid, region_code, outcome, reason, failed, missing, count(*), sum(persons), sum(amount)
    from determination_result where determination_id = ${id} ${where} group by region_code, outcome, reason, failed, missing`.execute(
    tx,
  )
}

/** The totals of a list from its counts. */
export async function totalsNow(tx: Tx, id: string, rule: RuleDefinition): Promise<StoredTotals> {
  const { rows } = await sql<CountRow>`
    select outcome, reason, failed, missing, sum(families)::bigint as families, sum(persons)::bigint as persons, sum(amount)::bigint as amount
    from determination_count where determination_id = ${id} group by 1, 2, 3, 4`.execute(tx)
  return addUp(rows, rule.conditions.length)
}
