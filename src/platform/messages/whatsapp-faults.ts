import type { Outcome } from './outcome.ts'

/** A refusal of the Cloud API by its meaning; the codes are those of its page "Error codes". */
type Meaning = Exclude<Outcome, { outcome: 'sent' | 'unknown' }>

const refused = (state: 'undelivered' | 'failed', fault: string): Meaning => ({ outcome: 'refused', state, fault })
const whenever = (outcome: 'later' | 'paused' | 'stopped', fault: string): Meaning => ({ outcome, fault })

const meanings: ReadonlyMap<number, Meaning> = new Map([
  // Nothing goes until somebody acts.
  ...[0, 3, 10, 102, 190, 200, 463, 467, 131005].map((code) => [code, whenever('stopped', 'token')] as const),
  ...[368, 130497, 131031, 131042, 131045, 133010].map((code) => [code, whenever('stopped', 'account')] as const),
  // Too many at a time.
  ...[4, 17, 32, 80007, 130429, 131048].map((code) => [code, whenever('paused', 'rate')] as const),
  // Their fault for now, or too many to one person.
  ...[1, 2, 131000, 131016, 131056, 131057, 133004].map((code) => [code, whenever('later', 'provider')] as const),
  // It never reaches this person.
  ...[131021, 131026, 131030].map((code) => [code, refused('undelivered', 'not_reachable')] as const),
  ...[131049, 130472].map((code) => [code, refused('undelivered', 'limited')] as const),
  [131050, refused('undelivered', 'opted_out')],
  // It never goes as it is.
  [131047, refused('failed', 'outside_window')],
  ...[131051, 131052, 131053].map((code) => [code, refused('failed', 'refused')] as const),
  ...[132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068, 132069].map(
    (code) => [code, refused('failed', 'template')] as const,
  ),
])

/** What a code of the Cloud API means; one nobody knows refuses this message and says its number. */
export const meaningOf = (code: number): Meaning =>
  meanings.get(code) ??
  (code >= 200 && code <= 299
    ? whenever('stopped', 'token')
    : refused('failed', Number.isSafeInteger(code) && code > 0 ? `provider_${code}` : 'refused'))

/** What an answer means that is not a success: by its code where it has one, else by its status. */
export function meaningOfAnswer(status: number, body: unknown): Outcome {
  const error = (body as { error?: { code?: unknown; error_subcode?: unknown } } | null | undefined)?.error
  const code = typeof error?.code === 'number' ? error.code : undefined
  // "Object with ID … does not exist": the number we send from is not theirs, whoever it goes to.
  if (code === 33 || (code === 100 && error?.error_subcode === 33)) return { outcome: 'stopped', fault: 'phone_id' }
  if (code !== undefined && code !== 0) return meaningOf(code)
  if (status === 401 || status === 403 || code === 0) return { outcome: 'stopped', fault: 'token' }
  if (status >= 300 && status < 400) return { outcome: 'stopped', fault: 'redirected' }
  if (status === 404) return { outcome: 'stopped', fault: 'phone_id' }
  if (status === 429) return { outcome: 'paused', fault: 'rate' }
  if (status >= 500) return { outcome: 'later', fault: 'provider' }
  return { outcome: 'refused', state: 'failed', fault: 'refused' }
}
