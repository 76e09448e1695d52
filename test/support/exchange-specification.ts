import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { parse } from 'yaml'

/* The specification itself, where it lies beside the project; its faults do not matter to a validator that is not strict. */
const file = path.resolve(import.meta.dirname, '../../../shared/data/spdci/social_api_v1.0.0.yaml')
export const specified = existsSync(file)
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true })
formats.default(ajv)
if (specified) ajv.addSchema(parse(readFileSync(file, 'utf8')) as object, 'spdci')
const pointer = (...parts: string[]) =>
  `spdci#/${parts.map((one) => encodeURIComponent(one.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
/** Fails unless the value is what a schema of the specification says; passes where the specification is not there. */
export function fits(schema: string, value: unknown): void {
  if (!specified) return
  const validate = ajv.getSchema(schema)
  assert.ok(validate, schema)
  assert.ok(
    validate(value),
    `${schema}\n${JSON.stringify(validate.errors, null, 1)}\n${JSON.stringify(value).slice(0, 2000)}`,
  )
}
export const answerOf = (route: string) =>
  pointer('paths', route, 'post', 'responses', 'default', 'content', 'application/json', 'schema')
export const callbackOf = (route: string) =>
  pointer('paths', route, 'post', 'requestBody', 'content', 'application/json', 'schema')
export const acknowledgement = pointer('components', 'responses', 'Response', 'content', 'application/json', 'schema')
export const httpError = pointer(
  'components',
  'responses',
  'HttpErrorResponse',
  'content',
  'application/json',
  'schema',
)
