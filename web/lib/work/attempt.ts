import { send, type Answer } from '#lib/api.ts'
import { m } from '#messages'

/** As `send`, but a broken connection is an answer too, in words, so that no page loses what somebody typed. */
export async function attempt<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object | FormData,
): Promise<Answer<T>> {
  try {
    const answer = await send<T>(fetch, method, path, body)
    if (answer.ok || answer.problem.title) return answer
    return { ...answer, problem: { ...answer.problem, title: m.common_error_500_title() } }
  } catch {
    return { ok: false, status: 0, problem: { status: 0, code: 'offline', title: m.work_offline() } }
  }
}
