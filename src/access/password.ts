import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { AccessRule } from './rules.ts'

const derive = promisify(argon2)

/** How much work a hash costs: memory in KiB, passes over it, lanes. */
export type HashCost = Pick<AccessRule, 'argon2_memory_kib' | 'argon2_passes' | 'argon2_lanes'>

const SALT_BYTES = 16
const HASH_BYTES = 32

const plain64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

/** argon2id in PHC text form: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. With `salt`, comparable among several. */
export async function hashPassword(
  password: string,
  cost: HashCost,
  salt: Buffer = randomBytes(SALT_BYTES),
): Promise<string> {
  const { argon2_memory_kib: memory, argon2_passes: passes, argon2_lanes: parallelism } = cost
  const tag = await derive('argon2id', {
    message: password,
    nonce: salt,
    tagLength: HASH_BYTES,
    memory,
    passes,
    parallelism,
  })
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain64(salt)}$${plain64(tag)}`
}

type Parsed = { cost: HashCost; salt: Buffer; tag: Buffer }

function parse(phc: string): Parsed | undefined {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc)
  if (!match) return undefined
  const [, m, t, p, salt = '', tag = ''] = match
  return {
    cost: { argon2_memory_kib: Number(m), argon2_passes: Number(t), argon2_lanes: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

/**
 * Compares in constant time. Without a hash (no such account, no password) the same work is done for nothing, so that
 * the time of an answer does not tell whether a name exists.
 * @returns whether it fits, and whether it was hashed at another cost than `cost` and should be hashed anew
 */
export async function checkPassword(
  password: string,
  phc: string | null | undefined,
  cost: HashCost,
): Promise<{ fits: boolean; stale: boolean }> {
  const known = phc ? parse(phc) : undefined
  if (!known) {
    await hashPassword(password, cost)
    return { fits: false, stale: false }
  }
  const { argon2_memory_kib: memory, argon2_passes: passes, argon2_lanes: parallelism } = known.cost
  const tag = await derive('argon2id', {
    message: password,
    nonce: known.salt,
    tagLength: known.tag.length,
    memory,
    passes,
    parallelism,
  })
  const stale = memory !== cost.argon2_memory_kib || passes !== cost.argon2_passes || parallelism !== cost.argon2_lanes
  return { fits: timingSafeEqual(tag, known.tag), stale }
}

/** Cost and salt of a hash, to hash a candidate the same way once and compare it with several. */
export const howHashed = (phc: string): { cost: HashCost; salt: Buffer } | undefined => parse(phc)
