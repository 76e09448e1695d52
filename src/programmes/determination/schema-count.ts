import { type Static, Type } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'
import { RuleDefinition } from '../rules/schema.ts'

/* What a rule comes to while it is written, and the families behind each figure. Money in rupiah, days 'YYYY-MM-DD'. */

const strict = { additionalProperties: false }
const Day = Type.String({ format: 'date' })
const Count = Type.Union([Type.Integer(), Type.Null()], { description: 'null: too few to be told' })

export const RuleCountAsked = Type.Object(
  { definition: RuleDefinition, regionCode: RegionCode, asOf: Type.Optional(Day) },
  strict,
)
export type RuleCountAsked = Static<typeof RuleCountAsked>
export const RuleCount = Type.Object(
  {
    asOf: Day,
    regionCode: RegionCode,
    considered: Type.Integer({ description: 'families in the register' }),
    in: Count,
    out: Count,
    waiting: Count,
    amount: Type.Union([Type.Integer(), Type.Null()], { description: 'rupiah for all who are in' }),
    hidden: Type.Boolean({ description: 'The rule asks about health: nobody is shown, and small counts are null' }),
    smallestShown: Type.Integer({ description: 'counts above zero and below this are hidden; 0: none is' }),
    conditions: Type.Array(
      Type.Object(
        {
          code: Type.String(),
          name: Type.String(),
          nameEn: Type.String(),
          failed: Count,
          missing: Count,
          only: Type.Union([Type.Integer(), Type.Null()], { description: 'out because of this alone' }),
        },
        strict,
      ),
    ),
  },
  strict,
)
export type RuleCount = Static<typeof RuleCount>

export const ruleFigures = ['in', 'out', 'waiting', 'failed', 'missing', 'only'] as const
export type RuleFigure = (typeof ruleFigures)[number]
const behind = {
  ...RuleCountAsked.properties,
  figure: Type.Enum([...ruleFigures], { description: 'The figure whose families are asked for' }),
  condition: Type.Optional(
    Type.String({ maxLength: 60, description: 'Of failed, missing and only: the code of the condition' }),
  ),
}
/** A rule as it stands, and which of its families; one village of them by its code as the region. */
export const RuleFamilies = Type.Object(
  {
    ...behind,
    after: Type.Optional(Type.String({ maxLength: 200, description: 'Goes on where a page ended: its `next`' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
)
export type RuleFamilies = Static<typeof RuleFamilies>
export const RuleFamiliesExport = Type.Object({ ...behind, format: Type.Enum(['csv', 'xlsx']) }, strict)
export type RuleFamiliesExport = Static<typeof RuleFamiliesExport>

export const RuleFamily = Type.Object(
  {
    familyId: Type.String({ format: 'uuid' }),
    region: Type.Object({ code: RegionCode, name: Type.String() }, strict),
    headName: Type.Union([Type.String(), Type.Null()], { description: 'Masked' }),
    sentences: Type.Array(Type.String(), { description: 'Why it stands there' }),
    amount: Type.Union([Type.Integer(), Type.Null()], { description: 'rupiah; null: not in' }),
  },
  strict,
)
export type RuleFamily = Static<typeof RuleFamily>
export const RuleFamiliesPage = Type.Object(
  {
    count: Type.Integer({ minimum: 0 }),
    items: Type.Array(RuleFamily),
    next: Type.Union([Type.String(), Type.Null()]),
  },
  strict,
)
export type RuleFamiliesPage = Static<typeof RuleFamiliesPage>
