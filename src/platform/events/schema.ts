import { type Static, Type } from 'typebox'

/** One event of the live stream, as JSON after `data:`. Its place is the stream's `id:`, 'transaction.id'. */
export const LiveEvent = Type.Object({
  kind: Type.String(),
  subject: Type.String(),
  subjectId: Type.String(),
  regionCode: Type.Union([Type.String(), Type.Null()]),
  officeId: Type.Union([Type.String(), Type.Null()]),
  at: Type.String({ format: 'date-time' }),
  /** directed to the account itself */
  mine: Type.Boolean(),
  data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
})
export type LiveEvent = Static<typeof LiveEvent>

export const EventsQuery = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,19}\\.[0-9]{1,15}$',
        description: 'Place to go on after; the header Last-Event-ID wins',
      }),
    ),
  },
  { additionalProperties: false },
)
export type EventsQuery = Static<typeof EventsQuery>
