import { sql } from 'kysely'
import { isZoneId, sayInstant } from '#src/platform/calendar/index.ts'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import { getRound, holdRound, rangeOf, told } from '../rounds/round.ts'
import { isStale, lateUntil } from './queries.ts'
import { sum } from './reconcile.ts'
import type { ExplainAct, Explained, SettleAct } from './schema.ts'

/** Has the reconciliation of a closed round worked out, or worked out again, in the background. */
export async function askReconciliation(tx: Tx, actor: Actor, roundId: string): Promise<void> {
  const round = await getRound(tx, actor, roundId, true)
  if (round.state !== 'closed') throw conflict('round_not_closed')
  await sql`insert into round_reconciliation as r (round_id, region_code, state, asked_by) values (${roundId}, ${round.region_code}, 'queued', ${actor.accountId})
    on conflict (round_id) do update set state = 'queued', asked_at = acting_now(), asked_by = excluded.asked_by where r.state = 'made'`.execute(
    tx,
  )
  await told(tx, round, 'round.reconciliation')
}

/** Says why something does not agree: for the differences named, or for all open ones of a kind in a region. Each keeps who said it. */
export async function explainDifferences(tx: Tx, actor: Actor, roundId: string, act: ExplainAct): Promise<Explained> {
  const round = await getRound(tx, actor, roundId)
  if (!inSocialOffice(actor)) throw forbidden('reconciliation.explain')
  if (round.state !== 'closed') throw conflict('round_not_closed')
  if ((act.kind === 'open') !== (act.reason !== undefined))
    throw invalid({ field: 'reason', code: act.kind === 'open' ? 'required' : 'not_in_kind' })
  const region = act.region ?? actor.regionCode
  if (!isWithin(region, actor.regionCode)) throw notFound('region')
  const note = cleanText(act.note)
  if (note.length < 5) throw invalid({ field: 'note', code: 'minLength', params: { limit: 5 } })
  const held = await sql<{ state: string }>`select state from round_reconciliation where round_id = ${roundId}`.execute(
    tx,
  )
  if (held.rows[0]?.state !== 'made') throw conflict('reconciliation_not_made')
  const [from, to] = rangeOf(region)
  const changed = await sql`
    update reconciliation_difference set state = 'explained', reason = ${act.reason ?? null}, note = ${note}, explained_by = ${actor.accountId}, explained_at = acting_now()
    where round_id = ${roundId} and kind = ${act.kind} and region_code >= ${from} and region_code < ${to}
      and ${act.keys ? sql`state <> 'gone' and key = any (${act.keys}::text[])` : sql`state = 'open'`}`.execute(tx)
  const explained = Number(changed.numAffectedRows ?? 0)
  if (explained === 0) throw notFound('difference')
  await sql`select record_act('explain', 'round_reconciliation', ${roundId}, ${region}, ${JSON.stringify({ kind: act.kind, rows: explained, ...(act.reason && { reason: act.reason }) })}::jsonb, null)`.execute(
    tx,
  )
  const left = await sql<{ n: number }>`
    select count(*)::int as n from reconciliation_difference where round_id = ${roundId} and state = 'open'`.execute(tx)
  await told(tx, round, 'round.reconciliation')
  return { explained, left: left.rows[0]?.n ?? 0 }
}

/**
 * Sets a round reconciled: every difference is explained, nothing came in since it was worked out, and what was done without a line has had
 * its days to come in, or the actor says that nothing is on its way. Then every entitlement is delivered
 * or undelivered with a reason, and the approved list learns it. Nobody changes it afterwards; a record that comes in all the same opens it again.
 */
export async function settleReconciliation(
  tx: Tx,
  actor: Actor,
  roundId: string,
  { early = false }: SettleAct = {},
): Promise<void> {
  await holdRound(tx, roundId, true)
  const round = await getRound(tx, actor, roundId, true)
  if (round.state === 'reconciled') return
  if (round.state !== 'closed') throw conflict('round_not_closed')
  const { rows } = await sql<{
    state: string
  }>`select state from round_reconciliation where round_id = ${roundId}`.execute(tx)
  if (rows[0]?.state !== 'made') throw conflict('reconciliation_not_made')
  const left = await withinAsSystem(tx, 'distribution: settle a reconciliation', async (within) => {
    const open = await sql<{ n: number }>`
      select count(*)::int as n from reconciliation_difference where round_id = ${roundId} and state = 'open'`.execute(
      within,
    )
    if (await isStale(within, roundId)) return 'stale' as const
    return open.rows[0]?.n ?? 0
  })
  if (left === 'stale') throw conflict('reconciliation_stale')
  if (left > 0) throw conflict('reconciliation_open', { count: left })
  const until = await lateUntil(tx, round)
  if (until && !early)
    throw conflict('reconciliation_early', {
      at: sayInstant(until, isZoneId(round.time_zone) ? round.time_zone : 'Asia/Jakarta', 'id'),
    })
  const changed = await withinAsSystem(tx, 'distribution: settle a reconciliation', async (within) => {
    const settled = await sql<{ n: number }>`select settle_reconciled(${roundId}) as n`.execute(within)
    // What was open is undelivered now: figures go on being those of their rows.
    await sum(within, roundId)
    return settled
  })
  await sql`update round_reconciliation set state = 'settled', settled_at = acting_now(), settled_by = ${actor.accountId} where round_id = ${roundId}`.execute(
    tx,
  )
  await sql`update distribution_round set state = 'reconciled', reconciled_at = acting_now(), reconciled_by = ${actor.accountId}, version = version + 1
    where id = ${roundId}`.execute(tx)
  await sql`select record_act('reconcile', 'distribution_round', ${roundId}, ${round.region_code}, ${JSON.stringify({ entitlements: changed.rows[0]?.n ?? 0, ...(until && { early: true }) })}::jsonb, null)`.execute(
    tx,
  )
  await told(tx, round, 'round.reconciled')
}
