import { m } from '#messages'
import type { MessageFigures, MessageState } from '#src/platform/messages/schema.ts'

type Words = Readonly<Record<string, () => string>>

export const channelWords: Readonly<Record<MessageFigures['channel'], () => string>> = {
  whatsapp: m.messages_channel_whatsapp,
  email: m.messages_channel_email,
}

/** In the order a message goes through them; the ends that are no success come last. */
export const stateWords: Readonly<Record<MessageState, () => string>> = {
  waiting: m.messages_state_waiting,
  sending: m.messages_state_sending,
  sent: m.messages_state_sent,
  delivered: m.messages_state_delivered,
  read: m.messages_state_read,
  undelivered: m.messages_state_undelivered,
  failed: m.messages_state_failed,
  expired: m.messages_state_expired,
  cancelled: m.messages_state_cancelled,
}

const faults: Words = {
  network: m.messages_fault_network,
  provider: m.messages_fault_provider,
  rate: m.messages_fault_rate,
  token: m.messages_fault_token,
  account: m.messages_fault_account,
  phone_id: m.messages_fault_phone_id,
  redirected: m.messages_fault_redirected,
  sign_in: m.messages_fault_sign_in,
  sender: m.messages_fault_sender,
  template: m.messages_fault_template,
  template_changed: m.messages_fault_template_changed,
  not_reachable: m.messages_fault_not_reachable,
  opted_out: m.messages_fault_opted_out,
  limited: m.messages_fault_limited,
  outside_window: m.messages_fault_outside_window,
  refused: m.messages_fault_refused,
  outcome_unknown: m.messages_fault_outcome_unknown,
  restored: m.messages_fault_restored,
  no_channel: m.messages_fault_no_channel,
}

/** Why a message did not arrive, in words; of a provider's code nobody has named its number. */
export const faultSaid = (fault: string): string =>
  faults[fault]?.() ?? m.messages_fault_other({ code: fault.replace(/^provider_/, '') })

const templates: Words = {
  delivery_question: m.messages_template_delivery_question,
  delivery_question_again: m.messages_template_delivery_question_again,
}

/** What a message is about; words nobody has named yet show their key. */
export const templateSaid = (key: string): string => templates[key]?.() ?? key

/** The spans figures are shown for; in days. */
export const spans = [1, 7, 30, 90] as const
