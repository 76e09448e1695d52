import type { IncomingMessage } from 'node:http'
import type { LightMyRequestResponse } from 'fastify'

/** One request to the application inside this process; the parts of Fastify's `inject` that pages use. */
export type Inject = (request: {
  method: string
  url: string
  headers: Record<string, string>
  payload?: Buffer
  remoteAddress?: string
}) => Promise<Pick<LightMyRequestResponse, 'statusCode' | 'headers' | 'rawPayload'>>

// The same key as in src/platform/http/web.ts, which puts the function there.
const injectKey = Symbol.for('pilar.inject')

/** The way into the application that serves this page; undefined when pages run on their own (`vite dev`, tests). */
export function injectOf(platform: Readonly<App.Platform> | undefined): Inject | undefined {
  const carrier = (platform?.req ?? globalThis) as { [injectKey]?: Inject }
  return carrier[injectKey]
}

/** What the application must know of the person behind the page, and nothing else of the page's own request. */
export function callerHeaders(raw: IncomingMessage | undefined, request: Request): Record<string, string> {
  const out: Record<string, string> = {}
  for (const name of ['user-agent', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-request-id']) {
    const value = raw ? raw.headers[name] : request.headers.get(name)
    if (typeof value === 'string') out[name] = value
  }
  return out
}
