import { type Static, type TSchema, Type } from 'typebox'

/** What crosses the wire about the audit log. Instants are ISO 8601 in UTC, days 'YYYY-MM-DD', hashes hexadecimal. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })

export const AuditFilter = Type.Object(
  {
    subject: Type.Optional(
      Type.String({ pattern: '^[a-z][a-z_]{0,59}$', description: 'Kind of thing, such as "account"' }),
    ),
    subjectId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    actor: Type.Optional(Type.String({ minLength: 3, maxLength: 60, description: 'Id or user name of an account' })),
    act: Type.Optional(Type.String({ pattern: '^[a-z][a-z_]{0,59}$' })),
    region: Type.Optional(
      Type.String({
        pattern: '^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4})?)?)?$',
        description: 'And what lies beneath',
      }),
    ),
    from: Type.Optional(Type.String({ format: 'date', description: 'First day, in the zone of the auditor’s region' })),
    to: Type.Optional(Type.String({ format: 'date', description: 'Last day' })),
  },
  strict,
)
export type AuditFilter = Static<typeof AuditFilter>

export const AuditQuery = Type.Object(
  {
    ...AuditFilter.properties,
    after: Type.Optional(
      Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: '`next` of the page before' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  },
  strict,
)
export type AuditQuery = Static<typeof AuditQuery>

export const AuditEntry = Type.Object({
  id: Type.Integer(),
  at: Instant,
  actor: Nullable(Type.Object({ id: Uuid, name: Nullable(Type.String()), username: Nullable(Type.String()) })),
  role: Nullable(Type.String({ description: 'The role acted in; "citizen" and "system" besides those of accounts' })),
  officeId: Nullable(Type.String()),
  act: Type.String(),
  subject: Type.String(),
  subjectId: Type.String(),
  regionCode: Nullable(Type.String()),
  detail: Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    additionalProperties: true,
    description: 'Changed columns, with their values where those may be told',
  }),
  reason: Nullable(Type.String()),
  position: Nullable(Type.Integer({ description: 'Place in the chain; null while it waits for one' })),
})
export type AuditEntry = Static<typeof AuditEntry>

export const AuditPage = Type.Object({ items: Type.Array(AuditEntry), next: Nullable(Type.Integer()) })
export type AuditPage = Static<typeof AuditPage>

const Head = Type.Object({ position: Type.Integer(), hash: Type.String() })

export const Problem = Type.Enum(['gap', 'missing', 'changed', 'unsealed', 'waiting', 'head'], {
  description:
    'gap: a place without a link; missing: an entry is gone; changed: an entry is not what was sealed; unsealed: an entry has no place and waits for none; waiting: for more than an hour; head: the chain does not hold the link that was given',
})

export const Verification = Type.Object({
  id: Uuid,
  startedAt: Instant,
  finishedAt: Nullable(Instant),
  outcome: Type.Enum(['running', 'intact', 'broken']),
  links: Type.Integer({ description: 'Links in the chain when it began' }),
  done: Type.Integer(),
  total: Type.Integer({ description: 'done of total steps are made' }),
  head: Nullable(Head),
  broken: Nullable(
    Type.Object({ position: Nullable(Type.Integer()), entryId: Nullable(Type.Integer()), problem: Problem }),
  ),
})
export type Verification = Static<typeof Verification>

export const Chain = Type.Object({
  sealed: Type.Integer(),
  waiting: Type.Integer(),
  head: Nullable(Head),
  last: Nullable(Verification),
})
export type Chain = Static<typeof Chain>

export const VerifyRequest = Type.Object(
  {
    id: Type.Optional(
      Type.String({ format: 'uuid', description: 'Goes on with this verification; begins one without it' }),
    ),
    head: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,15}:[0-9a-fA-F]{64}$',
        description: 'A link written down earlier, "position:hash"',
      }),
    ),
  },
  strict,
)
export type VerifyRequest = Static<typeof VerifyRequest>
