/** One wrong field of a request: where, what kind of wrong, and the numbers a sentence needs. */
export type FieldError = { field: string; code: string; params?: Record<string, string | number> }

/** An expected failure, answered as application/problem+json (RFC 9457) in the reader's language. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly params: Record<string, string | number>
  readonly errors: FieldError[]
  constructor(status: number, code: string, params: Record<string, string | number> = {}, errors: FieldError[] = []) {
    super(code)
    this.status = status
    this.code = code
    this.params = params
    this.errors = errors
  }
}

export const notFound = (what: string) => new Problem(404, 'not_found', { what })
export const forbidden = (action: string) => new Problem(403, 'forbidden', { action })
export const unauthenticated = () => new Problem(401, 'unauthenticated')
export const conflict = (code: string, params: Record<string, string | number> = {}) => new Problem(409, code, params)
export const invalid = (...errors: FieldError[]) => new Problem(400, 'invalid_request', {}, errors)
export const tooMany = (retryAfterSeconds: number) =>
  new Problem(429, 'too_many_requests', { seconds: retryAfterSeconds })
