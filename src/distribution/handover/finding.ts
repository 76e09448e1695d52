import { sql } from 'kysely'
import { isZoneId, sayInstant } from '#src/platform/calendar/index.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { parseNumber } from '#src/platform/text/ticket.ts'
import { ownKeys, type TrustedKey, type VoucherFault, verifyToken } from '../vouchers/index.ts'
import type { LookAct, Looked } from './schema.ts'
import { getMyStop, type MyStop, presentReceivers, type ReceiverRow } from './stops.ts'

/** A clear sentence for whatever can be wrong with a picture. */
const faults: Record<VoucherFault, string> = {
  not_a_voucher: 'voucher_not_ours',
  broken: 'voucher_truncated',
  unknown_key: 'voucher_forged',
  bad_signature: 'voucher_forged',
  key_not_valid: 'voucher_expired',
  not_yet: 'voucher_not_yet',
  expired: 'voucher_expired',
  wrong_kind: 'voucher_not_ours',
  other_round: 'voucher_other_round',
}

export type By = { token?: string | undefined; code?: string | undefined; familyId?: string | undefined }
export type Held = ReceiverRow & {
  region_code: string
  stop_id: string | null
  payee_id: string | null
  redemption_id: string | null
  /** of the voucher that was shown, not of the one that is valid now */
  shown_id: string | null
  shown_state: 'active' | 'redeemed' | 'cancelled' | null
  shown_why: string | null
  found_by: 'token' | 'code' | 'search'
  /** on the approved list, whichever round it was */
  list_state: 'open' | 'delivered' | 'undelivered' | 'cancelled'
  determination_id: string
  /** the voucher did not count at that moment by the telephone's clock, though it is real */
  untimely: boolean
}

/**
 * The entitlement a picture, a code or a choice from the list stands for, held until the end of the transaction. In a transaction of the
 * system. Throws a problem that says what is wrong with the voucher; `at` is the moment it was shown, `trusted` keys of others. `late`: it has
 * happened, so neither a clock nor a list that is no longer true is a reason to refuse.
 */
export async function holdEntitlement(
  tx: Tx,
  stop: MyStop,
  by: By,
  at: Date,
  trusted: readonly TrustedKey[],
  late = false,
): Promise<Held> {
  const given = [by.token, by.code, by.familyId].filter((one) => one !== undefined).length
  if (given !== 1) throw invalid({ field: 'token', code: 'exactly_one' })
  const voucher =
    by.token !== undefined
      ? await byToken(tx, stop, by.token, at, trusted, late)
      : by.code !== undefined
        ? await byCode(tx, stop, by.code)
        : null
  const familyId = voucher?.family_id ?? by.familyId
  // In the order of settling: whatever another round of the list does with the same family waits.
  await sql`select from round_entitlement e join distribution_round d on d.id = ${stop.round_id}
    where e.determination_id = d.determination_id and e.family_id = ${familyId ?? null} order by e.round_id for update of e`.execute(
    tx,
  )
  const { rows } = await sql<Held>`
    select e.determination_id, n.state as list_state, e.family_id, e.payee_name, e.nik_masked, e.address, e.rt, e.rw, e.persons, e.amount, e.goods, e.voucher_id, e.voucher_code, e.state, e.reason,
      e.tries, e.on_hold, '[]'::jsonb as former, e.region_code, e.stop_id, e.payee_id, e.redemption_id, (select happened_at from redemption where id = e.redemption_id) as redeemed_at
    from round_entitlement e join entitlement n on n.determination_id = e.determination_id and n.family_id = e.family_id
    where e.round_id = ${stop.round_id} and e.family_id = ${familyId ?? null}`.execute(tx)
  const [row] = rows
  // Whoever is chosen from a list is on the list of this very stop, or was when it was taken along; a voucher is taken at every stop.
  const onList = row?.stop_id === stop.stop_id || (late && row?.region_code === stop.region_code)
  if (!row || (!voucher && !onList)) throw notFound('family')
  return {
    ...row,
    untimely: voucher?.untimely === true,
    shown_id: voucher?.id ?? null,
    shown_state: voucher?.state ?? null,
    shown_why: voucher?.cancel_reason ?? null,
    found_by: by.token !== undefined ? 'token' : by.code !== undefined ? 'code' : 'search',
  }
}

type Shown = {
  id: string
  family_id: string
  state: 'active' | 'redeemed' | 'cancelled'
  cancel_reason: string | null
  untimely?: boolean
}

