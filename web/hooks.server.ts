import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { RequestEvent } from '@sveltejs/kit'
import type { Handle, HandleFetch, HandleServerError } from '@sveltejs/kit/hooks'
import { m } from '#messages'
import { overwriteServerAsyncLocalStorage } from '#locale'
import { callerHeaders, injectOf } from '#lib/inject.ts'
import { localeFromCookie, themeFromCookie, themeNames } from '#lib/preferences.ts'

// Paraglide's own middleware copies every request; all a page needs is to know its language.
const reader = new AsyncLocalStorage<{ locale?: 'id' | 'en' }>()
overwriteServerAsyncLocalStorage(reader)

const svelteMarks = /<!--[\w[\]!-]*-->/g

export const handle: Handle = async ({ event, resolve }) => {
  const locale = localeFromCookie(event.cookies.get('bahasa'))
  const theme = themeFromCookie(event.cookies.get('tema'))
  event.locals.locale = locale
  event.locals.theme = theme
  // Signing in is among them for its passkey script, and because its pages must not stay either.
  const officers = /^\/\((staff|field|sign-in)\)/.test(event.route.id ?? '')
  const response = await reader.run({ locale }, () =>
    resolve(event, {
      transformPageChunk: ({ html }) => {
        const page = html.replace('%lang%', locale).replace('%theme%', themeNames[theme])
        // Svelte's marks are for taking over in the browser, which citizens' pages never do: a tenth of their size.
        return officers ? page : page.replace(svelteMarks, '')
      },
      filterSerializedResponseHeaders: (name) => name === 'content-type',
    }),
  )
  // Citizens go back and forth while filling in a form: their browser may keep the page, nobody between may.
  // What officers see must not stay on a shared desk computer.
  if (!response.headers.has('cache-control'))
    response.headers.set('cache-control', officers ? 'no-store' : 'private, no-cache')
  response.headers.set('vary', 'cookie')
  return response
}

/** Pages read and write through `/api` only; here that stays inside the process. */
export const handleFetch: HandleFetch = async ({ event, request, fetch }) => {
  const url = new URL(request.url)
  const inject = injectOf(event.platform)
  if (!inject || url.origin !== event.url.origin || !url.pathname.startsWith('/api/')) return fetch(request)

  const headers: Record<string, string> = Object.fromEntries(request.headers)
  Object.assign(headers, callerHeaders(event.platform?.req, event.request))
  headers['host'] = event.url.host
  headers['accept-language'] = event.locals.locale
  const cookie = cookieHeader(event)
  if (cookie) headers['cookie'] = cookie
  const writes = request.method !== 'GET' && request.method !== 'HEAD'
  if (writes) headers['origin'] = event.url.origin

  const remoteAddress = event.platform?.req.socket.remoteAddress
  const answer = await inject({
    method: request.method,
    url: url.pathname + url.search,
    headers,
    ...(writes && request.body && { payload: Buffer.from(await request.arrayBuffer()) }),
    ...(remoteAddress && { remoteAddress }),
  })
  const response = new Headers()
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value === undefined || name === 'content-length' || name === 'transfer-encoding' || name === 'connection')
      continue
    for (const one of Array.isArray(value) ? value : [String(value)]) {
      if (name === 'set-cookie') passOnCookie(event, one)
      else response.append(name, one)
    }
  }
  const empty = answer.statusCode === 204 || answer.statusCode === 304 || request.method === 'HEAD'
  return new Response(empty ? null : new Uint8Array(answer.rawPayload), {
    status: answer.statusCode,
    headers: response,
  })
}

const asSent = (value: string) => value

/** The reader's cookies together with those this very request has been given (signing in, then loading the page). */
const cookieHeader = (event: RequestEvent) =>
  event.cookies
    .getAll({ decode: asSent })
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')

function passOnCookie(event: RequestEvent, header: string): void {
  const parsed = event.cookies.parse(header, { decode: asSent })
  if (!parsed) return
  const { name, value = '', ...options } = parsed
  // Clearing by a date long past must also count as cleared for the rest of this request.
  if (options.expires && options.expires.getTime() <= Date.now()) options.maxAge = 0
  event.cookies.set(name, value, { httpOnly: false, secure: false, path: '/', ...options, encode: asSent })
}

/** Failures of ours get a number the reader can quote, and are logged with it; nothing of them reaches the page. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind !== 'unknown') return
  const id = randomUUID().slice(0, 8)
  const stack = error instanceof Error ? (error.stack ?? error.message) : 'not an Error'
  console.error(JSON.stringify({ level: 50, msg: 'page failed', id, route: event.route.id, stack }))
  return { message: m.common_error_500_title(), id }
}
