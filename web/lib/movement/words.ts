import type { CampaignState, Outcome, Reason } from '#src/people/movement/schema.ts'
import { m } from '#messages'

export const reasonWords: Readonly<Record<Reason, () => string>> = {
  registered: m.movement_reason_registered,
  family_split: m.movement_reason_family_split,
  born: m.movement_reason_born,
  moved_in: m.movement_reason_moved_in,
  moved_within: m.movement_reason_moved_within,
  reentered: m.movement_reason_reentered,
  found: m.movement_reason_found,
  unmerged: m.movement_reason_unmerged,
  graduated_voluntary: m.movement_reason_graduated_voluntary,
  graduated_natural: m.movement_reason_graduated_natural,
  graduated_forced: m.movement_reason_graduated_forced,
  graduated: m.movement_reason_graduated,
  moved_out: m.movement_reason_moved_out,
  died: m.movement_reason_died,
  dissolved: m.movement_reason_dissolved,
  not_found: m.movement_reason_not_found,
  merged: m.movement_reason_merged,
  corrected: m.movement_reason_corrected,
}

export const outcomeWords: Readonly<Record<Outcome, () => string>> = {
  found: m.movement_outcome_found,
  not_found: m.movement_outcome_not_found,
  moved: m.movement_outcome_moved,
  head_dead: m.movement_outcome_head_dead,
  refused: m.movement_outcome_refused,
}

export const stateWords: Readonly<Record<CampaignState, () => string>> = {
  draft: m.movement_state_draft,
  preparing: m.movement_state_preparing,
  running: m.movement_state_running,
  closed: m.movement_state_closed,
}

const ppks: Readonly<Record<number, () => string>> = {
  1: m.movement_ppks_1,
  2: m.movement_ppks_2,
  3: m.movement_ppks_3,
  4: m.movement_ppks_4,
  5: m.movement_ppks_5,
  6: m.movement_ppks_6,
  7: m.movement_ppks_7,
  8: m.movement_ppks_8,
  9: m.movement_ppks_9,
  10: m.movement_ppks_10,
  11: m.movement_ppks_11,
  12: m.movement_ppks_12,
  13: m.movement_ppks_13,
  14: m.movement_ppks_14,
  15: m.movement_ppks_15,
  18: m.movement_ppks_18,
  20: m.movement_ppks_20,
  21: m.movement_ppks_21,
  22: m.movement_ppks_22,
  23: m.movement_ppks_23,
  24: m.movement_ppks_24,
  26: m.movement_ppks_26,
}
/** Name of a PPKS kind that is not sealed. */
export const ppksWord = (kind: number): string => ppks[kind]?.() ?? String(kind)

export const decileWord = (decile: number | null): string =>
  decile === null ? m.movement_decile_unknown() : m.movement_decile_n({ n: String(decile) })

/** '3 hari lagi', 'lewat 2 hari' */
export const daysWord = (days: number): string =>
  days > 0
    ? m.movement_days_left({ days: String(days) })
    : days === 0
      ? m.movement_days_today()
      : m.movement_days_over({ days: String(-days) })

/** 'RT 003 RW 004', or as much of it as is known. */
export const rtRw = (rt: string | null, rw: string | null): string =>
  [rt && `RT ${rt}`, rw && `RW ${rw}`].filter(Boolean).join(' ')
