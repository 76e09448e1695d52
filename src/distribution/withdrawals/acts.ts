import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { m } from '#messages'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import { told } from '../rounds/round.ts'
import { recordReceipts } from './receipts.ts'
import { authorizeAsk } from './policy.ts'
import { actsOf, presentAll, withdrawalReasons, type WithdrawalRow, withdrawalRows } from './queries.ts'
import type { ChangeKind, EntitlementOf, KeepAct, Withdrawal, WithdrawalAsked, WithdrawalDecided } from './schema.ts'

type Held = { region_code: string; state: 'open' | 'delivered' | 'undelivered' | 'cancelled' }

/** What was found in the register stands for the evidence of who does not say more. */
const found: Record<ChangeKind, (values: { since: string }, options: { locale: 'id' }) => string> = {
  dead: m.withdrawal_found_dead,
  double: m.withdrawal_found_double,
  moved: m.withdrawal_found_moved,
  ended: m.withdrawal_found_ended,
  not_found: m.withdrawal_found_not_found,
}

/** An entitlement in the actor's region, held until the end of the transaction: whoever hands it over meanwhile waits, and finds it decided. */
async function holdEntitlement(tx: Tx, { determinationId, familyId }: EntitlementOf): Promise<Held> {
  const seen = await sql<Held>`
    select region_code, state from entitlement where determination_id = ${determinationId} and family_id = ${familyId}`.execute(
    tx,
  )
  if (!seen.rows[0]) throw notFound('family')
  return withinAsSystem(tx, 'distribution: hold an entitlement', async (within) => {
    // In the order of settling: first the rows of rounds, then that of the list.
    await sql`select from round_entitlement where determination_id = ${determinationId} and family_id = ${familyId} order by round_id for update`.execute(
      within,
    )
    const { rows } = await sql<Held>`
      select region_code, state from entitlement where determination_id = ${determinationId} and family_id = ${familyId} for update`.execute(
      within,
    )
    if (!rows[0]) throw notFound('family')
    return rows[0]
  })
}

/** Refuses what has been handed over or taken back before. */
function requireUndelivered(held: Held): void {
  if (held.state === 'delivered') throw conflict('entitlement_delivered')
  if (held.state === 'cancelled') throw conflict('entitlement_withdrawn')
}

/**
 * Asks for an entitlement to be taken back; from here on nothing is handed over until another person has decided. The same id again is the
 * same request. Throws problems that name the field.
 */
export async function askWithdrawal(
  tx: Tx,
  actor: Actor,
  of: EntitlementOf,
  given: WithdrawalAsked,
): Promise<Withdrawal> {
  const held = await holdEntitlement(tx, of)
  authorizeAsk(actor, held.region_code)
  const id = given.id ?? uuid()
  const before = await tx
    .selectFrom('entitlement_withdrawal')
    .select('asked_by')
    .where('id', '=', id)
    .executeTakeFirst()
  if (before?.asked_by === actor.accountId) return readWithdrawal(tx, actor, id)
  requireUndelivered(held)
  const reason = (await withdrawalReasons(tx)).find((one) => one.code === given.reason)
  if (!reason) throw invalid({ field: 'reason', code: 'unknown' })
  const ref = cleanLine(given.ref ?? '') || null
  if (reason.needsRef && ref === null) throw invalid({ field: 'ref', code: 'required' })
  const note = cleanText(given.note ?? '') || (await foundNote(tx, of))
  if (note === null || note.length < 5) throw invalid({ field: 'note', code: 'minLength', params: { limit: 5 } })
  const open = await sql<{ id: string }>`
    insert into entitlement_withdrawal (id, determination_id, family_id, region_code, reason, note, ref, state, asked_by, asked_role)
    values (${id}, ${of.determinationId}, ${of.familyId}, ${held.region_code}, ${reason.code}, ${note}, ${ref}, 'asked', ${actor.accountId}, ${actor.role})
    on conflict do nothing returning id`.execute(tx)
  if (!open.rows[0]) throw conflict('withdrawal_asked')
  await withinAsSystem(tx, 'distribution: a withdrawal was asked', (within) => holdBack(within, of.familyId))
  await tellRounds(tx, of, 'round.withdrawal')
  return readWithdrawal(tx, actor, id)
}

async function foundNote(tx: Tx, of: EntitlementOf): Promise<string | null> {
  const row = await tx
    .selectFrom('entitlement_change')
    .select(['kind', 'since'])
    .where('determination_id', '=', of.determinationId)
    .where('family_id', '=', of.familyId)
    .where('state', '<>', 'gone')
    .executeTakeFirst()
  return row ? found[row.kind as ChangeKind]({ since: row.since }, { locale: 'id' }) : null
}

