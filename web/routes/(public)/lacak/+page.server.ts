import { fail, redirect } from '@sveltejs/kit'
import { openAnything, typedTicket } from '#lib/complaints/follow.ts'
import { closeTicket } from '#lib/complaints/ticket.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  return { expired: url.searchParams.has('habis'), signedOut: url.searchParams.has('tutup') }
}

export const actions: Actions = {
  open: async (event) => {
    const typed = typedTicket(await event.request.formData())
    const opened = await openAnything(event, typed)
    if ('page' in opened) redirect(303, opened.page)
    return fail(400, { typed, faults: opened.faults })
  },
  close: ({ cookies }) => {
    closeTicket(cookies)
    redirect(303, '/lacak?tutup')
  },
}
