import type { Actor } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import { machine } from './machine.ts'
import type { Act, Door, State, Tier } from './schema.ts'

/** What the rules need to know about a case. Nothing personal. */
export type CaseFacts = {
  state: State
  door: Door
  matter: string
  officeId: string
  officeTier: Tier
  filedBy: string | null
  answeredBy: string | null
  verifiedBy: string | null
  joinedTo: string | null
  assigneeId: string | null
  /** Every office that ever held it. */
  offices: readonly string[]
  offered: { kind: 'up' | 'sideways' | 'down' | 'automatic'; fromOffice: string } | null
  proposed: { by: string } | null
  /** Somebody in the office can decide what another recommends. */
  officeDecides: boolean
  identityKnown: boolean
}

const staff = (actor: Actor) => actor.role === 'officer' || actor.role === 'supervisor'
const holds = (actor: Actor, facts: CaseFacts) => staff(actor) && actor.officeId === facts.officeId

/**
 * A walk-in case of a Puskesos or SLRT: the back office recommends and the coordinator or manager decides (domain
 * facts 1.4). Where nobody can decide, the officer acts alone rather than leave the citizen waiting.
 */
const needsDecision = (actor: Actor, facts: CaseFacts) =>
  facts.door === 'desk' &&
  (facts.officeTier === 'village' || facts.officeTier === 'regency') &&
  facts.officeDecides &&
  actor.role === 'officer'

// Which rows somebody sees is the database's business. What they may do to a row they see is decided here.
const rules: Record<Act, (actor: Actor, facts: CaseFacts) => boolean> = {
  // Who did the work does not verify it.
  verify: (actor, facts) => holds(actor, facts) && facts.filedBy !== actor.accountId,
  verify_answer: (actor, facts) =>
    holds(actor, facts) && facts.answeredBy !== actor.accountId && facts.verifiedBy === null,
  return_answer: (actor, facts) =>
    holds(actor, facts) && facts.answeredBy !== actor.accountId && facts.verifiedBy === null,
  approve: (actor, facts) =>
    holds(actor, facts) &&
    actor.role === 'supervisor' &&
    facts.proposed !== null &&
    facts.proposed.by !== actor.accountId,
  return: (actor, facts) => rules.approve(actor, facts),
  recommend: (actor, facts) => holds(actor, facts) && facts.proposed === null,
  ask_completion: holds,
  assign: holds,
  answer: (actor, facts) => holds(actor, facts) && facts.proposed === null && !needsDecision(actor, facts),
  refer_up: (actor, facts) =>
    holds(actor, facts) && facts.officeTier !== 'nation' && facts.proposed === null && !needsDecision(actor, facts),
  refer_sideways: (actor, facts) => holds(actor, facts) && facts.proposed === null && !needsDecision(actor, facts),
  send_down: (actor, facts) => holds(actor, facts) && facts.officeTier !== 'village',
  reject: (actor, facts) => holds(actor, facts) && facts.proposed === null && !needsDecision(actor, facts),
  accept: (actor, facts) => holds(actor, facts) && facts.offered !== null,
  decline: (actor, facts) => holds(actor, facts) && facts.offered !== null && facts.offered.kind !== 'automatic',
  revoke: (actor, facts) => staff(actor) && facts.offered !== null && facts.offered.fromOffice === actor.officeId,
  join: holds,
  separate: (actor, facts) => holds(actor, facts) && facts.joinedTo !== null,
  // The citizen has the last word for some days; closing earlier needs a verified answer.
  close: (actor, facts) => holds(actor, facts) && facts.verifiedBy !== null,
  note: (actor) => staff(actor),
  reclassify: holds,
  reply: (actor, facts) => holds(actor, facts) || (actor.role === 'pillar' && facts.filedBy === actor.accountId),
  add_evidence: (actor, facts) => holds(actor, facts) || (actor.role === 'pillar' && facts.filedBy === actor.accountId),
  reveal: (actor, facts) => holds(actor, facts) && facts.identityKnown,
  // About who is listed, or about papers; only social offices see the register.
  open_proposal: (actor, facts) =>
    holds(actor, facts) &&
    actor.officeId?.split('/')[1] === 'social' &&
    /^(enrolment|administration)(\.|$)/.test(facts.matter),
  // Also the office that referred the case on: it prints the referral letter afterwards.
  issue_letter: (actor, facts) => staff(actor) && actor.officeId !== null && facts.offices.includes(actor.officeId),
}

/** Whether the actor may do this to the case as it is now. */
export const can = (actor: Actor, act: Act, facts: CaseFacts): boolean =>
  machine[act].from.includes(facts.state) && rules[act](actor, facts)

export function authorize(actor: Actor, act: Act, facts: CaseFacts): void {
  if (!rules[act](actor, facts)) throw forbidden(`complaint.${act}`)
}

export const abilities = (actor: Actor, facts: CaseFacts): Act[] =>
  (Object.keys(rules) as Act[]).filter((act) => can(actor, act, facts))

/** The one next sensible act, for the primary button; null when there is nothing this person should do. */
export function nextAct(actor: Actor, facts: CaseFacts): Act | null {
  const order: Act[] = {
    received: ['verify', 'refer_up', 'assign'] as Act[],
    awaiting_completion: [],
    verified: ['answer', 'recommend', 'refer_up'] as Act[],
    referred: ['accept'] as Act[],
    in_progress: ['approve', 'answer', 'recommend', 'refer_up'] as Act[],
    contested: ['approve', 'answer', 'recommend', 'refer_up'] as Act[],
    answered: ['verify_answer', 'close'] as Act[],
    closed: [],
    closed_automatically: [],
    rejected: [],
    archived: [],
    withdrawn: [],
  }[facts.state]
  return order.find((act) => can(actor, act, facts)) ?? null
}

/** Who may file at all through a session: at a desk, or for a citizen. */
export const mayFile = (actor: Actor): boolean => staff(actor) || actor.role === 'pillar'