async function byToken(
  tx: Tx,
  stop: MyStop,
  token: string,
  at: Date,
  trusted: readonly TrustedKey[],
  late: boolean,
): Promise<Shown> {
  const own = await ownKeys(tx)
  const judge = (moment: Date) => verifyToken(token, [...own, ...trusted], { at: moment, roundId: stop.round_id })
  let verdict = judge(at)
  const untimely = late && !verdict.ok && (verdict.code === 'not_yet' || verdict.code === 'expired')
  if (untimely && verdict.voucher) verdict = judge(new Date(verdict.voucher.issuedAt))
  if (!verdict.ok && verdict.code === 'other_round') {
    const other = await tx
      .selectFrom('distribution_round')
      .select('number')
      .where('id', '=', verdict.voucher?.roundId ?? '')
      .executeTakeFirst()
    throw conflict('voucher_other_round', { number: other?.number ?? '?' })
  }
  if (!verdict.ok) throw conflict(faults[verdict.code])
  if (!verdict.voucher) throw conflict('voucher_not_ours')
  const row = await tx
    .selectFrom('voucher')
    .select(['id', 'family_id', 'state', 'cancel_reason'])
    .where('id', '=', verdict.voucher.id)
    .where('round_id', '=', stop.round_id)
    .executeTakeFirst()
  // Ours signs only what is written down here; what others sign counts for a voucher this round has given out.
  if (!row) throw conflict(own.some((key) => key.kid === verdict.kid) ? 'voucher_forged' : 'voucher_unknown')
  return { ...(row as Shown), untimely }
}

async function byCode(tx: Tx, stop: MyStop, code: string): Promise<Shown> {
  const parsed = parseNumber(code)
  if (!parsed.ok) throw conflict('voucher_code_mistyped')
  const row = await tx
    .selectFrom('voucher')
    .select(['id', 'family_id', 'state', 'cancel_reason'])
    .where('round_id', '=', stop.round_id)
    .where('code', '=', parsed.number)
    .executeTakeFirst()
  if (row) return row as Shown
  const other = await tx
    .selectFrom('voucher as v')
    .innerJoin('distribution_round as d', 'd.id', 'v.round_id')
    .select('d.number')
    .where('v.code', '=', parsed.number)
    .executeTakeFirst()
  throw other ? conflict('voucher_other_round', { number: other.number }) : conflict('voucher_unknown')
}

/** Refuses what may not be handed over now: cancelled, or redeemed before, in this round or another of the list, with when and where. */
export async function requireOpen(tx: Tx, held: Held): Promise<void> {
  if (held.state === 'delivered' || held.list_state === 'delivered') {
    const { rows } = await sql<{ happened_at: Date; place: string | null; time_zone: string }>`
      select d.happened_at, s.place, r.time_zone from round_entitlement e join redemption d on d.id = e.redemption_id
      join region r on r.code = d.region_code left join distribution_stop s on s.id = d.stop_id
      where e.determination_id = ${held.determination_id} and e.family_id = ${held.family_id}
      order by d.id = ${held.redemption_id} desc nulls last, d.standing limit 1`.execute(tx)
    const [first] = rows
    throw conflict('voucher_redeemed', {
      at: first
        ? sayInstant(first.happened_at, isZoneId(first.time_zone) ? first.time_zone : 'Asia/Jakarta', 'id')
        : '',
      place: first?.place ?? '–',
    })
  }
  if (held.state === 'cancelled')
    throw conflict(held.reason === 'list_changed' ? 'entitlement_withdrawn' : 'entitlement_cancelled')
  if (held.on_hold) throw conflict('entitlement_on_hold')
  if (held.shown_state === 'cancelled')
    throw conflict(held.shown_why === 'payee_changed' ? 'voucher_payee_changed' : 'voucher_cancelled')
}

/** Whom a picture, a code or a name stands for, before anything is handed over. */
export async function look(
  tx: Tx,
  stopId: string,
  act: LookAct,
  at: Date,
  trusted: readonly TrustedKey[],
): Promise<Looked> {
  const stop = await getMyStop(tx, stopId)
  requireRound(stop)
  if (act.name !== undefined) {
    if (act.token !== undefined || act.code !== undefined) throw invalid({ field: 'token', code: 'exactly_one' })
    const words = act.name
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    if (words.length === 0) throw invalid({ field: 'name', code: 'required' })
    const { rows } = await sql<ReceiverRow>`
      select * from stop_list(${stopId}) where ${sql.join(
        words.map((word) => sql`position(${word} in lower(payee_name)) > 0`),
        sql` and `,
      )}
      order by state = 'delivered', payee_name, family_id limit 30`.execute(tx)
    return { people: await presentReceivers(tx, rows) }
  }
  return withinAsSystem(tx, 'distribution: look at a voucher', async (within) => {
    const held = await holdEntitlement(within, stop, act, at, trusted)
    await requireOpen(within, held)
    return { people: await presentReceivers(within, [held]) }
  })
}

/** Handing over is for open rounds. */
export function requireRound(stop: MyStop): void {
  if (stop.round_state === 'closed') throw conflict('round_closed')
  if (stop.round_state !== 'open') throw conflict('round_not_open')
}
