import { error, redirect } from '@sveltejs/kit'

/** What the API answers when it refuses (RFC 9457); `title` and `message` are sentences in the reader's language. */
export type Problem = {
  status: number
  code: string
  title: string
  errors?: { field: string; code: string; message: string }[]
  /** Seconds until it may be tried again (429, 503). */
  retryAfter?: number
}

export type Answer<T> = { ok: true; status: number; data: T } | { ok: false; status: number; problem: Problem }

type Fetch = typeof fetch

/**
 * Reads `/api…` for a page. What cannot be read ends the page: 401 leads to sign-in (and back), anything else to the
 * error page with the same status.
 */
export async function read<T>(fetch: Fetch, path: string, url?: URL): Promise<T> {
  const answer = await ask<T>(fetch, path)
  if (answer.ok) return answer.data
  const { status, problem } = answer
  if (status === 401) redirect(303, `/masuk${url ? `?kembali=${encodeURIComponent(url.pathname + url.search)}` : ''}`)
  error(status, { message: problem.title, code: problem.code })
}

/** Writes to `/api…`: an object goes as JSON, a FormData as it is. What the API refuses comes back as its problem. */
export const send = <T>(
  fetch: Fetch,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object | FormData,
  headers: Record<string, string> = {},
): Promise<Answer<T>> =>
  ask<T>(fetch, path, {
    method,
    headers: body && !(body instanceof FormData) ? { 'content-type': 'application/json', ...headers } : headers,
    ...(body && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  })

/** One request to `/api…`, refused or not; only a broken connection throws. */
export async function ask<T>(fetch: Fetch, path: string, init?: RequestInit): Promise<Answer<T>> {
  const response = await fetch(path, init)
  const type = response.headers.get('content-type') ?? ''
  const body: unknown = type.includes('json') ? await response.json() : undefined
  if (response.ok) return { ok: true, status: response.status, data: body as T }
  return { ok: false, status: response.status, problem: asProblem(body, response) }
}

const asProblem = (body: unknown, { status, headers }: Response): Problem => {
  const said = body as Partial<Problem> | undefined
  const retryAfter = Number(headers.get('retry-after'))
  return {
    status,
    code: said?.code ?? 'internal',
    title: said?.title ?? '',
    ...(said?.errors && { errors: said.errors }),
    ...(retryAfter > 0 && { retryAfter }),
  }
}

/** The sentence at a field, from a problem; for `error` of a Field. */
export const faultAt = (problem: Problem | null | undefined, field: string): string | undefined =>
  problem?.errors?.find((one) => one.field === field)?.message

/** All sentences of a problem for ErrorSummary: those at fields, or the one about the whole. */
export const faultsOf = (problem: Problem | null | undefined): { field?: string; message: string }[] =>
  !problem ? [] : problem.errors?.length ? problem.errors : [{ message: problem.title }]
