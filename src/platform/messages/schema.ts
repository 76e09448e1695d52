import { type Static, type TSchema, Type } from 'typebox'

/** What crosses the wire about messages: never an address, a parameter or whom one is about. Instants are ISO 8601 in UTC. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Instant = Type.String({ format: 'date-time' })

export const MessageChannel = Type.Enum(['whatsapp', 'email'])
export const MessageState = Type.Enum(
  ['waiting', 'sending', 'sent', 'delivered', 'read', 'undelivered', 'failed', 'expired', 'cancelled'],
  {
    description:
      'sending: the provider was asked and has not answered; undelivered: it does not reach whoever it goes to; failed: it could not be sent',
  },
)
export type MessageState = Static<typeof MessageState>
const Fault = Type.String({ pattern: '^[a-z0-9_]{2,60}$', description: 'Why not: a word, or provider_<code>' })

const Days = Type.Integer({ minimum: 1, maximum: 90, default: 7, description: 'Queued in so many last days' })

export const MessageSpan = Type.Object({ days: Type.Optional(Days) }, strict)

export const MessageFigures = Type.Object({
  channel: MessageChannel,
  configured: Type.Boolean({ description: 'This installation can send by it' }),
  stopped: Nullable(Type.Object({ at: Instant, fault: Fault }, { description: 'Nothing is sent until somebody acts' })),
  pausedUntil: Nullable(Instant),
  states: Type.Array(Type.Object({ state: MessageState, count: Type.Integer() })),
  faults: Type.Array(
    Type.Object({ fault: Fault, count: Type.Integer() }, { description: 'Of those that did not arrive, most first' }),
  ),
})
export type MessageFigures = Static<typeof MessageFigures>

export const MessageOverview = Type.Object({
  real: Type.Boolean({ description: 'false: a demonstration marks messages as sent and sends nothing' }),
  days: Type.Integer(),
  channels: Type.Array(MessageFigures),
  canResume: Type.Boolean(),
})
export type MessageOverview = Static<typeof MessageOverview>

export const MessageQuery = Type.Object(
  {
    days: Type.Optional(Days),
    channel: Type.Optional(MessageChannel),
    state: Type.Optional(MessageState),
    fault: Type.Optional(Fault),
    after: Type.Optional(Type.String({ format: 'uuid', description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  },
  strict,
)
export type MessageQuery = Static<typeof MessageQuery>

export const MessageRow = Type.Object({
  id: Type.String({ format: 'uuid' }),
  channel: MessageChannel,
  template: Type.String(),
  region: Type.Object({ code: Type.String(), name: Type.String(), timeZone: Type.String() }),
  state: MessageState,
  fault: Nullable(Fault),
  tries: Type.Integer(),
  queuedAt: Instant,
  notBefore: Instant,
  sentAt: Nullable(Instant),
  deliveredAt: Nullable(Instant),
  readAt: Nullable(Instant),
  endedAt: Nullable(Instant),
})
export type MessageRow = Static<typeof MessageRow>

export const MessagePage = Type.Object({
  items: Type.Array(MessageRow),
  next: Nullable(Type.String({ format: 'uuid' })),
})
export type MessagePage = Static<typeof MessagePage>

export const ChannelParams = Type.Object({ channel: MessageChannel }, strict)
