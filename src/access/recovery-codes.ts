import { randomInt } from 'node:crypto'
import type { Tx } from '#src/platform/db/index.ts'
import { type HashCost, hashPassword, howHashed } from './password.ts'

const HOW_MANY = 10
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

const newCode = () => {
  const half = () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return `${half()}-${half()}`
}

/** As typed from paper: capitals, spaces and missing dashes are forgiven. */
const normal = (code: string) => {
  const bare = code.toLowerCase().replace(/[^a-z0-9]/g, '')
  return bare.length === 10 ? `${bare.slice(0, 5)}-${bare.slice(5)}` : undefined
}

/**
 * Ten new codes of 49 bits (`k7mw3-xqp9b`), shown once; those before them are worthless from now on. Hashed like
 * passwords (ASVS v5.0.0-6.5.2) under one salt, so that checking one costs one hash and not ten.
 */
export async function makeRecoveryCodes(tx: Tx, accountId: string, cost: HashCost): Promise<string[]> {
  const codes = [...new Set(Array.from({ length: HOW_MANY * 2 }, newCode))].slice(0, HOW_MANY)
  const first = await hashPassword(codes[0] ?? '', cost)
  const salt = howHashed(first)?.salt
  const rest = await Promise.all(codes.slice(1).map((code) => hashPassword(code, cost, salt)))
  await tx.deleteFrom('recovery_code').where('account_id', '=', accountId).execute()
  await tx
    .insertInto('recovery_code')
    .values([first, ...rest].map((code_hash) => ({ account_id: accountId, code_hash })))
    .execute()
  return codes
}

/** True when the code is one of the account's and was never used. */
export async function useRecoveryCode(tx: Tx, accountId: string, code: string, at: Date): Promise<boolean> {
  const candidate = normal(code)
  const one = await tx
    .selectFrom('recovery_code')
    .select('code_hash')
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  const how = one && howHashed(one.code_hash)
  if (!candidate || !how) return false
  const hash = await hashPassword(candidate, how.cost, how.salt)
  const used = await tx
    .updateTable('recovery_code')
    .set({ used_at: at })
    .where('account_id', '=', accountId)
    .where('code_hash', '=', hash)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return used.numUpdatedRows === 1n
}

export async function countRecoveryCodes(tx: Tx, accountId: string): Promise<number> {
  const row = await tx
    .selectFrom('recovery_code')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('account_id', '=', accountId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow()
  return row.n
}

export const forgetRecoveryCodes = (tx: Tx, accountId: string) =>
  tx.deleteFrom('recovery_code').where('account_id', '=', accountId).execute()
