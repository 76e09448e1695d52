import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { holdList, type ListRow } from './list.ts'
import { told } from './make.ts'
import type { HoldAct, Reason } from './schema.ts'
import { countFamilies, totalsNow } from './totals.ts'

type Standing = { outcome: 'in' | 'out' | 'waiting'; reason: Reason; region_code: string }

async function standingOf(tx: Tx, id: string, familyId: string): Promise<Standing> {
  const { rows } = await sql<Standing>`
    select outcome, reason, region_code from determination_result where determination_id = ${id} and family_id = ${familyId}`.execute(
    tx,
  )
  if (!rows[0]) throw notFound('family')
  return rows[0]
}

/** Holds a family that is on the list out of it, or keeps it on in spite of a suspicion, with a reason. What becomes free goes to who waits. */
export async function decideSuspect(tx: Tx, actor: Actor, id: string, familyId: string, given: HoldAct): Promise<void> {
  const list = await holdList(tx, actor, id, 'hold')
  const standing = await standingOf(tx, id, familyId)
  const held = standing.reason === 'held'
  if (standing.outcome !== 'in' && !held) throw conflict('determination_not_on_list')
  await sql`
    insert into determination_hold (determination_id, family_id, region_code, decision, reason, decided_by, decided_at)
    values (${id}, ${familyId}, ${standing.region_code}, ${given.decision}, ${cleanText(given.reason)}, ${actor.accountId}, acting_now())
    on conflict (determination_id, family_id) do update set decision = excluded.decision, reason = excluded.reason,
      decided_by = excluded.decided_by, decided_at = excluded.decided_at`.execute(tx)
  if (held === (given.decision === 'hold')) return
  await stand(tx, list, familyId, given.decision === 'hold')
}

/** Takes back what was decided of a suspected family. */
export async function undecideSuspect(tx: Tx, actor: Actor, id: string, familyId: string): Promise<void> {
  const list = await holdList(tx, actor, id, 'hold')
  const standing = await standingOf(tx, id, familyId)
  await sql`delete from determination_hold where determination_id = ${id} and family_id = ${familyId}`.execute(tx)
  if (standing.reason === 'held') await stand(tx, list, familyId, false)
}

async function stand(tx: Tx, list: ListRow, familyId: string, out: boolean): Promise<void> {
  await withinAsSystem(tx, `determination ${list.number}: a family was held or kept`, async (system) => {
    const moved = await sql<{ region_code: string }>`
      update determination_result set outcome = ${out ? 'waiting' : 'in'}, reason = ${out ? 'held' : 'eligible'}
      where determination_id = ${list.id} and family_id = ${familyId} returning region_code`.execute(system)
    const refilled = list.quota === null ? [] : await refill(system, list.id, list.quota)
    const villages = [...new Set([...moved.rows, ...refilled].map((row) => row.region_code))]
    await countFamilies(system, list.id, villages)
    const totals = await totalsNow(system, list.id, list.rule)
    await sql`update determination set totals = ${JSON.stringify(totals)}::jsonb where id = ${list.id}`.execute(system)
  })
  await told(tx, list, 'determination.changed')
}

/** Places that are free go to the first who wait for one; of too many the last wait again. */
async function refill(tx: Tx, id: string, quota: number): Promise<{ region_code: string }[]> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from determination_result where determination_id = ${id} and outcome = 'in'`.execute(tx)
  const free = quota - (rows[0]?.n ?? 0)
  if (free === 0) return []
  const moved =
    free > 0
      ? await sql<{ region_code: string }>`
          update determination_result set outcome = 'in', reason = 'eligible' where determination_id = ${id} and family_id in (
            select family_id from determination_result where determination_id = ${id} and outcome = 'waiting' and reason = 'quota' order by rank limit ${free})
          returning region_code`.execute(tx)
      : await sql<{ region_code: string }>`
          update determination_result set outcome = 'waiting', reason = 'quota' where determination_id = ${id} and family_id in (
            select family_id from determination_result where determination_id = ${id} and outcome = 'in' order by rank desc limit ${-free})
          returning region_code`.execute(tx)
  return moved.rows
}
