import type { EntitlementState, RoundState, UndeliveredReason, Way } from '#src/distribution/rounds/schema.ts'
import type {
  proxyReasons,
  Redeemed,
  Refusal,
  relations,
  resolutions,
  ShortReason,
} from '#src/distribution/handover/schema.ts'
import type { Account } from '#src/distribution/payments/schema.ts'
import type { StockKind } from '#src/distribution/stock/schema.ts'
import { m } from '#messages'

type Words<Key extends string> = Readonly<Record<Key, () => string>>

export const stateWords: Words<RoundState> = {
  planned: m.distribution_state_planned,
  invited: m.distribution_state_invited,
  open: m.distribution_state_open,
  closed: m.distribution_state_closed,
  reconciled: m.distribution_state_reconciled,
  cancelled: m.distribution_state_cancelled,
}

export const wayWords: Words<Way> = {
  community_point: m.distribution_way_community_point,
  to_the_door: m.distribution_way_to_the_door,
  post_office: m.distribution_way_post_office,
  bank: m.distribution_way_bank,
}

export const entitlementWords: Words<EntitlementState> = {
  open: m.distribution_estate_open,
  delivered: m.distribution_estate_delivered,
  undelivered: m.distribution_estate_undelivered,
  cancelled: m.distribution_estate_cancelled,
}

export const reasonWords: Words<UndeliveredReason> = {
  not_come: m.distribution_reason_not_come,
  not_found: m.distribution_reason_not_found,
  moved: m.distribution_reason_moved,
  dead: m.distribution_reason_dead,
  refused: m.distribution_reason_refused,
  double: m.distribution_reason_double,
  no_proof: m.distribution_reason_no_proof,
  out_of_stock: m.distribution_reason_out_of_stock,
  other: m.distribution_reason_other,
  bank_rejected: m.distribution_reason_bank_rejected,
  list_changed: m.distribution_reason_list_changed,
  round_cancelled: m.distribution_reason_round_cancelled,
}

/** What is said at the door, the likeliest first. */
export const refusalsAtTheDoor: readonly Refusal[] = [
  'not_come',
  'not_found',
  'moved',
  'dead',
  'refused',
  'no_proof',
  'double',
  'out_of_stock',
  'other',
]

/** Why not everything was handed over. */
export const shortWords: Words<ShortReason> = {
  out_of_stock: m.distribution_short_out_of_stock,
  damaged: m.distribution_short_damaged,
  declined: m.distribution_short_declined,
  other: m.distribution_short_other,
}

export const relationWords: Words<(typeof relations)[number]> = {
  spouse: m.distribution_relation_spouse,
  child: m.distribution_relation_child,
  parent: m.distribution_relation_parent,
  sibling: m.distribution_relation_sibling,
  relative: m.distribution_relation_relative,
  neighbour: m.distribution_relation_neighbour,
  village_officer: m.distribution_relation_village_officer,
  other: m.distribution_relation_other,
}

export const proxyWords: Words<(typeof proxyReasons)[number]> = {
  sick: m.distribution_proxy_sick,
  elderly: m.distribution_proxy_elderly,
  disabled: m.distribution_proxy_disabled,
  working: m.distribution_proxy_working,
  away: m.distribution_proxy_away,
  other: m.distribution_proxy_other,
}

export const standingWords: Words<Redeemed['standing']> = {
  counts: m.distribution_standing_counts,
  double: m.distribution_standing_double,
  void: m.distribution_standing_void,
  attempt: m.distribution_standing_attempt,
}

export const resolutionWords: Words<(typeof resolutions)[number]> = {
  mistake: m.distribution_case_mistake,
  received_twice: m.distribution_case_received_twice,
  fraud: m.distribution_case_fraud,
}

export const stockWords: Words<StockKind> = {
  received: m.distribution_stock_received,
  moved: m.distribution_stock_moved,
  handed_out: m.distribution_stock_handed_out,
  returned: m.distribution_stock_returned,
  damaged: m.distribution_stock_damaged,
}

export const accountSourceWords: Words<Account['source']> = {
  family: m.reconciliation_account_from_family,
  bank: m.reconciliation_account_from_bank,
  office: m.reconciliation_account_from_office,
}

/** Choices of a Field or of Choices, in the order of the words. */
export const optionsOf = <Key extends string>(words: Words<Key>, keys?: readonly Key[]) =>
  (keys ?? (Object.keys(words) as Key[])).map((value) => ({ value, label: words[value]() }))
