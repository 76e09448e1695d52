import { fail, redirect } from '@sveltejs/kit'
import type { SignInOutcome, SignInWays } from '#src/access/schema.ts'
import { goOn } from '#lib/access/landing.ts'
import { read, send } from '#lib/api.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, url }) => {
  const { pending } = await read<SignInWays>(fetch, '/api/sign-in')
  if (pending !== 'second_factor') redirect(303, '/masuk?gagal=sign_in_expired')
  return { back: url.searchParams.get('kembali') }
}

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const answer = await send<SignInOutcome>(fetch, 'POST', '/api/sign-in/second-factor', {
      code: String(form.get('code') ?? ''),
    })
    if (!answer.ok && answer.problem.code === 'sign_in_expired') redirect(303, '/masuk?gagal=sign_in_expired')
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    return goOn(fetch, answer.data.status, String(form.get('kembali') ?? '') || null)
  },
}
