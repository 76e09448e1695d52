import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { type Origin, withClient } from './owner.ts'

/*
 * pilar_owner    owns everything and runs migrations; may make roles
 * pilar_app      what the application connects as; owns nothing
 * pilar_citizen  a transaction of somebody without an account      (the application takes it with "set local role")
 * pilar_system   a transaction of the system itself: jobs, sign-in (the same)
 */

export type RoleOptions = {
  /** Makes pilar_owner too. Only for a server of our own, where `url` is its superuser. */
  ownerPassword?: string
  /** Lets pilar_app sign in with this password. Without it the role is made without one. */
  appPassword?: string
  /** The same, only if pilar_app has to be made. */
  newAppPassword?: string
  /** Lets the connecting user act as pilar_app, for when it is the only address given. */
  actAsApp?: boolean
}

/*
 * NOINHERIT matters: policies for pilar_system would otherwise hold for pilar_app in every transaction, and not only in
 * those that take the role. From PostgreSQL 16 on a grant remembers it; in 15 the role itself does.
 */
const makeRoles = `create role pilar_app login noinherit; create role pilar_citizen nologin; create role pilar_system nologin; grant pilar_citizen, pilar_system to pilar_app;`

/**
 * Makes the roles that are missing. Roles belong to the whole server, so several processes may do this at once, from
 * different databases: every statement may be lost to another process and is then looked at again.
 */
export async function ensureRoles(url: string, options: RoleOptions = {}, origin: Origin = {}): Promise<void> {
  await withClient(url, origin, async (client) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await makeMissing(client, options)
      } catch (error) {
        const { code, message } = error as { code?: string; message: string }
        const lostToAnother =
          code === '42710' || code === '23505' || (code === 'XX000' && /concurrently updated/.test(message))
        if (code === '42501') {
          throw new CannotStart(
            `The user of ${origin.variable ?? 'this address'} may not make roles (${message}). Run once as a superuser of that server: ${makeRoles}`,
            { cause: error },
          )
        }
        if (!lostToAnother || attempt === 20) throw error
        await sleep(attempt * 10)
      }
    }
  })
}

async function makeMissing(
  client: pg.Client,
  { ownerPassword, appPassword, newAppPassword, actAsApp }: RoleOptions,
): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>(
    `select rolname from pg_roles where rolname like 'pilar\\_%'`,
  )
  const there = new Set(rows.map((row) => row.rolname))
  const attributes = [
    ['pilar_owner', 'login createrole', ownerPassword],
    ['pilar_app', 'login noinherit', appPassword],
    ['pilar_citizen', 'nologin', undefined],
    ['pilar_system', 'nologin', undefined],
  ] as const
  for (const [role, attribute, password] of attributes) {
    if (role === 'pilar_owner' && password === undefined) continue
    const given = password ?? (role === 'pilar_app' && !there.has(role) ? newAppPassword : undefined)
    const secret = given === undefined ? '' : ` password ${client.escapeLiteral(given)}`
    if (!there.has(role)) await client.query(`create role ${role} ${attribute}${secret}`)
    else if (secret) await client.query(`alter role ${role}${secret}`)
  }
  await grantMissing(client, ['pilar_citizen', 'pilar_system'], 'pilar_app')
  if (actAsApp) {
    const { rows: me } = await client.query<{ name: string; super: boolean }>(
      `select rolname as name, rolsuper as super from pg_roles where rolname = current_user`,
    )
    if (me[0] && !me[0].super) await grantMissing(client, ['pilar_app', 'pilar_citizen', 'pilar_system'], me[0].name)
  }
  const { rows: inherited } = await client.query(`select 1 where pg_has_role('pilar_app', 'pilar_system', 'USAGE')`)
  if (inherited.length > 0) {
    throw new CannotStart(
      `The role pilar_app has the rights of pilar_system all the time, which takes the protection of every row away. Run as a superuser: revoke pilar_citizen, pilar_system from pilar_app; alter role pilar_app noinherit; grant pilar_citizen, pilar_system to pilar_app;`,
    )
  }
}

/** Who makes a role in PostgreSQL 16 or newer is a member that may not take it: only a grant that may counts. */
async function grantMissing(client: pg.Client, roles: string[], member: string): Promise<void> {
  const { rows } = await client.query<{ role: string }>(
    `select r as role from unnest($1::text[]) r where not exists (
       select from pg_auth_members m where m.roleid = r::regrole and m.member = $2::regrole
         and coalesce((to_jsonb(m) ->> 'set_option')::boolean, true))`,
    [roles, client.escapeIdentifier(member)],
  )
  for (const { role } of rows) await client.query(`grant ${role} to ${client.escapeIdentifier(member)}`)
}
