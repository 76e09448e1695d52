import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'

/** What crosses the wire about signs of fraud. Distances in metres, moments in ISO 8601. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })

export const signKinds = [
  'fast_device',
  'fast_person',
  'same_signature',
  'near_signature',
  'same_photo',
  'same_proxy',
  'far',
  'dead',
  'odd_hours',
] as const
export const SignKind = Type.Enum([...signKinds])
export type SignKind = Static<typeof SignKind>
export const SignState = Type.Enum(['open', 'dismissed', 'case', 'gone'])

export const Sign = Type.Object(
  {
    kind: SignKind,
    key: Type.String(),
    region: Type.Object({ code: RegionCode, name: Type.String() }, strict),
    handovers: Count,
    families: Count,
    measured: Nullable(
      Type.Integer({
        description:
          'The farthest in metres; seconds the fastest took; percent the nearest signatures differ; else null',
      }),
    ),
    state: SignState,
    note: Nullable(Type.String()),
    judgedBy: Nullable(Type.String()),
    judgedAt: Nullable(Instant),
    complaintId: Nullable(Uuid),
    own: Type.Boolean({ description: 'The reader recorded one of the handovers behind it: somebody else judges' }),
    foundAt: Instant,
  },
  strict,
)
export type Sign = Static<typeof Sign>
export const SignsQuery = Type.Object(
  {
    state: Type.Optional(SignState),
    kind: Type.Optional(SignKind),
    sort: Type.Optional(Type.Enum(['size', 'newest'], { description: 'size: those with most handovers first' })),
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  },
  strict,
)
export type SignsQuery = Static<typeof SignsQuery>
export const Signs = Type.Object(
  {
    items: Type.Array(Sign, { description: 'Fifty at a time, the open ones first' }),
    next: Nullable(Type.Integer({ description: 'The next page' })),
    kinds: Type.Array(Type.Object({ kind: SignKind, count: Count }, strict), {
      description: 'How many of each kind, of the state that is asked for',
    }),
    lookedAt: Nullable(Instant),
    waiting: Type.Boolean({ description: 'Somebody asked to look again; it runs in the background' }),
    limits: Type.Record(Type.String(), Type.Integer(), { description: 'In force today' }),
    mayJudge: Type.Boolean(),
  },
  strict,
)
export type Signs = Static<typeof Signs>

export const SignRef = Type.Object({ kind: SignKind, key: Type.String({ minLength: 1, maxLength: 160 }) }, strict)
export type SignRef = Static<typeof SignRef>
export const SignRows = Type.Array(
  Type.Object(
    {
      redemptionId: Uuid,
      familyId: Uuid,
      payeeName: Type.String(),
      village: Type.String(),
      happenedAt: Instant,
      timeZone: Type.String(),
      receivedBy: Nullable(Type.Enum(['self', 'proxy'])),
      proxyName: Nullable(Type.String()),
      amount: Type.Integer(),
      device: Type.String(),
      by: Nullable(Type.String()),
      metres: Nullable(Type.Integer({ description: 'From the stop, or from the point of the village' })),
      standing: Type.Enum(['counts', 'double', 'void', 'attempt']),
    },
    strict,
  ),
  { description: 'At most 500, by time' },
)
export type SignRows = Static<typeof SignRows>
export const JudgeAct = Type.Object(
  {
    ...SignRef.properties,
    decision: Type.Enum(['dismiss', 'case']),
    note: Type.String({ minLength: 10, maxLength: 500, pattern: '\\S' }),
  },
  {
    ...strict,
    description: 'dismiss: there is a good reason; case: a complaint of kind oversight is filed about these handovers',
  },
)
export type JudgeAct = Static<typeof JudgeAct>
