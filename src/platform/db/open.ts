import { CannotStart } from '#src/platform/cannot-start.ts'
import { holdDataFolder } from '#src/platform/data-folder.ts'
import { startEmbedded } from './embedded.ts'
import { checkServer, withClient } from './owner.ts'
import { ensureRoles } from './roles.ts'

/** A database that is there, reachable, of the right kind, with its roles; not yet migrated. */
export type OpenDatabase = {
  /** What the application connects as. */
  appUrl: string
  /** What migrations run as; undefined where this process is not given the owner and others migrate. */
  ownerUrl: string | undefined
  origin: { variable?: string }
  /** Resolves with a sentence if an embedded server ends without having been asked to. */
  ended: Promise<string>
  close(): Promise<void>
}

/** The embedded server: starts it, and makes its roles and its one database on the first run. */
export async function openEmbedded(folder: string, onProgress: (line: string) => void): Promise<OpenDatabase> {
  const release = await holdDataFolder(folder)
  try {
    const server = await startEmbedded({ folder, onProgress })
    try {
      const superuser = server.url('postgres', 'postgres')
      await ensureRoles(superuser, {
        ownerPassword: server.passwords.pilar_owner,
        appPassword: server.passwords.pilar_app,
      })
      await withClient(superuser, {}, async (client) => {
        const { rows } = await client.query(`select from pg_database where datname = 'pilar'`)
        if (rows.length === 0) await client.query('create database pilar owner pilar_owner')
      })
    } catch (error) {
      await server.stop()
      throw error
    }
    return {
      appUrl: server.url('pilar_app', 'pilar'),
      ownerUrl: server.url('pilar_owner', 'pilar'),
      origin: {},
      ended: server.ended,
      close: async () => {
        await server.stop()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

/**
 * A PostgreSQL of somebody else's.
 *
 * - `ownerUrl` and `url`: the owner migrates and makes roles, the application connects as what `url` says (pilar_app).
 * - `url` alone, as pilar_app: nothing is migrated here; another process did.
 * - `url` alone, as anybody else: that user is taken as the owner, and the application's connections take the role
 *   pilar_app by a startup option. A convenience for development: the password of the owner is in the application.
 */
export async function openExternal(url: string, ownerUrl: string | undefined): Promise<OpenDatabase> {
  const app = { variable: 'DATABASE_URL' }
  const never = new Promise<string>(() => {})
  const close = async () => {}
  if (ownerUrl) {
    const owner = { variable: 'DATABASE_OWNER_URL' }
    await checkServer(ownerUrl, owner)
    // The application's user is made with the password it is going to use; one that is there keeps its own.
    const { username, password } = new URL(url)
    await ensureRoles(
      ownerUrl,
      username === 'pilar_app' && password ? { newAppPassword: decodeURIComponent(password) } : {},
      owner,
    )
    await checkServer(url, app)
    if ((await identity(url)) !== (await identity(ownerUrl))) {
      throw new CannotStart(
        'DATABASE_URL and DATABASE_OWNER_URL point to two different databases. Make both point to the same one.',
      )
    }
    await checkApplication(url)
    return { appUrl: url, ownerUrl, origin: owner, ended: never, close }
  }
  await checkServer(url, app)
  if (await isApplication(url)) return { appUrl: url, ownerUrl: undefined, origin: app, ended: never, close }
  await ensureRoles(url, { actAsApp: true }, app)
  return { appUrl: takingRole(url), ownerUrl: url, origin: app, ended: never, close }
}

function takingRole(url: string): string {
  const parsed = new URL(url)
  const options = parsed.searchParams.get('options')
  parsed.searchParams.set('options', `${options ? `${options} ` : ''}-c role=pilar_app`)
  return parsed.href
}

async function identity(url: string): Promise<string> {
  return withClient(url, {}, async (client) => {
    const { rows } = await client.query<{ one: string }>(
      `select current_database() || ' ' || pg_postmaster_start_time()::text as one`,
    )
    return rows[0]?.one ?? ''
  })
}

async function isApplication(url: string): Promise<boolean> {
  return withClient(url, { variable: 'DATABASE_URL' }, async (client) => {
    const { rows } = await client.query(`select 1 where current_user = 'pilar_app'`)
    return rows.length > 0
  })
}

/** The application must be able to take its two roles, and must not be able to pass by row-level security. */
async function checkApplication(url: string): Promise<void> {
  await withClient(url, { variable: 'DATABASE_URL' }, async (client) => {
    const { rows } = await client.query<{ name: string; unbound: boolean; member: boolean }>(
      `select rolname as name, rolsuper or rolbypassrls as unbound,
              pg_has_role(current_user, 'pilar_citizen', 'MEMBER') and pg_has_role(current_user, 'pilar_system', 'MEMBER') as member
       from pg_roles where rolname = current_user`,
    )
    const [me] = rows
    if (me?.unbound) {
      throw new CannotStart(
        `The user ${me.name} of DATABASE_URL passes by row-level security (superuser or BYPASSRLS). Let the application connect as pilar_app.`,
      )
    }
    if (!me?.member) {
      throw new CannotStart(
        `The user ${me?.name ?? ''} of DATABASE_URL may not take the roles pilar_citizen and pilar_system. Let the application connect as pilar_app.`,
      )
    }
  })
}
