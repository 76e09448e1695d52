import { sql } from 'kysely'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { tellDispute } from '../asking/disputed.ts'
import { distributionTerms } from '../reconciliation/terms.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import { getRound, told } from '../rounds/round.ts'
import { metresBetween, signTerms } from './looking.ts'
import type { JudgeAct, Sign, SignRef, SignRows, Signs, SignsQuery } from './schema.ts'

type Row = {
  kind: Sign['kind']
  key: string
  region_code: string
  region: string
  handovers: number
  families: number
  detail: { measured?: number }
  state: Sign['state']
  note: string | null
  judged_by: string | null
  judged_at: Date | null
  complaint_id: string | null
  own: boolean
  found_at: Date
}

/** Whether the actor recorded one of the handovers behind a sign `s`; of those they see. */
const ownOf = (actor: Actor) =>
  sql<boolean>`exists (select from redemption d where d.id = any (s.redemptions) and d.by_account = ${actor.accountId})`

/** Signs of a round in the reader's region, those nobody judged first. */
export async function listSigns(tx: Tx, actor: Actor, roundId: string, query: SignsQuery): Promise<Signs> {
  await getRound(tx, actor, roundId)
  const most = 50
  const { page = 1 } = query
  const where = sql`s.round_id = ${roundId} and s.state = any (${query.state ? [query.state] : ['open', 'dismissed', 'case']}::text[])`
  const order = query.sort === 'newest' ? sql`s.found_at desc` : sql`cardinality(s.redemptions) desc`
  const { rows: found } = await sql<Row>`
    select s.kind, s.key, s.region_code, r.name as region, cardinality(s.redemptions) as handovers, s.detail, s.state, s.note, c.name as judged_by, s.judged_at,
      s.complaint_id, s.found_at, ${ownOf(actor)} as own, (select count(distinct d.family_id)::int from redemption d where d.id = any (s.redemptions)) as families
    from delivery_sign s join region r on r.code = s.region_code left join ending_people(${roundId}) c on c.account_id = s.judged_by
    where ${where} and (${query.kind ?? null}::text is null or s.kind = ${query.kind ?? null})
    order by s.state <> 'open', ${order}, s.kind, s.key limit ${most + 1} offset ${(page - 1) * most}`.execute(tx)
  const rows = found.slice(0, most)
  const { rows: kinds } = await sql<Signs['kinds'][number]>`
    select s.kind, count(*)::int as count from delivery_sign s where ${where} group by 1 order by 1`.execute(tx)
  const { rows: looks } = await sql<{
    looked_at: Date | null
  }>`select looked_at from sign_look where round_id = ${roundId}`.execute(tx)
  return {
    items: rows.map((row) => ({
      kind: row.kind,
      key: row.key,
      region: { code: row.region_code, name: row.region },
      handovers: row.handovers,
      families: row.families,
      measured: row.detail.measured ?? null,
      state: row.state,
      note: row.note,
      judgedBy: row.judged_by,
      judgedAt: row.judged_at?.toISOString() ?? null,
      complaintId: row.complaint_id,
      own: row.own,
      foundAt: row.found_at.toISOString(),
    })),
    next: found.length > most ? page + 1 : null,
    kinds,
    lookedAt: looks[0]?.looked_at?.toISOString() ?? null,
    waiting: looks[0] !== undefined && looks[0].looked_at === null,
    limits: await distributionTerms(tx, signTerms),
    mayJudge: inSocialOffice(actor),
  }
}

type Held = { region_code: string; redemptions: string[]; state: Sign['state']; own: boolean }
async function getSign(tx: Tx, actor: Actor, roundId: string, ref: SignRef): Promise<Held> {
  const { rows } = await sql<Held>`
    select s.region_code, s.redemptions, s.state, ${ownOf(actor)} as own from delivery_sign s
    where s.round_id = ${roundId} and s.kind = ${ref.kind} and s.key = ${ref.key} for update of s`.execute(tx)
  if (!rows[0]) throw notFound('sign')
  return rows[0]
}

