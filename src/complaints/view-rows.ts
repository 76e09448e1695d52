import type { readClock } from './case.ts'
import type { Term } from './clocks.ts'
import type { State } from './schema.ts'

/* The parts of a case as the database gives them. */

/** What json_agg gives: null where there is nothing. */
export type Json<T> = T[] | null
export type EventJson = {
  seq: number
  at: string
  kind: string
  by_account: string | null
  by_role: string
  by_name: string | null
  office_id: string | null
  to_office_id: string | null
  from_state: State | null
  to_state: State | null
  public: boolean
  body: string | null
  data: Record<string, unknown>
}
export type PersonJson = {
  seq: number
  part: 'complainant' | 'concerned'
  name: string | null
  nik: string | null
  kk_number: string | null
  phone: string | null
  email: string | null
  sex: string | null
  birth_date: string | null
  address: string | null
  rt: string | null
  rw: string | null
  relationship: string | null
  registered: string | null
  decile: number | null
  programmes: string[]
}
export type ReferralJson = {
  seq: number
  kind: 'up' | 'sideways' | 'down' | 'automatic'
  from_office: string
  to_office: string
  reason: string
  status: 'offered' | 'accepted' | 'declined' | 'revoked' | 'lapsed'
  state_before: State
  offered_at: string
  answer_by: string | null
  answered_at: string | null
  answer_reason: string | null
}
export type RecommendationJson = {
  seq: number
  act: 'answer' | 'refer_up' | 'refer_sideways' | 'reject'
  to_office: string | null
  body: string
  status: 'proposed' | 'approved' | 'returned' | 'overtaken'
  by_account: string
  at: string
  decision_note: string | null
}
export type DispositionJson = {
  seq: number
  office_id: string
  began_at: string
  ended_at: string | null
  why: string
  reason: string | null
  by_account: string | null
  by_role: string
}
export type Parts = {
  path: string
  region_name: string
  zone: string
  clocks: Json<Parameters<typeof readClock>[0]>
  terms: Term[]
  events: Json<EventJson>
  people: Json<PersonJson>
  referrals: Json<ReferralJson>
  recommendations: Json<RecommendationJson>
  dispositions: Json<DispositionJson>
  attachments: Json<{
    id: string
    name: string
    media_type: string
    bytes: number
    public: boolean
    by_role: string
    at: string
  }>
  letters: Json<{
    id: string
    kind: 'referral' | 'answer' | 'receipt'
    number: string
    code: string
    issued_at: string
  }>
  joined_to: { id: string; number: string } | null
  joined: Json<{ id: string; number: string; filed_at: string }>
  similar: Json<{ id: string; number: string; summary: string; state: State; score: number; filed_at: string }>
  staff: Json<{ account_id: string; name: string; role: string }>
}
