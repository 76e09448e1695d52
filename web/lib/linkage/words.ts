import type { FieldEvidence, MergeField, PairState, ReportKind } from '#src/people/linkage/schema.ts'
import { m } from '#messages'

type Words<Key extends string> = Readonly<Record<Key, () => string>>

export const pairStates: Words<PairState> = {
  possible: m.linkage_state_possible,
  merged: m.linkage_state_merged,
  different: m.linkage_state_different,
}

export const shown = {
  same_nik: m.linkage_show_same_nik,
  two_families: m.linkage_show_two_families,
  same_family: m.linkage_show_same_family,
  referred: m.linkage_show_referred,
}

export const evidenceFields: Words<FieldEvidence['field']> = {
  name: m.linkage_field_name,
  nik: m.linkage_field_nik,
  birth_date: m.linkage_field_birth_date,
  birth_place: m.linkage_field_birth_place,
  sex: m.linkage_field_sex,
  kk: m.linkage_field_kk,
  mother_name: m.linkage_field_mother_name,
  address: m.linkage_field_address,
  rt: m.linkage_field_rt,
  rw: m.linkage_field_rw,
  region: m.linkage_field_region,
}

export const outcomes: Words<FieldEvidence['outcome']> = {
  agrees: m.linkage_outcome_agrees,
  near: m.linkage_outcome_near,
  differs: m.linkage_outcome_differs,
  unknown: m.linkage_outcome_unknown,
}

export const mergeWords: Words<MergeField> = {
  name: m.linkage_field_name,
  nik: m.linkage_field_nik,
  birthDate: m.linkage_field_birth_date,
  birthPlace: m.linkage_field_birth_place,
  sex: m.linkage_field_sex,
  motherName: m.linkage_field_mother_name,
  maritalStatus: m.linkage_field_marital,
  schooling: m.linkage_field_schooling,
  schoolLevel: m.linkage_field_school_level,
  work: m.linkage_field_work,
  status: m.linkage_field_status,
  family: m.linkage_field_family,
}

export const reports: Words<ReportKind> = {
  regions: m.linkage_report_regions,
  same_nik: m.linkage_report_same_nik,
  two_families: m.linkage_report_two_families,
  dead_receiving: m.linkage_report_dead_receiving,
}

const values: Readonly<Record<string, () => string>> = {
  female: m.linkage_value_female,
  male: m.linkage_value_male,
  active: m.linkage_value_active,
  dead: m.linkage_value_dead,
  moved_out: m.linkage_value_moved_out,
  not_found: m.linkage_value_not_found,
  merged: m.linkage_value_merged,
  single: m.linkage_value_single,
  married: m.linkage_value_married,
  divorced: m.linkage_value_divorced,
  widowed: m.linkage_value_widowed,
  none: m.linkage_value_none,
  attending: m.linkage_value_attending,
  finished: m.linkage_value_finished,
  left: m.linkage_value_left,
  early: m.linkage_value_early,
  primary: m.linkage_value_primary,
  junior: m.linkage_value_junior,
  senior: m.linkage_value_senior,
  higher: m.linkage_value_higher,
  head: m.linkage_value_head,
  spouse: m.linkage_value_spouse,
  child: m.linkage_value_child,
  child_in_law: m.linkage_value_child_in_law,
  grandchild: m.linkage_value_grandchild,
  parent: m.linkage_value_parent,
  parent_in_law: m.linkage_value_parent_in_law,
  other_relative: m.linkage_value_other_relative,
  other: m.linkage_value_other,
}

/** A coded value in words; '' where there is none. */
export const valueWord = (code: string | null): string => (code === null ? '' : (values[code]?.() ?? code))
