import { sql } from 'kysely'
import type { Actor, Copy, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { Problem } from '#src/platform/http/problem.ts'
import { recordChanges } from '../register/index.ts'
import type { Batch } from './batches.ts'
import { countRemarks } from './batches.ts'
import { loadNewFamilies } from './load-new.ts'
import { type Counts, type Plan, planBatch, type Telling } from './plan.ts'
import type { Remark } from './remarks.ts'
import { readStanding } from './standing.ts'

export type BatchResult = { counts: Counts; remarks: Remark[] }

/** What a batch would do to the register as it stands, without doing it. */
export async function planOf(tx: Tx, batch: Batch, telling: Telling): Promise<Plan> {
  const standing = await withinAsSystem(tx, 'import: what the register holds of these rows', (within) =>
    readStanding(within, batch.units, telling.regionCode),
  )
  return planBatch(batch.units, standing, telling)
}

export function resultOf(batch: Batch, plan: Plan): BatchResult {
  const remarks = [...batch.remarks, ...plan.remarks].sort((a, b) => a[0] - b[0])
  return { counts: { ...plan.counts, ...countRemarks(remarks) }, remarks }
}

/** Loads a batch in the running transaction: all its rows that can be loaded. */
export async function loadBatch(
  tx: Tx,
  copy: Copy,
  actor: Actor,
  batch: Batch,
  telling: Telling,
  today: string,
): Promise<BatchResult> {
  const plan = await planOf(tx, batch, telling)
  await recordAll(tx, actor, plan)
  await loadNewFamilies(tx, copy, actor, telling, { families: plan.families, assistance: plan.assistance, today })
  return resultOf(batch, plan)
}

/** Records the changes; what the rules of the register refuse fails with its rows, and the others are recorded. */
async function recordAll(tx: Tx, actor: Actor, plan: Plan): Promise<void> {
  let left = plan.changes
  while (left.length > 0) {
    await sql.raw('savepoint import_changes').execute(tx)
    try {
      await recordChanges(
        tx,
        actor,
        left.map((one) => one.change),
      )
      await sql.raw('release savepoint import_changes').execute(tx)
      break
    } catch (error) {
      const at = refusedAt(error)
      const refused = at === null ? undefined : left[at]
      if (!refused) throw error
      await sql.raw('rollback to savepoint import_changes').execute(tx)
      for (const row of refused.rows) plan.remarks.push([row, 'not_loadable', -1])
      uncount(plan, refused)
      left = left.filter((one) => one !== refused)
    }
  }
  const keys = left.flatMap((one) => one.keys)
  for (const subject of ['family', 'person'] as const) {
    const own = keys.filter((one) => one.subject === subject)
    if (own.length > 0)
      await sql`update ${sql.table(subject)} t set external_key = k.key
        from jsonb_to_recordset(${JSON.stringify(own)}::jsonb) as k (id uuid, key text)
        where t.id = k.id and t.external_key is null`.execute(tx)
  }
}

/** Which change a problem speaks of: its fields begin with 'changes.N.'. */
function refusedAt(error: unknown): number | null {
  if (!(error instanceof Problem)) return null
  const found = /^changes\.(\d+)\./.exec(error.errors[0]?.field ?? '')
  return found ? Number(found[1]) : null
}

function uncount(plan: Plan, { change }: Plan['changes'][number]): void {
  const isNew = change.parts.some((part) => part.subject === 'family' && part.isNew)
  plan.counts[isNew ? 'familiesNew' : 'familiesChanged']--
  for (const part of change.parts)
    if (part.subject === 'person') plan.counts[part.isNew ? 'personsNew' : 'personsChanged']--
  const family = change.parts.find((part) => part.subject === 'family' && part.isNew)?.subjectId
  const persons = new Set(change.parts.filter((part) => part.isNew).map((part) => part.subjectId))
  const before = plan.assistance.length
  plan.assistance = plan.assistance.filter(
    (one) => one.familyId !== family && !(one.personId !== null && persons.has(one.personId)),
  )
  plan.counts.assistance -= before - plan.assistance.length
}
