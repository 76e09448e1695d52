import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { Owned } from '#src/programmes/determination/index.ts'
import type { RegionKind } from '#src/regions/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import { getRound, rangeOf } from '../rounds/round.ts'
import { actsOnWithdrawal, waitsFor } from './policy.ts'
import type {
  ChangedFamilies,
  ChangedFamily,
  ChangesQuery,
  EntitlementOf,
  EntitlementView,
  RoundWaiting,
  Withdrawal,
  WithdrawalReason,
  Withdrawals,
  WithdrawalsQuery,
  WithdrawalsWaiting,
} from './schema.ts'

/** Rows of one page. */
const MOST = 50

export type WithdrawalRow = {
  id: string
  determination_id: string
  number: string
  programme_code: string
  programme_name: string
  owner: Owned['owner']
  programme_region: string
  list_region: string
  period: string
  family_id: string
  payee_name: string
  region_code: string
  village: string
  kind: RegionKind
  amount: number
  reason: string
  reason_name: string
  reason_name_en: string
  confirmed_by: WithdrawalReason['confirmedBy']
  note: string
  ref: string | null
  state: Withdrawal['state']
  asked_by: string
  asked_at: Date
  decided_by: string | null
  decided_at: Date | null
  decide_note: string | null
}

/** Withdrawals with what every act on them looks at, of the rows the transaction sees. */
export const withdrawalRows = sql<WithdrawalRow>`
  select w.id, w.determination_id, d.number, n.programme_code, v.name as programme_name, v.owner, p.region_code as programme_region,
    d.region_code as list_region, n.period, w.family_id, n.payee_name, w.region_code, r.name as village, r.kind, n.amount, w.reason,
    coalesce(c.name, w.reason) as reason_name, coalesce(c.name_en, w.reason) as reason_name_en, coalesce(c.confirmed_by, 'owner') as confirmed_by,
    w.note, w.ref, w.state, w.asked_by, w.asked_at, w.decided_by, w.decided_at, w.decide_note
  from entitlement_withdrawal w
  join entitlement n on n.determination_id = w.determination_id and n.family_id = w.family_id
  join determination d on d.id = w.determination_id
  join programme p on p.code = n.programme_code
  join programme_version v on v.programme_code = d.programme_code and v.version = d.version
  join region r on r.code = w.region_code
  left join lateral (select c.name, c.name_en, c.confirmed_by from withdrawal_reason c
    where c.code = w.reason and c.valid_from <= w.asked_at::date order by c.valid_from desc limit 1) c on true`

const present = (actor: Actor, row: WithdrawalRow, names: ReadonlyMap<string, string>): Withdrawal => ({
  id: row.id,
  determination: { id: row.determination_id, number: row.number },
  programmeName: row.programme_name,
  period: row.period,
  familyId: row.family_id,
  payeeName: row.payee_name,
  village: { code: row.region_code, name: row.village, kind: row.kind },
  amount: row.amount,
  reason: { code: row.reason, name: row.reason_name, nameEn: row.reason_name_en },
  note: row.note,
  ref: row.ref,
  state: row.state,
  askedBy: names.get(row.asked_by) ?? null,
  askedAt: row.asked_at.toISOString(),
  decidedBy: row.decided_by === null ? null : (names.get(row.decided_by) ?? null),
  decidedAt: row.decided_at?.toISOString() ?? null,
  decideNote: row.decide_note,
  can: actsOf(actor, row),
})

export const actsOf = (actor: Actor, row: WithdrawalRow) =>
  actsOnWithdrawal(actor, {
    regionCode: row.region_code,
    state: row.state,
    askedBy: row.asked_by,
    confirmedBy: row.confirmed_by,
    list: { owner: row.owner, programmeRegion: row.programme_region, regionCode: row.list_region },
  })

