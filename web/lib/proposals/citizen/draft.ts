import { draftStore } from '#lib/public/draft.ts'
import type { ProposalDraft } from '#src/people/proposals/schema.ts'

export const { draftHeader, findDraft, put, keep, forgetDraft } = draftStore<ProposalDraft>({
  cookie: 'draf-usul',
  path: '/usul',
  api: '/api/proposal-drafts',
})
