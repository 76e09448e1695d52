import { Compile, type Validator, type XSchema } from 'typebox/schema'
import type { Tx } from '#src/platform/db/index.ts'
import { type FieldError, invalid } from '#src/platform/http/problem.ts'
import type { Answers } from './change.ts'
import type { Questionnaire } from './schema.ts'

export type Asked = 'family' | 'person' | 'sealed'

/** The survey forms in force on a day ('YYYY-MM-DD'): the newest of each subject whose day has come. */
export async function questionnairesOn(tx: Tx, day: string): Promise<Questionnaire[]> {
  const rows = await tx
    .selectFrom('questionnaire')
    .distinctOn('subject')
    .select(['subject', 'valid_from', 'name', 'schema', 'source'])
    .where('valid_from', '<=', day)
    .orderBy('subject')
    .orderBy('valid_from', 'desc')
    .execute()
  return rows.map((row) => ({
    subject: row.subject as Asked,
    validFrom: row.valid_from,
    name: row.name,
    schema: row.schema as Record<string, unknown>,
    source: row.source,
  }))
}

// A form is compiled once; which text it has is its key, so a mended row is a new form.
const compiled = new Map<string, Validator>()
function validatorOf({ schema }: Questionnaire): Validator {
  const text = JSON.stringify(schema)
  const known = compiled.get(text)
  if (known) return known
  if (compiled.size > 50) compiled.clear()
  const made = Compile(schema as XSchema)
  compiled.set(text, made)
  return made
}

/**
 * Checks answers against a form; a problem names each wrong answer as `<field>.<question>`. `null` takes an answer away and is
 * always right. Questions that must be answered are asked for only where the form is filled in as a `whole`.
 */
export function checkAnswers(form: Questionnaire | undefined, answers: Answers, field: string, whole = false): void {
  const given = Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== null && value !== undefined))
  if (!form) {
    if (Object.keys(given).length > 0) throw invalid({ field, code: 'no_questionnaire' })
    return
  }
  const validator = validatorOf(form)
  if (validator.Check(given)) return
  const errors = validator.Errors(given)[1].flatMap((error): FieldError[] => {
    const path = error.instancePath.slice(1).replaceAll('/', '.')
    const at = [field, path].filter(Boolean).join('.')
    const params = error.params as Record<string, unknown>
    if (error.keyword === 'required' || error.keyword === 'additionalProperties') {
      if (error.keyword === 'required' && !whole && path === '') return []
      const names = params[error.keyword === 'required' ? 'requiredProperties' : 'additionalProperties']
      return (Array.isArray(names) ? (names as string[]) : []).map((name) => ({
        field: `${at}.${name}`,
        code: error.keyword,
      }))
    }
    // A question the form does not know meets the schema `false`.
    if (error.keyword === 'boolean') return [{ field: at, code: 'additionalProperties' }]
    const limit = params['limit']
    return [{ field: at, code: error.keyword, ...(typeof limit === 'number' && { params: { limit } }) }]
  })
  if (errors.length > 0) throw invalid(...errors)
}

/** The same by the form in force on a day. */
export async function validateAnswers(
  tx: Tx,
  subject: Asked,
  answers: Answers | null | undefined,
  day: string,
  field: string,
  whole = false,
): Promise<void> {
  if (!answers || Object.keys(answers).length === 0) return
  const forms = await questionnairesOn(tx, day)
  checkAnswers(
    forms.find((one) => one.subject === subject),
    answers,
    field,
    whole,
  )
}
