import { type Static, Type } from 'typebox'
import { RuleAnswer, RuleDefinition, RuleFault, RuleOutcome } from './definition.ts'
import { FamilyFacts } from './facts.ts'

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

const Day = Type.String({ format: 'date' })

/** Faults with their sentences in the reader's language. */
export const RuleCheck = Type.Object(
  { faults: Type.Array(Type.Object({ ...RuleFault.properties, sentence: Type.String() }, strict)) },
  strict,
)
export type RuleCheck = Static<typeof RuleCheck>

/** A field a rule can name, in the reader's language. */
export const RuleField = Type.Object(
  {
    of: Type.Enum(['family', 'member']),
    name: Type.String(),
    written: Type.String({ description: "as it is written: 'family.decile', 'm.age'" }),
    type: Type.Enum(['int', 'bool', 'text', 'date', 'list']),
    items: Type.Optional(Type.Enum(['int', 'text'], { description: 'of a list' })),
    min: Type.Optional(Type.Integer()),
    max: Type.Optional(Type.Integer()),
    values: Type.Optional(Type.Array(Type.Object({ value: Type.String(), label: Type.String() }, strict))),
    always: Type.Boolean({ description: 'never absent' }),
    sealed: Type.Boolean({ description: 'health and other specific personal data' }),
    title: Type.String(),
  },
  strict,
)
export type RuleField = Static<typeof RuleField>

export const ExplainAsked = Type.Object(
  {
    definition: Type.Optional(RuleDefinition),
    programmeCode: Type.Optional(Type.String({ pattern: '^[A-Z0-9_]{2,30}$' })),
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    familyId: Type.String({ format: 'uuid' }),
    asOf: Type.Optional(Day),
  },
  { ...strict, description: 'either a definition, or a version of a programme' },
)

/** An invented family, a day, and what is expected of them. */
export const RuleExample = Type.Object(
  {
    name: Type.String({ minLength: 2, maxLength: 120 }),
    asOf: Day,
    facts: FamilyFacts,
    expected: RuleOutcome,
    expectedAmount: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
  },
  strict,
)
export type RuleExample = Static<typeof RuleExample>
export const ExampleRun = Type.Object(
  {
    name: Type.String(),
    passed: Type.Boolean(),
    differences: Type.Array(Type.Enum(['outcome', 'amount'])),
    expected: RuleOutcome,
    expectedAmount: Type.Union([Type.Integer(), Type.Null()]),
    answer: RuleAnswer,
    failed: Type.Array(Type.String(), { description: 'codes of the conditions that are false' }),
    missing: Type.Array(Type.String(), { description: 'codes of those that cannot be told' }),
  },
  strict,
)
export type ExampleRun = Static<typeof ExampleRun>
