import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { emit } from '#src/platform/events/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { getVersion, today, versionInForce } from '../catalogue/versions.ts'
import { holdList } from './list.ts'
import { daysOf } from './period.ts'
import { authorizeMake, deciding } from './policy.ts'
import type { NewDetermination } from './schema.ts'

/**
 * Asks for a list: the run itself is done in the background. The version is the one in force on the first day of the period unless one
 * is chosen. The same id twice is one list.
 */
export async function makeDetermination(tx: Tx, actor: Actor, given: NewDetermination): Promise<string> {
  if (given.id) {
    const there = await tx
      .selectFrom('determination')
      .select(['id', 'made_by'])
      .where('id', '=', given.id)
      .executeTakeFirst()
    if (there) {
      if (there.made_by !== actor.accountId) throw conflict('already_exists')
      return there.id
    }
  }
  const programme = await tx
    .selectFrom('programme')
    .select('region_code')
    .where('code', '=', given.programmeCode)
    .executeTakeFirst()
  if (!programme) throw invalid({ field: 'programmeCode', code: 'unknown' })
  const region = await tx.selectFrom('region').select('code').where('code', '=', given.regionCode).executeTakeFirst()
  if (!region) throw notFound('region')
  const version = await versionFor(tx, given)
  const owned = { owner: version.owner, programmeRegion: programme.region_code }
  authorizeMake(actor, owned, given.regionCode)
  if (deciding(owned, given.regionCode).length === 0)
    throw invalid({ field: 'regionCode', code: 'determination_too_wide' })
  const days = daysOf(given.period, version.period)
  if (!days) throw invalid({ field: 'period', code: `determination_period_${version.period}` })
  if (version.valid_from > days.to || (version.valid_to !== null && version.valid_to < days.from))
    throw invalid({ field: 'version', code: 'determination_not_in_force' })
  const asOf = given.asOf ?? today(actor.at)
  if (asOf > today(actor.at)) throw invalid({ field: 'asOf', code: 'future_day' })
  if (asOf < '2000-01-01') throw invalid({ field: 'asOf', code: 'invalid' })
  const id = given.id ?? uuid()
  await sql`
    insert into determination (id, number, programme_code, version, period, period_from, period_to, as_of, known_at, region_code, quota, state,
      made_by, made_role, assignment_id, office_id, made_at)
    values (${id}, 'PEN-' || lpad(nextval('determination_number')::text, 6, '0'), ${given.programmeCode}, ${version.version}, ${given.period},
      ${days.from}, ${days.to}, ${asOf}, acting_now(), ${given.regionCode}, ${given.quota ?? null}, 'queued',
      ${actor.accountId}, ${actor.role}, ${actor.assignmentId}, ${actor.officeId}, acting_now())`.execute(tx)
  await told(tx, { id, region_code: given.regionCode }, 'determination.queued')
  return id
}

async function versionFor(tx: Tx, given: NewDetermination) {
  if (given.version !== undefined) {
    const version = await getVersion(tx, given.programmeCode, given.version)
    if (version.state !== 'published') throw invalid({ field: 'version', code: 'determination_not_published' })
    return version
  }
  const days = anyDays(given.period)
  // A programme that begins within its first period counts from there.
  const version =
    (await versionInForce(tx, given.programmeCode, days.from)) ??
    (await versionInForce(tx, given.programmeCode, days.to))
  if (!version) throw invalid({ field: 'programmeCode', code: 'determination_not_in_force' })
  return version
}

/** The days of a period, whatever kind of programme it is for. */
function anyDays(period: string): { from: string; to: string } {
  for (const kind of ['month', 'two_months', 'quarter', 'half_year', 'year'] as const) {
    const days = daysOf(period, kind)
    if (days) return days
  }
  throw invalid({ field: 'period', code: 'invalid' })
}

/** Ends a list nobody has decided: nothing of it is ever in force. */
export async function cancelDetermination(tx: Tx, actor: Actor, id: string): Promise<void> {
  const list = await holdList(tx, actor, id, 'cancel')
  await tx.updateTable('determination').set({ state: 'cancelled' }).where('id', '=', id).execute()
  await told(tx, list, 'determination.cancelled')
}

/** Tells pages that show the list. */
export async function told(
  tx: Tx,
  list: { id: string; region_code: string },
  kind: string,
  data: Record<string, number | string> = {},
): Promise<void> {
  await emit(tx, { kind, subject: 'determination', subjectId: list.id, regionCode: list.region_code, data })
}
