import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import { accessRoutes, authenticate } from '#src/access/index.ts'
import { channelRoutes } from '#src/channels/index.ts'
import { complaintRoutes } from '#src/complaints/index.ts'
import { distributionRoutes, type TrustedKey } from '#src/distribution/index.ts'
import { auditRoutes } from '#src/platform/audit/index.ts'
import type { Actor, Db, Role } from '#src/platform/db/index.ts'
import { type EventOptions, eventRoutes } from '#src/platform/events/index.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { answerError, refuseNul } from '#src/platform/http/answer.ts'
import { schemaCompilers } from '#src/platform/http/compile.ts'
import { refuseForeignOrigin } from '#src/platform/http/origin.ts'
import { Problem, unauthenticated, forbidden } from '#src/platform/http/problem.ts'
import { messageRoutes, type WhatsappSettings } from '#src/platform/messages/index.ts'
import { peopleRoutes, registryRoutes } from '#src/people/index.ts'
import { programmeRoutes } from '#src/programmes/index.ts'
import { regionRoutes } from '#src/regions/index.ts'

/** Who may call a route: anybody; whoever signed in; or whoever acts in one of these roles. */
export type Access = 'public' | 'account' | readonly Role[]

declare module 'fastify' {
  interface FastifyInstance {
    db: Db
    files: FileStore
    /** Public address of this installation, without a slash at the end. */
    baseUrl: string
    /** Key material of the installation: 32 bytes. */
    secret: Buffer
  }
  interface FastifyRequest {
    /** Set where the route's access is a list of roles. */
    actor: Actor
  }
  interface FastifyContextConfig {
    access: Access
  }
}

export type Deps = {
  db: Db
  files: FileStore
  baseUrl: string
  secret: Buffer
  logger?: boolean | object
  trustProxy?: boolean | string
  oidc?: import('#src/access/index.ts').OidcSettings | null
  events?: EventOptions
  /** Compiles the schemas of all routes before the first request: for the test that all of them can be. */
  compileAtOnce?: boolean
  /** Where other systems ask the register, and whether answers may go to private addresses. */
  spdci?: { prefix: string; privateCallbacks: boolean }
  /** Keys of others whose vouchers are believed, besides our own. */
  voucherTrust?: readonly TrustedKey[]
  /** The provider that may tell what came in by WhatsApp. */
  whatsapp?: WhatsappSettings | null
}

/** Everything programs call, pages aside: the API, and what other systems ask the register by. */
const machine = /^\/api|\/registry\/|\/oauth2\//

/** The whole HTTP side: every module, explicitly and in order. The web is mounted on top by main.ts. */
export async function buildApp(deps: Deps): Promise<FastifyInstance> {
  const app = Fastify({
    logger: deps.logger ?? false,
    trustProxy: deps.trustProxy ?? false,
    bodyLimit: 256 * 1024,
    // What fails before a route is found (an address that is too long or badly encoded) is answered like everything else.
    frameworkErrors: answerError,
    routerOptions: { maxParamLength: 200 },
    schemaController: { compilersFactory: schemaCompilers(deps.compileAtOnce ?? false) },
    ajv: { customOptions: { allErrors: false, removeAdditional: false, coerceTypes: 'array' } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.decorate('db', deps.db)
  app.decorate('files', deps.files)
  app.decorate('baseUrl', deps.baseUrl)
  app.decorate('secret', deps.secret)
  app.decorateRequest('actor')
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request, reply) =>
    answerError(new Problem(404, 'not_found', { what: 'page' }), request, reply),
  )

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Pilar', version: '1', description: 'Social-welfare field system. Errors are RFC 9457 problems.' },
    },
  })
  await app.register(cookie)
  await app.register(multipart, { limits: { files: 1, fields: 20, fieldSize: 16_384, fileSize: 20 * 1024 * 1024 } })

  app.addHook('onRoute', (route) => {
    if (machine.test(route.url) && !route.config?.access && route.method !== 'HEAD' && route.method !== 'OPTIONS')
      throw new Error(`${String(route.method)} ${route.url} does not state its access`)
  })
  authenticate(app)
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access
    if (request.method !== 'GET' && request.method !== 'HEAD') refuseForeignOrigin(request)
    if (!access || access === 'public') return
    if (!request.session) throw unauthenticated()
    if (access === 'account') return
    if (!request.session.actor || !access.includes(request.session.actor.role)) throw forbidden('role')
    request.actor = request.session.actor
  })
  app.addHook('preValidation', async (request) => {
    refuseNul(request.params)
    refuseNul(request.query)
    refuseNul(request.body)
  })
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api') && !reply.hasHeader('cache-control'))
      void reply.header('cache-control', 'no-store')
    void reply.header('x-content-type-options', 'nosniff')
  })

  app.get('/api/openapi.json', { schema: { hide: true }, config: { access: 'public' } }, async () => app.swagger())
  await app.register(auditRoutes, { prefix: '/api' })
  await app.register(eventRoutes, { prefix: '/api', ...deps.events })
  await app.register(messageRoutes, { prefix: '/api' })
  await app.register(regionRoutes, { prefix: '/api' })
  await app.register(accessRoutes, { prefix: '/api', oidc: deps.oidc ?? null })
  await app.register(peopleRoutes, { prefix: '/api' })
  const spdci = deps.spdci ?? { prefix: '/spdci', privateCallbacks: false }
  await app.register(registryRoutes, spdci)
  await app.register(programmeRoutes, { prefix: '/api' })
  await app.register(distributionRoutes, { prefix: '/api', trusted: deps.voucherTrust ?? [] })
  await app.register(complaintRoutes, { prefix: '/api' })
  await app.register(channelRoutes, { prefix: '/api', whatsapp: deps.whatsapp ?? null })
  return app
}
