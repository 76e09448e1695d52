import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { v7 as uuid } from 'uuid'
import { recordAct } from '#src/platform/audit/index.ts'
import { asProblem } from '#src/platform/http/answer.ts'
import { enqueue } from '#src/platform/jobs/index.ts'
import { type Agreement, findAgreementByToken, readTerms, type Terms } from './agreement.ts'
import { answerLater } from './jobs.ts'
import { answerSearch, referenceOf } from './answer-search.ts'
import { answerStatus, readStatusRequest } from './answer-status.ts'
import { type CallbackRules, checkCallback } from './callback-address.ts'
import { countCall, hashBody, type Item, noteCall, settleCall } from './calls.ts'
import {
  acknowledge,
  type Action,
  answerTo,
  envelope,
  type Incoming,
  readBatch,
  readMessage,
  readTransaction,
  refusalBody,
} from './message.ts'
import { isObject } from './read.ts'
import { type ErrorCode, Refused } from './refusal.ts'
import { checkSignature } from './signature.ts'
import { changeSecret, hashToken, looksLikeToken } from './tokens.ts'
import { speakAs } from './voice.ts'

/** A body as it came and as it was understood: a signature is over the former. */
type Body = { text: string; json: unknown }

type Asked = { agreement: Agreement; terms: Terms; incoming: Incoming; text: string; now: Date }

const config = { access: 'public' as const }
const options = { config, schema: { hide: true } }

/**
 * The SPDCI social registry API v1.0.0, for other systems. Not part of our own API: its words, errors and envelope are
 * the specification's. Every call needs a bearer token of an agreement.
 */
