import { m } from '#messages'
import type { PlanPage, PlanStep } from '#src/programmes/services/schema.ts'
import type { TypedQuestion } from './typed.ts'

export { nameOf, optionsOf } from '#lib/named.ts'
export { kindWords, stateWords } from '#lib/service-cases/words.ts'

type Words<Key extends string> = Readonly<Record<Key, () => string>>

export const phaseWords: Words<PlanStep['phase']> = {
  application: m.services_phase_application,
  assessment: m.services_phase_assessment,
  plan: m.services_phase_plan,
  steps: m.services_phase_steps,
  outcome: m.services_phase_outcome,
}
export const unitWords: Words<PlanPage['definition']['unit']> = {
  person: m.services_plans_unit_person,
  family: m.services_plans_unit_family,
  group: m.services_plans_unit_group,
}
export const countingWords: Words<'calendar' | 'working'> = {
  calendar: m.services_plans_days_calendar,
  working: m.services_plans_days_working,
}
export const whoWords: Words<PlanStep['who'][number]> = {
  officer: m.services_plans_who_officer,
  pillar: m.services_plans_who_pillar,
}
export const answerWords: Words<TypedQuestion['kind']> = {
  text: m.services_plans_answer_text,
  number: m.services_plans_answer_number,
  yesno: m.services_plans_answer_yesno,
  choice: m.services_plans_answer_choice,
  choices: m.services_plans_answer_choices,
  date: m.services_plans_answer_date,
}
export const closesWords: Words<'finished' | 'stopped' | 'rejected'> = {
  finished: m.services_state_finished,
  stopped: m.services_state_stopped,
  rejected: m.services_state_rejected,
}
export const obstacleWords: Words<PlanPage['obstacles'][number]> = {
  faults: m.services_plans_obstacle_faults,
  example_missing: m.services_plans_obstacle_example_missing,
  examples_fail: m.services_plans_obstacle_examples_fail,
  day_past: m.services_plans_obstacle_day_past,
  day_taken: m.services_plans_obstacle_day_taken,
  by_another: m.services_plans_obstacle_by_another,
}
const faultWords: Readonly<Record<string, () => string>> = {
  unknown: m.services_plans_fault_unknown,
  service_not_now: m.services_plans_fault_not_now,
  service_plan_first: m.services_plans_fault_plan_first,
  service_steps_left: m.services_plans_fault_steps_left,
}
export const faultWord = (code: string): string => faultWords[code]?.() ?? code
/** Parts of a plan, for what differs between two. */
export const fieldWords: Readonly<Record<string, () => string>> = {
  validFrom: m.services_plans_valid_from,
  verified: m.services_plans_verified,
  source: m.services_plans_source,
  unit: m.services_plans_unit,
  days: m.services_plans_days,
  confidential: m.services_confidential,
  summary: m.services_plans_summary,
  summaryEn: m.services_plans_summary_en,
  steps: m.services_plans_steps,
  outcomes: m.services_plans_outcomes,
  name: m.services_plans_name,
  nameEn: m.services_plans_name_en,
  phase: m.services_plans_phase,
  kind: m.services_plans_kind,
  after: m.services_plans_after,
  every: m.services_plans_every,
  times: m.services_plans_times,
  who: m.services_plans_who,
  required: m.services_step_required,
  group: m.services_plans_group,
  results: m.services_plans_results,
  met: m.services_plans_result_met,
  again: m.services_plans_result_again,
  topics: m.services_plans_topics,
  form: m.services_plans_questions,
  closes: m.services_plans_closes,
}
