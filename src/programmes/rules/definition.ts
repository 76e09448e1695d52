import { type Static, Type } from 'typebox'

/*
 * A rule as it is written by people and kept in programme_version.rule. Every `cel` is an expression of the Common Expression
 * Language over `family` and `members` (facts.ts); in what is asked for each person also over `m`, that person.
 */

const strict = { additionalProperties: false }
export const MOST_CONDITIONS = 30
export const MOST_COMPONENTS = 20
export const MOST_RANKING = 6
/** UTF-16 units of one expression. */
export const MOST_TEXT = 2000

const Cel = Type.String({ maxLength: MOST_TEXT, description: 'An expression of the Common Expression Language' })
const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', description: 'of its own within the rule' })
const Name = Type.String({ minLength: 1, maxLength: 120 })

/** A family is eligible when all conditions are true. */
export const RuleCondition = Type.Object(
  {
    code: Code,
    name: Name,
    nameEn: Name,
    cel: Type.String({ ...Cel, description: 'true or false' }),
  },
  strict,
)
export type RuleCondition = Static<typeof RuleCondition>

/** What one entitlement is made of. Amounts of all components that apply are added. */
export const RuleComponent = Type.Object(
  {
    code: Code,
    name: Name,
    nameEn: Name,
    per: Type.Enum(['family', 'person'], {
      description: 'person: asked for each member, who is `m` in its expressions',
    }),
    when: Type.String({ ...Cel, description: 'true or false: whether it applies' }),
    amount: Type.String({ ...Cel, description: 'whole rupiah, never negative' }),
    most: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 50,
        description: 'of persons: this component counts for so many of a family, the highest amounts first',
      }),
    ),
  },
  strict,
)
export type RuleComponent = Static<typeof RuleComponent>

export const RuleRanking = Type.Object(
  {
    cel: Type.String({ ...Cel, description: 'a number, true or false, a text or a day' }),
    direction: Type.Enum(['asc', 'desc'], { description: 'who comes first; whose datum is missing comes last' }),
  },
  strict,
)
export type RuleRanking = Static<typeof RuleRanking>

export const RuleDefinition = Type.Object(
  {
    conditions: Type.Array(RuleCondition, { maxItems: MOST_CONDITIONS }),
    components: Type.Array(RuleComponent, { maxItems: MOST_COMPONENTS }),
    limits: Type.Object(
      {
        persons: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 50,
            description: 'so many persons of a family count at most, those with the highest amounts',
          }),
        ),
      },
      strict,
    ),
    ranking: Type.Array(RuleRanking, { maxItems: MOST_RANKING }),
  },
  { $id: 'RuleDefinition', ...strict },
)
export type RuleDefinition = Static<typeof RuleDefinition>

export const faultCodes = [
  'empty',
  'too_long',
  'characters',
  'syntax',
  'too_deep',
  'too_big',
  'unknown_name',
  'unknown_field',
  'unknown_function',
  'unknown_value',
  'wrong_type',
  'not_same_type',
  'not_comparable',
  'not_supported',
  'taken_name',
  'not_a_day',
  'not_a_number',
  'zero',
  'too_large',
  'negative',
  'code_twice',
  'most_of_family',
] as const
export type FaultCode = (typeof faultCodes)[number]

/** What is wrong with a rule and where: `from` and `to` are offsets (UTF-16 units) in the text at `at`. */
export const RuleFault = Type.Object(
  {
    at: Type.String({ description: "'conditions[1].cel'" }),
    from: Type.Integer({ minimum: 0 }),
    to: Type.Integer({ minimum: 0 }),
    code: Type.Enum([...faultCodes]),
    values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
      description: 'what the sentence names; `suggestion` is the nearest known name',
    }),
  },
  { $id: 'RuleFault', ...strict },
)
export type RuleFault = Static<typeof RuleFault>

/** in: all conditions are true. out: one is false. waiting: none is false, and of one it cannot be told. */
export const RuleOutcome = Type.Enum(['in', 'out', 'waiting'])
export type RuleOutcome = Static<typeof RuleOutcome>

export const AmountPart = Type.Object(
  {
    component: Type.String(),
    personId: Type.Union([Type.String(), Type.Null()], { description: 'null: for the family' }),
    amount: Type.Integer({ minimum: 0, description: 'rupiah' }),
  },
  strict,
)
export type AmountPart = Static<typeof AmountPart>

/** What a rule says of one family. */
export const RuleAnswer = Type.Object(
  {
    outcome: RuleOutcome,
    failed: Type.Integer({ description: 'bit n: condition n is false' }),
    missing: Type.Integer({ description: 'bit n: of condition n it cannot be told, data is absent' }),
    amount: Type.Integer({ minimum: 0, description: 'rupiah; 0 unless in' }),
    persons: Type.Integer({ minimum: 0, description: 'for how many persons there is an amount' }),
    unsure: Type.Integer({
      description: 'bit n: of component n it cannot be told for somebody; it counts nothing there',
    }),
    parts: Type.Array(AmountPart, { description: 'what the amount is made of' }),
  },
  { $id: 'RuleAnswer', ...strict },
)
export type RuleAnswer = Static<typeof RuleAnswer>
