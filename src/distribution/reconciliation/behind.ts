import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import { getRound } from '../rounds/round.ts'
import type { Goods } from '../rounds/schema.ts'
import { differencesOf } from './queries.ts'
import type { Behind } from './schema.ts'

type Entitled = {
  region_code: string
  village: string
  time_zone: string
  payee_name: string
  nik_masked: string | null
  rt: string | null
  rw: string | null
  held: boolean
  state: NonNullable<Behind['here']>['state']
  reason: NonNullable<Behind['here']>['reason']
  amount: number
  given_amount: number | null
  goods: Goods
  way: NonNullable<Behind['here']>['way']
  place: string | null
  voucher_code: string | null
  tries: number
  settled_at: Date | null
}

/**
 * What stands behind a row of a round: the entitlement and what became of it, what does not agree about it, how the bank answered, what the
 * family said when it was asked, signs it is part of, and other rounds of the same list. What happened at the door is `readDelivery`'s.
 * Throws 404 for a family neither on the list nor in the round; the look is written down.
 */
export async function readBehind(tx: Tx, actor: Actor, roundId: string, familyId: string): Promise<Behind> {
  const round = await getRound(tx, actor, roundId)
  if (!inSocialOffice(actor)) throw forbidden('reconciliation.read')
  const { rows: here } = await sql<Entitled>`
    select e.region_code, r.name as village, r.time_zone, e.payee_name, e.nik_masked, e.rt, e.rw, e.held, e.state, e.reason, e.amount, e.given_amount, e.goods,
      coalesce(s.way, d.way) as way, s.place, e.voucher_code, e.tries, e.settled_at
    from round_entitlement e join distribution_round d on d.id = e.round_id join region r on r.code = e.region_code left join distribution_stop s on s.id = e.stop_id
    where e.round_id = ${roundId} and e.family_id = ${familyId}`.execute(tx)
  const [row] = here
  const { rows: listed } = await sql<{ region_code: string; village: string; time_zone: string; payee_name: string; amount: number; state: Behind['listState'] }>`
    select n.region_code, r.name as village, r.time_zone, n.payee_name, n.amount, n.state from entitlement n join region r on r.code = n.region_code
    where n.determination_id = ${round.determination_id} and n.family_id = ${familyId}`.execute(
    tx,
  ) // prettier-ignore
  const known = row ?? listed[0]
  if (!known) throw notFound('family')
  const others = await sql<{ id: string; number: string; name: string; state: Behind['otherRounds'][number]['state'] }>`
    select d.id, d.number, d.name, e.state from round_entitlement e join distribution_round d on d.id = e.round_id
    where e.determination_id = ${round.determination_id} and e.family_id = ${familyId} and e.round_id <> ${roundId} order by d.number`.execute(
    tx,
  )
  const questions = await sql<{
    door: 'message' | 'visit'
    state: 'waiting' | 'answered' | 'not_met'
    expected: number
    received: boolean | null
    amount: number | null
    cut: boolean | null
    cut_amount: number | null
    note: string | null
    answered_at: Date | null
    disputed: boolean
    complaint_id: string | null
  }>`select q.door, q.state, q.expected, q.received, q.amount, q.cut, q.cut_amount, q.note, q.answered_at, q.disputed, q.complaint_id
    from delivery_question q join delivery_asking a on a.id = q.asking_id where q.round_id = ${roundId} and q.family_id = ${familyId} order by a.made_at`.execute(
    tx,
  )
  const signs = await sql<{
    kind: Behind['signs'][number]['kind']
    key: string
    state: Behind['signs'][number]['state']
  }>`
    select s.kind, s.key, s.state from delivery_sign s where s.round_id = ${roundId} and s.state <> 'gone'
      and s.redemptions && array(select d.id from redemption d where d.round_id = ${roundId} and d.family_id = ${familyId}) order by s.kind, s.key limit 50`.execute(
    tx,
  )
  const recorders = await sql<{ redemption_id: string; name: string }>`
    select h.redemption_id, h.name from handover_people(${roundId}, array(select d.id from redemption d where d.round_id = ${roundId} and d.family_id = ${familyId})) h`.execute(
    tx,
  )
  const payments = await withinAsSystem(
    tx,
    'distribution: how the bank paid one family, masked',
    (within) =>
    sql<{ file_id: string; number: string; row_no: number; bank: string | null; masked: string | null; amount: number; status: Behind['payments'][number]['status']; reason: string | null; paid_on: string | null }>`
      select p.file_id, f.number, p.row_no, p.bank, account_mask(p.number) as masked, p.amount, p.status, p.reason, p.paid_on
      from payment_row p join payment_file f on f.id = p.file_id where p.round_id = ${roundId} and p.family_id = ${familyId} order by f.made_at`.execute(
      within,
    ), // prettier-ignore
  )
  await sql`select record_act('look', 'round_entitlement', ${`${roundId}/${familyId}`}, ${known.region_code}, '{}', null)`.execute(
    tx,
  )
  return {
    familyId,
    payeeName: known.payee_name,
    village: { code: known.region_code, name: known.village },
    timeZone: known.time_zone,
    determinationId: round.determination_id,
    listState: listed[0]?.state ?? null,
    planned: listed[0]?.amount ?? row?.amount ?? 0,
    here: row
      ? {
          state: row.state,
          reason: row.reason,
          held: row.held,
          amount: row.amount,
          given: row.given_amount,
          goods: row.goods,
          way: row.way,
          place: row.place,
          nik: row.nik_masked,
          rt: row.rt,
          rw: row.rw,
          voucherCode: row.voucher_code,
          tries: row.tries,
          settledAt: row.settled_at?.toISOString() ?? null,
        }
      : null,
    otherRounds: others.rows,
    differences: await differencesOf(tx, roundId, familyId),
    payments: payments.rows.map((one) => ({
      fileId: one.file_id,
      number: one.number,
      no: one.row_no,
      bank: one.bank,
      masked: one.masked,
      amount: one.amount,
      status: one.status,
      reason: one.reason,
      paidOn: one.paid_on,
    })),
    questions: questions.rows.map(({ cut_amount, answered_at, complaint_id, ...one }) => ({
      ...one,
      cutAmount: cut_amount,
      answeredAt: answered_at?.toISOString() ?? null,
      complaintId: complaint_id,
    })),
    signs: signs.rows,
    recorders: Object.fromEntries(recorders.rows.map((one) => [one.redemption_id, one.name])),
  }
}
