import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { Changed, ChangedReason } from './schema.ts'

/*
 * Who may be paid, decided at one place: when a file is made, and for every row again when it is released. What is read here is of the system:
 * `e` a family of a round, `n` what its list gives it, `d` the round, `s` its stop, `a` the account in use if it is paid by bank.
 */

const known = sql`round_entitlement e join distribution_round d on d.id = e.round_id
  join entitlement n on n.determination_id = e.determination_id and n.family_id = e.family_id
  left join distribution_stop s on s.id = e.stop_id
  left join family_account a on a.family_id = e.family_id and a.ended_on is null and coalesce(s.way, d.way) = 'bank'`

/** Why a family is not to be paid by this round, whatever its account: null where it is. */
const obstacle = sql`case
  when e.state = 'delivered' or n.state = 'delivered' then 'delivered'
  when e.state = 'cancelled' or n.state = 'cancelled' then 'withdrawn'
  when not e.held then 'let_go'
  when e.on_hold then case when exists (select from entitlement_change c
    where c.determination_id = e.determination_id and c.family_id = e.family_id and c.kind = 'dead' and c.state = 'open') then 'dead' else 'on_hold' end end`

/** It is in a file that was not given up and that the bank has not refused, of whichever round of its list; `but`: not looked at. */
const inFile = (but: string | null) => sql`exists (
  select from payment_row x join round_entitlement o on o.round_id = x.round_id and o.family_id = x.family_id
  where x.family_id = e.family_id and o.determination_id = e.determination_id and x.status in ('sent', 'paid') and x.file_id is distinct from ${but}::uuid)`

/**
 * Who could be paid now: still to receive, held by this round, by this way, and in no running file. Bank: to the account in use. As the
 * system. The columns are those of a row.
 */
export const payable = (roundId: string) => sql<{
  family_id: string
  region_code: string
  way: 'bank' | 'post_office'
  account_id: string | null
  bank: string | null
  number: string | null
  holder: string
  amount: number
}>`
  select e.family_id, e.region_code, coalesce(s.way, d.way) as way, a.id as account_id, a.bank, a.number, coalesce(a.holder, e.payee_name) as holder, e.amount
  from ${known}
  where e.round_id = ${roundId} and e.amount > 0 and coalesce(s.way, d.way) in ('bank', 'post_office') and (${obstacle}) is null and not ${inFile(null)}`

/** Rows of a file that waits (`p`) with why each is no longer as it would be made now (`changed`, null: it still is). As the system. */
export const rowsWithChange = (fileId: string) => sql`
  select p.*, case when p.status <> 'sent' then null else coalesce(${obstacle}, case
      when coalesce(s.way, d.way) <> f.way then 'other_way'
      when e.amount <> p.amount then 'other_amount'
      when a.id is distinct from p.account_id then 'other_account'
      when ${inFile(fileId)} then 'in_another_file' end) end as changed
  from payment_row p join payment_file f on f.id = p.file_id
  join (${known}) on e.round_id = p.round_id and e.family_id = p.family_id
  where p.file_id = ${fileId}`

/** How many rows of a file that waits are no longer payable as it says, and why. As the system. */
export async function countChanged(tx: Tx, fileId: string): Promise<Changed> {
  const { rows } = await sql<{ reason: ChangedReason; count: number; amount: number }>`
    select changed as reason, count(*)::int as count, sum(amount)::bigint as amount from (${rowsWithChange(fileId)}) c
    where changed is not null group by 1 order by 2 desc, 1`.execute(tx)
  return {
    count: rows.reduce((sum, one) => sum + one.count, 0),
    amount: rows.reduce((sum, one) => sum + one.amount, 0),
    reasons: rows.map(({ reason, count }) => ({ reason, count })),
  }
}

/**
 * Holds the families of a file until the end of the transaction: whoever hands over, takes back or holds one of them meanwhile waits. In the
 * order of settling. As the system.
 */
export async function holdFamilies(tx: Tx, roundId: string, fileId: string): Promise<void> {
  await sql`select count(*) from (select 1 from round_entitlement e
    where e.round_id = ${roundId} and exists (select from payment_row p where p.file_id = ${fileId} and p.round_id = e.round_id and p.family_id = e.family_id)
    order by e.family_id for update of e) held`.execute(tx)
}
