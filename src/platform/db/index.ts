import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { copyInto, lend, type Copy } from './copy.ts'
import { listen } from './listen.ts'
import type { DB } from './types.ts'

/** A transaction that knows for whom it runs. */
export type Tx = Kysely<DB>
export type Database = DB

export const roles = ['pillar', 'officer', 'supervisor', 'auditor', 'administrator'] as const
export type Role = (typeof roles)[number]

/** Somebody who signed in, acting for one assignment at a moment given by the application's clock. */
export type Actor = {
  accountId: string
  name: string
  assignmentId: string
  role: Role
  /** '00' is the whole nation */
  regionCode: string
  /** of officers and supervisors: '32.75.05.1003/social' */
  officeId: string | null
  pillarKind: string | null
  at: Date
}

/** Another system under an agreement: reads the rows of the regions it was given, or none. */
export type Consumer = { agreementId: string; at: Date }

/** A citizen without an account: may touch one complaint, the one they hold the secret of or are filing. */
export type Citizen = { complaintId: string; at: Date }

/** Somebody without an account who proposes something: may touch this one proposal. */
export type Proposer = { proposalId: string; at: Date }

/** Somebody who asks what is held about them: the request they hold the secret of or are filing. */
export type Requester = { requestId: string; at: Date }

export type { Copy } from './copy.ts'
export type Db = ReturnType<typeof connect>

// 20 date, 1082 dates stay text (a calendar day has no zone), int8 fits a number here (counts and sequence numbers).
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === 1082) return (text: string) => text
    if (oid === 20) return Number
    return pg.types.getTypeParser(oid, format as 'text')
  }) as pg.CustomTypesConfig['getTypeParser'],
}

/**
 * The pool never leaves this file: the only way to a query is a transaction that knows for whom it runs.
 * `clock` gives the moment everything acts at, so that a test can let a deadline pass.
 */
export function connect(url: string, options: { max?: number; clock?: () => Date } = {}) {
  const pool = new pg.Pool({ connectionString: url, max: options.max ?? 10, types, application_name: 'pilar' })
  // A connection that dies while idle (database restarted) must not end the process; the next query gets a new one.
  pool.on('error', () => {})
  const kysely = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) })
  const clock = options.clock ?? (() => new Date())

  /** BEGIN and the scope in one round trip; literals because only SET LOCAL reaches the workers of a Citus cluster. */
  const run = <T>(
    settings: Record<string, string>,
    role: string | null,
    work: (tx: Tx) => Promise<T>,
    on: Kysely<DB> = kysely,
  ): Promise<T> =>
    on.connection().execute(async (tx) => {
      const set = Object.entries(settings).map(([key, value]) => `set local app.${key} = ${pg.escapeLiteral(value)}`)
      if (role) set.push(`set local role ${role}`)
      await sql.raw(['begin', ...set].join(';')).execute(tx)
      try {
        const result = await work(tx)
        await sql.raw('commit').execute(tx)
        return result
      } catch (error) {
        await sql
          .raw('rollback')
          .execute(tx)
          .catch(() => {})
        throw error
      }
    })

  return {
    clock,
    /** As somebody who signed in: rows of their region, of their own cases, or none. */
    as<T>(actor: Actor | Citizen | Proposer | Requester | Consumer, work: (tx: Tx) => Promise<T>): Promise<T> {
      if ('complaintId' in actor)
        return run(
          { complaint: actor.complaintId, role: 'citizen', now: actor.at.toISOString() },
          'pilar_citizen',
          work,
        )
      if ('agreementId' in actor)
        return run(
          {
            agreement: actor.agreementId,
            actor: actor.agreementId,
            role: 'consumer',
            now: actor.at.toISOString(),
          },
          'pilar_citizen',
          work,
        )
      if ('requestId' in actor)
        return run({ request: actor.requestId, role: 'citizen', now: actor.at.toISOString() }, 'pilar_citizen', work)
      if ('proposalId' in actor)
        return run({ proposal: actor.proposalId, role: 'citizen', now: actor.at.toISOString() }, 'pilar_citizen', work)
      return run(settingsOf(actor), null, work)
    },
    /** As somebody who signed in, with COPY into temporary tables beside the queries: for loading many rows. */
    async copying<T>(actor: Actor, work: (tx: Tx, copy: Copy) => Promise<T>): Promise<T> {
      const client = await pool.connect()
      try {
        return await run(settingsOf(actor), null, (tx) => work(tx, copyInto(client)), lend<DB>(client))
      } finally {
        client.release()
      }
    },
    /** As nobody: reference data only. */
    asPublic<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      return run({ role: 'citizen', now: clock().toISOString() }, 'pilar_citizen', work)
    },
    /** As the system itself, past row security. The reason is written into the audit log and greppable. */
    asSystem<T>(reason: string, work: (tx: Tx) => Promise<T>): Promise<T> {
      return run(
        { scope_from: '00', scope_to: '~', role: 'system', reason, now: clock().toISOString() },
        'pilar_system',
        work,
      )
    },
    /**
     * One function that decides for itself what anybody may be told (security definer, granted to the application), asked in one
     * round trip without a transaction or a scope: for what a whole nation asks at once. Gives what the function returns.
     */
    async lookUp<T>(
      name: string,
      given: readonly (string | number | Date | readonly string[] | readonly number[])[],
    ): Promise<T> {
      if (!/^[a-z_]{3,60}$/.test(name)) throw new Error(`${name} is no name of a function`)
      const text = `select ${name}(${given.map((_, at) => `$${at + 1}`).join(', ')}) as found`
      const { rows } = await pool.query<{ found: T }>({ name: `look up ${name}`, text, values: [...given] })
      const [row] = rows
      if (!row) throw new Error(`${name} returned nothing`)
      return row.found
    },
    /** A connection of its own that hears NOTIFY; calls `heard` on each, and after every (re)connect. */
    listen: (channel: string, heard: () => void): Promise<() => Promise<void>> => listen(url, channel, heard),
    close: () => kysely.destroy(),
  }
}

const settingsOf = (actor: Actor): Record<string, string> => ({
  scope_from: actor.regionCode,
  scope_to: scopeEnd(actor.regionCode),
  actor: actor.accountId,
  assignment: actor.assignmentId,
  role: actor.role,
  office: actor.officeId ?? '',
  now: actor.at.toISOString(),
})

/** The end of a region's range of codes: '32.75' ends before '32.75~'; '00' is the nation and ends before '~'. */
export const scopeEnd = (regionCode: string) => (regionCode === '00' ? '~' : `${regionCode}~`)

/** True when `code` lies in the region or beneath it. */
export const isWithin = (code: string, regionCode: string) =>
  regionCode === '00' || code === regionCode || code.startsWith(`${regionCode}.`)
