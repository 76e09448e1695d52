import { type Static, Type } from 'typebox'
import type { Questionnaire } from '#src/people/register/schema.ts'

/*
 * What a rule may look at: a family and its active members on a day. What is not known is absent. Names, numbers and addresses are not
 * among it: nobody is chosen by them.
 */

const strict = { additionalProperties: false }
const Maybe = Type.Optional
const Day = Type.String({ format: 'date' })
const Word = Type.String({ maxLength: 120 })
const Answers = Type.Record(Type.String({ pattern: '^[a-z][a-zA-Z0-9_]{0,59}$' }), Type.Unknown(), {
  description: 'by the questionnaire in force; an answer of another type counts as absent',
})

export const familyStatuses = ['active', 'graduated', 'moved_out', 'dissolved', 'merged', 'not_found'] as const
export const relationships = ['head', 'spouse', 'child', 'child_in_law', 'grandchild', 'parent', 'parent_in_law', 'other_relative', 'other'] as const // prettier-ignore
export const maritalStatuses = ['single', 'married', 'divorced', 'widowed'] as const
export const schoolings = ['none', 'attending', 'finished', 'left'] as const
export const schoolLevels = ['early', 'primary', 'junior', 'senior', 'higher'] as const
export const disabilities = ['physical', 'intellectual', 'mental', 'visual', 'hearing', 'speech'] as const

export const FamilyFact = Type.Object(
  {
    decile: Maybe(Type.Integer({ minimum: 1, maximum: 10 })),
    decileSource: Maybe(Word),
    decilePeriod: Maybe(Type.String({ maxLength: 20 })),
    region: Type.String({ maxLength: 13, description: 'code of the village' }),
    status: Type.Enum([...familyStatuses]),
    checkedOn: Maybe(Day),
    programmes: Type.Array(Type.String({ maxLength: 30 }), {
      maxItems: 50,
      description: 'codes it receives on the day',
    }),
    answers: Answers,
  },
  strict,
)
export const MemberFact = Type.Object(
  {
    id: Maybe(Type.String({ maxLength: 40 })),
    birthDate: Maybe(Day),
    age: Maybe(
      Type.Integer({
        minimum: 0,
        maximum: 200,
        description: 'whole years on the day, 0 before the birth; of birthDate when that is given',
      }),
    ),
    ageMonths: Maybe(
      Type.Integer({
        minimum: 0,
        maximum: 2400,
        description: 'whole months on the day; of birthDate when that is given',
      }),
    ),
    sex: Maybe(Type.Enum(['female', 'male'])),
    relationship: Maybe(Type.Enum([...relationships])),
    maritalStatus: Maybe(Type.Enum([...maritalStatuses])),
    schooling: Maybe(Type.Enum([...schoolings])),
    schoolLevel: Maybe(Type.Enum([...schoolLevels])),
    work: Maybe(Type.String({ maxLength: 80 })),
    ppks: Type.Array(Type.Integer({ minimum: 1, maximum: 26 }), { maxItems: 26 }),
    disabilities: Type.Array(Type.Enum([...disabilities]), { maxItems: 6 }),
    pregnant: Maybe(Type.Boolean()),
    chronicIllnesses: Type.Array(Type.String({ maxLength: 80 }), { maxItems: 10 }),
    answers: Answers,
    health: Type.Record(Type.String({ pattern: '^[a-z][a-zA-Z0-9_]{0,59}$' }), Type.Unknown(), {
      description: 'answers to the health questions',
    }),
    isHead: Type.Boolean(),
    isPayee: Type.Boolean(),
  },
  strict,
)
/** A family on a day, as a rule sees it. Dates 'YYYY-MM-DD'; active members only. */
export const FamilyFacts = Type.Object(
  { family: FamilyFact, members: Type.Array(MemberFact, { maxItems: 60 }) },
  { $id: 'FamilyFacts', ...strict },
)
export type FamilyFacts = Static<typeof FamilyFacts>
export type MemberFacts = Static<typeof MemberFact>

/** Since which day a fact holds: 'family.decile', '<person id>.schooling' → 'YYYY-MM-DD'. Lacks what is not known. */
export type FactsSince = Readonly<Record<string, string>>
export type DatedFacts = { facts: FamilyFacts; since: FactsSince }

/** The survey forms that say what `answers` and `health` hold: of `questionnairesOn(tx, day)`. */
export type Forms = readonly Pick<Questionnaire, 'subject' | 'schema'>[]

export type FieldType =
  | { kind: 'int'; min: number; max: number }
  | { kind: 'bool' }
  /** values: no other text is ever there */
  | { kind: 'text'; values?: readonly string[] }
  | { kind: 'date' }
  | { kind: 'list'; of: { kind: 'int'; min: number; max: number } | { kind: 'text'; values?: readonly string[] } }

