import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { type Actor, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { distributionTerms } from '../reconciliation/terms.ts'
import { authorizeVillage } from '../rounds/policy.ts'
import { getRound, told } from '../rounds/round.ts'
import { askingCode, askingHash } from './codes.ts'
import { allocate } from './sample.ts'
import type { NewAsking } from './schema.ts'

/**
 * Draws whom to ask: of the deliveries of a round in the actor's region that nobody was asked about yet, so many, in proportion by village.
 * Within a village those with the lowest md5 of seed and family are drawn, so that the same seed and deliveries draw the same again.
 */
export async function drawSample(
  tx: Tx,
  actor: Actor,
  secret: Buffer,
  roundId: string,
  given: NewAsking,
): Promise<string> {
  const round = await getRound(tx, actor, roundId)
  const region =
    round.region_code.startsWith(actor.regionCode) || actor.regionCode === '00' ? round.region_code : actor.regionCode
  authorizeVillage(actor, region)
  if (!['open', 'closed', 'reconciled'].includes(round.state)) throw conflict('round_not_in_this_state')
  const terms = await distributionTerms(tx, ['asking_open', 'asking_most'])
  if (given.size > terms.asking_most)
    throw invalid({ field: 'size', code: 'above_limit', params: { limit: terms.asking_most } })
  const id = given.id ?? uuid()
  const before = await tx.selectFrom('delivery_asking').select('made_by').where('id', '=', id).executeTakeFirst()
  if (before?.made_by === actor.accountId) return id
  const seed = given.seed ?? randomBytes(8).toString('hex')
  const delivered = sql`from round_entitlement e where e.round_id = ${roundId} and e.region_code >= ${region} and e.region_code < ${scopeEnd(region)} and e.state = 'delivered'
    and not exists (select from delivery_question q where q.round_id = e.round_id and q.family_id = e.family_id)`
  const { rows: strata } = await sql<{ key: string; count: number }>`
    select e.region_code as key, count(*)::int as count ${delivered} group by 1 order by 1`.execute(tx)
  const population = strata.reduce((sum, one) => sum + one.count, 0)
  if (population === 0) throw conflict('asking_nobody')
  const shares = [...allocate(strata, given.size)].map(([key, share]) => ({ key, share }))
  await sql`
    insert into delivery_asking (round_id, id, region_code, door, size, population, seed, closes_on, made_by)
    values (${roundId}, ${id}, ${region}, ${given.door}, ${given.size}, ${population}, ${seed}, (acting_now() + make_interval(days => ${terms.asking_open}))::date, ${actor.accountId})`.execute(
    tx,
  )
  const { rows: drawn } = await sql<{ family_id: string; region_code: string; expected: number }>`
    select x.family_id, x.region_code, x.expected
    from (select e.family_id, e.region_code, coalesce(e.given_amount, e.amount) as expected,
        row_number() over (partition by e.region_code order by md5(${seed} || ':' || e.family_id::text), e.family_id) as place ${delivered}) x
    join json_to_recordset(${JSON.stringify(shares)}) s (key text, share int) on s.key = x.region_code and x.place <= s.share`.execute(
    tx,
  )
  await withinAsSystem(tx, 'distribution: draw whom to ask', (within) =>
    sql`
      insert into delivery_question (asking_id, family_id, round_id, region_code, code_hash, expected, state)
      select ${id}, x.family_id, ${roundId}, x.region_code, x.code_hash, x.expected, 'waiting'
      from json_to_recordset(${JSON.stringify(drawn.map((one) => ({ ...one, code_hash: askingHash(askingCode(secret, id, one.family_id)) })))}) x
        (family_id uuid, region_code text, code_hash text, expected bigint)`.execute(within),
  )
  await sql`select record_act('draw', 'delivery_asking', ${id}, ${region}, ${JSON.stringify({ size: given.size, drawn: drawn.length, population, seed })}::jsonb, null)`.execute(
    tx,
  )
  await told(tx, round, 'round.asking')
  return id
}
