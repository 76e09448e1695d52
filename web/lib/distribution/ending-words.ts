import type { CaseOfDelivery } from '#src/complaints/deliveries/schema.ts'
import type { ChangedReason, PaymentRow } from '#src/distribution/payments/schema.ts'
import type { DifferenceKind } from '#src/distribution/reconciliation/schema.ts'
import type { SignKind } from '#src/distribution/signs/schema.ts'
import { m } from '#messages'

/** Words of the end of a distribution: what does not agree, and what looks like fraud. */
export const differenceWords: Readonly<Record<DifferenceKind, [name: () => string, means: () => string]>> = {
  open: [m.reconciliation_kind_open, m.reconciliation_kind_open_means],
  missing: [m.reconciliation_kind_missing, m.reconciliation_kind_missing_means],
  without_entitlement: [m.reconciliation_kind_without, m.reconciliation_kind_without_means],
  amount: [m.reconciliation_kind_amount, m.reconciliation_kind_amount_means],
  goods: [m.reconciliation_kind_goods, m.reconciliation_kind_goods_means],
  double: [m.reconciliation_kind_double, m.reconciliation_kind_double_means],
  double_round: [m.reconciliation_kind_double_round, m.reconciliation_kind_double_round_means],
  doubtful_time: [m.reconciliation_kind_doubtful, m.reconciliation_kind_doubtful_means],
  paid_not_received: [m.reconciliation_kind_paid, m.reconciliation_kind_paid_means],
  paid_again: [m.reconciliation_kind_paid_again, m.reconciliation_kind_paid_again_means],
  disputed: [m.reconciliation_kind_disputed, m.reconciliation_kind_disputed_means],
  stock: [m.reconciliation_kind_stock, m.reconciliation_kind_stock_means],
  stock_below_zero: [m.reconciliation_kind_below, m.reconciliation_kind_below_means],
}

export const signWords: Readonly<
  Record<SignKind, [name: () => string, means: (limits: Record<string, number>) => string]>
> = {
  fast_device: [
    m.reconciliation_sign_fast,
    (limits) =>
      m.reconciliation_sign_fast_means({ count: limits['fast_handovers'] ?? 0, seconds: limits['fast_seconds'] ?? 0 }),
  ],
  fast_person: [
    m.reconciliation_sign_fast_person,
    (limits) =>
      m.reconciliation_sign_fast_person_means({
        count: limits['fast_handovers'] ?? 0,
        seconds: limits['fast_seconds'] ?? 0,
      }),
  ],
  same_signature: [m.reconciliation_sign_signature, m.reconciliation_sign_signature_means],
  near_signature: [
    m.reconciliation_sign_near,
    (limits) => m.reconciliation_sign_near_means({ percent: limits['near_signature'] ?? 0 }),
  ],
  same_photo: [m.reconciliation_sign_photo, m.reconciliation_sign_photo_means],
  same_proxy: [
    m.reconciliation_sign_proxy,
    (limits) => m.reconciliation_sign_proxy_means({ count: limits['same_proxy'] ?? 0 }),
  ],
  far: [
    m.reconciliation_sign_far,
    (limits) =>
      m.reconciliation_sign_far_means({
        stop: (limits['far_stop'] ?? 0) / 1000,
        village: (limits['far_village'] ?? 0) / 1000,
      }),
  ],
  dead: [m.reconciliation_sign_dead, m.reconciliation_sign_dead_means],
  odd_hours: [
    m.reconciliation_sign_hours,
    (limits) =>
      m.reconciliation_sign_hours_means({
        from: limits['hours_from'] ?? 0,
        to: limits['hours_to'] ?? 0,
        grace: limits['stop_grace'] ?? 0,
      }),
  ],
}

export const paymentWords = {
  sent: m.reconciliation_pay_row_sent,
  paid: m.reconciliation_pay_row_paid,
  failed: m.reconciliation_pay_row_failed,
  discarded: m.reconciliation_pay_state_discarded,
} as const satisfies Readonly<Record<PaymentRow['status'], () => string>>

/** Why a row of a payment file that waits is no longer as it would be made now. */
export const changedWords: Readonly<Record<ChangedReason, () => string>> = {
  delivered: m.reconciliation_pay_changed_delivered,
  withdrawn: m.reconciliation_pay_changed_withdrawn,
  let_go: m.reconciliation_pay_changed_let_go,
  dead: m.reconciliation_pay_changed_dead,
  on_hold: m.reconciliation_pay_changed_on_hold,
  other_way: m.reconciliation_pay_changed_other_way,
  other_amount: m.reconciliation_pay_changed_other_amount,
  other_account: m.reconciliation_pay_changed_other_account,
  in_another_file: m.reconciliation_pay_changed_in_another_file,
}

/** How a complaint came to be tied to a delivery. */
export const causeWords: Readonly<Record<CaseOfDelivery['cause'], () => string>> = {
  not_received: m.reconciliation_cause_not_received,
  less: m.reconciliation_cause_less,
  cut: m.reconciliation_cause_cut,
  sign: m.reconciliation_cause_sign,
  tied: m.reconciliation_cause_tied,
}
