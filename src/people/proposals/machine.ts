import type { Act, State } from './schema.ts'

/** `apply` is no act of anybody: what is approved changes the register in the same transaction. */
export type AnyAct = Act | 'apply'

const open = [
  'submitted',
  'on_agenda',
  'accepted',
  'postponed',
  'field_check',
  'checked',
  'verified',
  'returned',
] as const
export const isOpen = (state: State): boolean => (open as readonly State[]).includes(state) || state === 'approved'

/**
 * The whole life of a proposal (domain facts 1.7): submitted, on the agenda of a village meeting, decided there, checked
 * in the field, verified and approved by the regency or city (User Verifikator, then the head), in the register.
 * 'same' leaves the state, 'before' goes on where it was returned: a proposal whose field check is done is checked again.
 */
export const machine: Record<AnyAct, { from: readonly State[]; to: State | 'same' | 'before' }> = {
  put_on_agenda: { from: ['submitted', 'postponed'], to: 'on_agenda' },
  accept: { from: ['on_agenda'], to: 'accepted' },
  decline: { from: ['on_agenda'], to: 'declined' },
  postpone: { from: ['on_agenda'], to: 'postponed' },
  give_field_check: { from: ['accepted', 'field_check'], to: 'field_check' },
  submit_field_check: { from: ['field_check'], to: 'checked' },
  verify: { from: ['checked'], to: 'verified' },
  approve: { from: ['verified'], to: 'approved' },
  apply: { from: ['approved'], to: 'applied' },
  refuse: { from: ['checked', 'verified'], to: 'refused' },
  return: { from: ['submitted', 'postponed', 'accepted', 'checked', 'verified'], to: 'returned' },
  complete: { from: ['returned'], to: 'before' },
  amend: { from: ['submitted', 'postponed', 'accepted', 'returned'], to: 'same' },
  withdraw: { from: open, to: 'withdrawn' },
  add_file: { from: open, to: 'same' },
}

/** Where a returned proposal goes on: before the meeting at the start, after it with a new field check. */
export const resumesAt = (from: State): State =>
  from === 'submitted' || from === 'postponed' ? 'submitted' : 'accepted'

export function destination(act: AnyAct, from: State, before: State | null): State | undefined {
  const rule = machine[act]
  if (!rule.from.includes(from)) return undefined
  if (rule.to === 'same') return from
  return rule.to === 'before' ? (before ?? undefined) : rule.to
}