/** Decides what somebody else asked: it is taken back, or stays. Who asked may retract it. Decided once it stays decided. */
export async function decideWithdrawal(
  tx: Tx,
  actor: Actor,
  id: string,
  given: WithdrawalDecided,
): Promise<Withdrawal> {
  const seen = await findWithdrawal(tx, id)
  if (!seen) throw notFound('withdrawal')
  const of = { determinationId: seen.determination_id, familyId: seen.family_id }
  const held = await holdEntitlement(tx, of)
  const row = await findWithdrawal(tx, id)
  if (!row) throw notFound('withdrawal')
  if (row.state === 'overtaken') throw conflict('entitlement_delivered')
  if (row.state !== 'asked') throw conflict('withdrawal_decided')
  if (!actsOf(actor, row).includes(given.decision)) throw forbidden(`withdrawal.${given.decision}`)
  const note = cleanText(given.note ?? '') || null
  if (given.decision === 'refuse' && note === null) throw invalid({ field: 'note', code: 'required' })
  if (given.decision === 'confirm') requireUndelivered(held)
  const state = { confirm: 'confirmed', refuse: 'refused', retract: 'retracted' }[given.decision]
  await sql`update entitlement_withdrawal set state = ${state}, decided_by = ${actor.accountId}, decided_at = acting_now(), decide_note = ${note}
    where id = ${id}`.execute(tx)
  await withinAsSystem(tx, 'distribution: decide a withdrawal', async (within) => {
    if (given.decision === 'confirm') await takeBack(within, actor, of)
    await holdBack(within, of.familyId)
  })
  await tellRounds(tx, of, 'round.withdrawal')
  return readWithdrawal(tx, actor, id)
}

/**
 * The entitlement is cancelled; the round that held it hands nothing over any more, its voucher is worth nothing, the register no longer says
 * that the family receives it. What a closed round had tried in vain stays as it was.
 */
async function takeBack(within: Tx, actor: Actor, { determinationId, familyId }: EntitlementOf): Promise<void> {
  await sql`update entitlement set state = 'cancelled' where determination_id = ${determinationId} and family_id = ${familyId}`.execute(
    within,
  )
  await sql`
    with taken as (
      update round_entitlement set state = 'cancelled', reason = 'list_changed', held = false, settled_at = acting_now()
      where determination_id = ${determinationId} and family_id = ${familyId} and held and state in ('open', 'undelivered') returning round_id, family_id
    ) update voucher v set state = 'cancelled', cancelled_at = acting_now(), cancelled_by = ${actor.accountId}, cancel_reason = 'withdrawn'
      from taken t where v.round_id = t.round_id and v.family_id = t.family_id and v.state = 'active'`.execute(within)
  await recordReceipts(within, [{ determinationId, familyId }])
}

const holdBack = (within: Tx, familyId: string) =>
  sql`select hold_entitlements(${[familyId]}::uuid[])`.execute(within).then(() => undefined)

/** Hands over all the same what the register found changed; it is asked anew when something else is found. */
export async function keepChanged(tx: Tx, actor: Actor, of: EntitlementOf, given: KeepAct): Promise<void> {
  const held = await holdEntitlement(tx, of)
  authorizeAsk(actor, held.region_code)
  const kept = await sql`
    update entitlement_change set state = 'kept', note = ${cleanText(given.note ?? '') || null}, decided_by = ${actor.accountId}, decided_at = acting_now()
    where determination_id = ${of.determinationId} and family_id = ${of.familyId} and state <> 'gone'`.execute(tx)
  if (!kept.numAffectedRows) throw notFound('change')
  await withinAsSystem(tx, 'distribution: keep a family that changed', (within) => holdBack(within, of.familyId))
  await tellRounds(tx, of, 'round.kept')
}

async function findWithdrawal(tx: Tx, id: string): Promise<WithdrawalRow | undefined> {
  const { rows } = await sql<WithdrawalRow>`select * from (${withdrawalRows}) w where w.id = ${id}`.execute(tx)
  return rows[0]
}

async function readWithdrawal(tx: Tx, actor: Actor, id: string): Promise<Withdrawal> {
  const row = await findWithdrawal(tx, id)
  const [one] = row ? await presentAll(tx, actor, [row]) : []
  if (!one) throw notFound('withdrawal')
  return one
}

/** Pages of the rounds that hold or held it. */
async function tellRounds(tx: Tx, of: EntitlementOf, kind: string): Promise<void> {
  const { rows } = await sql<{ id: string; region_code: string }>`
    select e.round_id as id, e.region_code from round_entitlement e
    where e.determination_id = ${of.determinationId} and e.family_id = ${of.familyId}`.execute(tx)
  for (const row of rows) await told(tx, row, kind)
}
