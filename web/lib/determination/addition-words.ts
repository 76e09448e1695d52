import { m } from '#messages'
import type { AdditionState, Pass } from '#src/programmes/determination/schema.ts'
import type { Tone } from '#lib/ui/tone.ts'

export const additionWords: Readonly<Record<AdditionState, () => string>> = {
  proposed: m.addition_state_proposed,
  approved: m.addition_state_approved,
  refused: m.addition_state_refused,
  retracted: m.addition_state_retracted,
}
export const additionTones: Readonly<Record<AdditionState, Tone>> = {
  proposed: 'warning',
  approved: 'success',
  refused: 'error',
  retracted: 'neutral',
}
/** Why somebody who waits is passed over. */
export const passWords: Readonly<Record<Pass, () => string>> = {
  dead: m.addition_why_dead,
  moved: m.addition_why_moved,
  not_found: m.addition_why_not_found,
  ended: m.addition_why_ended,
  double: m.addition_why_double,
  entitled: m.addition_why_entitled,
  refused: m.addition_why_refused,
}
