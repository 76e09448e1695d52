import { type Static, Type } from 'typebox'

// Not a union: what a union holds is validated while an answer is written, which takes longer than looking it up.
const text = Type.Unsafe<string | null>({ type: ['string', 'null'] })

/** A programme a person receives, or waits for. */
export const Received = Type.Object(
  {
    code: Type.String(),
    name: Type.String(),
    standing: Type.Enum(['listed', 'waiting']),
    handed: Type.Unsafe<'open' | 'delivered' | 'undelivered' | null>({
      type: ['string', 'null'],
      description: 'open, delivered, undelivered; null: not known',
    }),
    from: Type.String({ format: 'date' }),
    to: text,
    next: Type.Optional(
      Type.Object(
        {
          place: Type.String(),
          address: text,
          way: Type.Enum(['bank', 'post_office', 'community_point', 'to_the_door']),
          startsAt: Type.String({ format: 'date-time' }),
          endsAt: Type.String({ format: 'date-time' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { title: 'Received', additionalProperties: false },
)
export type Received = Static<typeof Received>

const Answered = Type.Optional(
  Type.Object(
    { token: Type.String({ maxLength: 60 }), answer: Type.String({ maxLength: 60 }) },
    { description: 'Of GET /api/check/question, where 403 check_question asked for it', additionalProperties: false },
  ),
)

export const AskedByNik = Type.Object(
  { nik: Type.String({ pattern: '^[0-9]{16}$' }), question: Answered },
  { additionalProperties: false },
)
export const AskedByName = Type.Object(
  {
    regionCode: Type.String({ pattern: '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$', description: 'A village' }),
    name: Type.String({ minLength: 2, maxLength: 120 }),
    question: Answered,
  },
  { additionalProperties: false },
)

/** The same for a number nobody has and for somebody who receives nothing that is shown: everything null, receives empty. */
export const CheckedNik = Type.Object(
  {
    name: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Masked: S*** W***' }),
    village: text,
    timeZone: text,
    receives: Type.Array(Received),
  },
  { title: 'CheckedNik', additionalProperties: false },
)
export type CheckedNik = Static<typeof CheckedNik>

/** People of that name there who receive something that is shown; a few at most, never those who do not. */
export const CheckedName = Type.Object(
  {
    village: text,
    timeZone: text,
    people: Type.Array(
      Type.Object({ name: Type.String(), receives: Type.Array(Received) }, { additionalProperties: false }),
    ),
  },
  { title: 'CheckedName', additionalProperties: false },
)
export type CheckedName = Static<typeof CheckedName>

export const CheckQuestion = Type.Object(
  { token: Type.String(), question: Type.String({ description: 'In words, in the language asked for' }) },
  { title: 'CheckQuestion', additionalProperties: false },
)
export type CheckQuestion = Static<typeof CheckQuestion>
