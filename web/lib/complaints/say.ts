import { m } from '#messages'
import { getLocale } from '#locale'
import { formatLongDate, formatNumber } from '#lib/format.ts'
import type { Class, Matter, State, Tracking } from '#src/complaints/schema.ts'
import type { Fault } from './steps.ts'

/** The sentence at a field, for `error` of a Field. */
export const faultOf = (faults: readonly Fault[], field: string): string | undefined =>
  faults.find((one) => one.field === field)?.message

export const matterName = (matter: Pick<Matter, 'nameId' | 'nameEn'>): string =>
  getLocale() === 'en' ? matter.nameEn : matter.nameId

const classNames: Record<Class, () => string> = {
  information: m.class_information,
  suggestion: m.class_suggestion,
  complaint: m.class_complaint,
  oversight: m.class_oversight,
}
export const className = (value: Class): string => classNames[value]()

type OfSomebody = (input: { office: string }) => string
const states: Record<State, [title: () => string, now: OfSomebody]> = {
  received: [m.state_received, m.state_received_now],
  awaiting_completion: [m.state_awaiting_completion, m.state_awaiting_completion_now],
  verified: [m.state_verified, m.state_verified_now],
  referred: [m.state_referred, m.state_referred_now],
  in_progress: [m.state_in_progress, m.state_in_progress_now],
  answered: [m.state_answered, m.state_answered_now],
  contested: [m.state_contested, m.state_contested_now],
  closed: [m.state_closed, m.state_closed_now],
  closed_automatically: [m.state_closed_automatically, m.state_closed_automatically_now],
  rejected: [m.state_rejected, m.state_rejected_now],
  archived: [m.state_archived, m.state_archived_now],
  withdrawn: [m.state_withdrawn, m.state_withdrawn_now],
}

/** Where a complaint stands and what happens now, as its citizen reads it. */
export function sayState(state: State, office: string): { title: string; now: string } {
  const [title, now] = states[state]
  return { title: title(), now: now({ office }) }
}

type OfEvent = (input: { office: string; toOffice: string }) => string
const events: Record<string, OfEvent> = {
  routed: m.event_routed,
  verified: m.event_verified,
  completion_asked: m.event_completion_asked,
  completed: m.event_completed,
  assigned: m.event_assigned,
  answered: m.event_answered,
  referred_up: m.event_referred_up,
  referred_sideways: m.event_referred_sideways,
  sent_down: m.event_sent_down,
  referral_accepted: m.event_referral_accepted,
  referral_declined: m.event_referral_declined,
  referral_revoked: m.event_referral_revoked,
  referral_lapsed: m.event_referral_lapsed,
  referred_automatically: m.event_referred_automatically,
  rejected: m.event_rejected,
  joined: m.event_joined,
  separated: m.event_separated,
  closed: m.event_closed,
  closed_automatically: m.event_closed_automatically,
  withdrawn: m.event_withdrawn,
  withdrawn_automatically: m.event_withdrawn_automatically,
  reopened: m.event_reopened,
  satisfied: m.event_satisfied,
  citizen_replied: m.event_citizen_replied,
  replied: m.event_replied,
  answer_verified: m.event_answer_verified,
  answer_returned: m.event_answer_returned,
  reclassified: m.event_reclassified,
  overdue: m.event_overdue,
  letter_issued: m.event_letter_issued,
  supported: m.event_supported,
  proposal_opened: m.proposals_event_opened,
  service_opened: m.services_event_opened,
}

/** What happened, as the citizen reads it; offices by name, people never. */
export function sayEvent(event: Tracking['events'][number]): string {
  const office = event.office ?? m.event_some_office()
  const named = { office: capital(office), toOffice: event.toOffice ?? m.event_some_office() }
  if (event.kind === 'filed') return event.office ? m.event_filed_with({ office: event.office }) : m.event_filed()
  if (event.kind === 'evidence_added')
    return event.byCitizen ? m.event_evidence_added_by_you() : m.event_evidence_added()
  // Closed by the citizen's own word: "the office closed it" would be wrong.
  if (event.kind === 'closed' && event.byCitizen) return m.event_closed_by_you()
  return events[event.kind]?.(named) ?? m.event_other()
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

const short = { WIB: 'Asia/Jakarta', WITA: 'Asia/Makassar', WIT: 'Asia/Jayapura' } as const
const zoneName = (zone: string) => Object.entries(short).find(([, one]) => one === zone)?.[0] ?? zone

/** "Kamis, 26 November 2026 pukul 16.00 WIB": a deadline as it is told to a citizen, in the time of the place. */
// Making one takes a tenth of a page's time, so each is made once.
const clocks = new Map<string, Intl.DateTimeFormat>()
function clockOf(zone: string): Intl.DateTimeFormat {
  const locale = getLocale() === 'en' ? 'en-GB' : 'id-ID'
  const key = `${locale} ${zone}`
  const known = clocks.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone })
  clocks.set(key, made)
  return made
}

export function sayDeadline(instant: string, zone: string): string {
  return m.public_deadline({
    day: formatLongDate(instant, zone),
    time: clockOf(zone).format(new Date(instant)),
    zone: zoneName(zone),
  })
}

/** "1,4 MB", "820 kB". */
export const saySize = (bytes: number): string =>
  bytes >= 1_000_000 ? `${formatNumber(bytes / 1_000_000, 1)} MB` : `${formatNumber(Math.max(1, bytes / 1000))} kB`