/** The handovers behind a sign; the look is written down. */
export async function readSignRows(tx: Tx, actor: Actor, roundId: string, ref: SignRef): Promise<SignRows> {
  await getRound(tx, actor, roundId)
  const sign = await getSign(tx, actor, roundId, ref)
  const { rows } = await sql<{
    id: string
    family_id: string
    payee_name: string
    village: string
    time_zone: string
    happened_at: Date
    received_by: 'self' | 'proxy' | null
    proxy_name: string | null
    amount: number
    device_id: string
    by: string | null
    metres: number | null
    standing: SignRows[number]['standing']
  }>`select d.id, d.family_id, e.payee_name, r.name as village, r.time_zone, d.happened_at, d.received_by, d.proxy_name, d.amount, d.device_id, h.name as by,
      ${metresBetween('d.lat', 'd.lng', 'coalesce(s.lat, r.lat)', 'coalesce(s.lng, r.lon)')}::int as metres, d.standing
    from redemption d join round_entitlement e on e.round_id = d.round_id and e.family_id = d.family_id join region r on r.code = d.region_code
    left join distribution_stop s on s.id = d.stop_id left join handover_people(${roundId}, ${sign.redemptions}::uuid[]) h on h.redemption_id = d.id
    where d.round_id = ${roundId} and d.id = any (${sign.redemptions}::uuid[]) order by d.happened_at, d.id limit 500`.execute(
    tx,
  )
  await sql`select record_act('look', 'delivery_sign', ${roundId}, ${sign.region_code}, ${JSON.stringify({ kind: ref.kind, rows: rows.length })}::jsonb, null)`.execute(
    tx,
  )
  return rows.map((row) => ({
    redemptionId: row.id,
    familyId: row.family_id,
    payeeName: row.payee_name,
    village: row.village,
    happenedAt: row.happened_at.toISOString(),
    timeZone: row.time_zone,
    receivedBy: row.received_by,
    proxyName: row.proxy_name,
    amount: row.amount,
    device: row.device_id,
    by: row.by,
    metres: row.metres,
    standing: row.standing,
  }))
}

/**
 * Dismisses a sign with a reason, or makes a case of it: a complaint of kind oversight about every delivery behind it. By somebody who
 * recorded none of them.
 */
export async function judgeSign(tx: Tx, actor: Actor, secret: Buffer, roundId: string, act: JudgeAct): Promise<void> {
  const round = await getRound(tx, actor, roundId)
  if (!inSocialOffice(actor)) throw forbidden('sign.judge')
  const sign = await getSign(tx, actor, roundId, act)
  if (!isWithin(sign.region_code, actor.regionCode)) throw notFound('sign')
  if (sign.state !== 'open') throw conflict('sign_judged')
  if (sign.own) throw conflict('not_ones_own')
  const note = cleanText(act.note)
  if (note.length < 10) throw invalid({ field: 'note', code: 'minLength', params: { limit: 10 } })
  let complaintId: string | null = null
  if (act.decision === 'case') {
    const { rows } = await sql<{ family_id: string; region_code: string; amount: number }>`
      select family_id, min(region_code) as region_code, sum(amount)::bigint as amount from redemption
      where round_id = ${roundId} and id = any (${sign.redemptions}::uuid[]) group by 1 order by min(happened_at), 1`.execute(
      tx,
    )
    const opened = await tellDispute(tx, {
      cause: 'sign',
      roundId,
      roundNumber: round.number,
      programmeCode: round.programme_code,
      period: round.period,
      regionCode: rows[0]?.region_code ?? sign.region_code,
      families: rows.map((row) => row.family_id),
      expected: rows.reduce((sum, row) => sum + row.amount, 0),
      received: 0,
      cut: 0,
      note,
      door: 'desk',
      byAccount: actor.accountId,
      at: actor.at,
      secret,
    })
    if (!opened) throw conflict('sign_judged')
    complaintId = opened.complaintId
  }
  await sql`
    update delivery_sign set state = ${act.decision === 'case' ? 'case' : 'dismissed'}, note = ${note}, judged_by = ${actor.accountId}, judged_at = acting_now(), complaint_id = ${complaintId}
    where round_id = ${roundId} and kind = ${act.kind} and key = ${act.key}`.execute(tx)
  await told(tx, round, 'round.signs')
}

/** Has a round looked through again, in the background. */
export async function askForLook(tx: Tx, actor: Actor, roundId: string): Promise<void> {
  const round = await getRound(tx, actor, roundId, true)
  if (round.state !== 'open' && round.state !== 'closed') throw conflict('round_not_in_this_state')
  await sql`insert into sign_look (round_id, region_code) values (${roundId}, ${round.region_code})
    on conflict (round_id) do update set asked_at = acting_now(), looked_at = null`.execute(tx)
}