export async function registryRoutes(app: FastifyInstance, { privateCallbacks }: CallbackRules): Promise<void> {
  const rules: CallbackRules = { privateCallbacks }
  const { voice } = speakAs(app.secret, app.baseUrl, rules)
  const { db } = app

  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'text/json', 'application/ld+json'],
    { parseAs: 'string' },
    (_request, text, done) => {
      try {
        done(null, { text: String(text), json: JSON.parse(String(text)) as unknown } satisfies Body)
      } catch {
        done(new Refused('err.request.bad', 'the body is not JSON'))
      }
    },
  )
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) => {
    done(null, { text: String(text), json: Object.fromEntries(new URLSearchParams(String(text))) } satisfies Body)
  })

  app.setErrorHandler((error, request, reply) => {
    const refused = refusedOf(error)
    if (!refused) request.log.error(error)
    void answerRefusal(
      reply,
      refused ?? new Refused('err.service.unavailable', 'this registry has a fault', undefined, 500),
    )
  })
  app.setNotFoundHandler((_request, reply) =>
    answerRefusal(reply, new Refused('err.request.not_found', 'there is nothing here')),
  )

  function answerRefusal(reply: FastifyReply, refused: Refused) {
    const now = db.clock()
    if (refused.status === 401) void reply.header('www-authenticate', 'Bearer realm="spdci"')
    if (refused.status === 429) void reply.header('retry-after', String(60 - now.getUTCSeconds()))
    const { action, to } = reply.request.spdci ?? {}
    // A synchronous answer has a header even where it is a refusal; everything else is acknowledged as an error.
    const body = refusalBody(refused, uuid(), now)
    return reply.code(refused.status).send(
      action && refused.status !== 401 && refused.status !== 403
        ? {
            errors: body.errors,
            ...envelope(
              voice,
              to ?? 'unknown',
              {
                messageId: uuid(),
                action: answerTo[action],
                status: 'rjct',
                total: 0,
                completed: 0,
                code: refused.header,
                said: refused.message,
              },
              undefined,
              now,
            ),
          }
        : body,
    )
  }

  app.decorateRequest('consumer')
  app.decorateRequest('spdci')
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'))

  /** The agreement of the bearer token; before the body is read. */
  const authorize = async (request: FastifyRequest) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const now = db.clock()
    const agreement = looksLikeToken(token)
      ? await db.asSystem('let another system in', (tx) => findAgreementByToken(tx, hashToken(token), now))
      : undefined
    if (!agreement) throw new Refused('err.request.unauthorized', 'a bearer token of an agreement in force is needed')
    request.consumer = agreement
  }

  /** Rate, envelope, sender, signature; in this order. A refusal of a known consumer is written down. */
  async function open(request: FastifyRequest, action: Action): Promise<Asked> {
    const agreement = request.consumer
    const now = db.clock()
    const body = request.body as Body | undefined
    const terms = await db.asSystem('count the calls of another system', async (tx) => {
      await countCall(tx, agreement, now)
      return readTerms(tx, now)
    })
    try {
      const incoming = readMessage(body?.json, action, agreement)
      checkSigned(agreement, incoming, body?.text ?? '', now)
      return { agreement, terms, incoming, text: body?.text ?? '', now }
    } catch (error) {
      if (error instanceof Refused) await writeRefusal(agreement, action, error)
      throw error
    }
  }

  const writeRefusal = (agreement: Agreement, action: Action, refused: Refused) =>
    db.as({ agreementId: agreement.id, at: db.clock() }, (tx) =>
      recordAct(tx, {
        act: 'exchange_refuse',
        subject: 'agreement',
        subjectId: agreement.id,
        regionCode: agreement.regionCode,
        detail: { action, code: refused.code },
      }),
    )

  /** Notes an asynchronous call down and puts its answer into the queue. */
  async function later(request: FastifyRequest, reply: FastifyReply, action: Action) {
    const asked = await open(request, action)
    const { agreement, incoming, now } = asked
    try {
      const { transactionId, items } = outline(asked, action)
      const sender = incoming.senderUri ?? agreement.callbackUri
      if (sender === null) throw new Refused('err.sender_uri.invalid', 'header.sender_uri is missing')
      const url = checkCallback(sender, agreement.callbackHosts, rules)
      if (typeof url === 'string') throw new Refused('err.sender_uri.invalid', url)
      const call = await db.asSystem('take the request of another system', async (tx) => {
        const noted = await noteCall(tx, {
          agreement,
          incoming,
          action,
          transactionId,
          hash: hashBody(asked.text),
          callbackUri: url.href,
          items,
        })
        if (!noted.again) await enqueue(tx, answerLater, { call: noted.id })
        return noted
      })
      return await reply.code(202).send(acknowledge(call.id, now))
    } catch (error) {
      if (error instanceof Refused) await writeRefusal(agreement, action, error)
      throw error
    }
  }

  const asynchronous = { ...options, preParsing: [authorize] }
  const synchronous = (action: Action) => ({
    ...options,
    preParsing: [
      async (request: FastifyRequest) => {
        request.spdci = { action }
        await authorize(request)
        request.spdci = { action, to: request.consumer.senderId }
      },
    ],
  })

  app.post('/registry/search', asynchronous, (request, reply) => later(request, reply, 'search'))
  app.post('/registry/subscribe', asynchronous, (request, reply) => later(request, reply, 'subscribe'))
  app.post('/registry/unsubscribe', asynchronous, (request, reply) => later(request, reply, 'unsubscribe'))
  app.post('/registry/txn/status', asynchronous, (request, reply) => later(request, reply, 'txn-status'))

  app.post('/registry/sync/search', synchronous('search'), async (request) => {
    const asked = await open(request, 'search')
    const { agreement, terms, incoming, now } = asked
    const { transactionId, requests } = readBatch(incoming.message, 'search_request', terms.batch)
    const call = await noteNow(asked, 'search', transactionId)
    const answer = await answerSearch(db, agreement, terms, { transactionId, correlationId: call.id, requests })
    await db.asSystem('answer another system', (tx) => settleCall(tx, call.id, answer.status, answer.items, db.clock()))
    const total = answer.items.length
    return envelope(
      voice,
      agreement.senderId,
      { messageId: uuid(), action: 'on-search', status: answer.status, total, completed: total },
      answer.message,
      now,
    )
  })

  app.post('/registry/sync/txn/status', synchronous('txn-status'), async (request) => {
    const asked = await open(request, 'txn-status')
    const { agreement, incoming, now } = asked
    const transactionId = readTransaction(incoming.message)
    const wanted = readStatusRequest(incoming.message)
    const correlationId = uuid()
    const answer = await db.asSystem('answer another system', (tx) =>
      answerStatus(tx, agreement, { ...wanted, transactionId, correlationId }, now),
    )
    return envelope(
      voice,
      agreement.senderId,
      { messageId: uuid(), action: 'txn-on-status', status: answer.status, total: 1, completed: 1, said: answer.said },
      answer.message,
      now,
    )
  })

  const noteNow = ({ agreement, incoming, text }: Asked, action: Action, transactionId: string) =>
    db.asSystem('take the request of another system', (tx) =>
      noteCall(tx, { agreement, incoming, action, transactionId, hash: hashBody(text), callbackUri: null, items: [] }),
    )

  app.post('/oauth2/client/token', options, async (request, reply) => {
    const given = (request.body as Body | undefined)?.json
    const form = isObject(given) ? given : {}
    const [, basic] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '') ?? []
    const decoded = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString('utf8')
    const cut = decoded?.lastIndexOf(':') ?? -1
    const id = decoded === undefined ? form['client_id'] : decoded.slice(0, cut)
    const secret = decoded === undefined ? form['client_secret'] : decoded.slice(cut + 1)
    if (form['grant_type'] !== 'client_credentials')
      return reply
        .code(400)
        .send({ error: 'unsupported_grant_type', error_description: 'grant_type must be client_credentials' })
    if (
      typeof id !== 'string' ||
      typeof secret !== 'string' ||
      !looksLikeToken(secret) ||
      id.length > 99 ||
      id.includes('\0')
    )
      return reply.code(401).send({ error: 'invalid_client' })
    const changed = await db.asSystem('give another system a token', (tx) => changeSecret(tx, id, secret, db.clock()))
    if (!changed) return reply.code(401).send({ error: 'invalid_client' })
    return { access_token: changed.token, token_type: 'Bearer', expires_in: changed.seconds }
  })

  app.get('/.well-known/jwks.json', options, async () => ({ keys: [voice.signer.jwk] }))
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes of the registry: whose token it was. */
    consumer: Agreement
    /** On synchronous routes: what is asked, for the header of a refusal. */
    spdci?: { action: Action; to?: string }
  }
}

