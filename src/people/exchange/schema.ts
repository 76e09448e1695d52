import { type Static, type TSchema, Type } from 'typebox'
import { fields, sealedFields } from './attributes.ts'

/** What crosses the wire about agreements with other systems. Days 'YYYY-MM-DD', instants ISO 8601 in UTC. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Instant = Type.String({ format: 'date-time' })
const Day = Type.String({ format: 'date' })
const RegionCode = Type.String({ pattern: '^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4})?)?)?$' })

/** Every field an agreement may name, and those that need words of their own about sealed data. */
export const agreementFields = fields
export const agreementSealedFields = sealedFields
export const agreementQueryTypes = ['idtype-value', 'expression', 'predicate'] as const

export const NewAgreement = Type.Object(
  {
    senderId: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]{1,98}$',
      description: 'header.sender_id of its messages',
    }),
    name: Type.String({ minLength: 3, maxLength: 160 }),
    purpose: Type.String({ minLength: 10, maxLength: 1000 }),
    legalBasis: Type.String({ minLength: 5, maxLength: 500 }),
    regions: Type.Array(RegionCode, { minItems: 1, maxItems: 50, uniqueItems: true }),
    fields: Type.Array(Type.Enum(fields as [string, ...string[]]), { minItems: 1, maxItems: 100, uniqueItems: true }),
    queryTypes: Type.Array(Type.Enum(agreementQueryTypes), { minItems: 1, uniqueItems: true }),
    events: Type.Optional(
      Type.Array(Type.String({ pattern: '^(\\*|[a-z_]{3,30})$' }), {
        maxItems: 100,
        uniqueItems: true,
        description: '* for all',
      }),
    ),
    sealedReason: Type.Optional(
      Type.String({
        minLength: 10,
        maxLength: 1000,
        description: 'Why health and protected kinds are given; without it they never are',
      }),
    ),
    signatureRequired: Type.Optional(Type.Boolean({ description: 'true unless told' })),
    ratePerMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: '120 unless told' })),
    callbackHosts: Type.Optional(
      Type.Array(Type.String({ pattern: '^(\\*|[A-Za-z0-9.:\\[\\]-]{1,200})$' }), {
        maxItems: 20,
        uniqueItems: true,
        description: 'Hosts answers may go to, with a port where it is not the ordinary one; * for any public host',
      }),
    ),
    validFrom: Type.Optional(Day),
    validTo: Type.Optional(Day),
    publicKey: Type.Optional(
      Type.String({ maxLength: 2000, description: 'PEM, JWK, or the 32 bytes of an ed25519 key in base64' }),
    ),
    keyId: Type.Optional(Type.String({ minLength: 1, maxLength: 99 })),
  },
  strict,
)
export type NewAgreement = Static<typeof NewAgreement>

export const AgreementBody = Type.Object({
  id: Type.String({ format: 'uuid' }),
  senderId: Type.String(),
  name: Type.String(),
  purpose: Type.String(),
  legalBasis: Type.String(),
  regions: Type.Array(Type.Object({ code: Type.String(), name: Type.String() })),
  fields: Type.Array(Type.String()),
  queryTypes: Type.Array(Type.String()),
  events: Type.Array(Type.String()),
  sealedReason: Nullable(Type.String()),
  signatureRequired: Type.Boolean(),
  ratePerMinute: Type.Integer(),
  callbackHosts: Type.Array(Type.String()),
  validFrom: Day,
  validTo: Nullable(Day),
  revokedAt: Nullable(Instant),
  state: Type.Enum(['in_force', 'not_yet', 'ended', 'revoked']),
  keys: Type.Array(Type.Object({ id: Type.String(), algorithm: Type.String() })),
  use: Type.Object({
    calls: Type.Integer({ description: 'Of the last 30 days' }),
    records: Type.Integer(),
    lastAt: Nullable(Instant),
    subscriptions: Type.Integer({ description: 'Running now' }),
  }),
})
export type AgreementBody = Static<typeof AgreementBody>

export const AgreementPage = Type.Object({ items: Type.Array(AgreementBody) })
export type AgreementPage = Static<typeof AgreementPage>

export const AgreementCreated = Type.Object({
  agreement: AgreementBody,
  token: Type.String({ description: 'Bearer token, in this answer only' }),
  clientSecret: Type.String({ description: 'For the token endpoint, in this answer only' }),
  expiresAt: Instant,
})
export type AgreementCreated = Static<typeof AgreementCreated>

export const AgreementCalls = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid' }),
      action: Type.String(),
      asynchronous: Type.Boolean(),
      at: Instant,
      status: Type.String(),
      records: Type.Integer(),
      deliveredAt: Nullable(Instant),
    }),
  ),
})
export type AgreementCalls = Static<typeof AgreementCalls>
