import { v7 as uuid } from 'uuid'
import { openSession, SESSION_COOKIE } from '#src/access/index.ts'
import { hashPassword } from '#src/access/password.ts'
import type { Actor, Db, Role } from '#src/platform/db/index.ts'

let made = 0

/** An active account that can do nothing yet. With `password` it can sign in. */
export async function makeAccount(
  db: Db,
  given: {
    name?: string
    username?: string
    email?: string
    password?: string
    regionCode?: string
    demonstration?: boolean
  } = {},
): Promise<string> {
  const id = uuid()
  const at = db.clock()
  // Cheap on purpose; a sign-in hashes it anew at the cost in force.
  const cost = { argon2_memory_kib: 64, argon2_passes: 1, argon2_lanes: 1 }
  const hash = given.password ? await hashPassword(given.password, cost) : null
  await db.asSystem('test account', (tx) =>
    tx
      .insertInto('account')
      .values({
        id,
        username: given.username ?? `orang${++made}.${id.slice(-6)}`,
        email: given.email ?? null,
        name: given.name ?? `Orang ${made}`,
        home_region_code: given.regionCode ?? '00',
        password_hash: hash,
        password_changed_at: hash ? at : null,
        demonstration: given.demonstration ?? false,
        created_at: at,
      })
      .execute(),
  )
  return id
}

/** One role in one region, from today on. Officers and supervisors: `officeId`, else the region's social office. */
export async function makeAssignment(
  db: Db,
  given: { accountId: string; role: Role; regionCode: string; officeId?: string | null; pillarKind?: string | null },
): Promise<string> {
  const id = uuid()
  const at = db.clock()
  const inOffice = given.role === 'officer' || given.role === 'supervisor'
  await db.asSystem('test assignment', (tx) =>
    tx
      .insertInto('assignment')
      .values({
        id,
        account_id: given.accountId,
        role: given.role,
        region_code: given.regionCode,
        office_id: inOffice ? (given.officeId ?? `${given.regionCode}/social`) : null,
        pillar_kind: given.role === 'pillar' ? (given.pillarKind ?? 'karang_taruna') : null,
        valid_from: at.toISOString().slice(0, 10),
        created_at: at,
      })
      .execute(),
  )
  return id
}

export type SignedIn = { cookie: string; actor: Actor; accountId: string; sessionId: string }

/** Somebody who signed in (with a second factor) and acts in this role: `{ headers: { cookie } }` for inject. */
export async function signedIn(
  on: Db | { db: Db },
  given: { role: Role; regionCode: string; agency?: string; pillarKind?: string; name?: string; accountId?: string },
): Promise<SignedIn> {
  const db = 'db' in on ? on.db : on
  const at = db.clock()
  const { role, regionCode } = given
  const officeId = role === 'officer' || role === 'supervisor' ? `${regionCode}/${given.agency ?? 'social'}` : null
  const pillarKind = role === 'pillar' ? (given.pillarKind ?? 'karang_taruna') : null
  const name = given.name ?? `${role} ${regionCode}`
  const accountId = given.accountId ?? (await makeAccount(db, { name, regionCode }))
  const assignmentId = await makeAssignment(db, { accountId, role, regionCode, officeId, pillarKind })
  const session = await db.asSystem('test session', (tx) =>
    openSession(tx, { accountId, assignmentId, methods: ['password', 'totp'], at }),
  )
  const actor: Actor = { accountId, name, assignmentId, role, regionCode, officeId, pillarKind, at }
  return { cookie: `${SESSION_COOKIE}=${session.token}`, actor, accountId, sessionId: session.id }
}
