import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { hold, settle } from './cases.ts'
import type { Worker } from './schema.ts'

/** Who can be given a case of an office, or a step of it: its own people, and the social pillars of the district around the village. */
export async function workersOf(tx: Tx, officeId: string, regionCode: string): Promise<Worker[]> {
  const { rows } = await sql<{ account_id: string; name: string; what: string }>`
    select account_id, name, role as what from office_staff(${officeId}) where role in ('officer', 'supervisor')
    union all
    select account_id, name, coalesce(pillar_kind, 'pillar') from pillars_within(${regionCode})
    union all
    select p.account_id, p.name, coalesce(p.pillar_kind, 'pillar') from pillars_within(case when scope_from() = '00' or length(scope_from()) < 8 then left(${regionCode}, 8) else ${regionCode} end) p
    where p.region_code <> ${regionCode}
    order by 2 limit 500`.execute(tx)
  const seen = new Set<string>()
  return rows
    .filter((row) => !seen.has(row.account_id) && seen.add(row.account_id))
    .map((row) => ({ accountId: row.account_id, name: row.name, what: row.what }))
}

export async function requireWorker(
  tx: Tx,
  officeId: string,
  regionCode: string,
  accountId: string,
  field: string,
): Promise<void> {
  const known = await workersOf(tx, officeId, regionCode)
  if (!known.some((one) => one.accountId === accountId)) throw invalid({ field, code: 'unknown' })
}

/** Gives a case to another case worker; what is open and was the former one's goes with it. */
export async function giveCase(tx: Tx, actor: Actor, id: string, accountId: string): Promise<void> {
  const held = await hold(tx, actor, id, 'give')
  const { row } = held
  if (row.worker_id === accountId) return
  await requireWorker(tx, row.office_id, row.region_code, accountId, 'accountId')
  const before = row.worker_id
  await sql`update service_step set assignee_id = ${accountId} where case_id = ${id} and done_at is null and dropped_at is null
    and assignee_id is not distinct from ${before}::uuid`.execute(tx)
  for (const step of held.steps)
    if (step.done_on === null && step.dropped_at === null && step.assignee_id === before) step.assignee_id = accountId
  const helpers = row.helpers.filter((one) => one !== accountId)
  await settle(tx, actor, held, { kind: 'given', detail: { to: accountId } }, { helpers })
  // Whoever hands a case on may no longer see it afterwards; row security refuses to let a row out of one's own sight.
  await withinAsSystem(tx, 'services: a case is given to another case worker', async (within) => {
    await sql`update service_case set worker_id = ${accountId}, helpers = array_remove(helpers, ${accountId}::uuid) where id = ${id}`.execute(
      within,
    )
  })
}
