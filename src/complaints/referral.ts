import { dueAt } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict } from '#src/platform/http/problem.ts'
import { officeChain } from '#src/regions/index.ts'
import { handOver, saveCase, step, whoIs, type Held, type Who } from './case.ts'
import { take, words } from './casework.ts'
import { stop } from './clocks.ts'
import { chosenOffice, nextUp } from './offices.ts'
import type { State, Tier } from './schema.ts'

type Way = 'up' | 'sideways' | 'down'
type Target = { id: string; name: string; tier: Tier }
const eventOf = { up: 'referred_up', sideways: 'referred_sideways', down: 'sent_down' } as const
const actOf = { up: 'refer_up', sideways: 'refer_sideways', down: 'send_down' } as const

/**
 * Hands a case to another office, with a reason the citizen reads. The other office is responsible from this moment,
 * so nothing lies between two desks; it accepts or declines within its term, and silence counts as acceptance.
 * Number, history and clocks stay.
 */
export async function refer(
  tx: Tx,
  actor: Actor,
  id: string,
  way: Way,
  input: { toOffice?: string; reason: string },
  version?: number,
): Promise<void> {
  const held = await take(tx, actor, id, actOf[way], version)
  const target = await targetOf(tx, held, way, input.toOffice)
  await giveReferral(tx, actor, held, way, target, input.reason)
}

/** The office a referral goes to: upwards the next with staff, otherwise the one named. */
export async function targetOf(tx: Tx, held: Held, way: Way, toOffice: string | undefined): Promise<Target> {
  if (way !== 'up') return chosenOffice(tx, held.row.region_code, held.row.office_id, toOffice, way)
  const office = nextUp(await officeChain(tx, held.row.region_code), held.row.office_id)
  if (!office) throw conflict('already_at_the_top')
  return office
}

export async function giveReferral(
  tx: Tx,
  actor: Actor,
  held: Held,
  way: Way,
  target: Target,
  reason: string,
): Promise<void> {
  const who = whoIs(actor)
  const state = step(held, actOf[way])
  const before = held.row.state
  const said = words(reason, 'reason')
  const from = held.row.office_id
  const seq = await saveCase(
    tx,
    who,
    held,
    {
      state,
      office_id: target.id,
      office_tier: target.tier,
      offices: [...held.row.offices, target.id],
      assignee_id: null,
    },
    [{ kind: eventOf[way], public: true, body: said, toOffice: target.id }],
    stop(held.clocks, who.at, 'done', ['first_response']),
  )
  await handOver(tx, who, held, seq, target, eventOf[way], said)
  await tx
    .insertInto('referral')
    .values({
      complaint_id: held.row.id,
      seq,
      kind: way,
      from_office: from,
      to_office: target.id,
      reason: said,
      status: 'offered',
      state_before: before,
      offered_by: who.accountId,
      offered_at: who.at,
      answer_by: dueAt({
        startedAt: who.at,
        workingDays: held.term('referral_answer').days,
        pauses: [],
        calendar: held.calendar,
      }),
    })
    .execute()
}

const settle = (
  tx: Tx,
  who: Who,
  held: Held,
  status: 'accepted' | 'declined' | 'revoked' | 'lapsed',
  reason: string | null,
) =>
  tx
    .updateTable('referral')
    .set({ status, answered_by: who.accountId, answered_at: who.at, answer_reason: reason })
    .where('complaint_id', '=', held.row.id)
    .where('status', '=', 'offered')
    .execute()

/** The receiving office takes the case up. */
export async function accept(tx: Tx, actor: Actor, id: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'accept', version)
  const who = whoIs(actor)
  const state = step(held, 'accept')
  await settle(tx, who, held, 'accepted', null)
  await saveCase(tx, who, held, { state, assignee_id: actor.accountId }, [{ kind: 'referral_accepted', public: true }])
}

/** The receiving office gives the case back with a reason. */
export async function decline(tx: Tx, actor: Actor, id: string, reason: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'decline', version)
  await giveBack(tx, whoIs(actor), held, 'declined', words(reason, 'reason'))
}

/** The sender takes the case back before it was accepted. */
export async function revoke(tx: Tx, actor: Actor, id: string, reason: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'revoke', version)
  await giveBack(tx, whoIs(actor), held, 'revoked', words(reason, 'reason'))
}

async function giveBack(tx: Tx, who: Who, held: Held, how: 'declined' | 'revoked', reason: string): Promise<void> {
  const offered = held.offered
  if (!offered) throw conflict('no_open_referral')
  const state = step(held, how === 'declined' ? 'decline' : 'revoke', offered.stateBefore)
  const sender = await tx
    .selectFrom('office')
    .select(['id', 'tier'])
    .where('id', '=', offered.fromOffice)
    .executeTakeFirstOrThrow()
  await settle(tx, who, held, how, reason)
  const seq = await saveCase(
    tx,
    who,
    held,
    {
      state,
      office_id: sender.id,
      office_tier: sender.tier as Tier,
      offices: [...held.row.offices, sender.id],
      assignee_id: null,
    },
    [
      {
        kind: how === 'declined' ? 'referral_declined' : 'referral_revoked',
        public: true,
        body: reason,
        toOffice: sender.id,
      },
    ],
  )
  await handOver(tx, who, held, seq, { id: sender.id, tier: sender.tier as Tier }, how, reason)
}

/** The term to answer a referral is over: silence counts as acceptance. */
export async function lapseReferral(tx: Tx, who: Who, held: Held): Promise<void> {
  if (!held.offered) return
  const state = step(held, 'lapse_referral')
  await settle(tx, who, held, 'lapsed', null)
  await saveCase(tx, who, held, { state }, [{ kind: 'referral_lapsed', public: true }])
}

/**
 * A case climbs by itself: its deadline passed, or nobody works in its office any more. It keeps its state (a referral
 * still unanswered counts as taken up), and the office above cannot decline it.
 */
export async function climb(tx: Tx, who: Who, held: Held, why: 'automatic' | 'unstaffed'): Promise<boolean> {
  const target = nextUp(await officeChain(tx, held.row.region_code), held.row.office_id)
  if (!target) return false
  if (held.offered) await settle(tx, who, held, 'lapsed', null)
  const from = held.row.office_id
  const before = held.row.state
  const state: State = before === 'referred' ? 'in_progress' : before
  const seq = await saveCase(
    tx,
    who,
    held,
    {
      state,
      office_id: target.id,
      office_tier: target.tier,
      offices: [...held.row.offices, target.id],
      assignee_id: null,
      climbs_at: null,
    },
    [{ kind: 'referred_automatically', public: true, toOffice: target.id, data: { why } }],
  )
  await handOver(tx, who, held, seq, target, why, null)
  await tx
    .insertInto('referral')
    .values({
      complaint_id: held.row.id,
      seq,
      kind: 'automatic',
      from_office: from,
      to_office: target.id,
      reason: why,
      status: 'accepted',
      state_before: before,
      offered_at: who.at,
      answered_at: who.at,
    })
    .execute()
  return true
}
