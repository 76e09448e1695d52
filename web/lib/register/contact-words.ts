import type { Contact, endReasons } from '#src/people/contacts/schema.ts'
import { m } from '#messages'

type Words<Code extends string> = Readonly<Record<Code, () => string>>

export const kindWords: Words<Contact['kind']> = {
  whatsapp: m.contacts_kind_whatsapp,
  email: m.contacts_kind_email,
}
/** 'WhatsApp …001': which of several, for who hears the page instead of seeing it. */
export const nameOf = ({ kind, masked }: Pick<Contact, 'kind' | 'masked'>): string =>
  `${kindWords[kind]()} ${masked.replace(/^\*+/, '…')}`
/** At what occasion it was told. */
export const contactSourceWords: Words<Contact['source']> = {
  desk: m.contacts_source_desk,
  handover: m.contacts_source_handover,
  citizen: m.contacts_source_citizen,
}
export const endReasonWords: Words<NonNullable<Contact['endReason']>> = {
  wrong: m.contacts_end_wrong,
  changed: m.contacts_end_changed,
  stopped: m.contacts_end_stopped,
  replaced: m.contacts_end_replaced,
}
/** What an officer may give as the reason; a newer contact says `replaced` by itself. */
export const endChoices: readonly (typeof endReasons)[number][] = ['changed', 'wrong', 'stopped']
