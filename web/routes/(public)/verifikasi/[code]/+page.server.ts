import { error } from '@sveltejs/kit'
import { ask } from '#lib/api.ts'
import type { PageServerLoad } from './$types'

type Known = {
  kind: 'answer' | 'receipt' | 'referral' | 'minutes' | 'statement' | 'handover'
  number: string
  officeName: string
  issuedAt: string
}

export const load: PageServerLoad = async ({ fetch, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const answer = await ask<Known>(fetch, `/api/letters/${encodeURIComponent(params.code)}`)
  if (answer.ok) return { code: params.code, letter: answer.data }
  if (answer.status >= 500 || answer.status === 429)
    error(answer.status, { message: answer.problem.title, code: answer.problem.code })
  return { code: params.code, letter: null }
}
