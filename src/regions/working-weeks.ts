import type { Day } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, notFound, Problem } from '#src/platform/http/problem.ts'
import { tellCalendarChange } from './calendar-change.ts'
import { lineage } from './lineage.ts'
import { mayAdminister } from './policy.ts'
import { regionNames } from './queries.ts'
import type { WorkingWeek, WorkingWeekChange } from './schema.ts'

/** The dated working weeks of a region and of all above it, those of the nation first, each by their first day. */
export async function workingWeeksOf(tx: Tx, actor: Actor | null, regionCode: string): Promise<WorkingWeek[]> {
  const rows = await tx
    .selectFrom('working_week')
    .innerJoin('region', 'region.code', 'working_week.region_code')
    .select(['region_code', 'region.name as region_name', 'valid_from', 'weekdays', 'opens', 'closes'])
    .where('region_code', 'in', lineage(regionCode))
    .orderBy('region_code')
    .orderBy('valid_from')
    .execute()
  return rows.map((row) => present(actor, row))
}

/** Sets the working week of a region from a day on; one that begins on the same day is replaced. */
export async function setWorkingWeek(
  tx: Tx,
  actor: Actor,
  regionCode: string,
  validFrom: Day,
  week: WorkingWeekChange,
): Promise<WorkingWeek> {
  if (week.opens >= week.closes) throw invalid({ field: 'closes', code: 'closes_before_opens' })
  const name = (await regionNames(tx, [regionCode])).get(regionCode)
  if (name === undefined) throw notFound('region')
  const values = { weekdays: [...week.weekdays].sort(), opens: week.opens, closes: week.closes }
  const row = await tx
    .insertInto('working_week')
    .values({ region_code: regionCode, valid_from: validFrom, ...values })
    .onConflict((on) => on.columns(['region_code', 'valid_from']).doUpdateSet(values))
    .returningAll()
    .executeTakeFirstOrThrow()
  await tellCalendarChange(tx, regionCode, { from: validFrom })
  return present(actor, { ...row, region_name: name })
}

/** Takes a dated working week away. The nation keeps at least one: without it no deadline could be counted. */
export async function removeWorkingWeek(tx: Tx, regionCode: string, validFrom: Day): Promise<void> {
  const weeks = await tx.selectFrom('working_week').select('valid_from').where('region_code', '=', regionCode).execute()
  if (!weeks.some((one) => one.valid_from === validFrom)) throw notFound('working_week')
  if (regionCode === '00' && weeks.length === 1) throw conflict('last_working_week')
  const { numDeletedRows } = await tx
    .deleteFrom('working_week')
    .where('region_code', '=', regionCode)
    .where('valid_from', '=', validFrom)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new Problem(403, 'outside_region')
  await tellCalendarChange(tx, regionCode, { from: validFrom })
}

type Row = {
  region_code: string
  region_name: string
  valid_from: string
  weekdays: number[]
  opens: string
  closes: string
}
const present = (actor: Actor | null, row: Row): WorkingWeek => ({
  regionCode: row.region_code,
  regionName: row.region_name,
  validFrom: row.valid_from,
  weekdays: row.weekdays,
  opens: row.opens.slice(0, 5),
  closes: row.closes.slice(0, 5),
  can: { change: mayAdminister(actor, row.region_code) },
})
