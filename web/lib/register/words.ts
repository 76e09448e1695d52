import type { Family, HistoryChange, Member } from '#src/people/register/schema.ts'
import { m } from '#messages'

/*
 * The words officers read for the codes of the register. Each table names its messages one by one: a key made at run time would carry
 * all messages of the site into the page.
 */

type Words<Code extends string> = Readonly<Record<Code, () => string>>

/** What a table says for a code; the code itself where it says nothing. */
export const word = (words: Readonly<Record<string, () => string>>, code: string): string => words[code]?.() ?? code

export const optionsOf = (words: Readonly<Record<string, () => string>>): { value: string; label: string }[] =>
  Object.entries(words).map(([value, say]) => ({ value, label: say() }))

export const sexWords = { female: m.register_sex_female, male: m.register_sex_male }
export const relationshipWords: Words<NonNullable<Member['relationship']>> = {
  head: m.register_rel_head,
  spouse: m.register_rel_spouse,
  child: m.register_rel_child,
  child_in_law: m.register_rel_child_in_law,
  grandchild: m.register_rel_grandchild,
  parent: m.register_rel_parent,
  parent_in_law: m.register_rel_parent_in_law,
  other_relative: m.register_rel_other_relative,
  other: m.register_rel_other,
}
export const maritalWords: Words<NonNullable<Member['maritalStatus']>> = {
  single: m.register_marital_single,
  married: m.register_marital_married,
  divorced: m.register_marital_divorced,
  widowed: m.register_marital_widowed,
}
export const schoolingWords: Words<NonNullable<Member['schooling']>> = {
  none: m.register_schooling_none,
  attending: m.register_schooling_attending,
  finished: m.register_schooling_finished,
  left: m.register_schooling_left,
}
export const levelWords: Words<NonNullable<Member['schoolLevel']>> = {
  early: m.register_level_early,
  primary: m.register_level_primary,
  junior: m.register_level_junior,
  senior: m.register_level_senior,
  higher: m.register_level_higher,
}
export const disabilityWords = {
  physical: m.register_dis_physical,
  intellectual: m.register_dis_intellectual,
  mental: m.register_dis_mental,
  visual: m.register_dis_visual,
  hearing: m.register_dis_hearing,
  speech: m.register_dis_speech,
}
/** Of families and people alike. */
export const statusWords: Words<Family['status'] | Member['status']> = {
  active: m.register_status_active,
  graduated: m.register_status_graduated,
  moved_out: m.register_status_moved_out,
  dissolved: m.register_status_dissolved,
  merged: m.register_status_merged,
  not_found: m.register_status_not_found,
  dead: m.register_status_dead,
}
export const workWords: Words<Family['opening']['work']> = {
  complaint: m.register_work_complaint,
  proposal: m.register_work_proposal,
  meeting: m.register_work_meeting,
  field_check: m.register_work_field_check,
  correction: m.register_work_correction,
  campaign: m.register_work_campaign,
  linkage: m.register_work_linkage,
  rights: m.register_work_rights,
  service: m.register_work_service,
  other: m.register_work_other,
}
export const sourceWords: Words<HistoryChange['source']> = {
  village: m.register_source_village,
  pillar: m.register_source_pillar,
  citizen: m.register_source_citizen,
  civil_registry: m.register_source_civil_registry,
  survey: m.register_source_survey,
  meeting: m.register_source_meeting,
  campaign: m.register_source_campaign,
  disaster: m.register_source_disaster,
  import: m.register_source_import,
  linkage: m.register_source_linkage,
  office: m.register_source_office,
}
/** What may be named at a desk; the others belong to the work that records them. */
export const deskSources = ['village', 'pillar', 'citizen', 'civil_registry', 'survey', 'office'] as const

export const roleOf: Readonly<Record<string, () => string>> = {
  officer: m.staff_role_officer,
  supervisor: m.staff_role_supervisor,
  pillar: m.staff_role_pillar,
  administrator: m.staff_role_administrator,
  system: m.register_role_system,
}

type Doubt = Member['doubts'][number]
export const doubtWords: Words<Doubt> = {
  nik_date: m.register_doubt_nik_date,
  nik_serial: m.register_doubt_nik_serial,
  nik_birth_date: m.register_doubt_nik_birth_date,
  nik_sex: m.register_doubt_nik_sex,
  nik_taken: m.register_doubt_nik_taken,
  kk_date: m.register_doubt_kk_date,
  kk_serial: m.register_doubt_kk_serial,
  kk_taken: m.register_doubt_kk_taken,
}

const ppks = [
  m.register_ppks_1,
  m.register_ppks_2,
  m.register_ppks_3,
  m.register_ppks_4,
  m.register_ppks_5,
  m.register_ppks_6,
  m.register_ppks_7,
  m.register_ppks_8,
  m.register_ppks_9,
  m.register_ppks_10,
  m.register_ppks_11,
  m.register_ppks_12,
  m.register_ppks_13,
  m.register_ppks_14,
  m.register_ppks_15,
  m.register_ppks_16,
  m.register_ppks_17,
  m.register_ppks_18,
  m.register_ppks_19,
  m.register_ppks_20,
  m.register_ppks_21,
  m.register_ppks_22,
  m.register_ppks_23,
  m.register_ppks_24,
  m.register_ppks_25,
  m.register_ppks_26,
] as const
/** Kinds 1 to 26; health and violence among them are sealed. */
export const ppksWord = (kind: number): string => ppks[kind - 1]?.() ?? String(kind)
const sealedKinds = new Set([16, 17, 19, 25])
export const ppksOptions = (sealed: boolean): { value: string; label: string }[] =>
  ppks.flatMap((say, index) =>
    sealedKinds.has(index + 1) === sealed ? [{ value: String(index + 1), label: say() }] : [],
  )
