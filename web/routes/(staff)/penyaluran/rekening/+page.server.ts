import { fail, redirect } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { AccountImportView } from '#src/distribution/payments/imports/schema.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const values = { source: String(form.get('source') ?? ''), since: String(form.get('since') ?? '') }
    const body = new FormData()
    // Before the file: the server reads them as they come.
    body.set('source', values.source)
    body.set('since', values.since)
    const file = form.get('file')
    if (file instanceof File) body.set('file', file)
    const answer = await send<AccountImportView>(fetch, 'POST', '/api/distribution/account-imports', body)
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, values })
    redirect(303, `/penyaluran/rekening/${answer.data.id}`)
  },
}
