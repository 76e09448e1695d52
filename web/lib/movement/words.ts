import { ppksWord } from '#lib/register/words.ts'
import type { CampaignState, Listing, Outcome, PictureFigure, Reason } from '#src/people/movement/schema.ts'
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

/** The page behind a figure of the register; `key`: which decile ('unknown' too) or PPKS kind. */
export const figureHref = (code: string, figure: PictureFigure, key?: string | number): string =>
  `/keadaan/${code}/isi?angka=${figure}${key === undefined ? '' : `&nilai=${key}`}`

/** What a figure counts; undefined for one there is not. */
export function figureWord(figure: PictureFigure | null, key: string | undefined): string | undefined {
  switch (figure) {
    case 'active':
      return m.movement_active()
    case 'lowest':
      return m.movement_lowest()
    case 'persons':
      return m.movement_active_persons()
    case 'decile':
      return key && decileWord(key === 'unknown' ? null : Number(key))
    case 'ppks':
      return key && ppksWord(Number(key))
    default:
      return undefined
  }
}

/** Why rows are not shown. */
export const listingWords: Readonly<Record<Listing, () => string>> = {
  yes: m.movement_list_lead,
  too_wide: m.movement_list_too_wide,
  not_yours: m.movement_list_not_yours,
}
