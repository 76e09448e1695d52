import { sql } from 'kysely'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import { getRound, rangeOf, told } from '../rounds/round.ts'
import { matching, questionRows } from './rows.ts'
import type { Visited } from './schema.ts'

/**
 * Has the families visited whom no message reached and who have not answered: they stand on the visit list of whoever did not hand out there.
 * Their codes go on opening the questions. Answers how many; none the second time.
 */
export async function visitUnreached(tx: Tx, actor: Actor, roundId: string, region?: string): Promise<Visited> {
  const round = await getRound(tx, actor, roundId)
  const where = region ?? actor.regionCode
  if (!isWithin(where, actor.regionCode)) throw notFound('region')
  if (!inSocialOffice(actor)) throw forbidden('round.asking')
  const visited = await withinAsSystem(tx, 'distribution: visit whom no message reached', async (within) => {
    const { rows } = await sql<{ region_code: string }>`
      update delivery_question q set door = 'visit', visit_since = acting_now() from ${questionRows(roundId, rangeOf(where))} x
      where q.asking_id = x.asking_id and q.family_id = x.family_id and q.state <> 'answered' and ${matching({ reach: 'unreached' })}
      returning q.region_code`.execute(within)
    return rows
  })
  if (visited.length > 0) {
    await sql`select record_act('visit', 'delivery_question', ${roundId}, ${where}, ${JSON.stringify({ rows: visited.length })}::jsonb, null)`.execute(
      tx,
    )
    await told(tx, round, 'round.asking')
  }
  return { visited: visited.length, villages: new Set(visited.map((one) => one.region_code)).size }
}
