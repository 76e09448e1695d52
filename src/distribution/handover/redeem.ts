import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { emit } from '#src/platform/events/index.ts'
import { invalid, Problem } from '#src/platform/http/problem.ts'
import type { Kept } from '#src/platform/http/take-file.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import { reopenReconciled } from '../reconciliation/reopening.ts'
import { holdRound } from '../rounds/round.ts'
import { handOut } from '../stock/index.ts'
import type { TrustedKey } from '../vouchers/index.ts'
import { contactTold, keepContact } from './contact.ts'
import { type Held, holdEntitlement, requireOpen, requireRound } from './finding.ts'
import { momentOf } from './moment.ts'
import { proposeChange } from './register.ts'
import type { NewRedemption, Redeemed } from './schema.ts'
import type { KeptSignature } from './signature.ts'
import { dayAt, getMyStop, needsProof } from './stops.ts'

/** What comes with a record: files already in the store, and keys of others whose vouchers are believed. */
export type Beside = { signature: KeptSignature | null; proof: Kept | null; trusted: readonly TrustedKey[] }

/**
 * Records what happened at the door. Online it is refused when the voucher does not count any more; what happened without a line is
 * kept whatever came in meanwhile, and two of one entitlement open one case for a supervisor. The same id again answers the same.
 */
