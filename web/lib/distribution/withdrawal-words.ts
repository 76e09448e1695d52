import { nameOf } from '#lib/named.ts'
import { m } from '#messages'
import type { ChangeKind, WithdrawalReason, WithdrawalState } from '#src/distribution/withdrawals/schema.ts'
import type { Tone } from '#lib/ui/tone.ts'

type Words<Key extends string> = Readonly<Record<Key, () => string>>

export const changeWords: Words<ChangeKind> = {
  dead: m.withdrawal_kind_dead,
  double: m.withdrawal_kind_double,
  moved: m.withdrawal_kind_moved,
  ended: m.withdrawal_kind_ended,
  not_found: m.withdrawal_kind_not_found,
}

export const withdrawalWords: Words<WithdrawalState> = {
  asked: m.withdrawal_state_asked,
  confirmed: m.withdrawal_state_confirmed,
  refused: m.withdrawal_state_refused,
  retracted: m.withdrawal_state_retracted,
  overtaken: m.withdrawal_state_overtaken,
}

export const withdrawalTones: Readonly<Record<WithdrawalState, Tone>> = {
  asked: 'warning',
  confirmed: 'error',
  refused: 'success',
  retracted: 'neutral',
  overtaken: 'neutral',
}

export const reasonOptions = (reasons: readonly WithdrawalReason[]) =>
  reasons.map((one) => ({ value: one.code, label: nameOf(one) }))
