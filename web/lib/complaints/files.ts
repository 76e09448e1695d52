import { error } from '@sveltejs/kit'
import { m } from '#messages'

/**
 * What is told before a file is chosen. The server's own limits are dated data (upload_limit); these say the same in
 * words and refuse nothing themselves.
 */
export const uploadHint = (): string => m.public_file_hint({ megabytes: 10 })
export const mostFiles = 5

/** Pictures and PDF; HEIC is left out on purpose: telephones then send their photos as JPEG by themselves. */
export const accepted = 'image/jpeg,image/png,image/webp,application/pdf'

/**
 * The file of a form as the API takes it, behind the fields that go with it; undefined when none was chosen (browsers
 * then send an empty one).
 */
export function chosenFile(form: FormData, name = 'file', fields: Record<string, string> = {}): FormData | undefined {
  const file = form.get(name)
  if (!(file instanceof File) || (file.size === 0 && file.name === '')) return undefined
  const out = new FormData()
  for (const [key, value] of Object.entries(fields)) out.set(key, value)
  out.set('file', file, file.name)
  return out
}

/** Hands a file of the API on to the browser, under a header the browser must not know. */
export async function passOnFile(
  fetch: typeof globalThis.fetch,
  path: string,
  headers: Record<string, string> | undefined,
): Promise<Response> {
  const answer = headers && (await fetch(path, { headers }))
  if (!answer?.ok) error(answer?.status === 429 ? 429 : 404, { message: m.problem_not_found() })
  const out = new Headers({ 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff' })
  for (const name of ['content-type', 'content-disposition', 'content-security-policy']) {
    const value = answer.headers.get(name)
    if (value) out.set(name, value)
  }
  return new Response(answer.body, { headers: out })
}