export async function redeem(
  tx: Tx,
  actor: Actor,
  roundId: string,
  given: NewRedemption,
  { signature, proof, trusted }: Beside,
): Promise<Redeemed> {
  checkShape(given)
  await holdRound(tx, roundId, false)
  const stop = await getMyStop(tx, given.stopId, given.offline)
  if (stop.round_id !== roundId) throw invalid({ field: 'stopId', code: 'unknown' })
  // Who hands out sees nothing of the register or of other stops; the record is written by the system, with their name on it.
  return withinAsSystem(tx, 'distribution: record a redemption', async (within) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${given.id}, 27))`.execute(within)
    const before = await recordedBefore(within, actor, roundId, given.id)
    if (before) return { ...before, contact: await contactTold(within, given) }
    if (!given.offline) requireRound(stop)
    const moment = await momentOf(within, stop, given, actor.at)
    const happenedAt = moment.at
    if (given.proxy && !proof && (await needsProof(within, stop, happenedAt)))
      throw invalid({ field: 'proof', code: 'required' })
    const held = await holdEntitlement(within, stop, given, happenedAt, trusted, given.offline)
    if (given.offline) await reopenReconciled(within, roundId)
    else await requireOpen(within, held)
    const { amount, goods, short } = handedOver(given, held)
    await within
      .insertInto('redemption')
      .values({
        id: given.id,
        round_id: roundId,
        family_id: held.family_id,
        region_code: held.region_code,
        voucher_id: held.shown_id,
        stop_id: stop.stop_id,
        found_by: held.found_by,
        outcome: given.outcome,
        reason: given.reason ?? null,
        note: cleanText(given.note ?? '') || null,
        received_by: given.receivedBy ?? null,
        proxy_name: given.proxy ? cleanLine(given.proxy.name) : null,
        proxy_relation: given.proxy?.relation ?? null,
        proxy_reason: given.proxy?.reason ?? null,
        short_reason: short ? (given.shortReason ?? null) : null,
        amount,
        goods: JSON.stringify(goods),
        happened_at: happenedAt,
        device_at: new Date(given.happenedAt),
        recorded_at: actor.at,
        device_id: given.deviceId,
        lat: given.point?.lat ?? null,
        lng: given.point?.lng ?? null,
        accuracy: given.point?.accuracy ?? null,
        offline: given.offline,
        doubt: moment.doubt ?? (held.untimely ? 'clock' : null),
        by_account: actor.accountId,
        by_role: actor.role,
        standing: given.outcome === 'refused' ? 'attempt' : held.redemption_id === null ? 'counts' : 'double',
      })
      .execute()
    const file = {
      redemption_id: given.id,
      round_id: roundId,
      region_code: held.region_code,
      by_account: actor.accountId,
    }
    if (signature)
      await within
        .insertInto('redemption_file')
        .values({
          ...file,
          kind: 'signature',
          file_id: signature.fileId,
          name: 'tanda-tangan.png',
          media_type: 'image/png',
          bytes: signature.bytes,
          mark: signature.mark,
        })
        .execute()
    if (proof)
      await within
        .insertInto('redemption_file')
        .values({
          ...file,
          kind: 'proof',
          file_id: proof.fileId,
          name: proof.name,
          media_type: proof.mediaType,
          bytes: proof.bytes,
        })
        .execute()
    if (given.outcome === 'received')
      await handOut(within, {
        roundId,
        stop,
        goods,
        units: held.goods,
        redemptionId: given.id,
        on: dayAt(stop, happenedAt),
      })
    await keepContact(within, given, held.family_id, happenedAt)
    const conflicts = await settle(within, roundId, [held.family_id])
    if (given.outcome === 'refused') await proposeChange(within, actor, stop, held, given, dayAt(stop, happenedAt))
    await tellOf(within, roundId, held.region_code, given.outcome === 'received' ? 'round.delivered' : 'round.tried')
    if (conflicts.length > 0) await tellOf(within, roundId, held.region_code, 'round.conflict')
    const recorded = await recordedBefore(within, actor, roundId, given.id)
    if (!recorded) throw new Error('a redemption was not recorded')
    return { ...recorded, repeated: false, contact: await contactTold(within, given) }
  })
}

/** Judges the families of a round anew after something about them was written; returns the cases that are new or open again. */
export async function settle(
  tx: Tx,
  roundId: string,
  families: readonly string[],
): Promise<{ conflictId: string; familyId: string }[]> {
  const { rows } = await sql<{ conflict_id: string; family_id: string }>`
    select conflict_id, family_id from settle_redemptions(${roundId}::uuid, ${families}::uuid[])`.execute(tx)
  return rows.map((row) => ({ conflictId: row.conflict_id, familyId: row.family_id }))
}

async function recordedBefore(
  tx: Tx,
  actor: Actor,
  roundId: string,
  id: string,
): Promise<Omit<Redeemed, 'contact'> | undefined> {
  const { rows } = await sql<{
    round_id: string
    family_id: string
    by_account: string
    payee_name: string
    state: Redeemed['state']
    standing: Redeemed['standing']
    doubt: Redeemed['doubt']
    conflict: boolean
  }>`
    select d.round_id, d.family_id, d.by_account, e.payee_name, e.state, d.standing, d.doubt,
      exists (select from redemption_conflict c where c.determination_id = e.determination_id and c.family_id = d.family_id) as conflict
    from redemption d join round_entitlement e on e.round_id = d.round_id and e.family_id = d.family_id where d.id = ${id}`.execute(
    tx,
  )
  const [row] = rows
  if (!row) return undefined
  if (row.round_id !== roundId || row.by_account !== actor.accountId) throw new Problem(409, 'already_exists')
  return {
    id,
    familyId: row.family_id,
    payeeName: row.payee_name,
    state: row.state,
    standing: row.standing,
    doubt: row.doubt,
    conflict: row.conflict,
    repeated: true,
  }
}

function checkShape(given: NewRedemption): void {
  // A leap second is a moment by its form and none by the clock.
  if (Number.isNaN(Date.parse(given.happenedAt))) throw invalid({ field: 'happenedAt', code: 'format' })
  if (given.outcome === 'refused') {
    if (!given.reason) throw invalid({ field: 'reason', code: 'required' })
    if (
      given.receivedBy ||
      given.proxy ||
      given.proof ||
      given.shortReason ||
      given.contact ||
      given.amount ||
      given.goods?.some((one) => one.quantity > 0)
    )
      throw invalid({ field: 'outcome', code: 'nothing_handed_over' })
    return
  }
  if (given.reason) throw invalid({ field: 'reason', code: 'nothing_handed_over' })
  if (!given.receivedBy) throw invalid({ field: 'receivedBy', code: 'required' })
  if (given.receivedBy === 'proxy' && !given.proxy) throw invalid({ field: 'proxy', code: 'required' })
  if (given.receivedBy === 'self' && given.proxy) throw invalid({ field: 'proxy', code: 'only_for_proxy' })
  if (given.receivedBy === 'self' && given.proof) throw invalid({ field: 'proof', code: 'only_for_proxy' })
}

/** What was handed over: everything unless told, and never more than the family is entitled to. */
function handedOver(
  given: NewRedemption,
  held: Held,
): { amount: number; goods: { code: string; quantity: number }[]; short: boolean } {
  if (given.outcome === 'refused') return { amount: 0, goods: [], short: false }
  const amount = given.amount ?? held.amount
  if (amount > held.amount) throw invalid({ field: 'amount', code: 'more_than_entitled' })
  const entitled = new Map(held.goods.map((one) => [one.code, one.quantity]))
  const goods = given.goods ?? held.goods.map(({ code, quantity }) => ({ code, quantity }))
  if (new Set(goods.map((one) => one.code)).size < goods.length) throw invalid({ field: 'goods', code: 'invalid' })
  for (const one of goods)
    if (one.quantity > (entitled.get(one.code) ?? 0)) throw invalid({ field: 'goods', code: 'more_than_entitled' })
  const some = goods.filter((one) => one.quantity > 0)
  const pieces = new Map(some.map((one) => [one.code, one.quantity]))
  const short = amount < held.amount || held.goods.some((one) => (pieces.get(one.code) ?? 0) < one.quantity)
  if (short && amount === 0 && some.length === 0) throw invalid({ field: 'amount', code: 'nothing_given' })
  if (short && !given.shortReason) throw invalid({ field: 'shortReason', code: 'required' })
  return { amount, goods: some, short }
}

/** Heard by the offices of the village and those above it. */
const tellOf = (tx: Tx, roundId: string, regionCode: string, kind: string) =>
  emit(tx, { kind, subject: 'distribution_round', subjectId: roundId, regionCode })
