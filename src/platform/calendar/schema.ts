import { type Static, Type } from 'typebox'

/** What of this folder crosses the wire. Instants are ISO 8601 text in UTC, days are 'YYYY-MM-DD'. */
const DayText = Type.String({ format: 'date' })
const Instant = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0 })
const strict = { additionalProperties: false }

const Filed = Type.Object(
  { code: Type.Literal('filed'), at: Instant, day: DayText, afterClosing: Type.Boolean() },
  { ...strict, description: 'When the clock was started; afterClosing: on a working day, but after closing time' },
)
const Received = Type.Object(
  { code: Type.Literal('received'), day: DayText },
  { ...strict, description: 'The day that counts as the day of receipt; it is not counted itself' },
)
const Counted = Type.Object(
  { code: Type.Literal('counted'), from: DayText, to: DayText, first: Count, last: Count },
  { ...strict, description: 'Working days counted without a gap: the first-th to the last-th' },
)
const Skipped = Type.Object(
  {
    code: Type.Literal('skipped'),
    why: Type.Enum(['weekend', 'holiday']),
    from: DayText,
    to: DayText,
    name: Type.Optional(Type.String({ description: 'The name of the holiday' })),
  },
  strict,
)
const Paused = Type.Object(
  { code: Type.Literal('paused'), from: DayText, to: DayText, workingDays: Count },
  { ...strict, description: 'Working days at whose closing time the clock stood; days off between them included' },
)
const More = Type.Object(
  { code: Type.Literal('more'), from: DayText, to: DayText, counted: Count, paused: Count, skipped: Count },
  { ...strict, description: 'A long middle part in one step: how many days were counted, paused, and days off' },
)
const Due = Type.Object({ code: Type.Literal('due'), at: Instant, day: DayText }, strict)
const Stopped = Type.Object(
  { code: Type.Literal('stopped'), since: Instant, day: DayText, counted: Count, left: Count },
  { ...strict, description: 'The clock stands still: so many days counted, so many left once it runs again' },
)

/** One step of how a deadline was computed, in the order of time. The last step is `due` or `stopped`. */
export const DueStep = Type.Union([Filed, Received, Counted, Skipped, Paused, More, Due, Stopped])
export type DueStep = Static<typeof DueStep>
