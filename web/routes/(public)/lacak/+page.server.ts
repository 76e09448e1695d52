import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { openWith, typedTicket } from '#lib/complaints/follow.ts'
import { closeTicket } from '#lib/complaints/ticket.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  return { expired: url.searchParams.has('habis'), signedOut: url.searchParams.has('tutup') }
}

export const actions: Actions = {
  open: async (event) => {
    const typed = typedTicket(await event.request.formData())
    const faults = await openWith(event, typed)
    // A number nobody complained by may be that of a proposal.
    if (faults[0]?.message === m.public_track_no_match()) {
      const others = await openWith(event, typed, '/api/proposal-tracking')
      if (others.length === 0) redirect(303, '/lacak/usulan')
    }
    if (faults.length > 0) return fail(400, { typed, faults })
    redirect(303, '/lacak/aduan')
  },
  close: ({ cookies }) => {
    closeTicket(cookies)
    redirect(303, '/lacak?tutup')
  },
}
