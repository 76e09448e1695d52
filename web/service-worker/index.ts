import { version } from '$app/env'
import { assets } from '$app/manifest'
import { self } from '$app/service-worker'
import { files } from 'virtual:pilar/field-files'

/*
 * Opens the pages of handing over where there is no line (decision 0031). It reaches over /lapangan only, keeps the built files of these
 * pages and one empty page, and never an answer of /api: who is on a list is kept by lib/offline/kept.ts alone.
 */

const PREFIX = 'pilar-lapangan-'
const CACHE = PREFIX + version
/** A page without a line of anybody's data in it: the scripts read the address and what the telephone keeps. */
const SHELL = '/lapangan/tanpa-sinyal'
const HANDING_OVER = /^\/lapangan\/penyaluran(\/|$)/
const KEPT = new Set([...files, ...assets.map(({ path }) => `/${path}`)])
/** A line that says nothing for so long is none. */
const PATIENCE_MS = 6000

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE)
      // Their names change with what is in them, so what the browser has already is not fetched again.
      await cache.addAll([...KEPT])
      if (!(await keepShell(cache))) throw new Error('the page is of another version than the worker')
    })(),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name)
      await self.clients.claim()
    })(),
  )
})

// A page asks to be taken over once it is open, and only by a worker of its own version: nobody is interrupted, and no page gets the files of
// another version.
self.addEventListener('message', (event) => {
  const said = event.data as { act?: string; version?: string } | null
  if (said?.act === 'take-over' && said.version === version) event.waitUntil(self.skipWaiting())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(event, url))
  else if (KEPT.has(url.pathname)) event.respondWith(kept(request))
})

async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request)
}

/** The page from the office; without a line the empty one, which the scripts fill from what the telephone keeps. */
async function page(event: FetchEvent, url: URL): Promise<Response> {
  const cache = await caches.open(CACHE)
  const shell = await cache.match(SHELL, { ignoreVary: true })
  const asked = fetch(event.request)
  const answer = await Promise.race([
    asked.catch(() => undefined),
    new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS)),
  ])
  if (answer) {
    // Language and colours stand in the empty page too, and may have been changed.
    if (answer.ok) event.waitUntil(keepShell(cache).catch(() => false))
    return answer
  }
  if (!shell) return asked
  if (url.pathname === SHELL || HANDING_OVER.test(url.pathname)) return shell
  return Response.redirect(SHELL, 302)
}

/** Keeps the empty page, if it is of this worker's version: all it asks for is kept. */
async function keepShell(cache: Cache): Promise<boolean> {
  const answer = await fetch(SHELL, { cache: 'no-store' })
  if (!answer.ok || answer.redirected) return false
  const text = await answer.clone().text()
  const asksFor = [...text.matchAll(/\/_app\/immutable\/[\w./-]+/g)].map(([file]) => file)
  if (asksFor.length === 0 || !asksFor.every((file) => KEPT.has(file))) return false
  await cache.put(SHELL, answer)
  return true
}
