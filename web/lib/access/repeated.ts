import type { Problem } from '#lib/api.ts'
import { m } from '#messages'

/** The new password is typed twice, because nobody sees it: a problem where the two differ. Only a page knows of it. */
export function repeatedWrong(form: FormData): Problem | undefined {
  if (form.get('password') === form.get('repeat')) return undefined
  return {
    status: 400,
    code: 'invalid_request',
    title: m.access_repeat_differs(),
    errors: [{ field: 'repeat', code: 'differs', message: m.access_repeat_differs() }],
  }
}
