import type {
  FormProperty,
  PlanBody,
  PlanOutcome,
  PlanPage,
  PlanStep,
  StepResult,
} from '#src/programmes/services/schema.ts'

/*
 * A plan as it is typed: numbers are text, questions of a form are a list. People write names; codes follow from them, once, and then stay.
 */

export type TypedChoice = { value: string; id: string; en: string }
export type TypedQuestion = {
  name: string
  title: string
  titleEn: string
  kind: 'text' | 'number' | 'yesno' | 'choice' | 'choices' | 'date'
  required: boolean
  most: string
  min: string
  max: string
  choices: TypedChoice[]
}
export type TypedResult = { code: string; name: string; nameEn: string; met: boolean; again: string }
export type TypedTopic = { code: string; name: string; nameEn: string }
export type TypedStep = {
  code: string
  name: string
  nameEn: string
  phase: PlanStep['phase']
  kind: PlanStep['kind']
  required: boolean
  who: PlanStep['who']
  after: string
  every: string
  times: string
  group: boolean
  results: TypedResult[]
  topics: TypedTopic[]
  questions: TypedQuestion[]
}
export type TypedPlan = {
  unit: PlanPage['definition']['unit']
  confidential: boolean
  days: 'calendar' | 'working'
  summary: string
  summaryEn: string
  steps: TypedStep[]
  outcomes: PlanOutcome[]
}

const text = (value: number | undefined) => (value === undefined ? '' : String(value))
// What is no number stays what it is, and the server says so.
const numberOf = (value: string): number | undefined => {
  const plain: unknown = value.trim()
  return plain === '' ? undefined : /^-?\d{1,10}$/.test(String(plain)) ? Number(plain) : (plain as number)
}
/** Only what is said. */
const said = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>
  }

const questionOf = (name: string, one: FormProperty, required: boolean): TypedQuestion => ({
  name,
  title: one.title,
  titleEn: one['x-title-en'],
  kind:
    one.type === 'array'
      ? 'choices'
      : one.enum
        ? 'choice'
        : one.type === 'boolean'
          ? 'yesno'
          : one.type === 'string'
            ? one.format === 'date'
              ? 'date'
              : 'text'
            : 'number',
  required,
  most: text(one.maxLength),
  min: text(one.minimum),
  max: text(one.maximum),
  choices: (one.enum ?? one.items?.enum ?? []).map((value) => ({
    value,
    id: one['x-labels']?.[value]?.id ?? '',
    en: one['x-labels']?.[value]?.en ?? '',
  })),
})

const stepOf = (one: PlanStep): TypedStep => ({
  ...one,
  who: [...one.who],
  after: text(one.after),
  every: text(one.every),
  times: text(one.times),
  group: one.group === true,
  results: (one.results ?? []).map((each) => ({ ...each, again: text(each.again) })),
  topics: (one.topics ?? []).map((each) => ({ ...each })),
  questions: Object.entries(one.form?.properties ?? {})
    .sort(([, a], [, b]) => (a['x-order'] ?? 0) - (b['x-order'] ?? 0))
    .map(([name, each]) => questionOf(name, each, one.form?.required?.includes(name) ?? false)),
})

/** What stands, as it is typed. */
export const typedPlan = ({ definition }: Pick<PlanPage, 'definition'>): TypedPlan => ({
  unit: definition.unit,
  confidential: definition.confidential,
  days: definition.days ?? 'calendar',
  summary: definition.summary,
  summaryEn: definition.summaryEn,
  steps: definition.steps.map(stepOf),
  outcomes: definition.outcomes.map((one) => ({ ...one })),
})

/** A code out of a name, unlike those there are: 'Kunjungan pertama' becomes 'kunjungan_pertama'. */
export function codeFrom(name: string, taken: readonly string[], otherwise: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 36)
  const base = plain.length >= 2 ? plain : otherwise
  for (let at = 1; ; at++) {
    const code = at === 1 ? base : `${base}_${at}`
    if (!taken.includes(code)) return code
  }
}

/** Each with a code: the one it has, or one from its name. */
function coded<T>(list: readonly T[], codeOf: (one: T) => string, nameOf: (one: T) => string, otherwise: string) {
  const taken = list.map(codeOf).filter(Boolean)
  return list.map((one) => {
    const code = codeOf(one) || codeFrom(nameOf(one), taken, otherwise)
    taken.push(code)
    return { one, code }
  })
}

