import { fail } from '@sveltejs/kit'
import type { AccountBody } from '#src/access/schema.ts'
import { withProof } from '#lib/access/proof.ts'
import { type Answer, read, send } from '#lib/api.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, params, url }) => ({
  account: await read<AccountBody>(fetch, `/api/accounts/${encodeURIComponent(params.id)}`, url),
})

type Fetch = typeof fetch
const at = (id: string, rest = '') => `/api/accounts/${encodeURIComponent(id)}${rest}`
const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim()

/** One act on the account: the proof that came along, the request, and what the page says after. */
async function act<T extends object>(
  event: { request: Request; fetch: Fetch },
  on: string,
  request: (form: FormData) => Promise<Answer<unknown>>,
  said: (data: unknown) => T,
) {
  const form = await event.request.formData()
  const answer = await withProof(event.fetch, form, () => request(form))
  if (answer.ok) return { on, ...said(answer.data) }
  const values: Record<string, string> = {}
  for (const [name, value] of form) if (typeof value === 'string' && name !== 'proof') values[name] = value
  return fail(answer.status, { on, problem: answer.problem, values })
}

export const actions: Actions = {
  edit: (event) =>
    act(
      event,
      'edit',
      (form) =>
        send(event.fetch, 'PATCH', at(event.params.id), {
          name: text(form, 'name'),
          // Only what was changed: another e-mail asks for a proof.
          ...(text(form, 'email') !== text(form, 'emailBefore') && { email: text(form, 'email') || null }),
        }),
      () => ({ done: 'edited' as const }),
    ),
  assign: (event) =>
    act(
      event,
      'assign',
      (form) => {
        const role = text(form, 'role')
        const only = (name: string, here: boolean) => here && text(form, name) && { [name]: text(form, name) }
        return send(event.fetch, 'POST', at(event.params.id, '/assignments'), {
          role,
          regionCode: text(form, 'regionCode'),
          ...only('agency', role === 'officer' || role === 'supervisor'),
          ...only('pillarKind', role === 'pillar'),
          ...only('validFrom', true),
          ...only('validTo', true),
        })
      },
      () => ({ done: 'assigned' as const }),
    ),
  end: (event) =>
    act(
      event,
      'end',
      (form) =>
        send(
          event.fetch,
          'POST',
          at(event.params.id, `/assignments/${encodeURIComponent(text(form, 'assignment'))}/end`),
        ),
      () => ({ done: 'ended' as const }),
    ),
  activation: (event) =>
    act(
      event,
      'keys',
      (form) =>
        send(event.fetch, 'POST', at(event.params.id, '/activation'), { active: text(form, 'active') === 'true' }),
      () => ({ done: 'activation' as const }),
    ),
  password: (event) =>
    act(
      event,
      'keys',
      () => send(event.fetch, 'POST', at(event.params.id, '/password')),
      (data) => ({ temporaryPassword: (data as { temporaryPassword: string }).temporaryPassword }),
    ),
  factor: (event) =>
    act(
      event,
      'keys',
      () => send(event.fetch, 'POST', at(event.params.id, '/second-factor/reset')),
      () => ({ done: 'factor' as const }),
    ),
  sessions: (event) =>
    act(
      event,
      'keys',
      () => send(event.fetch, 'POST', at(event.params.id, '/sessions/end')),
      () => ({ done: 'sessions' as const }),
    ),
}
