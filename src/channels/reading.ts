import { meaningOf, type NewStatus } from '#src/platform/messages/index.ts'

/** What came in, as far as it matters here. Its words are looked at for a wish to be left alone, and left behind. */
export type Inbound = {
  id: string
  /** '+6281200009001'; null where the provider does not tell a number */
  sender: string | null
  /** what tells this sender from others */
  senderKey: string
  at: Date
  kind: 'button' | 'text' | 'other'
  act:
    | { act: 'press'; topic: string; button: string; token: string }
    | { act: 'stop' }
    | { act: 'lead_on' }
    /** nobody expects an answer to it: a reaction, a change of number */
    | { act: 'quiet' }
}

export type Delivery = { statuses: NewStatus[]; inbound: Inbound[] }

type Json = Readonly<Record<string, unknown>>
const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const STATUSES = new Set(['sent', 'delivered', 'read', 'failed'])

/**
 * What a delivery of the Cloud API says about the number `phoneId`. It may hold several entries, changes, messages and statuses, in
 * any order and repeated; what has a type or form never seen before is left out, and never keeps the rest from being read.
 */
export function readDelivery(body: unknown, phoneId: string, now: Date): Delivery {
  const values = listOf(objectOf(body)['entry'])
    .flatMap((entry) => listOf(objectOf(entry)['changes']))
    .map((change) => objectOf(objectOf(change)['value']))
    .filter((value) => {
      const ours = objectOf(value['metadata'])['phone_number_id']
      return ours === undefined || ours === phoneId
    })
  return {
    statuses: values.flatMap((value) => listOf(value['statuses']).flatMap((one) => readStatus(objectOf(one), now))),
    inbound: values.flatMap((value) => listOf(value['messages']).flatMap((one) => readMessage(objectOf(one), now))),
  }
}

function readStatus(one: Json, now: Date): NewStatus[] {
  const providerId = idOf(one)
  const status = textOf(one['status'])
  if (providerId === undefined || !STATUSES.has(status)) return []
  const ours = textOf(one['biz_opaque_callback_data'])
  const code = Number(objectOf(listOf(one['errors'])[0])['code'])
  const meaning = status === 'failed' && Number.isFinite(code) ? meaningOf(code) : undefined
  return [
    {
      providerId,
      status: status as NewStatus['status'],
      messageId: UUID.test(ours) ? ours.toLowerCase() : null,
      fault: meaning?.fault ?? null,
      at: momentOf(one['timestamp'], now),
    },
  ]
}

function readMessage(one: Json, now: Date): Inbound[] {
  const id = idOf(one)
  if (id === undefined) return []
  const from = textOf(one['from'])
  const sender = /^[1-9][0-9]{5,14}$/.test(from) ? `+${from}` : null
  return [
    {
      id,
      sender,
      // People may be known by another id than their number; without any every message is of somebody else.
      senderKey: sender ?? (from || textOf(one['from_user_id']) || textOf(one['user_id']) || id),
      at: momentOf(one['timestamp'], now),
      ...meaningOfMessage(one),
    },
  ]
}

function meaningOfMessage(one: Json): Pick<Inbound, 'kind' | 'act'> {
  const button = objectOf(one['button'])
  const reply = objectOf(objectOf(one['interactive'])['button_reply'])
  const type = textOf(one['type'])
  switch (type) {
    case 'button':
      return pressed(textOf(button['payload']), textOf(button['text']))
    case 'interactive':
      return pressed(textOf(reply['id']), textOf(reply['title']))
    case 'text':
      return { kind: 'text', act: { act: isStop(textOf(objectOf(one['text'])['body'])) ? 'stop' : 'lead_on' } }
    case 'reaction':
    case 'system':
      return { kind: 'other', act: { act: 'quiet' } }
    default:
      return { kind: 'other', act: { act: 'lead_on' } }
  }
}

function pressed(payload: string, title: string): Pick<Inbound, 'kind' | 'act'> {
  const [, topic, button, token] = /^([a-z_]{3,60}):([a-z0-9_]{1,40}):([\x21-\x7e]{1,200})$/.exec(payload) ?? []
  if (topic !== undefined && button !== undefined && token !== undefined)
    return { kind: 'button', act: { act: 'press', topic, button, token } }
  // A button of the provider's own, such as "Stop promotions".
  return { kind: 'button', act: { act: isStop(payload) || isStop(title) ? 'stop' : 'lead_on' } }
}

/** Whether somebody wants to be left alone: BERHENTI, STOP, in any case and with whatever stands around and between. */
export function isStop(words: string): boolean {
  if (words.length > 60) return false
  const letters = words
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '')
  return /^(tolong|mohon|please)?(berhenti|stop|unsubscribe)(langganan|promosi|promotions?|pesan|messages?|ya|all|semua)?$/.test(
    letters,
  )
}

function idOf(one: Json): string | undefined {
  const id = textOf(one['id'])
  return id.length > 0 && id.length <= 1000 ? id : undefined
}

/** Seconds since 1970, as text or number; what is no moment of these weeks is now. */
function momentOf(value: unknown, now: Date): Date {
  const moment = Number(typeof value === 'string' || typeof value === 'number' ? value : Number.NaN) * 1000
  const month = 31 * 86_400_000
  return moment > now.getTime() - month && moment < now.getTime() ? new Date(moment) : now
}
