import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { actsOf, type AdditionRow, findAddition, placesOf, readAddition, requireAddable } from './additions-list.ts'
import { factsOfList, getList, type ListRow } from './list.ts'
import { told } from './make.ts'
import { addsTo } from './policy.ts'
import type { Addition, AdditionDecided, NewAddition } from './schema.ts'
import { standingNow, whoIsNext } from './who-is-next.ts'

/** Somebody who waited was entitled in the place of another. */
export type AddedNews = { determinationId: string; familyId: string; regionCode: string }
/** Runs in the transaction of the approval, as the system: with it or not at all. */
export type AddedListener = (tx: Tx, news: AddedNews) => Promise<void>
const listeners = new Set<AddedListener>()

/** Registers what must follow when a family is added to an approved list; gives back how to stop. */
export function onAdded(listener: AddedListener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Places of one list are given one after another: whoever comes second sees what the first has done. */
const hold = (system: Tx, id: string) =>
  sql`select from determination where id = ${id} for update`.execute(system).then(() => undefined)

/**
 * Proposes who is next for a place that became free: by the frozen rank, whoever may still have it. Two at once propose different people. The same id
 * again is the same proposal. Throws conflicts: addition_no_place, addition_none, addition_not_next.
 */
export async function proposeAddition(tx: Tx, actor: Actor, listId: string, given: NewAddition): Promise<Addition> {
  const list = await getList(tx, listId)
  if (!addsTo(actor, factsOfList(list))) throw forbidden('determination.add')
  requireAddable(list)
  const id = given.id ?? uuid()
  const before = await findAddition(tx, id)
  if (before) {
    if (before.proposed_by !== actor.accountId || before.determination_id !== listId) throw conflict('already_exists')
    return readAddition(tx, actor, id)
  }
  const { places, found } = await withinAsSystem(
    tx,
    `determination ${list.number}: a place is given`,
    async (system) => {
      await hold(system, listId)
      return { places: await placesOf(system, listId), found: await whoIsNext(system, list) }
    },
  )
  if (places.replaces === null) throw conflict('addition_no_place')
  const { next, passed } = found
  if (!next) throw conflict('addition_none')
  if (given.familyId !== undefined && given.familyId !== next.family_id) throw conflict('addition_not_next')
  await sql`
    insert into determination_addition (id, determination_id, family_id, region_code, rank, replaces_id, payee_id, payee_name, amount, persons, passed, note,
      state, proposed_by, proposed_role)
    values (${id}, ${listId}, ${next.family_id}, ${next.region_code}, ${next.rank}, ${places.replaces}, ${next.payee_id}, ${next.payee_name}, ${next.amount},
      ${next.persons}, ${JSON.stringify(passed.map((one) => ({ familyId: one.family_id, rank: one.rank, why: one.why })))}::jsonb,
      ${cleanText(given.note ?? '') || null}, 'proposed', ${actor.accountId}, ${actor.role})`.execute(tx)
  await told(tx, list, 'determination.addition')
  return readAddition(tx, actor, id)
}

/** Decides what somebody else proposed, or takes back one's own. Approved, the family is entitled, and decided once it stays so. */
export async function decideAddition(tx: Tx, actor: Actor, id: string, given: AdditionDecided): Promise<Addition> {
  const seen = await findAddition(tx, id)
  if (!seen) throw notFound('addition')
  await withinAsSystem(tx, 'determination: decide an addition', (system) => hold(system, seen.determination_id))
  const row = await findAddition(tx, id)
  if (!row) throw notFound('addition')
  if (row.state !== 'proposed') throw conflict('addition_decided')
  if (!actsOf(actor, row).includes(given.decision)) throw forbidden(`addition.${given.decision}`)
  const note = cleanText(given.note ?? '') || null
  if (given.decision === 'refuse' && note === null) throw invalid({ field: 'note', code: 'required' })
  const list = await getList(tx, row.determination_id)
  if (given.decision === 'approve') await approve(tx, actor, list, row, note)
  else
    await sql`update determination_addition set state = ${given.decision === 'refuse' ? 'refused' : 'retracted'}, decided_by = ${actor.accountId},
      decided_at = acting_now(), decide_note = ${note} where id = ${id}`.execute(tx)
  await told(tx, list, 'determination.addition')
  return readAddition(tx, actor, id)
}

async function approve(tx: Tx, actor: Actor, list: ListRow, row: AdditionRow, note: string | null): Promise<void> {
  const seq = await withinAsSystem(tx, `determination ${list.number}: is it still so`, async (system) => {
    // As with whole lists: two that come into force at once take turns.
    await sql`select pg_advisory_xact_lock(7421, hashtext(${list.programme_code}))`.execute(system)
    const now = await standingNow(system, list, row.family_id)
    if (!now || now.why !== null) throw conflict('addition_changed_since')
    const { rows } = await sql<{ seq: number }>`
      select coalesce(max(seq), 0) + 1 as seq from determination_addition where determination_id = ${list.id}`.execute(
      system,
    )
    return rows[0]?.seq ?? 1
  })
  await sql`update determination_addition set state = 'approved', seq = ${seq}, number = ${`${row.decree_number}/T${seq}`}, decided_by = ${actor.accountId},
    decided_at = acting_now(), decide_note = ${note} where id = ${row.id}`.execute(tx)
  await withinAsSystem(tx, `determination ${list.number}: somebody is added`, async (system) => {
    await sql`
      insert into entitlement (determination_id, family_id, region_code, programme_code, period, period_from, period_to, payee_id, payee_name, amount, persons)
      values (${list.id}, ${row.family_id}, ${row.region_code}, ${list.programme_code}, ${list.period}, ${list.period_from}, ${list.period_to}, ${row.payee_id},
        ${row.payee_name}, ${row.amount}, ${row.persons})`.execute(system)
    await sql`
      insert into assistance (family_id, id, region_code, programme_code, period_from, period_to, source, source_ref)
      values (${row.family_id}, ${uuid()}, ${row.region_code}, ${list.programme_code}, ${list.period_from}, ${list.period_to}, 'office', ${list.number})
      on conflict do nothing`.execute(system)
    const news = { determinationId: list.id, familyId: row.family_id, regionCode: row.region_code }
    for (const listener of listeners) await listener(system, news)
  })
}
