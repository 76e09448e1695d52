import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { authorize, authorizeOwner, getProgramme, today } from '../catalogue/index.ts'
import type { EndPlan } from './schema-plans.ts'

/**
 * Takes a published plan back from a day on, with a reason: by a head of the office that owns the programme. The plan stays, with the cases begun by it; from
 * that day on the one before it counts again, or none where there is none. A plan that has not begun yet never does.
 */
export async function endPlan(tx: Tx, actor: Actor, code: string, from: string, given: EndPlan): Promise<void> {
  const programme = await getProgramme(tx, code)
  const plan = await tx
    .selectFrom('service_plan')
    .select('made_by')
    .where('programme_code', '=', code)
    .where('valid_from', '=', from)
    .executeTakeFirst()
  if (!plan) throw notFound('service_plan')
  authorizeOwner(actor, programme.region_code)
  authorize(actor, 'end', { programmeRegion: programme.region_code, state: 'published', madeBy: plan.made_by })
  const reason = cleanLine(given.reason)
  if (reason.length < 5) throw invalid({ field: 'reason', code: 'minLength', params: { limit: 5 } })
  if (given.endsOn < today(actor.at)) throw invalid({ field: 'endsOn', code: 'past' })
  if (given.endsOn > '2200-01-01') throw invalid({ field: 'endsOn', code: 'invalid' })
  const ended = await tx
    .insertInto('service_plan_end')
    .values({ programme_code: code, valid_from: from, ends_on: given.endsOn, reason, made_by: actor.accountId })
    .onConflict((on) => on.doNothing())
    .returning('ends_on')
    .executeTakeFirst()
  if (!ended) throw conflict('plan_ended')
  await sql`select record_act('end', 'service_plan', ${`${code}/${from}`}, null, ${JSON.stringify({ endsOn: given.endsOn })}::jsonb, ${reason})`.execute(
    tx,
  )
}
