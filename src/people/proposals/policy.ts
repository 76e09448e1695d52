import { isWithin, type Actor } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import { machine } from './machine.ts'
import type { Act, CheckResult, Door, Kind, State } from './schema.ts'

/** What the rules need to know about a proposal. Nothing personal. */
export type ProposalFacts = {
  state: State
  kind: Kind
  door: Door
  regionCode: string
  proposedBy: string | null
  checkerId: string | null
  checkedBy: string | null
  verifiedBy: string | null
  /** Of the last field check. */
  result: CheckResult | null
  /** A correction or removal names a family of the register; an enrolment needs none. */
  familyNamed: boolean
}

const inOffice = (actor: Actor) =>
  (actor.role === 'officer' || actor.role === 'supervisor') && actor.officeId?.split('/')[1] === 'social'
/** Village and kecamatan: who calls the meeting and sends somebody to look. */
const atVillage = (actor: Actor, regionCode: string) =>
  inOffice(actor) && actor.regionCode.length >= 8 && isWithin(regionCode, actor.regionCode)
/** Dinas Sosial of the regency or city: who verifies and approves. */
const atRegency = (actor: Actor, regionCode: string) =>
  inOffice(actor) && actor.regionCode.length === 5 && isWithin(regionCode, actor.regionCode)
const own = (actor: Actor, facts: ProposalFacts) => facts.proposedBy === actor.accountId
const checked = (actor: Actor, facts: ProposalFacts) => facts.checkedBy === actor.accountId

// Which rows somebody sees is the database's business. What they may do to a row they see is decided here.
const rules: Record<Act, (actor: Actor, facts: ProposalFacts) => boolean> = {
  put_on_agenda: (actor, facts) => atVillage(actor, facts.regionCode),
  // Nobody decides their own proposal, at the meeting or after it.
  accept: (actor, facts) => atVillage(actor, facts.regionCode) && !own(actor, facts),
  decline: (actor, facts) => rules.accept(actor, facts),
  postpone: (actor, facts) => rules.accept(actor, facts),
  give_field_check: (actor, facts) => atVillage(actor, facts.regionCode),
  submit_field_check: (actor, facts) => facts.checkerId === actor.accountId && !own(actor, facts),
  verify: (actor, facts) => atRegency(actor, facts.regionCode) && !own(actor, facts) && !checked(actor, facts),
  // The head of the office, after another person has verified.
  approve: (actor, facts) =>
    atRegency(actor, facts.regionCode) &&
    actor.role === 'supervisor' &&
    !own(actor, facts) &&
    !checked(actor, facts) &&
    facts.verifiedBy !== actor.accountId,
  refuse: (actor, facts) =>
    atRegency(actor, facts.regionCode) &&
    !own(actor, facts) &&
    (facts.state !== 'verified' || (actor.role === 'supervisor' && facts.verifiedBy !== actor.accountId)),
  return: (actor, facts) =>
    !own(actor, facts) &&
    (facts.state === 'checked' || facts.state === 'verified'
      ? atRegency(actor, facts.regionCode)
      : atVillage(actor, facts.regionCode)),
  // Whoever proposed, or the village desk for a citizen who comes with the missing paper.
  complete: (actor, facts) => own(actor, facts) || atVillage(actor, facts.regionCode),
  // After the meeting the proposer changes nothing any more; offices complete what the meeting accepted.
  amend: (actor, facts) =>
    (own(actor, facts) && facts.state !== 'accepted') ||
    atVillage(actor, facts.regionCode) ||
    atRegency(actor, facts.regionCode),
  withdraw: own,
  add_file: (actor, facts) =>
    own(actor, facts) || facts.checkerId === actor.accountId || atVillage(actor, facts.regionCode),
}
/** What keeps it from being verified and approved, whoever asks: nobody found it so, or nobody said which family. */
export function obstacle(facts: ProposalFacts): 'proposal_not_confirmed' | 'proposal_no_family' | null {
  if (facts.result !== 'as_proposed' && facts.result !== 'differs') return 'proposal_not_confirmed'
  return facts.kind === 'enrol' || facts.kind === 'object' || facts.familyNamed ? null : 'proposal_no_family'
}

/** Whether the actor may do this to the proposal as it is now. */
export const can = (actor: Actor, act: Act, facts: ProposalFacts): boolean =>
  machine[act].from.includes(facts.state) &&
  rules[act](actor, facts) &&
  ((act !== 'verify' && act !== 'approve') || obstacle(facts) === null)

export function authorize(actor: Actor, act: Act, facts: ProposalFacts): void {
  if (!rules[act](actor, facts)) throw forbidden(`proposal.${act}`)
}

export const abilities = (actor: Actor, facts: ProposalFacts): Act[] =>
  (Object.keys(rules) as Act[]).filter((act) => can(actor, act, facts))

/** The one next sensible act, for the primary button; null when there is nothing this person should do. */
export function nextAct(actor: Actor, facts: ProposalFacts): Act | null {
  const order: Act[] = (
    ['submit_field_check', 'approve', 'verify', 'give_field_check', 'accept', 'put_on_agenda', 'complete'] as const
  ).filter((act) => act !== 'give_field_check' || facts.state === 'accepted')
  return order.find((act) => can(actor, act, facts)) ?? null
}

/** Who may propose through a session. */
export const mayPropose = (actor: Actor): boolean => inOffice(actor) || actor.role === 'pillar'

/** Who holds meetings of a village, and issues their papers. */
export const mayHoldMeeting = (actor: Actor, regionCode: string): boolean => atVillage(actor, regionCode)
