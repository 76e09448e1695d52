import { fail } from '@sveltejs/kit'
import type { FactorsBody } from '#src/access/schema.ts'
import { withProof } from '#lib/access/proof.ts'
import { read, send } from '#lib/api.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, url, depends }) => {
  depends('pilar:passkeys')
  return { factors: await read<FactorsBody>(fetch, '/api/me/factors', url) }
}

const at = (form: FormData) => `/api/me/passkeys/${encodeURIComponent(String(form.get('id') ?? ''))}`

export const actions: Actions = {
  prove: async ({ request, fetch }) => {
    const form = await request.formData()
    const answer = await withProof(fetch, form, async () => ({ ok: true as const, status: 204, data: undefined }))
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    return { proved: true }
  },
  rename: async ({ request, fetch }) => {
    const form = await request.formData()
    const answer = await send(fetch, 'PATCH', at(form), { name: String(form.get('name') ?? '') })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    return { renamed: true }
  },
  remove: async ({ request, fetch }) => {
    const form = await request.formData()
    const answer = await send(fetch, 'DELETE', at(form))
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    return { removed: true }
  },
}
