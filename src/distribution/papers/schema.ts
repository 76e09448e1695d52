import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'

/** What crosses the wire about handover minutes. Money in rupiah, moments in ISO 8601. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })

export const NewHandoverPaper = Type.Object(
  { regionCode: RegionCode, stopId: Type.Optional(Uuid) },
  { ...strict, description: 'Of a village of the round, or of one stop in it' },
)
export type NewHandoverPaper = Static<typeof NewHandoverPaper>

export const HandoverPaper = Type.Object(
  {
    id: Uuid,
    number: Type.String(),
    code: Type.String({ description: 'Checked at /verifikasi' }),
    village: Type.Object({ code: RegionCode, name: Type.String() }, strict),
    place: Nullable(Type.String({ description: 'The stop' })),
    listed: Count,
    received: Count,
    given: Type.Integer({ minimum: 0, description: 'rupiah' }),
    pages: Count,
    issuedAt: Type.String({ format: 'date-time' }),
    issuedBy: Nullable(Type.String()),
    sha256: Type.String(),
  },
  strict,
)
export type HandoverPaper = Static<typeof HandoverPaper>

export const HandoverPapersQuery = Type.Object({ after: Type.Optional(RegionCode) }, strict)
export const HandoverPapers = Type.Object(
  {
    villages: Type.Array(
      Type.Object(
        {
          code: RegionCode,
          name: Type.String(),
          total: Count,
          delivered: Count,
          undelivered: Count,
          stops: Type.Array(
            Type.Object({ id: Uuid, place: Type.String(), startsAt: Type.String({ format: 'date-time' }) }, strict),
          ),
          papers: Type.Array(HandoverPaper, { description: 'The newest first' }),
        },
        strict,
      ),
    ),
    next: Nullable(RegionCode),
    mayIssue: Type.Boolean(),
  },
  strict,
)
export type HandoverPapers = Static<typeof HandoverPapers>
