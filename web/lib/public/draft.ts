import { error, type Cookies } from '@sveltejs/kit'
import { ask, send, type Answer } from '#lib/api.ts'

/** What the citizen has typed so far, key by key as the API names them; every value is text. */
export type Content = Record<string, string>

export type DraftEvent = { fetch: typeof fetch; cookies: Cookies; url: URL }

// The longest a draft lives; whether it still does, the server says.
const cookieAge = 24 * 60 * 60

/**
 * The draft of one kind of form: which one this browser holds is a cookie no script can read (`cookie`, sent below
 * `path`), what was typed is with the server (`api`).
 */
export function draftStore<D extends { content: Content }>(of: { cookie: string; path: string; api: string }) {
  /** The header that opens the draft of this browser; undefined when it has none. */
  function draftHeader(cookies: Cookies): Record<string, string> | undefined {
    const value = cookies.get(of.cookie)
    return value ? { 'x-draft': value } : undefined
  }

  /** As `findDraft`, but a failure is handed on: an answer that is not ok never means that the draft is gone. */
  async function readDraft({ fetch, cookies }: DraftEvent): Promise<Answer<D> | null> {
    const headers = draftHeader(cookies)
    if (!headers) return null
    const answer = await ask<D>(fetch, `${of.api}/current`, { headers })
    return answer.ok || (answer.status !== 404 && answer.status !== 400) ? answer : null
  }

  /** The draft of this browser; null when it never had one, or when it is gone. Ends the page when that cannot be told. */
  async function findDraft(event: DraftEvent): Promise<D | null> {
    const answer = await readDraft(event)
    if (answer === null || answer.ok) return answer && answer.data
    error(answer.status, { message: answer.problem.title, code: answer.problem.code })
  }

  /** Replaces the whole content. */
  const put = ({ fetch, cookies }: DraftEvent, content: Content): Promise<Answer<D>> =>
    send<D>(fetch, 'PUT', `${of.api}/current`, { content }, draftHeader(cookies))

  /**
   * Keeps what was typed on one page beside everything typed before. Without a draft (the first page, or a cookie that
   * ran out meanwhile) a new one is begun, so that nothing just typed is lost.
   */
  async function keep(event: DraftEvent, typed: Content): Promise<Answer<D> & { begun?: boolean }> {
    const had = await readDraft(event)
    if (had) return had.ok ? put(event, { ...had.data.content, ...typed }) : had
    const made = await send<{ id: string; token: string }>(event.fetch, 'POST', of.api)
    if (!made.ok) return made
    event.cookies.set(of.cookie, `${made.data.id}.${made.data.token}`, {
      path: of.path,
      httpOnly: true,
      sameSite: 'lax',
      secure: event.url.protocol === 'https:',
      maxAge: cookieAge,
    })
    return { ...(await put(event, typed)), begun: true }
  }

  /** This browser forgets the draft; the server throws it away by itself when its time has come. */
  const forgetDraft = ({ cookies }: Pick<DraftEvent, 'cookies'>): void => cookies.delete(of.cookie, { path: of.path })

  return { draftHeader, findDraft, put, keep, forgetDraft }
}
