import { draftRoutes } from '#src/platform/drafts/index.ts'
import { proposalDrafts, submitDraft } from '../drafts.ts'
import { ProposalDraft, Submitted } from '../schema.ts'
import { whatOf } from './proposals.ts'

/** What a citizen proposes on the web, kept from page to page; field `what` beside a photo: identity_card, family_card, house … */
export const proposalDraftRoutes = draftRoutes({
  path: '/proposal-drafts',
  tags: ['proposals: drafts of citizens'],
  drafts: proposalDrafts,
  shown: ProposalDraft,
  keep: (file, fields) => ({ ...file, what: whatOf(fields['what']) }),
  submit: { path: 'submit', summary: 'Send it; sending twice proposes once', response: Submitted, work: submitDraft },
})
