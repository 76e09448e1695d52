import { createHash } from 'node:crypto'
import { parseVerificationCode } from '#src/platform/letters/index.ts'
import { deriveSecret } from '#src/platform/text/ticket.ts'

/** The code a family answers by, 'K7M3-9QXT-2RTA': derived, so that it can be printed again; 12 symbols, 59 bits. Only its hash is stored. */
export const askingCode = (installation: Buffer, askingId: string, familyId: string): string =>
  `${deriveSecret(installation, 'asking', `${askingId}/${familyId}`)}-${deriveSecret(installation, 'asking-more', `${askingId}/${familyId}`).slice(0, 4)}`

export const askingHash = (code: string): string => createHash('sha256').update(`asking\n${code}`).digest('hex')

/** The hash of a code as somebody typed it; undefined when it cannot be one. */
export function typedHash(typed: string): string | undefined {
  const code = parseVerificationCode(typed)
  return code === undefined ? undefined : askingHash(code)
}
