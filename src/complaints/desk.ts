import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { saveCase, step, whoIs, type Held } from './case.ts'
import { giveAnswer, giveRejection, take, words } from './casework.ts'
import { giveReferral, targetOf } from './referral.ts'
import type { Tier } from './schema.ts'

type Proposal = { act: 'answer' | 'refer_up' | 'refer_sideways' | 'reject'; toOffice?: string; body: string }

/** The back office says what should be done; the coordinator (Puskesos) or manager (SLRT) decides. */
export async function recommend(tx: Tx, actor: Actor, id: string, proposal: Proposal, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'recommend', version)
  const who = whoIs(actor)
  const state = step(held, 'recommend')
  const target = proposal.act.startsWith('refer')
    ? await targetOf(tx, held, proposal.act === 'refer_up' ? 'up' : 'sideways', proposal.toOffice)
    : null
  const body = words(proposal.body)
  const seq = await saveCase(
    tx,
    who,
    held,
    { state: held.row.state === 'contested' ? 'contested' : state, assignee_id: actor.accountId },
    [{ kind: 'recommended', public: false, body, toOffice: target?.id ?? null, data: { act: proposal.act } }],
  )
  await tx
    .insertInto('recommendation')
    .values({
      complaint_id: id,
      seq,
      office_id: held.row.office_id,
      act: proposal.act,
      to_office: target?.id ?? null,
      body,
      status: 'proposed',
      by_account: actor.accountId,
      at: who.at,
    })
    .execute()
}

const decide = (tx: Tx, actor: Actor, held: Held, status: 'approved' | 'returned', note: string | null) =>
  tx
    .updateTable('recommendation')
    .set({ status, decided_by: actor.accountId, decided_at: actor.at, decision_note: note })
    .where('complaint_id', '=', held.row.id)
    .where('status', '=', 'proposed')
    .execute()

/** The decision: what was recommended is done, in the words that were recommended. */
export async function approve(
  tx: Tx,
  actor: Actor,
  id: string,
  note: string | undefined,
  version?: number,
): Promise<void> {
  const held = await take(tx, actor, id, 'approve', version)
  const proposal = held.proposed
  if (!proposal) throw conflict('no_open_recommendation')
  const said = note ? words(note, 'note') : null
  await decide(tx, actor, held, 'approved', said)
  await saveCase(tx, whoIs(actor), held, {}, [
    { kind: 'recommendation_approved', public: false, body: said, data: { act: proposal.act } },
  ])
  held.proposed = null
  if (proposal.act === 'answer') return giveAnswer(tx, actor, held, proposal.body, proposal.by)
  if (proposal.act === 'reject') return giveRejection(tx, actor, held, proposal.body)
  const way = proposal.act === 'refer_up' ? 'up' : 'sideways'
  const target = await tx
    .selectFrom('office')
    .select(['id', 'name', 'tier', 'staffed'])
    .where('id', '=', proposal.toOffice ?? '')
    .executeTakeFirst()
  if (!target) throw invalid({ field: 'toOffice', code: 'unknown' })
  // Staff may have left since it was recommended: then upwards means the next office that has some.
  const to = target.staffed ? { ...target, tier: target.tier as Tier } : await targetOf(tx, held, way, target.id)
  return giveReferral(tx, actor, held, way, to, proposal.body)
}

/** Not like this: back to the one who recommended, with what to change. */
export async function returnRecommendation(
  tx: Tx,
  actor: Actor,
  id: string,
  body: string,
  version?: number,
): Promise<void> {
  const held = await take(tx, actor, id, 'return', version)
  const proposal = held.proposed
  if (!proposal) throw conflict('no_open_recommendation')
  const said = words(body)
  await decide(tx, actor, held, 'returned', said)
  await saveCase(tx, whoIs(actor), held, { assignee_id: proposal.by }, [
    { kind: 'recommendation_returned', public: false, body: said },
  ])
}
