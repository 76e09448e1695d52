/*
 * What is wrong with a row, or doubtful. A row that failed is not loaded; one that is warned of is. The words people read are
 * messages `imports_reason_<code>`.
 */

export const failures = [
  'nik_lost',
  'nik_length',
  'kk_lost',
  'kk_length',
  'key_lost',
  'key_length',
  'name_missing',
  'name_unreadable',
  'family_missing',
  'place_missing',
  'place_unknown',
  'place_ambiguous',
  'place_outside',
  'birth_unclear',
  'birth_impossible',
  'birth_future',
  'decile_unclear',
  'duplicate_row',
  'taken_elsewhere',
  'status_closed',
  'not_loadable',
] as const
export const warnings = [
  'nik_missing',
  'nik_date',
  'nik_serial',
  'nik_birth_date',
  'nik_sex',
  'nik_twice',
  'nik_elsewhere',
  'kk_doubt',
  'sex_unclear',
  'relationship_unclear',
  'marital_unclear',
  'schooling_unclear',
  'rt_unclear',
  'disability_unclear',
  'pregnant_unclear',
  'alive_unclear',
  'flag_unclear',
  'period_unclear',
  'text_cut',
  'place_differs',
  'two_heads',
] as const
export type Failure = (typeof failures)[number]
export type Warning = (typeof warnings)[number]
export type Reason = Failure | Warning

/** Row, reason, column (from 0; -1 for the row as a whole). No value of a cell. */
export type Remark = readonly [at: number, reason: Reason, column: number]

const failing = new Set<string>(failures)
export const isFailure = (reason: string): reason is Failure => failing.has(reason)
