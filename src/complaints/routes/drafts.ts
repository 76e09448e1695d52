import { draftRoutes as draftsAt } from '#src/platform/drafts/index.ts'
import { complaintDrafts, fileDraft } from '../drafts.ts'
import { Draft, Filed } from '../schema.ts'

/** What a citizen complains of on the web, kept from page to page. */
export const draftRoutes = draftsAt({
  path: '/drafts',
  tags: ['complaints: drafts of citizens'],
  drafts: complaintDrafts,
  shown: Draft,
  keep: (file) => file,
  submit: { path: 'file', summary: 'Send it: files the complaint, once', response: Filed, work: fileDraft },
})
