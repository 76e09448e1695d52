import { Type, type Static } from 'typebox'

/** Codes of complaints: regions, tiers, classes, states, acts. */

export const RegionCode = Type.String({
  pattern: '^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4})?)?)?$',
  maxLength: 13,
})
export const VillageCode = Type.String({ pattern: '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$', maxLength: 13 })
export const OfficeId = Type.String({ pattern: '^[0-9.]{2,13}/[a-z_]{3,30}$', maxLength: 50 })

export const Tier = Type.Enum(['village', 'district', 'regency', 'province', 'nation'])
export type Tier = Static<typeof Tier>
export const Class = Type.Enum(['information', 'suggestion', 'complaint', 'oversight'])
export type Class = Static<typeof Class>
export const Door = Type.Enum(['web', 'desk', 'pillar', 'api'])
export type Door = Static<typeof Door>
export const State = Type.Enum([
  'received',
  'awaiting_completion',
  'verified',
  'referred',
  'in_progress',
  'answered',
  'contested',
  'closed',
  'closed_automatically',
  'rejected',
  'archived',
  'withdrawn',
])
export type State = Static<typeof State>
export const ClockKind = Type.Enum(['first_response', 'settlement', 'verification'])
export type ClockKind = Static<typeof ClockKind>

/** What can be done to a case by staff; the machine says from which state, the policy by whom. */
export const Act = Type.Enum([
  'verify',
  'ask_completion',
  'assign',
  'answer',
  'refer_up',
  'refer_sideways',
  'send_down',
  'accept',
  'decline',
  'revoke',
  'reject',
  'join',
  'separate',
  'close',
  'note',
  'recommend',
  'approve',
  'return',
  'verify_answer',
  'return_answer',
  'reclassify',
  'reply',
  'add_evidence',
  'reveal',
  'issue_letter',
  'open_proposal',
])
export type Act = Static<typeof Act>
