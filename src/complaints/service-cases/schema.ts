import { type Static, Type, type TSchema } from 'typebox'
import { CaseBrief } from '#src/programmes/services/schema.ts'
import { RegionCode } from '#src/regions/schema.ts'

/** What crosses the wire about the services that came from a case. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })

export const CaseServices = Type.Object(
  {
    cases: Type.Array(CaseBrief),
    mayApply: Type.Boolean({ description: 'Works in a social office that holds or held the case' }),
    people: Type.Array(Type.Object({ personId: Uuid, familyId: Uuid, name: Type.String() }, strict), {
      description: 'Of the register, by the NIK the case names',
    }),
    walkIn: Nullable(
      Type.Object(
        {
          name: Type.String(),
          birthDate: Nullable(Type.String({ format: 'date' })),
          address: Nullable(Type.String()),
        },
        strict,
      ),
    ),
    regionCode: RegionCode,
  },
  strict,
)
export type CaseServices = Static<typeof CaseServices>
