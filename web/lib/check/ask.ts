import { m } from '#messages'
import { ask, faultsOf, send } from '#lib/api.ts'
import type { Fault } from '#lib/public/steps.ts'
import type { CheckQuestion } from '#src/distribution/check/schema.ts'

export type Refused = { faults: Fault[]; question: CheckQuestion | null; status: number }

/**
 * Sends a try, with the answer to the question that came with the page if there was one. Where a question is asked for, or its answer
 * was wrong, the page gets a new one; what was typed stays.
 */
export async function check<T>(
  fetch: typeof globalThis.fetch,
  path: '/api/check/nik' | '/api/check/name',
  body: object,
  form: FormData,
): Promise<{ found: T } | Refused> {
  const token = String(form.get('token') ?? '').slice(0, 60)
  const answer = String(form.get('answer') ?? '').trim().slice(0, 60) // prettier-ignore
  if (token && !answer) return asking(fetch, [{ field: 'answer', message: m.check_question_missing() }])
  const res = await send<T>(fetch, 'POST', path, { ...body, ...(token && { question: { token, answer } }) })
  if (res.ok) return { found: res.data }
  const { code, retryAfter, errors } = res.problem
  if (code === 'check_question') return asking(fetch, [])
  if (errors?.some((one) => one.field === 'answer')) return asking(fetch, faultsOf(res.problem) as Fault[])
  if (res.status === 429)
    return { faults: [{ field: '', message: m.check_busy({ minutes: Math.ceil((retryAfter ?? 60) / 60) }) }], question: null, status: 429 } // prettier-ignore
  return {
    faults: faultsOf(res.problem).map(({ field, message }) => ({ field: field ?? '', message })),
    question: null,
    status: res.status,
  }
}

async function asking(fetch: typeof globalThis.fetch, faults: Fault[]): Promise<Refused> {
  const question = await ask<CheckQuestion>(fetch, '/api/check/question')
  return { faults, question: question.ok ? question.data : null, status: 400 }
}
