import { inSocialOffice } from '#src/people/register/index.ts'
import { type Actor, isWithin } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import type { PlanStep } from './definition.ts'
import { type Act, isOpen, possible, type State } from './machine.ts'

/** What the rules need to know about a case. Nothing personal. */
export type CaseFacts = {
  state: State
  unit: 'person' | 'family' | 'group'
  regionCode: string
  officeId: string
  workerId: string | null
  openedBy: string
  helpers: readonly string[]
}

/** Who holds a case: its case worker, the supervisor of its office; until somebody has it, whoever took the application. As in the database. */
export const holds = (actor: Actor, facts: CaseFacts): boolean =>
  (actor.role === 'supervisor' && actor.officeId === facts.officeId) ||
  (['officer', 'supervisor', 'pillar'].includes(actor.role) && (facts.workerId ?? facts.openedBy) === actor.accountId)

const holdsAtDesk = (actor: Actor, facts: CaseFacts) => inSocialOffice(actor) && holds(actor, facts)
const works = (actor: Actor, facts: CaseFacts) => holds(actor, facts) || facts.helpers.includes(actor.accountId)

// Which rows somebody sees is the database's business. What they may do to a row they see is decided here.
const rules: Record<Act, (actor: Actor, facts: CaseFacts) => boolean> = {
  assess: works,
  record: works,
  move: works,
  member: (actor, facts) => facts.unit === 'group' && holdsAtDesk(actor, facts),
  // Deciding is the office's: what is done, by whom, and how it ends.
  plan: holdsAtDesk,
  give: holdsAtDesk,
  finish: holdsAtDesk,
  stop: holdsAtDesk,
  reject: holdsAtDesk,
}

export const can = (actor: Actor, act: Act, facts: CaseFacts): boolean =>
  possible[act].includes(facts.state) && rules[act](actor, facts)

export function authorize(actor: Actor, act: Act, facts: CaseFacts): void {
  if (!rules[act](actor, facts)) throw forbidden(`service.${act}`)
}

export const abilities = (actor: Actor, facts: CaseFacts): Act[] =>
  (Object.keys(rules) as Act[]).filter((act) => can(actor, act, facts))

/** A step is recorded by whoever it was given to, or whoever holds the case; and only by the kind of people its plan names. */
export const mayRecordStep = (
  actor: Actor,
  facts: CaseFacts,
  step: Pick<PlanStep, 'who'>,
  assigneeId: string | null,
): boolean =>
  (assigneeId === actor.accountId || holds(actor, facts)) &&
  (actor.role === 'pillar' ? step.who.includes('pillar') : inSocialOffice(actor))

/** Applications are taken by a social office of the place or above it. */
export function authorizeApplication(actor: Actor, regionCode: string): void {
  if (!inSocialOffice(actor) || !isWithin(regionCode, actor.regionCode)) throw forbidden('service.apply')
}

/** Figures: the social offices of a region, and auditors. */
export const mayCount = (actor: Actor): boolean => inSocialOffice(actor) || actor.role === 'auditor'

/** The one next sensible act, for the primary button. */
export function nextAct(actor: Actor, facts: CaseFacts, ready: boolean): Act | null {
  if (!isOpen(facts.state)) return null
  const order: Act[] =
    facts.state === 'applied'
      ? ['assess']
      : facts.state === 'assessed'
        ? ['plan']
        : ready
          ? ['finish', 'record']
          : ['record']
  return order.find((act) => can(actor, act, facts)) ?? null
}
