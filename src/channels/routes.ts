import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { WhatsappSettings } from '#src/platform/messages/index.ts'
import { forbidden, notFound, unauthenticated } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { readDelivery } from './reading.ts'
import { isSigned, sameSecret } from './signature.ts'
import { takeDelivery } from './taking.ts'

const config = { access: 'public' as const }
const tags = ['channels']

const Handshake = Type.Object({
  'hub.mode': Type.Optional(Type.String({ maxLength: 40 })),
  'hub.verify_token': Type.Optional(Type.String({ maxLength: 400 })),
  'hub.challenge': Type.Optional(Type.String({ maxLength: 400 })),
})

/** Where providers tell what came in and what became of what was sent. Called by them, not by people; 404 where none is configured. */
export const channelRoutes: FastifyPluginAsyncTypebox<{ whatsapp: WhatsappSettings | null }> = async (
  app,
  { whatsapp },
) => {
  app.get(
    '/channels/whatsapp',
    {
      config,
      schema: {
        tags,
        summary: 'The handshake of the WhatsApp Business Cloud API',
        querystring: Handshake,
        produces: ['text/plain'],
        response: { 200: Type.String(), ...problems(400, 403, 404) },
      },
    },
    async ({ query }, reply) => {
      if (!whatsapp) throw notFound('page')
      const knows = sameSecret(query['hub.verify_token'] ?? '', whatsapp.verifyToken)
      if (query['hub.mode'] !== 'subscribe' || !knows) throw forbidden('handshake')
      return reply.type('text/plain; charset=utf-8').send(query['hub.challenge'] ?? '')
    },
  )

  const signatureOf = ({ headers }: FastifyRequest) => {
    if (!whatsapp) throw notFound('page')
    const signature = headers['x-hub-signature-256']
    if (typeof signature !== 'string' || signature === '') throw unauthenticated()
    if (!/^sha256=[0-9a-f]{64}$/.test(signature)) throw forbidden('signature')
    return { signature, whatsapp }
  }

  // The signature is over the bytes as they came, whatever they are said to be.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.post(
    '/channels/whatsapp',
    {
      config,
      bodyLimit: 4 * 1024 * 1024,
      // Nothing is read of what is not even said to be signed.
      preParsing: async (request) => void signatureOf(request),
      schema: {
        tags,
        summary: 'What came in by WhatsApp, and what became of what was sent; signed by the provider',
        response: { 200: Type.Null(), ...problems(400, 401, 403, 404, 413) },
      },
    },
    async (request, reply) => {
      const { signature, whatsapp: provider } = signatureOf(request)
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      if (!isSigned(signature, body, provider.appSecret)) throw forbidden('signature')
      const delivery = readDelivery(parse(body), provider.phoneId, app.db.clock())
      // What is signed and says nothing we know is taken all the same: refused, it would be sent again for a week.
      if (delivery.statuses.length > 0 || delivery.inbound.length > 0)
        await app.db.asSystem('channels: what a provider tells', (tx) => takeDelivery(tx, delivery))
      return reply.code(200).send(null)
    },
  )
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
