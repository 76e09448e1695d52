import type { Act, CheckResult, Decision, Door, FileWhat, Kind, Removal, State } from '#src/people/proposals/schema.ts'
import { m } from '#messages'

/* The words people read for the codes of proposals. Every table names its messages one by one. */

export const kindWords: Readonly<Record<Kind, () => string>> = {
  enrol: m.proposals_kind_enrol,
  correct: m.proposals_kind_correct,
  remove: m.proposals_kind_remove,
  object: m.proposals_kind_object,
}
export const removalWords: Readonly<Record<Removal, () => string>> = {
  not_eligible: m.proposals_removal_not_eligible,
  moved: m.proposals_removal_moved,
  dead: m.proposals_removal_dead,
  double: m.proposals_removal_double,
  not_found: m.proposals_removal_not_found,
}
export const stateWords: Readonly<Record<State, () => string>> = {
  submitted: m.proposals_state_submitted,
  on_agenda: m.proposals_state_on_agenda,
  accepted: m.proposals_state_accepted,
  declined: m.proposals_state_declined,
  postponed: m.proposals_state_postponed,
  field_check: m.proposals_state_field_check,
  checked: m.proposals_state_checked,
  verified: m.proposals_state_verified,
  approved: m.proposals_state_approved,
  refused: m.proposals_state_refused,
  applied: m.proposals_state_applied,
  withdrawn: m.proposals_state_withdrawn,
  returned: m.proposals_state_returned,
}
export const doorWords: Readonly<Record<Door, () => string>> = {
  citizen: m.proposals_door_citizen,
  officer: m.proposals_door_officer,
  pillar: m.proposals_door_pillar,
  complaint: m.proposals_door_complaint,
  rights: m.proposals_door_rights,
}
export const decisionWords: Readonly<Record<Decision | 'withdrawn', () => string>> = {
  accepted: m.proposals_decision_accepted,
  declined: m.proposals_decision_declined,
  postponed: m.proposals_decision_postponed,
  withdrawn: m.proposals_decision_withdrawn,
}
export const resultWords: Readonly<Record<CheckResult, () => string>> = {
  as_proposed: m.proposals_result_as_proposed,
  differs: m.proposals_result_differs,
  not_found: m.proposals_result_not_found,
  not_true: m.proposals_result_not_true,
}
export const actWords: Readonly<Record<Act, () => string>> = {
  put_on_agenda: m.proposals_act_put_on_agenda,
  accept: m.proposals_act_accept,
  decline: m.proposals_act_decline,
  postpone: m.proposals_act_postpone,
  give_field_check: m.proposals_act_give_field_check,
  submit_field_check: m.proposals_act_submit_field_check,
  verify: m.proposals_act_verify,
  approve: m.proposals_act_approve,
  refuse: m.proposals_act_refuse,
  return: m.proposals_act_return,
  complete: m.proposals_act_complete,
  amend: m.proposals_act_amend,
  withdraw: m.proposals_act_withdraw,
  add_file: m.proposals_act_add_file,
}
/** What has happened, in the story of a proposal. */
export const storyWords: Readonly<Record<string, () => string>> = {
  submitted: m.proposals_story_submitted,
  put_on_agenda: m.proposals_story_put_on_agenda,
  accepted: m.proposals_story_accepted,
  declined: m.proposals_story_declined,
  postponed: m.proposals_story_postponed,
  field_check_given: m.proposals_story_field_check_given,
  field_checked: m.proposals_story_field_checked,
  returned: m.proposals_story_returned,
  completed: m.proposals_story_completed,
  amended: m.proposals_story_amended,
  verified: m.proposals_story_verified,
  approved: m.proposals_story_approved,
  refused: m.proposals_story_refused,
  applied: m.proposals_story_applied,
  withdrawn: m.proposals_story_withdrawn,
  file_added: m.proposals_story_file_added,
}
export const relationshipWords: Readonly<Record<string, () => string>> = {
  head: m.proposals_relationship_head,
  spouse: m.proposals_relationship_spouse,
  child: m.proposals_relationship_child,
  child_in_law: m.proposals_relationship_child_in_law,
  grandchild: m.proposals_relationship_grandchild,
  parent: m.proposals_relationship_parent,
  parent_in_law: m.proposals_relationship_parent_in_law,
  other_relative: m.proposals_relationship_other_relative,
  other: m.proposals_relationship_other,
}
export const fileWords: Readonly<Record<FileWhat, () => string>> = {
  identity_card: m.proposals_file_identity_card,
  house: m.proposals_file_house,
  family_card: m.proposals_file_family_card,
  other: m.proposals_file_other,
  field_check: m.proposals_file_field_check,
}
/** What a citizen may say a photo shows, in the order it is asked for. */
export const fileChoices = (): { value: FileWhat; label: string }[] =>
  (['identity_card', 'house', 'family_card', 'other'] as const).map((value) => ({ value, label: fileWords[value]() }))
