import { passOnFile } from '#lib/complaints/files.ts'
import { openedTicket } from '#lib/complaints/follow.ts'
import { ticketHeader } from '#lib/complaints/ticket.ts'
import type { RequestHandler } from './$types'

/** A file of the proposal, for whoever has its number and secret. */
export const GET: RequestHandler = (event) =>
  passOnFile(
    event.fetch,
    `/api/proposal-tracking/files/${encodeURIComponent(event.params.id)}`,
    ticketHeader(openedTicket(event)),
  )