type Words = { id: string; en: string }
/** One field of the catalogue. */
export type Field = {
  /** whose: `family.<name>`, or `<person>.<name>` */
  of: 'family' | 'member'
  /** 'decile', 'answers.floor', 'health.nutrition' */
  name: string
  type: FieldType
  /** never absent */
  always: boolean
  /** specific personal data: health, some kinds of PPKS */
  sealed: boolean
  /** of questions: their words; of the others see messages `rules_field_<of>_<name>` */
  title?: Words
  /** of questions: words of their values; of the others see messages `rules_value_<value>` */
  labels?: Readonly<Record<string, Words>>
}

/** Codes of regions, programmes and free text are texts without a list of values. */
const text = (values?: readonly string[]): FieldType => (values ? { kind: 'text', values } : { kind: 'text' })
const known = (
  of: Field['of'],
  name: string,
  type: FieldType,
  more: { always?: boolean; sealed?: boolean } = {},
): Field => ({
  of,
  name,
  type,
  always: more.always ?? false,
  sealed: more.sealed ?? false,
})

const registerFields: readonly Field[] = [
  known('family', 'decile', { kind: 'int', min: 1, max: 10 }),
  known('family', 'decileSource', text()),
  known('family', 'decilePeriod', text()),
  known('family', 'region', text(), { always: true }),
  known('family', 'status', text(familyStatuses), { always: true }),
  known('family', 'checkedOn', { kind: 'date' }),
  known('family', 'programmes', { kind: 'list', of: { kind: 'text' } }, { always: true }),
  known('member', 'age', { kind: 'int', min: 0, max: 9999 }),
  known('member', 'ageMonths', { kind: 'int', min: 0, max: 119_999 }),
  known('member', 'birthDate', { kind: 'date' }),
  known('member', 'sex', text(['female', 'male'])),
  known('member', 'relationship', text(relationships)),
  known('member', 'maritalStatus', text(maritalStatuses)),
  known('member', 'schooling', text(schoolings)),
  known('member', 'schoolLevel', text(schoolLevels)),
  known('member', 'work', text()),
  known('member', 'isHead', { kind: 'bool' }, { always: true }),
  known('member', 'isPayee', { kind: 'bool' }, { always: true }),
  known('member', 'ppks', { kind: 'list', of: { kind: 'int', min: 1, max: 26 } }, { always: true, sealed: true }),
  known(
    'member',
    'disabilities',
    { kind: 'list', of: { kind: 'text', values: disabilities } },
    { always: true, sealed: true },
  ),
  known('member', 'pregnant', { kind: 'bool' }, { sealed: true }),
  known('member', 'chronicIllnesses', { kind: 'list', of: { kind: 'text' } }, { always: true, sealed: true }),
]

/** Whole numbers both CEL and JSON hold exactly. */
export const SAFE = Number.MAX_SAFE_INTEGER

type Question = {
  type?: unknown
  enum?: unknown
  minimum?: unknown
  maximum?: unknown
  format?: unknown
  items?: Question
  title?: unknown
  'x-title-en'?: unknown
  'x-labels'?: Record<string, Words>
  'x-order'?: unknown
}

const wordsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined
const bound = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : otherwise

/** The type a question's answers have in rules; undefined where a rule cannot ask about them (fractions, objects). */
function typeOf(question: Question): FieldType | undefined {
  const values = wordsOf(question.enum)
  switch (question.type) {
    case 'boolean':
      return { kind: 'bool' }
    case 'integer':
      return { kind: 'int', min: bound(question.minimum, -SAFE), max: bound(question.maximum, SAFE) }
    case 'string':
      return question.format === 'date' ? { kind: 'date' } : values ? { kind: 'text', values } : { kind: 'text' }
    case 'array': {
      const of = question.items && typeOf(question.items)
      return of && (of.kind === 'int' || of.kind === 'text') ? { kind: 'list', of } : undefined
    }
    default:
      return undefined
  }
}

const asked = {
  family: { of: 'family', under: 'answers' },
  person: { of: 'member', under: 'answers' },
  sealed: { of: 'member', under: 'health' },
} as const

/** Every field a rule can name, with the questions of the forms in force; in the order people see them. */
export function fieldsOf(forms: Forms): Field[] {
  const fields = [...registerFields]
  for (const { subject, schema } of forms) {
    const { of, under } = asked[subject]
    const questions = Object.entries((schema['properties'] ?? {}) as Record<string, Question>)
    questions.sort(([, a], [, b]) => bound(a['x-order'], SAFE) - bound(b['x-order'], SAFE))
    for (const [name, question] of questions) {
      const type = typeOf(question)
      if (!type || !/^[a-z][a-zA-Z0-9_]{0,59}$/.test(name)) continue
      const title = typeof question.title === 'string' ? question.title : name
      const titleEn = typeof question['x-title-en'] === 'string' ? question['x-title-en'] : title
      fields.push({
        of,
        name: `${under}.${name}`,
        type,
        always: false,
        sealed: subject === 'sealed',
        title: { id: title, en: titleEn },
        ...(question['x-labels'] && { labels: question['x-labels'] }),
      })
    }
  }
  return fields
}
