import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { ask, read, send } from '#lib/api.ts'
import { draftHeader, findDraft, forgetDraft, put } from '#lib/complaints/draft.ts'
import { address, loadStep } from '#lib/complaints/step-page.ts'
import { firstUnfinished, sendable, stepAsking, stepOf, type Fault } from '#lib/complaints/steps.ts'
import { findSent, keepSent, openTicket } from '#lib/complaints/ticket.ts'
import type { Filed, Matter } from '#src/complaints/schema.ts'
import type { Programme } from '#src/programmes/schema.ts'
import type { Region } from '#src/regions/schema.ts'
import type { Actions, PageServerLoad } from './$types'

const step = stepOf('check')

export const load: PageServerLoad = async (event) => {
  const data = await loadStep(event, 'check')
  if (data.gone) return { ...data, place: '', matters: [], programmes: [] }
  const unfinished = firstUnfinished(data.content)
  if (unfinished) redirect(303, address(unfinished, { salah: true, ubah: true }))
  const [region, matters, programmes] = await Promise.all([
    ask<Region>(event.fetch, `/api/regions/${encodeURIComponent(data.content['regionCode'] ?? '')}`),
    read<Matter[]>(event.fetch, '/api/matters'),
    read<{ items: Programme[] }>(event.fetch, '/api/programmes'),
  ])
  const place = region.ok ? region.data.pathName : (data.content['regionCode'] ?? '')
  return { ...data, place, matters, programmes: programmes.items }
}

export const actions: Actions = {
  default: async (event) => {
    const draft = await findDraft(event)
    // Sent a moment ago, and the button pressed again after coming back: show what was sent.
    if (!draft) redirect(303, findSent(event.cookies) ? '/aduan/terkirim' : step.path)
    const unfinished = firstUnfinished(draft.content)
    if (unfinished) redirect(303, address(unfinished, { salah: true, ubah: true }))

    const kept = await put(event, sendable(draft.content))
    const answer = kept.ok
      ? await send<Filed>(event.fetch, 'POST', '/api/drafts/current/file', undefined, draftHeader(event.cookies))
      : kept
    if (!answer.ok) {
      // Nothing was sent, so nothing typed may be missing from the draft either.
      await put(event, draft.content)
      const found = answer.problem.errors ?? []
      const faults: Fault[] = found.map(({ field, message }) => ({
        message: m.public_new_check_fault({ message }),
        href: address(stepAsking(field), { ubah: true }),
      }))
      return fail(answer.status >= 500 ? 503 : answer.status, {
        faults: faults.length > 0 ? faults : [{ message: answer.problem.title || m.public_new_not_sent() }],
      })
    }
    const { number, secret, warnings } = answer.data
    keepSent(
      event,
      { number, secret },
      warnings.map(({ field }) => field),
    )
    openTicket(event, { number, secret })
    forgetDraft(event)
    redirect(303, '/aduan/terkirim')
  },
}
