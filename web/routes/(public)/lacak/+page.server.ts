import { fail, redirect } from '@sveltejs/kit'
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
    if (faults.length > 0) return fail(400, { typed, faults })
    redirect(303, '/lacak/aduan')
  },
  close: ({ cookies }) => {
    closeTicket(cookies)
    redirect(303, '/lacak?tutup')
  },
}
