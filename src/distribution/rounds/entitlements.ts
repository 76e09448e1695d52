import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { getRound, rangeOf } from './round.ts'
import type { EntitlementsQuery, EntitlementState, RoundEntitlements, UndeliveredReason } from './schema.ts'

type Row = {
  family_id: string
  region_code: string
  village: string
  payee_name: string
  rt: string | null
  rw: string | null
  amount: number
  stop_id: string | null
  voucher_code: string | null
  state: EntitlementState
  reason: UndeliveredReason | null
  tries: number
  settled_at: Date | null
}

/** Families of a round in the actor's region, fifty at a time; names as the annex of the decree shows them. */
export async function listEntitlements(
  tx: Tx,
  actor: Actor,
  id: string,
  query: EntitlementsQuery,
): Promise<RoundEntitlements> {
  await getRound(tx, actor, id)
  const most = 50
  const region = query.region ?? actor.regionCode
  // A name is looked for by reading every row of the region.
  if (query.name !== undefined && query.stop === undefined && region.length < 8)
    throw invalid({ field: 'name', code: 'within_district' })
  const [from, to] = rangeOf(region)
  const [village, family] = query.after?.split('_') ?? []
  const { rows } = await sql<Row>`
    select e.family_id, e.region_code, r.name as village, e.payee_name, e.rt, e.rw, e.amount, e.stop_id, e.voucher_code, e.state, e.reason, e.tries, e.settled_at
    from round_entitlement e join region r on r.code = e.region_code
    where e.round_id = ${id} and e.region_code >= ${from} and e.region_code < ${to}
      and (${query.stop ?? null}::uuid is null or e.stop_id = ${query.stop ?? null}) and (${query.state ?? null}::text is null or e.state = ${query.state ?? null})
      and (${query.name ?? null}::text is null or e.payee_name ilike '%' || ${(query.name ?? '').replace(/[\\%_]/g, '\\$&')} || '%')
      and (${village ?? null}::text is null or (e.region_code, e.family_id) > (${village ?? null}, ${family ?? null}::uuid))
    order by e.region_code, e.family_id limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  await sql`select record_act('list', 'distribution_round', ${id}, ${region}, ${JSON.stringify({ rows: shown.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    items: shown.map((row) => ({
      familyId: row.family_id,
      village: row.village,
      payeeName: row.payee_name,
      rt: row.rt,
      rw: row.rw,
      amount: row.amount,
      stopId: row.stop_id,
      voucherCode: row.voucher_code,
      state: row.state,
      reason: row.reason,
      tries: row.tries,
      settledAt: row.settled_at?.toISOString() ?? null,
    })),
    next: rows.length > most && last ? `${last.region_code}_${last.family_id}` : null,
  }
}
