import { Type, type Static, type TSchema } from 'typebox'
import { State } from '../schema.ts'

/** What crosses the wire about the deliveries a case is about. Money in rupiah. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })
const cause = Type.Enum(['not_received', 'less', 'cut', 'sign', 'tied'])

const CaseDelivery = Type.Object(
  {
    roundId: Uuid,
    familyId: Uuid,
    number: Type.String({ description: 'Of the round' }),
    roundName: Type.String(),
    programmeCode: Type.String(),
    period: Type.String(),
    village: Type.String(),
    payeeName: Type.String(),
    state: Type.Enum(['open', 'delivered', 'undelivered', 'cancelled']),
    amount: Type.Integer({ minimum: 0 }),
    given: Nullable(Type.Integer({ minimum: 0 })),
    cause: Nullable(cause),
  },
  strict,
)
export const CaseDeliveries = Type.Object(
  {
    tied: Type.Array(CaseDelivery),
    candidates: Type.Array(CaseDelivery, { description: 'Of families whose NIK the case names' }),
  },
  strict,
)
export type CaseDeliveries = Static<typeof CaseDeliveries>
export const TieDelivery = Type.Object({ roundId: Uuid, familyId: Uuid }, strict)
export const CaseOfDelivery = Type.Object(
  {
    id: Uuid,
    number: Type.String(),
    state: State,
    matter: Type.String(),
    cause,
    filedAt: Type.String({ format: 'date-time' }),
  },
  strict,
)
export type CaseOfDelivery = Static<typeof CaseOfDelivery>
