import { formatNumber } from '#lib/format.ts'
import type { Tone } from '#lib/ui/tone.ts'
import { m } from '#messages'
import type { About, Act, Figure, State, StepKind } from '#src/programmes/services/schema.ts'

export { nameOf } from '#lib/named.ts'

export const stateWords: Readonly<Record<State, () => string>> = {
  applied: m.services_state_applied,
  assessed: m.services_state_assessed,
  planned: m.services_state_planned,
  running: m.services_state_running,
  finished: m.services_state_finished,
  stopped: m.services_state_stopped,
  rejected: m.services_state_rejected,
}
export const stateTones: Readonly<Record<State, Tone>> = {
  applied: 'warning',
  assessed: 'warning',
  planned: 'primary',
  running: 'primary',
  finished: 'success',
  stopped: 'neutral',
  rejected: 'neutral',
}
export const figureWords: Readonly<Record<Figure, () => string>> = {
  applied: m.services_figure_applied,
  started: m.services_figure_started,
  running: m.services_figure_running,
  overdue: m.services_figure_overdue,
  finished: m.services_figure_finished,
  stopped: m.services_figure_stopped,
  rejected: m.services_figure_rejected,
}
export const kindWords: Readonly<Record<StepKind, () => string>> = {
  visit: m.services_kind_visit,
  session: m.services_kind_session,
  measuring: m.services_kind_measuring,
  fitting: m.services_kind_fitting,
  hearing: m.services_kind_hearing,
  training: m.services_kind_training,
  other: m.services_kind_other,
}
export const actWords: Readonly<Record<Exclude<Act, 'move'>, () => string>> = {
  assess: m.services_act_assess,
  plan: m.services_act_plan,
  record: m.services_act_record,
  give: m.services_act_give,
  member: m.services_act_member,
  finish: m.services_act_finish,
  stop: m.services_act_stop,
  reject: m.services_act_reject,
}
export const storyWords: Readonly<Record<string, () => string>> = {
  applied: m.services_story_applied,
  assessed: m.services_story_assessed,
  planned: m.services_story_planned,
  recorded: m.services_story_recorded,
  moved: m.services_story_moved,
  given: m.services_story_given,
  member_joined: m.services_story_member_joined,
  member_left: m.services_story_member_left,
  finished: m.services_story_finished,
  stopped: m.services_story_stopped,
  rejected: m.services_story_rejected,
}

/** Whom it is for, and where they live; initials for those outside. */
export const whom = (about: About): string => about.name ?? m.services_no_name()
export const placeOf = (about: About, region: string): string =>
  [about.address, about.rt && `RT ${about.rt}`, about.rw && `RW ${about.rw}`, region].filter(Boolean).join(' · ')

export const dueWord = (days: number): string =>
  days < 0
    ? m.services_overdue({ days: formatNumber(-days) })
    : days === 0
      ? m.services_today()
      : m.services_left({ days: formatNumber(days) })
export const dueTone = (days: number): Tone => (days < 0 ? 'error' : days === 0 ? 'warning' : 'neutral')
