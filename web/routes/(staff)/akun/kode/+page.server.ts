import { fail } from '@sveltejs/kit'
import type { FactorsBody } from '#src/access/schema.ts'
import { withProof } from '#lib/access/proof.ts'
import { qrPath } from '#lib/access/qr.ts'
import { read, send } from '#lib/api.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, url }) => ({
  factors: await read<FactorsBody>(fetch, '/api/me/factors', url),
})

const shown = (secret: string, uri: string) => ({ secret, uri, qr: qrPath(uri) })

export const actions: Actions = {
  begin: async ({ request, fetch }) => {
    const form = await request.formData()
    const answer = await withProof(fetch, form, () =>
      send<{ secret: string; uri: string }>(fetch, 'POST', '/api/me/authenticator'),
    )
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    return { setUp: shown(answer.data.secret, answer.data.uri) }
  },
  confirm: async ({ request, fetch }) => {
    const form = await request.formData()
    // The secret comes back with the form, so that a mistyped code shows the same picture once more.
    const [secret, uri] = [String(form.get('secret') ?? ''), String(form.get('uri') ?? '')]
    const answer = await withProof(fetch, form, () =>
      send<{ recoveryCodes: string[] }>(fetch, 'POST', '/api/me/authenticator/confirm', {
        code: String(form.get('code') ?? ''),
      }),
    )
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, setUp: shown(secret, uri) })
    return { recoveryCodes: answer.data.recoveryCodes }
  },
  renew: async ({ request, fetch }) => {
    const form = await request.formData()
    const answer = await withProof(fetch, form, () =>
      send<{ recoveryCodes: string[] }>(fetch, 'POST', '/api/me/recovery-codes'),
    )
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    return { recoveryCodes: answer.data.recoveryCodes }
  },
  remove: async ({ request, fetch }) => {
    const form = await request.formData()
    const answer = await withProof(fetch, form, () => send(fetch, 'DELETE', '/api/me/authenticator'))
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    return { removed: true }
  },
}
