import { passOnFile } from '#lib/complaints/files.ts'
import { openedTicket } from '#lib/complaints/follow.ts'
import { ticketHeader } from '#lib/complaints/ticket.ts'
import type { RequestHandler } from './$types'

/** What is held about the asker, as a file another system can read. */
export const GET: RequestHandler = (event) =>
  passOnFile(event.fetch, '/api/rights/tracking/export', ticketHeader(openedTicket(event)))
