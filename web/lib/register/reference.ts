import type { Questionnaire } from '#src/people/register/schema.ts'
import { read } from '#lib/api.ts'
import { type Forms, formsOf } from './fields.ts'

/** Names of kinds of events, and the questions in force on a day ('' or absent: today). */
type Asking = { kinds: Readonly<Record<string, string>>; forms: Forms }

export async function readForms(fetch: typeof globalThis.fetch, url: URL, on = ''): Promise<Asking> {
  const [kinds, questionnaires] = await Promise.all([
    read<{ code: string; name: string }[]>(fetch, '/api/register/event-kinds', url),
    read<Questionnaire[]>(fetch, `/api/register/questionnaires${on ? `?on=${on}` : ''}`, url),
  ])
  return { kinds: Object.fromEntries(kinds.map((one) => [one.code, one.name])), forms: formsOf(questionnaires) }
}
