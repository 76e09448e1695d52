import { Type } from 'typebox'

/** An answer that failed, as application/problem+json (RFC 9457). Routes name it for the statuses they can give. */
export const ProblemBody = Type.Object(
  {
    type: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'stable; programs look at this' }),
    title: Type.String({ description: 'a sentence for people, in their language' }),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), code: Type.String(), message: Type.String() })),
    ),
  },
  { title: 'Problem' },
)

/** Response schemas for these failures: `response: { 200: Thing, ...problems(400, 404) }`. */
export const problems = <Status extends number>(...statuses: Status[]): Record<Status, typeof ProblemBody> =>
  Object.fromEntries(statuses.map((status) => [status, ProblemBody])) as Record<Status, typeof ProblemBody>
