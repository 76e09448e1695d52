import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { faultAt, send } from '#lib/api.ts'
import { chosenFile } from '#lib/complaints/files.ts'
import { draftHeader, findDraft } from '#lib/proposals/citizen/draft.ts'
import { loadStep, onward } from '#lib/proposals/citizen/step-page.ts'
import { stepOf } from '#lib/proposals/citizen/steps.ts'
import { address } from '#lib/public/steps.ts'
import type { Actions, PageServerLoad } from './$types'

const step = stepOf('files')
const api = '/api/proposal-drafts/current/files'

export const load: PageServerLoad = async (event) => ({
  ...(await loadStep(event, 'files')),
  added: event.url.searchParams.has('ditambah'),
})

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData()
    const draft = await findDraft(event)
    const headers = draftHeader(event.cookies)
    if (!draft || !headers) redirect(303, step.path)
    const here = (added: boolean) => address(step, { ubah: event.url.searchParams.has('ubah'), ditambah: added })

    const remove = form.get('remove')
    if (typeof remove === 'string') {
      await send(event.fetch, 'DELETE', `${api}/${encodeURIComponent(remove)}`, undefined, headers)
      redirect(303, here(false))
    }
    // Whoever chose a file and pressed the wrong one of the two buttons meant to send it along.
    const what = String(form.get('what') ?? '').slice(0, 20)
    const file = chosenFile(form, 'file', { what })
    if (file) {
      const answer = await send(event.fetch, 'POST', api, file, headers)
      if (!answer.ok) {
        const message = faultAt(answer.problem, 'file') ?? (answer.problem.title || m.public_new_not_kept())
        return fail(answer.status >= 500 ? 503 : answer.status, { what, faults: [{ field: 'file', message }] })
      }
    } else if (form.has('upload')) {
      return fail(400, { what, faults: [{ field: 'file', message: m.public_new_file_missing() }] })
    }
    if (form.has('upload')) redirect(303, here(true))
    return onward(event, step, draft.content, false)
  },
}
