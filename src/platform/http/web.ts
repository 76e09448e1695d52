import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyInstance, FastifyRequest } from 'fastify'

type NodeHandler = (req: IncomingMessage, res: ServerResponse, next?: () => void) => void

/**
 * Where a page finds the way into the application it is served by: on the raw request, because tests run several
 * applications in one process; on globalThis only for Vite's development server, which hands pages no request.
 */
const injectKey = Symbol.for('pilar.inject')
type Carrier = { [injectKey]?: FastifyInstance['inject'] }

/** Set on every page and file; what concerns scripts (Content-Security-Policy) comes from the page itself. */
const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(self), geolocation=(self), microphone=(), payment=(), usb=()',
}

/** Read by the page handler, so that Fastify's trustProxy alone decides what a proxy may say about the caller. */
const callerHeaders = { protocol: 'x-pilar-protocol', host: 'x-pilar-host', address: 'x-pilar-address' } as const

/**
 * Serves the built pages (`vite build`) for every address no route of the application takes.
 * Pages reach `/api` through `app.inject`, never over the network. `bodyLimit` is in bytes and holds for forms with
 * files; an unknown address below `/api` stays a problem of the application.
 */
export async function mountWeb(
  app: FastifyInstance,
  { buildDir, bodyLimit = 32 * 1024 * 1024 }: { buildDir: string; bodyLimit?: number },
): Promise<void> {
  process.env['PILAR_WEB_PROTOCOL_HEADER'] = callerHeaders.protocol
  process.env['PILAR_WEB_HOST_HEADER'] = callerHeaders.host
  process.env['PILAR_WEB_ADDRESS_HEADER'] = callerHeaders.address
  process.env['PILAR_WEB_BODY_SIZE_LIMIT'] = String(bodyLimit)
  const { handler } = (await import(pathToFileURL(join(buildDir, 'handler.js')).href)) as { handler: NodeHandler }
  await mount(app, handler)
}

/** The same pages from their sources by Vite, reloading as they change; for development only. */
export async function mountDevWeb(app: FastifyInstance): Promise<void> {
  const { createServer } = await import('vite')
  const vite = await createServer({ server: { middlewareMode: true, hmr: { server: app.server } }, appType: 'custom' })
  app.addHook('onClose', () => vite.close())
  ;(globalThis as Carrier)[injectKey] = app.inject.bind(app) as FastifyInstance['inject']
  await mount(app, vite.middlewares)
}

async function mount(app: FastifyInstance, handler: NodeHandler): Promise<void> {
  const inject = app.inject.bind(app) as FastifyInstance['inject']
  await app.register(async (scope) => {
    // The body stays unread: the page handler reads it from the raw request.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    scope.route({
      method: ['GET', 'HEAD', 'POST'],
      url: '/*',
      schema: { hide: true },
      config: { access: 'public' },
      handler: async (request, reply) => {
        if (request.url.startsWith('/api/') || request.url === '/api') return reply.callNotFound()
        reply.hijack()
        sayWhoCalls(request)
        const raw: IncomingMessage & Carrier = request.raw
        raw[injectKey] = inject
        for (const name in securityHeaders) reply.raw.setHeader(name, securityHeaders[name] ?? '')
        if (request.protocol === 'https') reply.raw.setHeader('strict-transport-security', 'max-age=31536000')
        handler(raw, reply.raw, () => reply.raw.writeHead(404).end())
        // Hijacked replies are out of Fastify's sight; waiting keeps app.close() from cutting a page in half.
        if (!reply.raw.writableFinished && !reply.raw.destroyed) await once(reply.raw, 'close').catch(() => undefined)
      },
    })
  })
}

function sayWhoCalls(request: FastifyRequest): void {
  const headers = request.raw.headers
  headers[callerHeaders.protocol] = request.protocol
  headers[callerHeaders.host] = request.host
  headers[callerHeaders.address] = request.ip
}
