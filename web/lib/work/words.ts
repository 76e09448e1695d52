import type { Act, Class, ClockKind, Door, State } from '#src/complaints/schema.ts'
import { m } from '#messages'

/*
 * The words officers read for the codes of the wire. Every table names its messages one by one: a key made at run time
 * would carry all messages of the site into the page.
 */

export const stateWords: Readonly<Record<State, () => string>> = {
  received: m.common_state_received,
  awaiting_completion: m.common_state_awaiting_completion,
  verified: m.common_state_verified,
  referred: m.common_state_referred,
  in_progress: m.common_state_in_progress,
  answered: m.common_state_answered,
  contested: m.common_state_contested,
  closed: m.common_state_closed,
  closed_automatically: m.common_state_closed_automatically,
  rejected: m.common_state_rejected,
  archived: m.common_state_archived,
  withdrawn: m.common_state_withdrawn,
}

export const classWords: Readonly<Record<Class, () => string>> = {
  information: m.class_information,
  suggestion: m.class_suggestion,
  complaint: m.class_complaint,
  oversight: m.class_oversight,
}

export const doorWords: Readonly<Record<Door, () => string>> = {
  web: m.door_web,
  desk: m.door_desk,
  pillar: m.door_pillar,
  api: m.door_api,
}

export const clockWords: Readonly<Record<ClockKind, () => string>> = {
  first_response: m.clock_first_response,
  settlement: m.clock_settlement,
  verification: m.clock_verification,
}

/** What the button of an act says. */
export const actWords: Readonly<Record<Act, () => string>> = {
  verify: m.act_verify,
  ask_completion: m.act_ask_completion,
  assign: m.act_assign,
  answer: m.act_answer,
  refer_up: m.act_refer_up,
  refer_sideways: m.act_refer_sideways,
  send_down: m.act_send_down,
  accept: m.act_accept,
  decline: m.act_decline,
  revoke: m.act_revoke,
  reject: m.act_reject,
  join: m.act_join,
  separate: m.act_separate,
  close: m.act_close,
  note: m.act_note,
  recommend: m.act_recommend,
  approve: m.act_approve,
  return: m.act_return,
  verify_answer: m.act_verify_answer,
  return_answer: m.act_return_answer,
  reclassify: m.act_reclassify,
  reply: m.act_reply,
  add_evidence: m.act_add_evidence,
  reveal: m.act_reveal,
  issue_letter: m.act_issue_letter,
  open_proposal: m.proposals_act_open,
}

/** A pillar writes for the citizen, so the office is the one written to. */
export const actWord = (act: Act, pillar: boolean): string =>
  pillar && act === 'reply' ? m.act_reply_pillar() : actWords[act]()

/** What has happened, in the story of a case; `office` and `toOffice` are names. */
export const storyWords: Readonly<Record<string, (named: { office: string; toOffice: string }) => string>> = {
  filed: () => m.story_filed(),
  routed: ({ toOffice }) => m.story_routed({ toOffice }),
  verified: () => m.story_verified(),
  completion_asked: () => m.story_completion_asked(),
  completed: () => m.story_completed(),
  assigned: () => m.story_assigned(),
  answered: () => m.story_answered(),
  referred_up: ({ toOffice }) => m.story_referred_up({ toOffice }),
  referred_sideways: ({ toOffice }) => m.story_referred_sideways({ toOffice }),
  sent_down: ({ toOffice }) => m.story_sent_down({ toOffice }),
  referral_accepted: () => m.story_referral_accepted(),
  referral_declined: ({ toOffice }) => m.story_referral_declined({ toOffice }),
  referral_revoked: ({ toOffice }) => m.story_referral_revoked({ toOffice }),
  referral_lapsed: () => m.story_referral_lapsed(),
  referred_automatically: ({ toOffice }) => m.story_referred_automatically({ toOffice }),
  rejected: () => m.story_rejected(),
  joined: () => m.story_joined(),
  separated: () => m.story_separated(),
  closed: () => m.story_closed(),
  closed_automatically: () => m.story_closed_automatically(),
  withdrawn: () => m.story_withdrawn(),
  withdrawn_automatically: () => m.story_withdrawn_automatically(),
  reopened: () => m.story_reopened(),
  satisfied: () => m.story_satisfied(),
  citizen_replied: () => m.story_citizen_replied(),
  replied: () => m.story_replied(),
  evidence_added: () => m.story_evidence_added(),
  noted: () => m.story_noted(),
  recommended: () => m.story_recommended(),
  recommendation_returned: () => m.story_recommendation_returned(),
  recommendation_approved: () => m.story_recommendation_approved(),
  answer_verified: () => m.story_answer_verified(),
  answer_returned: () => m.story_answer_returned(),
  reclassified: () => m.story_reclassified(),
  reminded: () => m.story_reminded(),
  overdue: () => m.story_overdue(),
  letter_issued: () => m.story_letter_issued(),
  supported: () => m.story_supported(),
  proposal_opened: () => m.proposals_story_opened(),
  proposal_news: () => m.proposals_story_news(),
  service_opened: () => m.services_story_from_complaint(),
  service_news: () => m.services_story_news(),
}

export const byRoleWords: Readonly<Record<string, () => string>> = {
  citizen: m.work_by_citizen,
  system: m.work_by_system,
  pillar: m.staff_role_pillar,
  officer: m.staff_role_officer,
  supervisor: m.staff_role_supervisor,
  auditor: m.staff_role_auditor,
  administrator: m.staff_role_administrator,
}

/** Why an office became responsible. */
export const whyWords: Readonly<Record<string, () => string>> = {
  routed: m.why_routed,
  referred_up: m.why_referred_up,
  referred_sideways: m.why_referred_sideways,
  sent_down: m.why_sent_down,
  declined: m.why_declined,
  revoked: m.why_revoked,
  automatic: m.why_automatic,
  unstaffed: m.why_unstaffed,
  separated: m.why_separated,
}

export const referralWords: Readonly<Record<string, () => string>> = {
  offered: m.referral_offered,
  accepted: m.referral_accepted,
  declined: m.referral_declined,
  revoked: m.referral_revoked,
  lapsed: m.referral_lapsed,
}

export const proposalWords: Readonly<Record<string, () => string>> = {
  answer: m.proposal_answer,
  refer_up: m.proposal_refer_up,
  refer_sideways: m.proposal_refer_sideways,
  reject: m.proposal_reject,
}

export const letterWords: Readonly<Record<'referral' | 'answer' | 'receipt', () => string>> = {
  referral: m.letter_referral,
  answer: m.letter_answer,
  receipt: m.letter_receipt,
}

export const sexWords: Readonly<Record<string, () => string>> = { female: m.work_sex_female, male: m.work_sex_male }
export const registeredWords: Readonly<Record<string, () => string>> = {
  yes: m.work_registered_yes,
  no: m.work_registered_no,
  unknown: m.work_registered_unknown,
}

/** What a NIK does not agree with; told, never a reason to refuse. */
export const doubtWords: Readonly<Record<string, () => string>> = {
  nik_date: m.work_doubt_nik_date,
  nik_serial: m.work_doubt_nik_serial,
  nik_birth_date: m.work_doubt_nik_birth_date,
  nik_sex: m.work_doubt_nik_sex,
}

/** The word for a code nobody has named yet is the code itself. */
export const word = (words: Readonly<Record<string, () => string>>, code: string): string => words[code]?.() ?? code
