import { getConstructionPlans, getMigrationPlans, PgBoss } from 'pg-boss'
import type pg from 'pg'

/** The job queue's own schema; nothing of Pilar lies in it. */
export const SCHEMA = 'pgboss'

/*
 * The owner makes the tables, the application only works them: pg-boss runs with `migrate: false` and never with a queue
 * in a partition of its own, so it needs no right to create anything. Who writes a case may put a job beside it; only
 * pilar_app reads what is in the queue. Payloads hold ids, never personal data.
 */
const grants = `
  grant usage on schema ${SCHEMA} to pilar_app, pilar_citizen, pilar_system;
  grant select, insert, update, delete on all tables in schema ${SCHEMA} to pilar_app;
  grant usage on all sequences in schema ${SCHEMA} to pilar_app;
  grant select on ${SCHEMA}.queue to pilar_citizen, pilar_system;
  grant insert on ${SCHEMA}.job, ${SCHEMA}.job_common to pilar_citizen, pilar_system;
  grant select (id, start_after) on ${SCHEMA}.job, ${SCHEMA}.job_common to pilar_citizen, pilar_system;`

/** Installs the queue or brings it up to date; `client` is the owner's. Processes that start together take turns. */
export async function installJobs(client: pg.Client): Promise<void> {
  const asked = new PgBoss({ db: { executeSql: (text, values) => client.query(text, values) }, schema: SCHEMA })
  await client.query('select pg_advisory_lock(7421, 3)')
  try {
    const version = (await asked.isInstalled()) ? await asked.schemaVersion() : null
    if (version === null) await client.query(getConstructionPlans(SCHEMA))
    else if (version < currentVersion()) await client.query(getMigrationPlans(SCHEMA, version))
    await client.query(grants)
  } finally {
    await client.query('select pg_advisory_unlock(7421, 3)')
  }
}

/** The version this release of pg-boss works with; its plans end by writing it down. */
function currentVersion(): number {
  const version = /version\(version\) VALUES \('(\d+)'\)/.exec(getConstructionPlans(SCHEMA))?.[1]
  if (!version) throw new Error('pg-boss does not say which version of its schema it installs')
  return Number(version)
}
