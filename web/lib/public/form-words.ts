import { m } from '#messages'

/** What a form of several pages says of itself when its draft is gone, and where it begins and ends. */
export type FormWords = {
  begin: string
  sent: string
  start: () => string
  sentTitle: () => string
  sentSee: () => string
  expiredTitle: () => string
  expiredText: () => string
  otherWays: () => string
}

export const complaintWords: FormWords = {
  begin: '/aduan/baru',
  sent: '/aduan/terkirim',
  start: m.public_new_start,
  sentTitle: m.public_new_sent_already,
  sentSee: m.public_new_sent_see,
  expiredTitle: m.public_new_expired_title,
  expiredText: m.public_new_expired_text,
  otherWays: m.public_new_other_ways,
}

export const proposalWords: FormWords = {
  begin: '/usul',
  sent: '/usul/terkirim',
  start: m.proposals_public_start_again,
  sentTitle: m.proposals_public_sent_already,
  sentSee: m.proposals_public_sent_see,
  expiredTitle: m.proposals_public_expired_title,
  expiredText: m.proposals_public_expired_text,
  otherWays: m.proposals_public_other_ways,
}
