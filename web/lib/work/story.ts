import type { Case, CaseEvent } from '#src/complaints/schema.ts'
import type { TimelineEntry } from '#lib/ui/Timeline.svelte'
import { m } from '#messages'
import { byRoleWords, letterWords, proposalWords, storyWords, word } from './words.ts'

const outside = new Set(['citizen', 'pillar', 'system'])

/**
 * What happened, newest first. What an office wrote for the citizen is an `answer`, what stays inside is `internal`;
 * what the citizen wrote stands as it is, with their name on it and not the office's.
 */
export const storyOf = (held: Case): TimelineEntry[] =>
  held.events
    .map((event): TimelineEntry => {
      const said = storyWords[event.kind]
      const title = said ? said({ office: event.office?.name ?? '', toOffice: event.toOffice?.name ?? '' }) : event.kind
      const detail = detailOf(event)
      return {
        id: String(event.seq),
        at: event.at,
        title: detail ? `${title}: ${detail}` : title,
        by: byOf(event),
        text: event.body ?? undefined,
        kind: !event.body || outside.has(event.byRole) ? 'step' : event.public ? 'answer' : 'internal',
      }
    })
    .toReversed()

/** Who did it, for which office. */
function byOf(event: CaseEvent): string {
  const who = event.byName ?? word(byRoleWords, event.byRole)
  return event.office ? `${who}, ${event.office.name}` : who
}

function detailOf(event: CaseEvent): string {
  const { assigneeName, act, letter } = event.data
  if (event.kind === 'assigned')
    return typeof assigneeName === 'string' ? m.work_assigned_to({ name: assigneeName }) : m.work_assigned_none()
  if (event.kind.startsWith('recommend') && typeof act === 'string') return word(proposalWords, act)
  if (event.kind.startsWith('proposal_') && typeof event.data['number'] === 'string') return event.data['number']
  if (event.kind === 'letter_issued' && typeof letter === 'string') return word(letterWords, letter)
  return ''
}

/** The words for what was done last, and by whom; for telling others who look at the same case. */
export function lastDone(held: Case): { who: string; what: string } {
  const last = held.events.at(-1)
  if (!last) return { who: '', what: '' }
  const said = storyWords[last.kind]
  return {
    who: last.byName ?? word(byRoleWords, last.byRole),
    what: said ? said({ office: last.office?.name ?? '', toOffice: last.toOffice?.name ?? '' }) : last.kind,
  }
}
