import pg from 'pg'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { explainDatabaseFailure, withoutPassword } from './failures.ts'

/** Where a connection string came from, for messages: the variable, or undefined for the embedded server. */
export type Origin = { variable?: string }

/**
 * One connection outside the pool, for what is done before the application runs: roles, migrations, loading regions.
 * Failures a person can repair come back as {@link CannotStart}.
 */
export async function withClient<T>(url: string, origin: Origin, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const explain = (error: unknown) => explainDatabaseFailure(error, url, origin.variable) ?? error
  let client: pg.Client
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'pilar setup' })
    // A lost connection is told by the query that runs into it; without a listener it would end the process.
    client.on('error', () => {})
    await client.connect()
  } catch (error) {
    throw explain(error)
  }
  try {
    return await work(client)
  } catch (error) {
    throw explain(error)
  } finally {
    await client.end().catch(() => {})
  }
}

/** PostgreSQL 15 to 18 with a UTF-8 database, or a sentence that says what to do. */
export async function checkServer(url: string, origin: Origin): Promise<{ version: number }> {
  return withClient(url, origin, async (client) => {
    const { rows } = await client.query<{ version: number; name: string; encoding: string }>(
      `select current_setting('server_version_num')::int / 10000 as version, current_setting('server_version') as name,
              pg_encoding_to_char(encoding) as encoding from pg_database where datname = current_database()`,
    )
    const [server] = rows
    const refusal = server && refusalOf(server, withoutPassword(url), origin.variable ?? 'DATABASE_URL')
    if (refusal) throw new CannotStart(refusal)
    return { version: server?.version ?? 0 }
  })
}

/** Why Pilar does not work with such a server, and what to do; undefined when it does. */
export function refusalOf(
  server: { version: number; name: string; encoding: string },
  where: string,
  variable: string,
): string | undefined {
  if (server.version < 15 || server.version > 18) {
    return `Pilar works with PostgreSQL 15 to 18; at ${where} runs ${server.name}. Point ${variable} to another server, or leave it out to use the embedded one.`
  }
  if (server.encoding !== 'UTF8') {
    return `The database at ${where} keeps its text as ${server.encoding}; Pilar needs UTF8. Make a new one: createdb --encoding=UTF8 --template=template0 --locale=C.UTF-8.`
  }
  return undefined
}
