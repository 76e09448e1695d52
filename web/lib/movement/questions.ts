import { getLocale } from '#locale'

type Words = { id?: string; en?: string }
type Property = {
  type?: string
  enum?: string[]
  items?: { enum?: string[] }
  title?: string
  'x-title-en'?: string
  'x-labels'?: Record<string, Words>
  minimum?: number
  maximum?: number
  maxLength?: number
}
export type Question = {
  key: string
  label: string
  kind: 'choice' | 'several' | 'number' | 'yes_no' | 'text'
  options: { value: string; label: string }[]
  required: boolean
  min?: number
  max?: number
}

/** The questions of a survey form, in its order; what the form does not tell how to ask is asked as text. */
export function questionsOf(schema: Record<string, unknown>): Question[] {
  const english = getLocale() === 'en'
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : []
  return Object.entries((schema['properties'] ?? {}) as Record<string, Property>).map(([key, one]) => {
    const values = one.enum ?? one.items?.enum ?? []
    const words = (value: string) => one['x-labels']?.[value]
    return {
      key,
      label: (english && one['x-title-en']) || one.title || key,
      kind:
        one.type === 'array'
          ? 'several'
          : one.enum
            ? 'choice'
            : one.type === 'integer' || one.type === 'number'
              ? 'number'
              : one.type === 'boolean'
                ? 'yes_no'
                : 'text',
      options: values.map((value) => ({ value, label: (english ? words(value)?.en : words(value)?.id) ?? value })),
      required: required.includes(key),
      ...(one.minimum !== undefined && { min: one.minimum }),
      ...(one.maximum !== undefined && { max: one.maximum }),
    }
  })
}

/** What was typed into the form, as answers; what was left empty is not answered. Fields are named 'answers.<key>'. */
export function answersOf(questions: readonly Question[], form: FormData): Record<string, unknown> {
  const answers: Record<string, unknown> = {}
  for (const { key, kind } of questions) {
    const given = form.getAll(`answers.${key}`).map(String).filter(Boolean)
    const [first] = given
    if (first === undefined) continue
    answers[key] =
      kind === 'several'
        ? given
        : kind === 'number' && /^-?\d+([.,]\d+)?$/.test(first)
          ? Number(first.replace(',', '.'))
          : kind === 'yes_no'
            ? first === 'yes'
            : first
  }
  return answers
}