/** What was asked to be taken back in the actor's region: of one round, one family, or all of it; unless told the latest first. */
export async function listWithdrawals(
  tx: Tx,
  actor: Actor,
  query: WithdrawalsQuery,
  most = MOST,
): Promise<Withdrawals> {
  const round = query.round === undefined ? null : await getRound(tx, actor, query.round)
  const [from, to] = rangeOf(round?.region_code ?? '00')
  const up = query.sort === 'oldest'
  const { rows } = await sql<WithdrawalRow>`
    select * from (${withdrawalRows}) w
    where (${round?.determination_id ?? null}::uuid is null or w.determination_id = ${round?.determination_id ?? null} and w.region_code >= ${from} and w.region_code < ${to})
      and (${query.list ?? null}::uuid is null or w.determination_id = ${query.list ?? null})
      and (${query.family ?? null}::uuid is null or w.family_id = ${query.family ?? null})
      and (${query.state ?? null}::text is null or w.state = ${query.state ?? null})
      and (${query.reason ?? null}::text is null or w.reason = ${query.reason ?? null})
      and (${query.programme ?? null}::text is null or w.programme_code = ${query.programme ?? null})
      and ${query.mine === undefined ? sql`true` : waitsFor(actor)}
      and (${query.after ?? null}::uuid is null
        or (w.asked_at, w.id) ${up ? sql`>` : sql`<`} (select o.asked_at, o.id from entitlement_withdrawal o where o.id = ${query.after ?? null}))
    order by w.asked_at ${up ? sql`asc, w.id asc` : sql`desc, w.id desc`} limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  // Of a family or a round who looks is written down elsewhere; a list over all of them names people by itself.
  if (round === null && query.family === undefined && shown.length > 0)
    await sql`select record_act('list', 'entitlement_withdrawal', 'all', ${actor.regionCode}, ${JSON.stringify({ rows: shown.length })}::jsonb, null)`.execute(
      tx,
    )
  return {
    items: await presentAll(tx, actor, shown),
    next: rows.length > most ? (shown.at(-1)?.id ?? null) : null,
  }
}

/** How many wait for this person's decision, counted up to 1,000. */
export async function countWaiting(tx: Tx, actor: Actor): Promise<WithdrawalsWaiting> {
  const { rows } = await sql<WithdrawalsWaiting>`
    select count(*)::int as count from (select 1 from (${withdrawalRows}) w where ${waitsFor(actor)} limit 1000) n`.execute(
    tx,
  )
  return rows[0] ?? { count: 0 }
}

export async function presentAll(tx: Tx, actor: Actor, rows: readonly WithdrawalRow[]): Promise<Withdrawal[]> {
  if (rows.length === 0) return []
  const people = await sql<{ account_id: string; name: string }>`
    select account_id, name from withdrawal_people(${rows.map((row) => row.id)}::uuid[])`.execute(tx)
  const names = new Map(people.rows.map((one) => [one.account_id, one.name]))
  return rows.map((row) => present(actor, row, names))
}

/** Why entitlements are taken back, as it is today. */
export async function withdrawalReasons(tx: Tx): Promise<WithdrawalReason[]> {
  const { rows } = await sql<WithdrawalReason>`
    select distinct on (position, code) code, name, name_en as "nameEn", needs_ref as "needsRef", confirmed_by as "confirmedBy" from withdrawal_reason
    where valid_from <= acting_now()::date and (valid_to is null or valid_to >= acting_now()::date) order by position, code, valid_from desc`.execute(
    tx,
  )
  return rows
}

type ChangeRow = Omit<ChangedFamily, 'village'> & { region_code: string; village: string; region_kind: RegionKind }

/** Families of a round that the register knows otherwise than its list, in the actor's region: those still to be handed over to. */
export async function changedFamilies(tx: Tx, actor: Actor, id: string, query: ChangesQuery): Promise<ChangedFamilies> {
  const round = await getRound(tx, actor, id)
  const [village, family] = query.after?.split('_') ?? []
  const { rows } = await sql<ChangeRow>`
    select c.determination_id as "determinationId", c.family_id as "familyId", n.payee_name as "payeeName", c.region_code, r.name as village, r.kind as region_kind,
      c.kind, c.since, c.state, e.on_hold as "onHold", c.note, n.state as entitlement,
      exists (select from entitlement_withdrawal w where w.determination_id = c.determination_id and w.family_id = c.family_id and w.state = 'asked') as asked,
      (select q.code from withdrawal_reason q where c.kind = any (q.answers) and q.valid_from <= acting_now()::date
        and (q.valid_to is null or q.valid_to >= acting_now()::date) order by q.position limit 1) as reason
    from entitlement_change c
    join round_entitlement e on e.round_id = ${id} and e.family_id = c.family_id and e.held and e.state in ('open', 'undelivered')
    join entitlement n on n.determination_id = c.determination_id and n.family_id = c.family_id
    join region r on r.code = c.region_code
    where c.determination_id = ${round.determination_id} and c.state <> 'gone' and (${query.state ?? null}::text is null or c.state = ${query.state ?? null})
      and (${query.kind ?? null}::text is null or c.kind = ${query.kind ?? null})
      and (${village ?? null}::text is null or (c.region_code, c.family_id) > (${village ?? null}, ${family ?? null}::uuid))
    order by c.region_code, c.family_id limit ${MOST + 1}`.execute(tx)
  const shown = rows.slice(0, MOST)
  const last = shown.at(-1)
  if (shown.length > 0)
    await sql`select record_act('list', 'distribution_round', ${id}, ${actor.regionCode}, ${JSON.stringify({ changed: shown.length })}::jsonb, null)`.execute(
      tx,
    )
  return {
    items: shown.map(({ region_code, village: name, region_kind, ...row }) => ({
      ...row,
      village: { code: region_code, name, kind: region_kind },
    })),
    next: rows.length > MOST && last ? `${last.region_code}_${last.familyId}` : null,
  }
}

type ViewRow = Omit<EntitlementView, 'determination' | 'village' | 'withdrawals' | 'mayAsk' | 'change'> & {
  number: string
  region_code: string
  village: string
  region_kind: RegionKind
  change: EntitlementView['change']
}

/** One entitlement in the actor's region with all that was asked about it. That somebody looked is written down. */
export async function readEntitlement(tx: Tx, actor: Actor, of: EntitlementOf): Promise<EntitlementView> {
  const { rows } = await sql<ViewRow>`
    select d.number, v.name as "programmeName", n.period, n.family_id as "familyId", n.payee_name as "payeeName", n.region_code, r.name as village,
      r.kind as region_kind, n.amount, n.state,
      (select json_build_object('kind', c.kind, 'since', c.since, 'reason', (select q.code from withdrawal_reason q where c.kind = any (q.answers)
          and q.valid_from <= acting_now()::date and (q.valid_to is null or q.valid_to >= acting_now()::date) order by q.position limit 1))
        from entitlement_change c where c.determination_id = n.determination_id and c.family_id = n.family_id and c.state <> 'gone') as change,
      (select coalesce(json_agg(json_build_object('id', o.id, 'number', o.number, 'name', o.name) order by o.number), '[]')
        from round_entitlement e join distribution_round o on o.id = e.round_id
        where e.determination_id = n.determination_id and e.family_id = n.family_id) as rounds
    from entitlement n join determination d on d.id = n.determination_id join region r on r.code = n.region_code
    join programme_version v on v.programme_code = d.programme_code and v.version = d.version
    where n.determination_id = ${of.determinationId} and n.family_id = ${of.familyId}`.execute(tx)
  const [row] = rows
  if (!row) throw notFound('family')
  const { number, region_code, village, region_kind, ...rest } = row
  const asked = await sql<WithdrawalRow>`
    select * from (${withdrawalRows}) w where w.determination_id = ${of.determinationId} and w.family_id = ${of.familyId}
    order by w.asked_at desc limit 20`.execute(tx)
  const withdrawals = await presentAll(tx, actor, asked.rows)
  await sql`select record_act('look', 'entitlement', ${`${of.determinationId}/${of.familyId}`}, ${region_code}, '{}', null)`.execute(
    tx,
  )
  return {
    ...rest,
    determination: { id: of.determinationId, number },
    village: { code: region_code, name: village, kind: region_kind },
    withdrawals,
    mayAsk:
      inSocialOffice(actor) &&
      (row.state === 'open' || row.state === 'undelivered') &&
      !withdrawals.some((one) => one.state === 'asked'),
  }
}

/** How much of a round waits for an answer, of the rows the actor sees. */
export async function roundWaiting(tx: Tx, actor: Actor, id: string): Promise<RoundWaiting> {
  const round = await getRound(tx, actor, id)
  const [from, to] = rangeOf(round.region_code)
  const { rows } = await sql<RoundWaiting>`
    select
      (select count(*)::int from entitlement_change c join round_entitlement e on e.round_id = ${id} and e.family_id = c.family_id and e.held
        and e.state in ('open', 'undelivered') where c.determination_id = ${round.determination_id} and c.state = 'open') as changed,
      (select count(*)::int from entitlement_withdrawal w where w.determination_id = ${round.determination_id} and w.state = 'asked'
        and w.region_code >= ${from} and w.region_code < ${to}) as asked,
      (select count(*)::int from entitlement_withdrawal w where w.determination_id = ${round.determination_id} and w.state = 'confirmed'
        and w.region_code >= ${from} and w.region_code < ${to}) as withdrawn,
      (select count(*)::int from round_entitlement e where e.round_id = ${id} and e.on_hold and e.state in ('open', 'undelivered')) as "onHold"`.execute(
    tx,
  )
  return rows[0] ?? { changed: 0, asked: 0, onHold: 0, withdrawn: 0 }
}
