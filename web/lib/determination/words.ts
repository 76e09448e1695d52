import type {
  Comparison,
  DeterminationState as State,
  Leaving,
  Outcome,
  Reason,
  Suspicion,
  WhatIfSide,
} from '#src/programmes/determination/schema.ts'
import { formatNumber, formatRupiah } from '#lib/format.ts'
import { m } from '#messages'

export { nameOf, optionsOf } from '#lib/named.ts'

type Words<Key extends string> = Readonly<Record<Key, () => string>>

export const stateWords: Words<State> = {
  queued: m.determination_state_queued,
  running: m.determination_state_running,
  made: m.determination_state_made,
  submitted: m.determination_state_submitted,
  approved: m.determination_state_approved,
  rejected: m.determination_state_rejected,
  failed: m.determination_state_failed,
  cancelled: m.determination_state_cancelled,
}
export const outcomeWords: Words<Outcome> = {
  in: m.determination_outcome_in,
  out: m.determination_outcome_out,
  waiting: m.determination_outcome_waiting,
}
export const reasonWords: Words<Reason> = {
  eligible: m.determination_reason_eligible,
  condition: m.determination_reason_condition,
  data_missing: m.determination_reason_data_missing,
  quota: m.determination_reason_quota,
  held: m.determination_reason_held,
  entitled: m.determination_reason_entitled,
}
export const suspicionWords: Words<Suspicion> = {
  dead: m.determination_suspicion_dead,
  moved: m.determination_suspicion_moved,
  duplicate: m.determination_suspicion_duplicate,
  decile: m.determination_suspicion_decile,
  civil_servant: m.determination_suspicion_civil_servant,
}
export const leavingWords: Words<Leaving> = {
  condition: m.determination_left_condition,
  data_missing: m.determination_left_data_missing,
  quota: m.determination_left_quota,
  held: m.determination_left_held,
  entitled: m.determination_left_entitled,
  moved: m.determination_left_moved,
  dissolved: m.determination_left_dissolved,
  graduated: m.determination_left_graduated,
  not_found: m.determination_left_not_found,
  merged: m.determination_left_merged,
  not_considered: m.determination_left_not_considered,
}
export const whatIfSideWords: Words<WhatIfSide> = {
  entered: m.determination_what_if_would_enter,
  left: m.determination_what_if_would_leave,
  changed: m.determination_changed,
  in: m.determination_what_if_in,
  waiting: m.determination_waiting,
  before: m.determination_what_if_in_now,
}
const problems: Readonly<Record<string, () => string>> = {
  interrupted: m.determination_problem_interrupted,
  rule_faulty: m.determination_problem_rule_faulty,
}
/** Why a run failed, in words. */
export const problemWord = (problem: string | null): string =>
  (problems[problem ?? ''] ?? m.determination_problem_other)()

/** Rp 1.234.567 */
export const rupiah = (amount: number): string => (amount < 0 ? `−${formatRupiah(-amount)}` : formatRupiah(amount))
/** +12, −3, 0 */
export const signed = (count: number): string =>
  count > 0 ? `+${formatNumber(count)}` : count < 0 ? `−${formatNumber(-count)}` : '0'
/** How much more the new list costs. */
export const difference = ({ amountBefore, amountNow }: Comparison): string => signedRupiah(amountNow - amountBefore)
export const signedRupiah = (amount: number): string => (amount > 0 ? `+${rupiah(amount)}` : rupiah(amount))

/** "RT 002 / RW 005" */
export const rtRw = ({ rt, rw }: { rt: string | null; rw: string | null }): string =>
  [rt && `RT ${rt}`, rw && `RW ${rw}`].filter(Boolean).join(' / ')
