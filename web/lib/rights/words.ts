import type { DataRequest, HeldData, RetentionRun, TrackedRequest } from '#src/people/rights/schema.ts'
import { formatLongDate } from '#lib/format.ts'
import { m } from '#messages'

type Words<Code extends string> = Readonly<Record<Code, () => string>>

export const kindWords: Words<TrackedRequest['kind']> = {
  access: m.rights_kind_access,
  correction: m.rights_kind_correction,
}
export const stateWords: Words<TrackedRequest['state']> = {
  received: m.rights_state_received,
  answered: m.rights_state_answered,
  refused: m.rights_state_refused,
  withdrawn: m.rights_state_withdrawn,
}
export const storyWords: Words<TrackedRequest['events'][number]['kind']> = {
  filed: m.rights_event_filed,
  verified: m.rights_event_verified,
  answered: m.rights_event_answered,
  refused: m.rights_event_refused,
  withdrawn: m.rights_event_withdrawn,
  overdue: m.rights_event_overdue,
  seen: m.rights_event_seen,
  exported: m.rights_event_exported,
}
export const howWords: Words<NonNullable<DataRequest['verifiedHow']>> = {
  card_seen: m.rights_desk_how_card_seen,
  card_photo: m.rights_desk_how_card_photo,
  card_and_face: m.rights_desk_how_card_and_face,
}
export const lookWords: Words<HeldData['lookedAt'][number]['act']> = {
  opened: m.rights_look_opened,
  number_seen: m.rights_look_number_seen,
  answered_to_system: m.rights_look_answered_to_system,
}
export const keepWords: Words<RetentionRun['items'][number]['key']> = {
  request_identity: m.rights_keep_request_identity,
  proposal_identity: m.rights_keep_proposal_identity,
  opening: m.rights_keep_opening,
  left_register: m.rights_keep_left_register,
  complaint_identity: m.rights_keep_complaint_identity,
  ended_contact: m.rights_keep_ended_contact,
}

const zoneNames: Readonly<Record<string, string>> = {
  'Asia/Makassar': 'WITA',
  'Asia/Jayapura': 'WIT',
}
/** 'Kamis, 5 November 2026 pukul 09.00 WIB': the hours are of the clock, so the hour is said. */
export function untilWords(instant: string, zone: string): string {
  const time = new Intl.DateTimeFormat('id-ID', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(new Date(instant))
  return `${formatLongDate(instant, zone)}, ${time} ${zoneNames[zone] ?? 'WIB'}`
}

/** '12 jam lagi'; `hours` as the server counted them. */
export const dueWords = (hours: number): string =>
  hours < 0
    ? m.rights_desk_late({ hours: -hours })
    : hours === 0
      ? m.rights_desk_last_hour()
      : m.rights_desk_hours({ hours })

export const storyOf = (events: TrackedRequest['events']) =>
  events
    .map((event, place) => ({
      id: String(place),
      at: event.at,
      title: storyWords[event.kind](),
      kind: 'step' as const,
    }))
    .toReversed()
