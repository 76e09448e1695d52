import type { Act, Case } from '#src/complaints/schema.ts'
import { m } from '#messages'

/**
 * Who reads what is typed into the form of an act. `public`: the complainant; `internal`: only offices that hold or
 * held the case; `none`: nothing is typed, or nobody but the machine reads it.
 */
export type Audience = 'public' | 'internal' | 'none'

/** What the form of an act asks for. One table, so that no form can send words to readers it does not name. */
export type ActForm = {
  audience: Audience
  /** The text, and what the API calls it. */
  text?: { name: 'body' | 'reason' | 'note'; label: () => string; most: number; required: boolean; plain?: true }
  office?: 'up' | 'sideways' | 'down'
  assignee?: true
  classes?: true
  proposal?: true
  joinTo?: true
  will: (held: Case) => string
  /** Ends something for the complainant, or moves the case away: the button warns. */
  grave?: true
}

type Text = NonNullable<ActForm['text']>
const reason = (label: () => string, plain = true): Text => ({
  name: 'reason',
  label,
  most: 2000,
  required: true,
  ...(plain && { plain }),
})
const body = (label: () => string, plain = true): Text => ({
  name: 'body',
  label,
  most: 5000,
  required: true,
  ...(plain && { plain }),
})
const publicReason = reason(m.work_field_reason_public)

const offered = (held: Case) => held.referrals.find((one) => one.status === 'offered')

/** Acts with a panel of their own. Showing numbers, adding files and letters have their place beside the story. */
export const actForms: Partial<Record<Act, ActForm>> = {
  verify: { audience: 'none', will: () => m.will_verify() },
  ask_completion: { audience: 'public', text: body(m.work_field_question), will: () => m.will_ask_completion() },
  assign: { audience: 'none', assignee: true, will: () => m.will_assign() },
  answer: { audience: 'public', text: body(m.work_field_answer), will: () => m.will_answer() },
  reply: { audience: 'public', text: body(m.work_field_message), will: () => m.will_reply() },
  refer_up: {
    audience: 'public',
    office: 'up',
    text: publicReason,
    will: (held) => m.will_refer_up({ office: held.offices.up?.name ?? '' }),
  },
  refer_sideways: {
    audience: 'public',
    office: 'sideways',
    text: publicReason,
    will: () => m.will_refer_sideways(),
  },
  send_down: { audience: 'public', office: 'down', text: publicReason, will: () => m.will_send_down() },
  accept: { audience: 'none', will: () => m.will_accept() },
  decline: {
    audience: 'public',
    text: publicReason,
    will: (held) => m.will_decline({ office: offered(held)?.from.name ?? '' }),
  },
  revoke: {
    audience: 'public',
    text: publicReason,
    will: (held) => m.will_revoke({ office: offered(held)?.to.name ?? held.office.name }),
  },
  reject: { audience: 'public', text: publicReason, grave: true, will: () => m.will_reject() },
  close: { audience: 'public', text: publicReason, will: () => m.will_close() },
  join: { audience: 'none', joinTo: true, will: () => m.will_join() },
  separate: { audience: 'public', text: publicReason, will: () => m.will_separate() },
  reclassify: { audience: 'public', classes: true, text: publicReason, will: () => m.will_reclassify() },
  verify_answer: { audience: 'none', will: () => m.will_verify_answer() },
  return_answer: { audience: 'public', text: publicReason, will: () => m.will_return_answer() },
  open_proposal: { audience: 'none', will: () => m.proposals_will_open() },
  note: { audience: 'internal', text: body(m.work_field_note, false), will: () => m.will_note() },
  recommend: {
    audience: 'internal',
    proposal: true,
    text: body(m.work_field_proposal),
    will: () => m.will_recommend(),
  },
  approve: {
    audience: 'internal',
    text: { name: 'note', label: m.work_field_approve_note, most: 2000, required: false },
    will: () => m.will_approve(),
  },
  return: { audience: 'internal', text: body(m.work_field_remarks, false), will: () => m.will_return() },
}

/** The menu of acts, by what they are for; the order within a group is that of daily work. */
export const actGroups: readonly { word: () => string; acts: readonly Act[] }[] = [
  {
    word: m.work_acts_for_citizen,
    acts: ['answer', 'ask_completion', 'reply', 'open_proposal', 'close', 'reject', 'return_answer'],
  },
  {
    word: m.work_acts_route,
    acts: ['accept', 'decline', 'refer_up', 'refer_sideways', 'send_down', 'revoke', 'join', 'separate'],
  },
  {
    word: m.work_acts_inside,
    acts: ['verify', 'verify_answer', 'approve', 'return', 'recommend', 'assign', 'note', 'reclassify'],
  },
]

/** What has been typed into a form. Kept for every act while the page is open, so that no panel loses a word. */
export type Typed = {
  text: string
  office: string
  assignee: string
  act: 'answer' | 'refer_up' | 'refer_sideways' | 'reject'
  class: Case['class']
  matter: string
  programme: string
  join: string
}

export const blank = (held: Case): Typed => ({
  text: '',
  office: '',
  assignee: held.assignee?.id ?? '',
  act: 'answer',
  class: held.class,
  matter: held.matter,
  programme: held.programmeCode ?? '',
  join: '',
})

/** The body of the request. */
export function bodyOf(form: ActForm, typed: Typed, version: number): Record<string, unknown> {
  const way = form.proposal ? (typed.act === 'refer_sideways' ? 'sideways' : undefined) : form.office
  const text = typed.text.trim()
  return {
    version,
    ...(form.text && (form.text.required || text) && { [form.text.name]: text }),
    ...((way === 'sideways' || way === 'down') && typed.office && { toOffice: typed.office }),
    ...(form.assignee && { assigneeId: typed.assignee || null }),
    ...(form.proposal && { act: typed.act }),
    ...(form.classes && {
      class: typed.class,
      matter: typed.matter,
      programmeCode: typed.programme || null,
    }),
    ...(form.joinTo && { toId: typed.join }),
  }
}

/** The last part of the address of an act. */
export const pathOf = (act: Act): string => act.replaceAll('_', '-')
