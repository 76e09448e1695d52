import type { Act, State } from './schema.ts'

/** Acts of a citizen and of time itself, beside those of the staff. */
export type CitizenAct = 'complete' | 'satisfied' | 'contest' | 'withdraw'
export type TimeAct = 'lapse_referral' | 'climb' | 'close_automatically' | 'withdraw_automatically'
export type AnyAct = Act | CitizenAct | TimeAct

const openStates = [
  'received',
  'awaiting_completion',
  'verified',
  'referred',
  'in_progress',
  'answered',
  'contested',
] as const
const working = ['verified', 'in_progress', 'contested'] as const
const every = [...openStates, 'closed', 'closed_automatically', 'rejected', 'archived', 'withdrawn'] as const

export const isOpen = (state: State): boolean => (openStates as readonly State[]).includes(state)

/**
 * The whole life of a complaint: which act is possible in which state, and where it leads. 'same' leaves the state,
 * 'before' goes back to where a referral, a question or a joining began. Domain facts 2.2: DITERIMA received,
 * MENUNGGU_KELENGKAPAN awaiting_completion, TERVERIFIKASI verified, TERDISPOSISI referred, DIPROSES in_progress,
 * DITINDAKLANJUTI answered, DITANGGAPI_PELAPOR contested, SELESAI closed, SELESAI_OTOMATIS closed_automatically,
 * DITOLAK rejected, DIARSIPKAN archived, DITARIK withdrawn.
 */
export const machine: Record<AnyAct, { from: readonly State[]; to: State | 'same' | 'before' }> = {
  verify: { from: ['received'], to: 'verified' },
  ask_completion: { from: ['received', ...working], to: 'awaiting_completion' },
  complete: { from: ['awaiting_completion'], to: 'before' },
  assign: { from: ['received', 'awaiting_completion', ...working, 'answered'], to: 'same' },
  answer: { from: working, to: 'answered' },
  refer_up: { from: ['received', ...working], to: 'referred' },
  refer_sideways: { from: working, to: 'referred' },
  send_down: { from: ['received', ...working], to: 'referred' },
  accept: { from: ['referred'], to: 'in_progress' },
  decline: { from: ['referred'], to: 'before' },
  revoke: { from: ['referred'], to: 'before' },
  lapse_referral: { from: ['referred'], to: 'in_progress' },
  climb: { from: openStates, to: 'same' },
  reject: { from: ['received', ...working], to: 'rejected' },
  join: { from: ['received', 'awaiting_completion', ...working], to: 'archived' },
  separate: { from: ['archived'], to: 'before' },
  verify_answer: { from: ['answered'], to: 'same' },
  return_answer: { from: ['answered'], to: 'in_progress' },
  close: { from: ['answered'], to: 'closed' },
  close_automatically: { from: ['answered'], to: 'closed_automatically' },
  satisfied: { from: ['answered'], to: 'closed' },
  contest: { from: ['answered', 'closed', 'closed_automatically', 'rejected'], to: 'contested' },
  withdraw: { from: openStates, to: 'withdrawn' },
  withdraw_automatically: { from: ['awaiting_completion'], to: 'withdrawn' },
  note: { from: every, to: 'same' },
  recommend: { from: working, to: 'in_progress' },
  approve: { from: working, to: 'same' },
  return: { from: working, to: 'same' },
  reclassify: { from: ['received', 'awaiting_completion', ...working], to: 'same' },
  reply: { from: openStates, to: 'same' },
  add_evidence: { from: openStates, to: 'same' },
  reveal: { from: every, to: 'same' },
  issue_letter: { from: every, to: 'same' },
  open_proposal: { from: ['received', ...working], to: 'same' },
}

/** Where an act leads from a state; `before` is the state remembered by a referral, a question or a joining. */
export function destination(act: AnyAct, from: State, before: State | null): State | undefined {
  const rule = machine[act]
  if (!rule.from.includes(from)) return undefined
  if (rule.to === 'same') return from
  return rule.to === 'before' ? (before ?? undefined) : rule.to
}
