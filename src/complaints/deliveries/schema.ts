import { Type, type Static, type TSchema } from 'typebox'
import { NewComplaint, State } from '../schema.ts'

/** What crosses the wire about the deliveries a case is about. Money in rupiah. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })
const cause = Type.Enum(['not_received', 'less', 'cut', 'sign', 'tied'])

const delivery = {
  roundId: Uuid,
  number: Type.String({ description: 'Of the round' }),
  roundName: Type.String(),
  programmeCode: Type.String(),
  period: Type.String(),
  village: Type.String(),
  state: Type.Enum(['open', 'delivered', 'undelivered', 'cancelled']),
  amount: Type.Integer({ minimum: 0 }),
  given: Nullable(Type.Integer({ minimum: 0 })),
}
const CaseDelivery = Type.Object(
  { ...delivery, familyId: Uuid, payeeName: Type.String(), cause: Nullable(cause) },
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

export const DeliveryOfFamily = Type.Object({ ...delivery, cases: Type.Array(CaseOfDelivery) }, strict)
export type DeliveryOfFamily = Static<typeof DeliveryOfFamily>

export const ComplainOfDelivery = Type.Object(
  {
    id: Type.String({ format: 'uuid', description: 'The same again is the same complaint' }),
    matter: Type.String({ minLength: 1, maxLength: 60, description: '`delivery`, or one of those beneath it' }),
    body: NewComplaint.properties.body,
    complainant: NewComplaint.properties.complainant,
    aboutOffice: NewComplaint.properties.aboutOffice,
    confidential: NewComplaint.properties.confidential,
  },
  { ...strict, description: 'Village, programme and whom it is about are the delivery’s' },
)
export type ComplainOfDelivery = Static<typeof ComplainOfDelivery>
