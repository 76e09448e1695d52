/** Why one request of a message is rejected, by the codes of the specification. */
export const searchCodes = [
  'rjct.reference_id.invalid',
  'rjct.reference_id.duplicate',
  'rjct.timestamp.invalid',
  'rjct.search_criteria.invalid',
  'rjct.filter.invalid',
  'rjct.sort.invalid',
  'rjct.pagination.invalid',
  'rjct.search.too_many_records_found',
] as const
export type SearchCode = (typeof searchCodes)[number]
export type SubscribeCode =
  | 'rjct.reference_id.invalid'
  | 'rjct.reference_id.duplicate'
  | 'rjct.timestamp.invalid'
  | 'rjct.notify_types.invalid'
  | 'rjct.notify_details.invalid'
  | 'rjct.event.already_subscribed'

/** Thrown where a request is read, caught where its answer is made. The message never repeats a value that was sent. */
export class Rejected<Code extends string = SearchCode> extends Error {
  readonly code: Code
  constructor(code: Code, message: string) {
    super(message)
    this.code = code
  }
}

/** Why a whole message is refused, by the codes of the specification and what HTTP says of them. */
export const errorCodes = {
  'err.request.bad': 400,
  'err.request.unauthorized': 401,
  'err.request.forbidden': 403,
  'err.request.not_found': 404,
  'err.request.timeout': 408,
  'err.version.not_supported': 400,
  'err.request.too_many_requests': 429,
  'err.sender_id.invalid': 401,
  'err.sender_uri.invalid': 400,
  'err.receiver_id.invalid': 400,
  'err.signature.missing': 401,
  'err.signature.invalid': 401,
  'err.encryption.invalid': 400,
  'err.service.unavailable': 503,
} as const
export type ErrorCode = keyof typeof errorCodes

/** What the header of an answer says of the whole message. */
export type HeaderCode =
  | 'rjct.version.invalid'
  | 'rjct.message_id.duplicate'
  | 'rjct.message_ts.invalid'
  | 'rjct.action.invalid'
  | 'rjct.action.not_supported'
  | 'rjct.total_count.invalid'
  | 'rjct.total_count.limit_exceeded'
  | 'rjct.errors.too_many'

export class Refused extends Error {
  readonly code: ErrorCode
  readonly header: HeaderCode | undefined
  readonly status: number
  constructor(code: ErrorCode, message: string, header?: HeaderCode, status: number = errorCodes[code]) {
    super(message)
    this.code = code
    this.header = header
    this.status = status
  }
}
