import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { distributionTerms } from '../reconciliation/terms.ts'
import { authorizeVillage } from '../rounds/policy.ts'
import { getRound, told } from '../rounds/round.ts'
import { askable } from './askable.ts'
import { askingCode, askingHash } from './codes.ts'
import { TOPIC } from './rows.ts'
import { allocate } from './sample.ts'
import type { NewAsking } from './schema.ts'
import { type Issuer, writeTo } from './sending.ts'

/**
 * Draws whom to ask: of the deliveries of a round in the actor's region that nobody was asked about yet, so many, in proportion by village.
 * Within a village those with the lowest md5 of seed and family are drawn, so that the same seed and deliveries draw the same again. Asked by
 * message, those who can be reached are written to in the same transaction.
 */
export async function drawSample(
  tx: Tx,
  actor: Actor,
  issuer: Issuer,
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
  // Two draws of a round at once: the second finds who was drawn by the first.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`asking ${roundId}`}, 0))`.execute(tx)
  const before = await tx.selectFrom('delivery_asking').select('made_by').where('id', '=', id).executeTakeFirst()
  if (before?.made_by === actor.accountId) return id
  const seed = given.seed ?? randomBytes(8).toString('hex')
  const delivered = askable(roundId, region)
  const { rows: strata } = await sql<{ key: string; count: number }>`
    select e.region_code as key, count(*)::int as count ${delivered} group by 1 order by 1`.execute(tx)
  const population = strata.reduce((sum, one) => sum + one.count, 0)
  if (population === 0) throw conflict('asking_nobody')
  const shares = [...allocate(strata, given.size)].map(([key, share]) => ({ key, share }))
  const { rows: made } = await sql<{ closes_on: string }>`
    insert into delivery_asking (round_id, id, region_code, door, size, population, seed, closes_on, made_by)
    values (${roundId}, ${id}, ${region}, ${given.door}, ${given.size}, ${population}, ${seed}, (acting_now() + make_interval(days => ${terms.asking_open}))::date, ${actor.accountId})
    returning closes_on`.execute(tx)
  const closesOn = made[0]?.closes_on ?? ''
  const { rows: drawn } = await sql<{ family_id: string; region_code: string; expected: number; expires_at: Date }>`
    select x.family_id, x.region_code, x.expected, ((${closesOn}::date + 1)::timestamp at time zone r.time_zone) as expires_at
    from (select e.family_id, e.region_code, coalesce(e.given_amount, e.amount) as expected,
        row_number() over (partition by e.region_code order by md5(${seed} || ':' || e.family_id::text), e.family_id) as place ${delivered}) x
    join json_to_recordset(${JSON.stringify(shares)}) s (key text, share int) on s.key = x.region_code and x.place <= s.share
    join region r on r.code = x.region_code`.execute(tx)
  await withinAsSystem(tx, 'distribution: draw whom to ask', async (within) => {
    const asked = drawn.map((one) => ({
      askingId: id,
      familyId: one.family_id,
      regionCode: one.region_code,
      programme: round.programme_name,
      period: round.period,
      closesOn,
      expiresAt: one.expires_at,
    }))
    const unsent = given.door === 'message' ? await writeTo(within, issuer, asked, TOPIC) : undefined
    const rows = drawn.map((one) => ({
      ...one,
      code_hash: askingHash(askingCode(issuer.secret, id, one.family_id)),
      unsent: unsent?.get(one.family_id) ?? null,
    }))
    await sql`
      insert into delivery_question (asking_id, family_id, round_id, region_code, code_hash, expected, state, door, unsent)
      select ${id}, x.family_id, ${roundId}, x.region_code, x.code_hash, x.expected, 'waiting', ${given.door}, x.unsent
      from json_to_recordset(${JSON.stringify(rows)}) x (family_id uuid, region_code text, code_hash text, expected bigint, unsent text)`.execute(
      within,
    )
  })
  await sql`select record_act('draw', 'delivery_asking', ${id}, ${region}, ${JSON.stringify({ size: given.size, drawn: drawn.length, population, seed })}::jsonb, null)`.execute(
    tx,
  )
  await told(tx, round, 'round.asking')
  return id
}
