import * as ticket from '#src/platform/text/ticket.ts'

export { newNumber, newSecret, parseNumber, type Parsed, SYMBOLS } from '#src/platform/text/ticket.ts'

const LABEL = 'complaint-secret'

/** The stored form of a citizen's secret, bound to its complaint. */
export const hashSecret = (id: string, secret: string): string => ticket.hashSecret(LABEL, id, secret)

/** Whether `typed` is the secret whose hash is stored for this complaint. Takes the same time for any wrong secret. */
export const secretMatches = (id: string, typed: string, storedHash: string): boolean =>
  ticket.secretMatches(LABEL, id, typed, storedHash)
