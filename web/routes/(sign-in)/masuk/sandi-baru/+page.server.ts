import { fail, redirect } from '@sveltejs/kit'
import type { SignInOutcome, SignInWays } from '#src/access/schema.ts'
import { goOn } from '#lib/access/landing.ts'
import { repeatedWrong } from '#lib/access/repeated.ts'
import { read, send } from '#lib/api.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, url }) => {
  const { pending, passwordMinLength } = await read<SignInWays>(fetch, '/api/sign-in')
  if (pending !== 'password_change') redirect(303, '/masuk?gagal=sign_in_expired')
  return { minLength: passwordMinLength, back: url.searchParams.get('kembali') }
}

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const password = String(form.get('password') ?? '')
    const wrong = repeatedWrong(form)
    if (wrong) return fail(400, { problem: wrong })
    const answer = await send<SignInOutcome>(fetch, 'POST', '/api/sign-in/password', { password })
    if (!answer.ok && answer.problem.code === 'sign_in_expired') redirect(303, '/masuk?gagal=sign_in_expired')
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    return goOn(fetch, answer.data.status, String(form.get('kembali') ?? '') || null)
  },
}