/** A signature must be there where the agreement asks for one, and right wherever there is one. */
function checkSigned(agreement: Agreement, incoming: Incoming, text: string, now: Date): void {
  const { signature } = incoming
  if (signature === undefined || (!agreement.signatureRequired && agreement.keys.length === 0)) {
    if (agreement.signatureRequired) throw new Refused('err.signature.missing', 'signature is missing')
    return
  }
  checkSignature(signature, { body: text, header: incoming.header, message: incoming.message }, agreement, now)
}

/** What can be known of a request before it is answered; throws where nothing of it can be. */
function outline({ incoming, terms, now }: Asked, action: Action): { transactionId: string; items: Item[] } {
  const item = (reference: string): Item => ({ reference_id: reference, timestamp: now.toISOString(), status: 'pdng' })
  if (action === 'txn-status') {
    const transactionId = readTransaction(incoming.message)
    readStatusRequest(incoming.message)
    return { transactionId, items: [] }
  }
  if (action === 'unsubscribe') {
    const transactionId = readTransaction(incoming.message)
    return { transactionId, items: [item(transactionId)] }
  }
  const { transactionId, requests } = readBatch(incoming.message, `${action}_request`, terms.batch)
  return { transactionId, items: requests.map((one) => item(referenceOf(one))) }
}

const httpCodes: Readonly<Partial<Record<number, ErrorCode>>> = {
  401: 'err.request.unauthorized',
  403: 'err.request.forbidden',
  404: 'err.request.not_found',
  408: 'err.request.timeout',
  429: 'err.request.too_many_requests',
  503: 'err.service.unavailable',
}

/** Whatever failed, in the words of the specification; undefined where it is our fault. */
function refusedOf(error: unknown): Refused | undefined {
  if (error instanceof Refused) return error
  // JSON nested so deep that nothing can walk it.
  if (error instanceof RangeError) return new Refused('err.request.bad', 'the body is nested too deep')
  const problem = asProblem(error)
  if (!problem) return undefined
  return new Refused(
    httpCodes[problem.status] ?? 'err.request.bad',
    `the request cannot be read (${problem.code})`,
    undefined,
    problem.status,
  )
}
