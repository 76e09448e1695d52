import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { localeOf } from './locale.ts'
import { Problem, invalid, type FieldError } from './problem.ts'
import { sentence } from './sentences.ts'

type PgError = { code?: unknown; severity?: unknown; constraint?: unknown }

/** SQLSTATEs a client can cause or must hear about; everything else is our fault and a 500. */
function fromDatabase(error: PgError): Problem | undefined {
  if (typeof error.severity !== 'string' || typeof error.code !== 'string') return undefined
  switch (error.code) {
    case '42501':
      return new Problem(403, 'outside_region')
    case '22021': // character that UTF-8 text cannot hold (NUL)
    case '22P05':
      return new Problem(400, 'unreadable_text')
    case '22P02':
    case '22003':
    case '22007':
    case '22008':
    case '23502':
    case '23514':
      return new Problem(400, 'invalid_request')
    case '23503':
      return new Problem(400, 'unknown_reference')
    case '23505':
      return new Problem(409, 'already_exists')
    case '40001':
    case '40P01':
      return new Problem(409, 'try_again')
    case '53100':
      return new Problem(507, 'disk_full')
    case '53300':
    case '57P01':
    case '57P02':
    case '57P03':
      return new Problem(503, 'database_away')
    default:
      return undefined
  }
}

const fastifyCodes: Record<string, string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_REQ_FILE_TOO_LARGE: 'file_too_large',
  FST_FILES_LIMIT: 'too_many_files',
  FST_ERR_NOT_FOUND: 'not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  FST_ERR_BAD_URL: 'not_found',
}

type Validation = { validation?: FastifyError['validation'] | undefined; validationContext?: string | undefined }

const fieldErrorsOf = ({ validation, validationContext = 'body' }: Validation): FieldError[] =>
  (validation ?? []).map((one) => {
    const missing = one.params['missingProperty'] ?? one.params['additionalProperty']
    const path = one.instancePath.slice(1).replaceAll('/', '.')
    const field = [path, typeof missing === 'string' ? missing : ''].filter(Boolean).join('.')
    const limit = one.params['limit']
    return {
      field: field || validationContext,
      code: one.keyword,
      ...(typeof limit === 'number' && { params: { limit } }),
    }
  })

/** What the schema found wrong with a body, for a route with `attachValidation`; anything but a body is answered at once. */
export function validationFaults(error: Validation | undefined): FieldError[] {
  if (!error) return []
  if (error.validationContext !== 'body') throw invalid(...fieldErrorsOf(error))
  return fieldErrorsOf(error)
}

/** What went wrong, as the one kind of error everybody understands; undefined when it is our fault. */
export function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  const known = error as FastifyError & PgError
  if (known.validation) return invalid(...fieldErrorsOf(known))
  const database = fromDatabase(known)
  if (database) return database
  if (known.code === 'ECONNREFUSED' || known.code === 'ECONNRESET') return new Problem(503, 'database_away')
  const status = known.statusCode
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem(status, fastifyCodes[String(known.code)] ?? 'invalid_request')
  return undefined
}

/** The body of an answer that failed, in the language of the one who asked. */
export function problemBody(problem: Problem, locale: 'id' | 'en') {
  return {
    type: `urn:pilar:problem:${problem.code}`,
    status: problem.status,
    code: problem.code,
    title: sentence(`problem_${problem.code}`, locale, problem.params),
    ...(problem.errors.length > 0 && {
      errors: dedupe(problem.errors).map((one) => ({
        field: one.field,
        code: one.code,
        message: sentence(`field_${one.code}`, locale, one.params ?? {}),
      })),
    }),
  }
}

// A union of schemas reports the same field once for each branch; a person needs it once.
const dedupe = (errors: FieldError[]) => {
  const seen = new Set<string>()
  return errors.filter((one) => !seen.has(one.field) && seen.add(one.field))
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = asProblem(error)
  if (!problem) request.log.error(error)
  const said = problem ?? new Problem(500, 'internal')
  if (said.status === 429) void reply.header('retry-after', String(said.params['seconds'] ?? 60))
  if (said.status === 503) void reply.header('retry-after', '5')
  void reply
    .code(said.status)
    .type('application/problem+json')
    .header('cache-control', 'no-store')
    .send(problemBody(said, localeOf(request)))
}

/** Finds text that PostgreSQL cannot hold, before it reaches a query; answers with the field's path. */
export function refuseNul(value: unknown, path = ''): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw invalid({ field: path || 'body', code: 'nul' })
  } else if (Array.isArray(value)) value.forEach((one, index) => refuseNul(one, `${path}${path && '.'}${index}`))
  else if (value && typeof value === 'object' && !Buffer.isBuffer(value))
    for (const [key, one] of Object.entries(value)) {
      refuseNul(key, path)
      refuseNul(one, `${path}${path && '.'}${key}`)
    }
}
