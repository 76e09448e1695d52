import { fail, redirect } from '@sveltejs/kit'
import type { Me, SignInOutcome, SignInWays } from '#src/access/schema.ts'
import { goOn, landing } from '#lib/access/landing.ts'
import { read, send } from '#lib/api.ts'
import { m } from '#messages'
import type { Actions, PageServerLoad } from './$types'

/** Failures of single sign-on come back as a code in the address; anything else there is not ours to show. */
const failures: Readonly<Record<string, () => string>> = {
  sign_in_expired: m.problem_sign_in_expired,
  sso_away: m.problem_sso_away,
  sso_failed: m.problem_sso_failed,
  sso_unknown: m.problem_sso_unknown,
}

export const load: PageServerLoad = async ({ fetch, url }) => {
  const ways = await read<SignInWays>(fetch, '/api/sign-in')
  const back = url.searchParams.get('kembali')
  if (ways.signedIn) redirect(303, landing(await read<Me>(fetch, '/api/me'), back))
  const failed = failures[url.searchParams.get('gagal') ?? '']?.()
  // Back from single sign-on, or a page left half way: go on there. "Begin again" comes with `lagi`.
  if (ways.pending && !failed && !url.searchParams.has('lagi')) await goOn(fetch, ways.pending, back)
  return { singleSignOn: ways.singleSignOn, back, failed }
}

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const username = String(form.get('username') ?? '')
    const answer = await send<SignInOutcome>(fetch, 'POST', '/api/sign-in', {
      username,
      password: String(form.get('password') ?? ''),
    })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, username })
    return goOn(fetch, answer.data.status, String(form.get('kembali') ?? '') || null)
  },
}