function propertyOf(one: TypedQuestion, order: number): FormProperty {
  const choices = coded(
    one.choices,
    (each) => each.value,
    (each) => each.en || each.id,
    'pilihan',
  )
  const values = choices.map((each) => each.code)
  const words = Object.fromEntries(choices.map((each) => [each.code, { id: each.one.id, en: each.one.en }]))
  const titled = { title: one.title, 'x-title-en': one.titleEn, 'x-order': order }
  switch (one.kind) {
    case 'choice':
      return { type: 'string', ...titled, enum: values, 'x-labels': words }
    case 'choices':
      return { type: 'array', ...titled, items: { type: 'string', enum: values }, 'x-labels': words, uniqueItems: true }
    case 'yesno':
      return { type: 'boolean', ...titled }
    case 'date':
      return { type: 'string', ...titled, format: 'date' }
    case 'number':
      return said({ type: 'integer' as const, ...titled, minimum: numberOf(one.min), maximum: numberOf(one.max) })
    case 'text':
      return { type: 'string', ...titled, maxLength: numberOf(one.most) ?? 500 }
  }
}

/** The questions of a step with the names they go by, for faults at their place. */
export const namedQuestions = (step: TypedStep) =>
  coded(
    step.questions,
    (one) => one.name,
    (one) => one.titleEn || one.title,
    'isian',
  )

/** What is typed, as a plan. */
export function planOf(typed: TypedPlan): PlanBody['definition'] {
  return {
    unit: typed.unit,
    confidential: typed.confidential,
    summary: typed.summary,
    summaryEn: typed.summaryEn,
    ...(typed.days === 'working' && { days: 'working' as const }),
    steps: coded(
      typed.steps,
      (one) => one.code,
      (one) => one.name,
      'langkah',
    ).map(({ one, code }): PlanStep => {
      const questions = namedQuestions(one)
      const required = questions.filter((each) => each.one.required).map((each) => each.code)
      return said({
        code,
        name: one.name,
        nameEn: one.nameEn,
        phase: one.phase,
        kind: one.kind,
        required: one.required,
        who: [...one.who],
        after: numberOf(one.after),
        every: numberOf(one.every),
        times: numberOf(one.times),
        group: one.group || undefined,
        results:
          one.results.length === 0
            ? undefined
            : coded(
                one.results,
                (each) => each.code,
                (each) => each.nameEn || each.name,
                'hasil',
              ).map((each): StepResult =>
                said({
                  code: each.code,
                  name: each.one.name,
                  nameEn: each.one.nameEn,
                  met: each.one.met,
                  again: each.one.met ? undefined : numberOf(each.one.again),
                }),
              ),
        topics:
          one.topics.length === 0
            ? undefined
            : coded(
                one.topics,
                (each) => each.code,
                (each) => each.name,
                'modul',
              ).map((each) => ({ code: each.code, name: each.one.name, nameEn: each.one.nameEn })),
        form:
          questions.length === 0
            ? undefined
            : {
                type: 'object' as const,
                additionalProperties: false,
                ...(required.length > 0 && { required }),
                properties: Object.fromEntries(questions.map((each, at) => [each.code, propertyOf(each.one, at + 1)])),
              },
      }) as PlanStep
    }),
    outcomes: coded(
      typed.outcomes,
      (one) => one.code,
      (one) => one.nameEn || one.name,
      'hasil_akhir',
    ).map(({ one, code }) => ({ code, name: one.name, nameEn: one.nameEn, closes: one.closes })),
  }
}

export const blankStep = (): TypedStep => ({
  code: '',
  name: '',
  nameEn: '',
  phase: 'steps',
  kind: 'visit',
  required: true,
  who: ['officer', 'pillar'],
  after: '7',
  every: '',
  times: '',
  group: false,
  results: [],
  topics: [],
  questions: [],
})
export const blankQuestion = (): TypedQuestion => ({
  name: '',
  title: '',
  titleEn: '',
  kind: 'text',
  required: false,
  most: '',
  min: '',
  max: '',
  choices: [],
})
