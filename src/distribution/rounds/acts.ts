import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { getRound, holdRound, requireState, told } from './round.ts'
import type { EndAct } from './schema.ts'

/** Invites those who have no voucher yet, in the background. Everybody must have a stop, for the invitation names it. */
export async function invite(tx: Tx, actor: Actor, id: string): Promise<void> {
  const round = await getRound(tx, actor, id, true)
  if (round.work === 'inviting') return
  requireState(round, 'planned', 'invited', 'open')
  const waiting = await tx
    .selectFrom('distribution_count')
    .select((eb) => eb('total', '-', eb.ref('cancelled')).as('n'))
    .where('round_id', '=', id)
    .where('dimension', '=', 'stop')
    .where('key', '=', '')
    .executeTakeFirst()
  if (waiting && waiting.n > 0) throw conflict('round_without_stops', { count: waiting.n })
  if (round.total === round.cancelled) throw conflict('round_empty')
  await sql`update distribution_round set work = 'inviting', work_after = null, work_done = 0, version = version + 1 where id = ${id}`.execute(
    tx,
  )
  await told(tx, round, 'round.inviting')
}

/** Opens a round for handing over, before its first day too. */
export async function openRound(tx: Tx, actor: Actor, id: string): Promise<void> {
  const round = await getRound(tx, actor, id, true)
  if (round.state === 'open') return
  requireState(round, 'planned', 'invited')
  if (round.total === round.cancelled) throw conflict('round_empty')
  await sql`update distribution_round set state = 'open', opened_at = acting_now(), version = version + 1 where id = ${id}`.execute(
    tx,
  )
  await told(tx, round, 'round.opened')
}

/**
 * Closes a round: nothing more is handed over, and who was tried in vain may be taken by a later round. Who was never tried stays open
 * until the round is reconciled, so that nobody is dropped silently.
 */
export async function closeRound(tx: Tx, actor: Actor, id: string, act: EndAct): Promise<void> {
  await holdRound(tx, id, true)
  const round = await getRound(tx, actor, id, true)
  if (round.state === 'closed') return
  requireState(round, 'open')
  await sql`update distribution_round set state = 'closed', closed_at = acting_now(), closed_by = ${actor.accountId},
    end_note = ${cleanText(act.note ?? '') || null}, version = version + 1 where id = ${id}`.execute(tx)
  await withinAsSystem(tx, 'distribution: close a round', (within) =>
    sql`update round_entitlement set held = false where round_id = ${id} and state = 'undelivered'`.execute(within),
  )
  await told(tx, round, 'round.closed')
}

/** Gives a round up before anything was handed over: its vouchers are worth nothing, its families free for another. */
export async function cancelRound(tx: Tx, actor: Actor, id: string, act: EndAct): Promise<void> {
  await holdRound(tx, id, true)
  const round = await getRound(tx, actor, id, true)
  if (round.state === 'cancelled') return
  requireState(round, 'planned', 'invited', 'open')
  if (round.delivered > 0) throw conflict('round_has_deliveries', { count: round.delivered })
  await sql`update distribution_round set state = 'cancelled', cancelled_at = acting_now(), cancelled_by = ${actor.accountId},
    end_note = ${cleanText(act.note ?? '') || null}, version = version + 1 where id = ${id}`.execute(tx)
  await withinAsSystem(tx, 'distribution: cancel a round', async (within) => {
    await sql`update round_entitlement set state = 'cancelled', reason = 'round_cancelled', held = false, settled_at = acting_now()
      where round_id = ${id} and (state in ('open', 'undelivered') or state = 'cancelled' and reason = 'double')`.execute(
      within,
    )
    await sql`update voucher set state = 'cancelled', cancelled_at = acting_now(), cancelled_by = ${actor.accountId}, cancel_reason = 'round_cancelled'
      where round_id = ${id} and state = 'active'`.execute(within)
    // What an earlier round tried in vain stays so.
    await sql`update entitlement n set state = 'open' from round_entitlement e
      where e.round_id = ${id} and n.determination_id = e.determination_id and n.family_id = e.family_id and n.state = 'undelivered'
        and not exists (select from round_entitlement o where o.determination_id = n.determination_id and o.family_id = n.family_id and o.state = 'undelivered')`.execute(
      within,
    )
  })
  await told(tx, round, 'round.cancelled')
}
