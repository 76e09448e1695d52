import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { type Held, hold, settle } from './cases.ts'
import { tellServiceChange } from './changed.ts'
import type { Closing } from './definition.ts'
import { unfinished } from './machine.ts'

/** Ends a case with what came of it. Every required step has been done at least once; what is still open is dropped. */
export async function finish(
  tx: Tx,
  actor: Actor,
  id: string,
  { outcome, note }: { outcome: string; note?: string | undefined },
): Promise<void> {
  const held = await hold(tx, actor, id, 'finish')
  requireOutcome(held, outcome, 'finished')
  if (unfinished(held.plan.definition, held.steps).length > 0) throw conflict('service_steps_left')
  await close(tx, actor, held, 'finished', outcome, cleanText(note ?? '') || undefined)
}

/** Ends what was begun before its end, with a reason. */
export const stop = async (tx: Tx, actor: Actor, id: string, given: Ending): Promise<void> =>
  end(tx, actor, await hold(tx, actor, id, 'stop'), 'stopped', given)

/** Turns an application down, with a reason. */
export const reject = async (tx: Tx, actor: Actor, id: string, given: Ending): Promise<void> =>
  end(tx, actor, await hold(tx, actor, id, 'reject'), 'rejected', given)

type Ending = { reason: string; outcome?: string | undefined }

async function end(tx: Tx, actor: Actor, held: Held, how: Closing, { reason, outcome }: Ending): Promise<void> {
  const said = cleanText(reason)
  if (said.length < 5) throw invalid({ field: 'reason', code: 'minLength', params: { limit: 5 } })
  if (outcome) requireOutcome(held, outcome, how)
  await close(tx, actor, held, how, outcome ?? null, said)
}

function requireOutcome({ plan }: Held, outcome: string, how: Closing): void {
  if (!plan.definition.outcomes.some((one) => one.code === outcome && one.closes === how))
    throw invalid({ field: 'outcome', code: 'unknown' })
}

async function close(
  tx: Tx,
  actor: Actor,
  held: Held,
  how: Closing,
  outcome: string | null,
  body: string | undefined,
): Promise<void> {
  await sql`update service_step set dropped_at = acting_now() where case_id = ${held.row.id} and done_at is null and dropped_at is null`.execute(
    tx,
  )
  for (const step of held.steps) if (step.done_on === null) step.dropped_at ??= actor.at
  await settle(
    tx,
    actor,
    held,
    { kind: how, ...(outcome && { detail: { outcome } }), body },
    { state: how, outcome, closed_on: held.today },
  )
  await tellServiceChange(tx, actor, held, how)
}
