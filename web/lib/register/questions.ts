import { formatDate, formatNumber } from '#lib/format.ts'
import { m } from '#messages'
import { getLocale } from '#locale'

/*
 * Questions as pages draw them, whatever asks them: the fields of the register, or a questionnaire that is data (JSON Schema). While it is
 * typed an answer is text, 'yes' or 'no', or a list of ticked values; on the wire it is what the schema says.
 */

type Option = { value: string; label: string }
export type Question = {
  name: string
  label: string
  kind: 'text' | 'digits' | 'date' | 'month' | 'number' | 'choice' | 'choices' | 'yesno' | 'lines'
  options?: readonly Option[]
  hint?: string | undefined
  most?: number
  /** the values of a choice are numbers on the wire */
  numeric?: true
  required?: boolean
  min?: number
  max?: number
}
/** What is typed, by the name of the question. */
export type Typed = Record<string, string | string[]>
export type Values = Readonly<Record<string, unknown>>

type Property = {
  type?: string
  title?: string
  'x-title-en'?: string
  'x-order'?: number
  enum?: unknown[]
  items?: { type?: string; enum?: unknown[] }
  'x-labels'?: Record<string, { id?: string; en?: string }>
  minimum?: number
  maximum?: number
  maxLength?: number
  format?: string
}

/** The questions of a questionnaire in the order it gives them (`x-order`, then as they stand). What a form of later years asks in a way unknown here is asked as text. */
export function questionsOf(schema: Values | undefined): Question[] {
  const properties = (schema?.['properties'] ?? {}) as Record<string, Property>
  const needed = new Set(Array.isArray(schema?.['required']) ? (schema['required'] as string[]) : [])
  const english = getLocale() === 'en'
  const place = ([, one]: [string, Property]) => one['x-order'] ?? Number.MAX_SAFE_INTEGER
  const inOrder = Object.entries(properties).sort((a, b) => place(a) - place(b))
  return inOrder.map(([name, one]): Question => {
    const label = (english ? one['x-title-en'] : one.title) ?? one.title ?? name
    const given = one.enum ?? one.items?.enum
    const options = given?.map((value) => {
      const words = one['x-labels']?.[String(value)]
      return { value: String(value), label: (english ? words?.en : words?.id) ?? words?.id ?? String(value) }
    })
    const numeric = given?.some((value) => typeof value === 'number') ? ({ numeric: true } as const) : {}
    const base = { name, label, required: needed.has(name), ...numeric }
    if (options) return { ...base, kind: one.type === 'array' ? 'choices' : 'choice', options }
    if (one.type === 'boolean') return { ...base, kind: 'yesno' }
    if (one.type === 'integer' || one.type === 'number')
      return {
        ...base,
        kind: 'number',
        ...(one.minimum !== undefined && { min: one.minimum }),
        ...(one.maximum !== undefined && { max: one.maximum }),
      }
    if (one.type === 'array') return { ...base, kind: 'lines' }
    return {
      ...base,
      kind: one.format === 'date' ? 'date' : 'text',
      ...(one.maxLength !== undefined && { most: one.maxLength }),
    }
  })
}

/** What stands, as it is typed. */
export function typedOf(questions: readonly Question[], values: Values = {}): Typed {
  return Object.fromEntries(
    questions.map(({ name, kind }) => {
      const value = values[name]
      if (kind === 'choices') return [name, Array.isArray(value) ? value.map(String) : []]
      if (kind === 'lines') return [name, Array.isArray(value) ? value.join('\n') : '']
      if (kind === 'yesno') return [name, value === true ? 'yes' : value === false ? 'no' : '']
      return [name, value === undefined || value === null ? '' : String(value as string | number)]
    }),
  )
}

/** What a form that was sent holds: `given` lists the values of a field, named as `at` and the question. */
export const typedIn = (questions: readonly Question[], at: string, given: (field: string) => string[]): Typed =>
  Object.fromEntries(
    questions.map(({ name, kind }) => {
      const values = given(`${at}${name}`)
      return [name, kind === 'choices' ? values : (values[0] ?? '')]
    }),
  )

/** One answer as it goes on the wire; undefined where nothing is typed. */
export function valueOf(question: Question, typed: string | string[] | undefined): unknown {
  if (Array.isArray(typed)) return typed.length === 0 ? undefined : question.numeric ? typed.map(Number) : typed
  const text = (typed ?? '').trim()
  if (text === '') return undefined
  switch (question.kind) {
    case 'yesno':
      return text === 'yes'
    case 'number':
      // What is no number stays what it is, and the server says so at the field.
      return /^-?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : text
    case 'digits':
      return text.replace(/[\s.-]/g, '')
    case 'lines':
      return text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean)
    default:
      return question.numeric ? Number(text) : text
  }
}

/** Everything that is typed. */
export const givenOf = (questions: readonly Question[], typed: Typed): Record<string, unknown> =>
  Object.fromEntries(
    questions.flatMap((one) => {
      const value = valueOf(one, typed[one.name])
      return value === undefined ? [] : [[one.name, value]]
    }),
  )

/** What differs from what stood; null takes an answer away, an empty list stays a list. */
export function changesOf(questions: readonly Question[], before: Typed, typed: Typed): Record<string, unknown> {
  return Object.fromEntries(
    questions.flatMap((one) => {
      const was = valueOf(one, before[one.name])
      const is = valueOf(one, typed[one.name])
      if (JSON.stringify(was) === JSON.stringify(is)) return []
      return [[one.name, is === undefined && (one.kind === 'choices' || one.kind === 'lines') ? [] : (is ?? null)]]
    }),
  )
}

/** A value in words. */
export function sayValue(question: Question, value: unknown): string {
  if (value === null || value === undefined || value === '') return m.register_cleared()
  const say = (one: unknown): string =>
    question.options?.find((option) => option.value === String(one))?.label ?? String(one)
  if (Array.isArray(value)) return value.length === 0 ? m.register_cleared() : value.map(say).join(', ')
  if (typeof value === 'boolean') return value ? m.register_yes() : m.register_no()
  if (question.kind === 'date' && typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return formatDate(value)
  if (question.kind === 'number' && typeof value === 'number') return formatNumber(value)
  return say(value)
}

export type Line = { label: string; value: string }
/** What is known of these questions, in their order. */
export const linesOf = (questions: readonly Question[], values: Values): Line[] =>
  questions.flatMap((one) => {
    const value = values[one.name]
    const nothing = value === undefined || value === null || (Array.isArray(value) && value.length === 0)
    return nothing ? [] : [{ label: one.label, value: sayValue(one, value) }]
  })
