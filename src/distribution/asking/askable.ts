import { type RawBuilder, sql } from 'kysely'
import { contactsToAsk } from '#src/people/contacts/index.ts'
import { type Actor, isWithin, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import { messageChannels, sendsForReal } from '#src/platform/messages/index.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import { getRound, presentBrief } from '../rounds/round.ts'
import type { Askable, AskableFamilies, AskableQuery } from './schema.ts'

/** Deliveries of a round in a region that nobody was asked about: where a draw draws from. `e` is the entitlement. */
export const askable = (roundId: string, region: string): RawBuilder<unknown> => sql`
  from round_entitlement e where e.round_id = ${roundId} and e.region_code >= ${region} and e.region_code < ${scopeEnd(region)} and e.state = 'delivered'
    and not exists (select from delivery_question q where q.round_id = e.round_id and q.family_id = e.family_id)`

/** The same as rows called x, with whether a message would reach them: whom contacts say can be written to. */
async function withReach(tx: Tx, actor: Actor, roundId: string, within?: string) {
  const round = await getRound(tx, actor, roundId)
  if (!inSocialOffice(actor)) throw forbidden('round.asking')
  const region = within ?? actor.regionCode
  if (!isWithin(region, actor.regionCode)) throw notFound('region')
  const { rows: all } = await sql<{ family_id: string }>`select e.family_id ${askable(roundId, region)}`.execute(tx)
  const contacts = await withinAsSystem(tx, 'distribution: who can be asked by message', (system) =>
    contactsToAsk(
      system,
      all.map((one) => one.family_id),
      messageChannels(),
    ),
  )
  const reachable = contacts.map((one) => one.familyId)
  const rows = sql`(select e.family_id, e.region_code, e.payee_name, e.family_id = any (${reachable}::uuid[]) as reachable ${askable(roundId, region)}) x`
  return { round, region, rows }
}

/** How many of those who could be asked a message would reach, by village, and by what channels; before anybody is drawn. */
export async function readAskable(tx: Tx, actor: Actor, roundId: string): Promise<Askable> {
  const { rows } = await withReach(tx, actor, roundId)
  const { rows: villages } = await sql<{ code: string; name: string; delivered: number; reachable: number }>`
    select r.code, r.name, x.delivered, x.reachable
    from (select x.region_code, count(*)::int as delivered, count(*) filter (where x.reachable)::int as reachable from ${rows} group by 1) x
    join region r on r.code = x.region_code order by r.code`.execute(tx)
  const sum = (of: (row: (typeof villages)[number]) => number) => villages.reduce((all, row) => all + of(row), 0)
  return {
    channels: messageChannels(),
    sendsForReal: sendsForReal(),
    delivered: sum((row) => row.delivered),
    reachable: sum((row) => row.reachable),
    villages: villages.slice(0, 300),
  }
}

/** The families behind those figures, fifty at a time; the look is written down. */
export async function listAskable(
  tx: Tx,
  actor: Actor,
  roundId: string,
  query: AskableQuery,
): Promise<AskableFamilies> {
  const most = 50
  const { round, region, rows: source } = await withReach(tx, actor, roundId, query.region)
  const [village, family] = query.after?.split('_') ?? []
  const filtered = sql`from ${source} where (${query.reachable ?? null}::boolean is null or x.reachable = ${query.reachable ?? null})`
  const { rows: counted } = await sql<{ total: number }>`select count(*)::int as total ${filtered}`.execute(tx)
  const { rows } = await sql<{ family_id: string; region_code: string; payee_name: string; village: string; reachable: boolean }>`
    select y.*, r.name as village from (
      select x.* ${filtered} and (${village ?? null}::text is null or (x.region_code, x.family_id) > (${village ?? null}, ${family ?? null}::uuid))
      order by x.region_code, x.family_id limit ${most + 1}) y
    join region r on r.code = y.region_code order by y.region_code, y.family_id`.execute(
    tx,
  ) // prettier-ignore
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  await sql`select record_act('list', 'round_entitlement', ${roundId}, ${region}, ${JSON.stringify({ what: 'askable', rows: shown.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    round: presentBrief(round),
    total: counted[0]?.total ?? 0,
    items: shown.map((row) => ({
      familyId: row.family_id,
      payeeName: row.payee_name,
      village: { code: row.region_code, name: row.village },
      reachable: row.reachable,
    })),
    next: rows.length > most && last ? `${last.region_code}_${last.family_id}` : null,
  }
}
