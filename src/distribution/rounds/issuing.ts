import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { newNumber } from '#src/platform/text/ticket.ts'
import { bearerOf, currentKey, signVouchers, type SigningKey } from '../vouchers/index.ts'
import { getRound, told } from './round.ts'
import type { ReissueAct } from './schema.ts'

/** What signing needs of the installation: its key material, and its host as the issuer. */
export type Issuer = { secret: Buffer; baseUrl: string }

type Facts = {
  family_id: string
  payee_id: string | null
  region_code: string
  amount: number
  goods: { code: string; quantity: number }[]
  programme_code: string
  at: Date
  expires_at: Date
  sequence: number
}

/**
 * Signs a voucher for each family of a round, in one transaction of the system, and makes it the valid one. It expires some days after
 * the round's last day in its region. The families must have none that is valid.
 */
export async function issueVouchers(
  tx: Tx,
  key: SigningKey,
  issuer: Issuer,
  roundId: string,
  families: readonly string[],
): Promise<{ id: string; code: string; familyId: string }[]> {
  const { rows } = await sql<Facts>`
    select e.family_id, e.payee_id, e.region_code, e.amount, e.goods, d.programme_code, acting_now() as at,
      ((d.closes_on + 1 + coalesce((select amount from register_term where key = 'voucher_grace' and valid_from <= acting_now()::date
        order by valid_from desc limit 1), 0))::timestamp at time zone r.time_zone) as expires_at,
      (coalesce(k.invited, 0) + row_number() over (order by e.region_code, e.family_id))::int as sequence
    from round_entitlement e join distribution_round d on d.id = e.round_id join region r on r.code = e.region_code
    left join distribution_count k on k.round_id = d.id and k.dimension = 'all'
    where e.round_id = ${roundId} and e.family_id = any (${families}::uuid[]) order by e.region_code, e.family_id`.execute(
    tx,
  )
  const issuerName = new URL(issuer.baseUrl).host
  const made = rows.map((row) => ({ row, id: uuid(), code: newNumber() }))
  const tokens = await signVouchers(
    key,
    made.map(({ row, id }) => ({
      id,
      issuer: issuerName,
      issuedAt: row.at.toISOString(),
      // A device whose clock is a little behind still takes it.
      notBefore: new Date(row.at.getTime() - 3_600_000).toISOString(),
      expiresAt: row.expires_at.toISOString(),
      roundId,
      bearer: bearerOf(issuer.secret, roundId, row.family_id, row.payee_id),
      programme: row.programme_code,
      sequence: row.sequence,
      ...(row.amount > 0 && { amount: row.amount }),
      ...(row.goods.length > 0 && { goods: row.goods.map(({ code, quantity }) => ({ code, quantity })) }),
    })),
  )
  // Two codes of a round are the same once in thousands of millions: drawn again.
  let open = made.map((one, at) => ({ ...one, token: tokens[at] ?? '' }))
  while (open.length > 0) {
    const { rows: kept } = await sql<{ id: string }>`
      insert into voucher (id, round_id, family_id, payee_id, region_code, code, token, kid, state, expires_at)
      select v.id, ${roundId}::uuid, v.family_id, v.payee_id, v.region_code, v.code, v.token, ${key.kid}, 'active', v.expires_at
      from unnest(${open.map((one) => one.id)}::uuid[], ${open.map((one) => one.row.family_id)}::uuid[], ${open.map((one) => one.row.payee_id)}::uuid[], ${open.map((one) => one.row.region_code)}::text[],
        ${open.map((one) => one.code)}::text[], ${open.map((one) => one.token)}::text[], ${open.map((one) => one.row.expires_at.toISOString())}::timestamptz[])
        v (id, family_id, payee_id, region_code, code, token, expires_at)
      on conflict (round_id, code) do nothing returning id`.execute(tx)
    const stored = new Set(kept.map((one) => one.id))
    open = open.filter((one) => !stored.has(one.id))
    for (const one of open) one.code = newNumber()
  }
  await sql`
    update round_entitlement e set voucher_id = v.id, voucher_code = v.code from voucher v
    where e.round_id = ${roundId} and v.round_id = e.round_id and v.family_id = e.family_id and v.id = any (${made.map((one) => one.id)}::uuid[])`.execute(
    tx,
  )
  const { rows: codes } = await sql<{ id: string; code: string; familyId: string }>`
    select id, code, family_id as "familyId" from voucher where id = any (${made.map((one) => one.id)}::uuid[])`.execute(
    tx,
  )
  return codes
}

/** A new voucher in place of one that was lost; the former is worth nothing from now on. */
export async function reissueVoucher(
  tx: Tx,
  actor: Actor,
  issuer: Issuer,
  roundId: string,
  familyId: string,
  act: ReissueAct,
): Promise<{ code: string; voucherId: string }> {
  const round = await getRound(tx, actor, roundId)
  if (round.state !== 'invited' && round.state !== 'open') throw conflict('round_not_in_this_state')
  const row = await tx
    .selectFrom('round_entitlement')
    .select('region_code')
    .where('round_id', '=', roundId)
    .where('family_id', '=', familyId)
    .executeTakeFirst()
  if (!row) throw notFound('family')
  const made = await withinAsSystem(tx, 'distribution: issue a voucher anew', async (within) => {
    // What is done at the door meanwhile is waited for, and known.
    const { rows } = await sql<{ state: string }>`
      select state from round_entitlement where round_id = ${roundId} and family_id = ${familyId} for update`.execute(
      within,
    )
    if (rows[0]?.state === 'delivered' || rows[0]?.state === 'cancelled') throw conflict('entitlement_settled')
    await sql`select follow_payees(array[${familyId}]::uuid[])`.execute(within)
    await sql`update voucher set state = 'cancelled', cancelled_at = acting_now(), cancelled_by = ${actor.accountId}, cancel_reason = ${act.reason}
      where round_id = ${roundId} and family_id = ${familyId} and state = 'active'`.execute(within)
    const [one] = await issueVouchers(within, await currentKey(within, issuer.secret), issuer, roundId, [familyId])
    return one
  })
  if (!made) throw notFound('family')
  await sql`select record_act('reissue', 'voucher', ${made.id}, ${row.region_code}, ${JSON.stringify({ round: roundId, why: act.reason })}::jsonb, null)`.execute(
    tx,
  )
  await told(tx, round, 'round.reissued')
  return { code: made.code, voucherId: made.id }
}
