import { fail, redirect } from '@sveltejs/kit'
import type { FactorsBody, SessionBody } from '#src/access/schema.ts'
import { withProof } from '#lib/access/proof.ts'
import { read, send } from '#lib/api.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, url }) => {
  const [factors, sessions] = await Promise.all([
    read<FactorsBody>(fetch, '/api/me/factors', url),
    read<{ items: SessionBody[] }>(fetch, '/api/me/sessions', url),
  ])
  return { factors, sessions: sessions.items }
}

export const actions: Actions = {
  end: async ({ request, fetch }) => {
    const form = await request.formData()
    const id = encodeURIComponent(String(form.get('id') ?? ''))
    const answer = await withProof(fetch, form, () => send(fetch, 'DELETE', `/api/me/sessions/${id}`))
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    return { done: 'ended' as const }
  },
  everywhere: async ({ fetch }) => {
    await send(fetch, 'POST', '/api/sign-out/everywhere')
    redirect(303, '/masuk')
  },
}
