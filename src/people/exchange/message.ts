import type { Agreement } from './agreement.ts'
import { at, instantOf, isObject, type Json, textOf, wordOf } from './read.ts'
import { type ErrorCode, type HeaderCode, Refused } from './refusal.ts'
import type { Signer } from './signature.ts'

/** The envelope: what comes in, and what goes out. */

export const actions = ['search', 'subscribe', 'unsubscribe', 'txn-status'] as const
export type Action = (typeof actions)[number]
export type ResponseAction = 'on-search' | 'on-subscribe' | 'on-unsubscribe' | 'txn-on-status' | 'notify'
export const answerTo: Readonly<Record<Action, ResponseAction>> = {
  search: 'on-search',
  subscribe: 'on-subscribe',
  unsubscribe: 'on-unsubscribe',
  'txn-status': 'txn-on-status',
}

export type Incoming = {
  messageId: string
  senderUri: string | undefined
  signature: string | undefined
  header: unknown
  message: Json
}

/** Reads the envelope of a request for `action`; throws {@link Refused} for what makes the whole message unusable. */
export function readMessage(body: unknown, action: Action, agreement: Agreement): Incoming {
  const bad = (message: string, code?: HeaderCode) => new Refused('err.request.bad', message, code)
  if (!isObject(body)) throw bad('the body must be an object')
  const header = at(body, 'header')
  if (!isObject(header)) throw bad('header is missing')
  const version = at(header, 'version')
  if (version !== undefined && version !== null && version !== '' && !/^v?1(\.\d+){0,2}$/.test(String(version)))
    throw new Refused('err.version.not_supported', 'version 1.0.0 is spoken here', 'rjct.version.invalid')
  const messageId = textOf(at(header, 'message_id'))
  if (messageId === undefined) throw bad('header.message_id is missing')
  if (!instantOf(at(header, 'message_ts')))
    throw bad('header.message_ts must be an instant of ISO 8601', 'rjct.message_ts.invalid')
  const said = at(header, 'action')
  const spelt = wordOf(said, [action, ...otherNames[action]])
  if (!spelt) throw bad(`header.action must be ${action}`, 'rjct.action.invalid')
  const total = at(header, 'total_count')
  if (!/^\d{1,9}$/.test(String(total)))
    throw bad('header.total_count must be a whole number', 'rjct.total_count.invalid')
  const sender = textOf(at(header, 'sender_id'))
  if (sender === undefined) throw new Refused('err.sender_id.invalid', 'header.sender_id is missing', undefined, 400)
  if (sender !== agreement.senderId)
    throw new Refused('err.sender_id.invalid', 'header.sender_id is not the one the token was given to')
  const message = at(body, 'message')
  const encrypted = at(header, 'is_msg_encrypted')
  if (encrypted === true || encrypted === 'true' || (isObject(message) && Object.hasOwn(message, 'ciphertext')))
    throw new Refused('err.encryption.invalid', 'encrypted messages are not taken: the connection is encrypted')
  if (!isObject(message)) throw bad('message is missing')
  const signature = at(body, 'signature')
  return {
    messageId,
    senderUri: textOf(at(header, 'sender_uri'), 500),
    signature: textOf(signature, 4000),
    header,
    message,
  }
}

const otherNames: Readonly<Record<Action, readonly string[]>> = {
  search: [],
  subscribe: [],
  unsubscribe: ['un-subscribe'],
  'txn-status': ['status', 'txnstatus', 'transaction-status'],
}

/** Transaction and requests of a message, wherever slips of spelling put them. */
export function readBatch(message: Json, name: string, most: number): { transactionId: string; requests: unknown[] } {
  const transactionId = readTransaction(message)
  const given = at(message, name, name.replace('_request', 'request'), 'requests')
  const requests = Array.isArray(given) ? given : isObject(given) ? [given] : undefined
  if (!requests || requests.length === 0)
    throw new Refused('err.request.bad', `message.${name} must be a list with at least one request`)
  if (requests.length > most)
    throw new Refused(
      'err.request.bad',
      `message.${name} holds at most ${most} requests`,
      'rjct.total_count.limit_exceeded',
    )
  return { transactionId, requests }
}

export function readTransaction(message: Json): string {
  const transactionId = textOf(at(message, 'transaction_id', 'tansaction_id', 'txn_id'), 99)
  if (transactionId === undefined)
    throw new Refused('err.request.bad', 'message.transaction_id must be text of 1 to 99 characters')
  return transactionId
}

export type Status = 'rcvd' | 'pdng' | 'succ' | 'rjct'

export type HeaderOf = {
  messageId: string
  action: ResponseAction
  status: Status
  total: number
  completed: number
  code?: HeaderCode | undefined
  said?: string | undefined
}

/** Who we are to others: keys, name, and the moment. */
export type Voice = { signer: Signer; senderId: string }

/** A whole envelope of ours, signed. */
export function envelope(voice: Voice, to: string, of: HeaderOf, message: object | undefined, now: Date): Json {
  const header = {
    version: '1.0.0',
    message_id: of.messageId,
    message_ts: now.toISOString(),
    action: of.action,
    status: of.status,
    ...(of.code && { status_reason_code: of.code }),
    ...(of.said && { status_reason_message: of.said }),
    total_count: of.total,
    completed_count: of.completed,
    sender_id: voice.senderId,
    receiver_id: to,
    is_msg_encrypted: false,
    meta: {},
  }
  return {
    signature: voice.signer.sign(voice.senderId, header, message ?? {}, now),
    header,
    ...(message && { message }),
  }
}

/** The acknowledgement of an asynchronous request. */
export const acknowledge = (correlationId: string, now: Date) => ({
  message: { ack_status: 'ACK', timestamp: now.toISOString(), correlation_id: correlationId },
})

/** A refusal as HTTP layers read it, and as an acknowledgement where the request was an asynchronous one. */
export const refusalBody = (refused: { code: ErrorCode; message: string }, correlationId: string, now: Date) => ({
  errors: [{ code: refused.code, message: refused.message }],
  message: {
    ack_status: 'ERR',
    timestamp: now.toISOString(),
    correlation_id: correlationId,
    error: { code: refused.code, message: refused.message },
  },
})
