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
