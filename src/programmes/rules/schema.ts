import { type Static, Type } from 'typebox'
import { RuleAnswer } from './definition.ts'

/* What of rules crosses the wire. */

export {
  AmountPart,
  RuleAnswer,
  RuleComponent,
  RuleCondition,
  RuleDefinition,
  RuleFault,
  RuleOutcome,
  RuleRanking,
  faultCodes,
} from './definition.ts'
export { FamilyFacts } from './facts.ts'

const strict = { additionalProperties: false }

/** What one part of an expression came to. missing: it cannot be told, because data is absent. */
export const PartValue = Type.Union([
  Type.Boolean(),
  Type.Number(),
  Type.String(),
  Type.Array(Type.Union([Type.Number(), Type.String()])),
])
/** One part of an expression; a tree in the order it is read: `depth` 0 is the whole, the parts of a part follow it one deeper. */
export const ExplainedPart = Type.Object(
  {
    depth: Type.Integer({ minimum: 0 }),
    from: Type.Integer(),
    to: Type.Integer(),
    text: Type.String({ description: 'the text of the rule from `from` to `to`' }),
    state: Type.Enum(['value', 'missing', 'skipped'], { description: 'skipped: not asked, the rest decided' }),
    value: Type.Optional(PartValue),
    personId: Type.Optional(Type.String({ description: 'asked about this member' })),
    member: Type.Optional(Type.Integer({ description: 'asked about this member: place in the facts' })),
    field: Type.Optional(Type.String({ description: "the field it looks at: 'family.decile', 'member.age'" })),
    since: Type.Optional(Type.String({ format: 'date', description: 'the day this datum holds since' })),
  },
  strict,
)
export type ExplainedPart = Static<typeof ExplainedPart>
const Tree = Type.Array(ExplainedPart)

/** A rule as it was answered for one family. */
export const Explained = Type.Object(
  {
    asOf: Type.String({ format: 'date' }),
    answer: RuleAnswer,
    conditions: Type.Array(
      Type.Object({ code: Type.String(), name: Type.String(), nameEn: Type.String(), tree: Tree }, strict),
    ),
    components: Type.Array(
      Type.Object(
        {
          code: Type.String(),
          name: Type.String(),
          nameEn: Type.String(),
          asked: Type.Array(
            Type.Object(
              {
                personId: Type.Optional(Type.String()),
                member: Type.Optional(Type.Integer()),
                counted: Type.Integer({ description: 'rupiah that count, after the limits' }),
                when: Tree,
                amount: Type.Optional(Tree),
              },
              strict,
            ),
          ),
        },
        strict,
      ),
    ),
  },
  { $id: 'Explained', ...strict },
)
export type Explained = Static<typeof Explained>
