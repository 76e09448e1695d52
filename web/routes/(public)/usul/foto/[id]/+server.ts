import { passOnFile } from '#lib/complaints/files.ts'
import { draftHeader } from '#lib/proposals/citizen/draft.ts'
import type { RequestHandler } from './$types'

/** A photo of the draft, for whoever is writing it. */
export const GET: RequestHandler = ({ fetch, cookies, params }) =>
  passOnFile(fetch, `/api/proposal-drafts/current/files/${encodeURIComponent(params.id)}`, draftHeader(cookies))
