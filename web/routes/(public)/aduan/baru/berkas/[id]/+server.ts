import { draftHeader } from '#lib/complaints/draft.ts'
import { passOnFile } from '#lib/complaints/files.ts'
import type { RequestHandler } from './$types'

/** A file of the draft, for whoever is writing it. */
export const GET: RequestHandler = ({ fetch, cookies, params }) =>
  passOnFile(fetch, `/api/drafts/current/files/${encodeURIComponent(params.id)}`, draftHeader(cookies))
