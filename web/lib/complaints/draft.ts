import { error, type Cookies } from '@sveltejs/kit'
import { ask, send, type Answer } from '#lib/api.ts'
import type { Draft } from '#src/complaints/schema.ts'

/** What the citizen has typed so far, key by key as the API names them; every value is text. */
export type Content = Record<string, string>

type Event = { fetch: typeof fetch; cookies: Cookies; url: URL }

const cookieName = 'draf'
const cookiePath = '/aduan'
// The longest a draft lives; whether it still does, the server says.
const cookieAge = 24 * 60 * 60

/** The header that opens the draft of this browser; undefined when it has none. */
export function draftHeader(cookies: Cookies): Record<string, string> | undefined {
  const value = cookies.get(cookieName)
  return value ? { 'x-draft': value } : undefined
}

/** The draft of this browser; null when it never had one, or when it is gone. Ends the page when that cannot be told. */
export async function findDraft(event: Event): Promise<Draft | null> {
  const answer = await readDraft(event)
  if (answer === null || answer.ok) return answer && answer.data
  error(answer.status, { message: answer.problem.title, code: answer.problem.code })
}

/** As `findDraft`, but a failure is handed on: an answer that is not ok never means that the draft is gone. */
async function readDraft({ fetch, cookies }: Event): Promise<Answer<Draft> | null> {
  const headers = draftHeader(cookies)
  if (!headers) return null
  const answer = await ask<Draft>(fetch, '/api/drafts/current', { headers })
  return answer.ok || (answer.status !== 404 && answer.status !== 400) ? answer : null
}

/**
 * Keeps what was typed on one page beside everything typed before. Without a draft (the first page, or a cookie that
 * ran out meanwhile) a new one is begun, so that nothing just typed is lost.
 */
export async function keep(event: Event, typed: Content): Promise<Answer<Draft> & { begun?: boolean }> {
  const had = await readDraft(event)
  if (had) return had.ok ? put(event, { ...had.data.content, ...typed }) : had
  const made = await send<{ id: string; token: string }>(event.fetch, 'POST', '/api/drafts')
  if (!made.ok) return made
  event.cookies.set(cookieName, `${made.data.id}.${made.data.token}`, {
    path: cookiePath,
    httpOnly: true,
    sameSite: 'lax',
    secure: event.url.protocol === 'https:',
    maxAge: cookieAge,
  })
  return { ...(await put(event, typed)), begun: true }
}

/** Replaces the whole content. */
export const put = ({ fetch, cookies }: Event, content: Content): Promise<Answer<Draft>> =>
  send<Draft>(fetch, 'PUT', '/api/drafts/current', { content }, draftHeader(cookies))

/** This browser forgets the draft; the server throws it away by itself when its time has come. */
export const forgetDraft = ({ cookies }: Pick<Event, 'cookies'>): void =>
  cookies.delete(cookieName, { path: cookiePath })
