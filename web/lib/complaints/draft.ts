import { draftStore } from '#lib/public/draft.ts'
import type { Draft } from '#src/complaints/schema.ts'

export type { Content } from '#lib/public/draft.ts'

export const { draftHeader, findDraft, put, keep, forgetDraft } = draftStore<Draft>({
  cookie: 'draf',
  path: '/aduan',
  api: '/api/drafts',
})
