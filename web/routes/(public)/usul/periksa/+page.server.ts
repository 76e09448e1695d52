import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { ask, send } from '#lib/api.ts'
import { draftHeader, findDraft, forgetDraft, put } from '#lib/proposals/citizen/draft.ts'
import { findSent, keepSent } from '#lib/proposals/citizen/sent.ts'
import { loadStep } from '#lib/proposals/citizen/step-page.ts'
import { firstUnfinished, sendable, stepAsking, stepOf } from '#lib/proposals/citizen/steps.ts'
import { openTicket } from '#lib/complaints/ticket.ts'
import { address, type Fault } from '#lib/public/steps.ts'
import type { Submitted } from '#src/people/proposals/schema.ts'
import type { Region } from '#src/regions/schema.ts'
import type { Actions, PageServerLoad } from './$types'

const step = stepOf('check')

export const load: PageServerLoad = async (event) => {
  const data = await loadStep(event, 'check')
  if (data.gone) return { ...data, place: '' }
  const unfinished = firstUnfinished(data.content)
  if (unfinished) redirect(303, address(unfinished, { salah: true, ubah: true }))
  const code = data.content['regionCode'] ?? ''
  const region = await ask<Region>(event.fetch, `/api/regions/${encodeURIComponent(code)}`)
  return { ...data, place: region.ok ? region.data.pathName : code }
}

export const actions: Actions = {
  default: async (event) => {
    const draft = await findDraft(event)
    // Sent a moment ago, and the button pressed again after coming back: show what was sent.
    if (!draft) redirect(303, findSent(event.cookies) ? '/usul/terkirim' : step.path)
    const unfinished = firstUnfinished(draft.content)
    if (unfinished) redirect(303, address(unfinished, { salah: true, ubah: true }))

    const kept = await put(event, sendable(draft.content))
    const answer = kept.ok
      ? await send<Submitted>(
          event.fetch,
          'POST',
          '/api/proposal-drafts/current/submit',
          undefined,
          draftHeader(event.cookies),
        )
      : kept
    if (!answer.ok) {
      // Nothing was sent, so nothing typed may be missing from the draft either.
      await put(event, draft.content)
      const found = answer.problem.errors ?? []
      const faults: Fault[] = found.map(({ field, message }) => ({
        message: m.public_new_check_fault({ message }),
        href: address(stepAsking(field, draft.content), { ubah: true }),
      }))
      return fail(answer.status >= 500 ? 503 : answer.status, {
        faults: faults.length > 0 ? faults : [{ message: answer.problem.title || m.proposals_public_not_sent() }],
      })
    }
    keepSent(event, answer.data)
    openTicket(event, answer.data)
    forgetDraft(event)
    redirect(303, '/usul/terkirim')
  },
}
