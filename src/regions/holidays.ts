import { sql } from 'kysely'
import { type Day, nationalHolidays } from '#src/platform/calendar/index.ts'
import { type Actor, type Db, type Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, notFound, Problem } from '#src/platform/http/problem.ts'
import { tellCalendarChange } from './calendar-change.ts'
import { lineage } from './lineage.ts'
import { yearsToFill } from './load.ts'
import { kindFits, mayAdminister } from './policy.ts'
import { regionNames } from './queries.ts'
import type { Holiday, HolidayChange, HolidayKind, NewHoliday } from './schema.ts'

/** The days off of a year that hold in a region: its own and those of all above it, in the order of days. */
export async function holidaysOf(tx: Tx, actor: Actor | null, regionCode: string, year: number): Promise<Holiday[]> {
  const rows = await tx
    .selectFrom('holiday')
    .innerJoin('region', 'region.code', 'holiday.region_code')
    .select(['region_code', 'region.name as region_name', 'day', 'holiday.name', 'holiday.kind'])
    .where('region_code', 'in', lineage(regionCode))
    .where('day', '>=', `${year}-01-01`)
    .where('day', '<=', `${year}-12-31`)
    .orderBy('day')
    .orderBy('region_code')
    .execute()
  return rows.map((row) => present(actor, row))
}

/** Adds a day off. Row security refuses it outside the administrator's region. */
export async function addHoliday(tx: Tx, actor: Actor, holiday: NewHoliday): Promise<Holiday> {
  refuseMisfit(holiday.kind, holiday.regionCode)
  const name = (await regionNames(tx, [holiday.regionCode])).get(holiday.regionCode)
  if (name === undefined) throw invalid({ field: 'regionCode', code: 'unknown' })
  const row = await tx
    .insertInto('holiday')
    .values({
      region_code: holiday.regionCode,
      day: holiday.day,
      name: holiday.name.trim(),
      kind: holiday.kind,
    })
    .onConflict((on) => on.columns(['region_code', 'day']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) throw conflict('holiday_exists')
  await tellCalendarChange(tx, holiday.regionCode, { days: [holiday.day] })
  return present(actor, { ...row, region_name: name })
}

/** Gives a day off another name or kind. No deadline moves by that. */
export async function renameHoliday(
  tx: Tx,
  actor: Actor,
  regionCode: string,
  day: Day,
  change: HolidayChange,
): Promise<Holiday> {
  refuseMisfit(change.kind, regionCode)
  await getHoliday(tx, regionCode, day)
  const row = await tx
    .updateTable('holiday')
    .set({ name: change.name.trim(), kind: change.kind })
    .where('region_code', '=', regionCode)
    .where('day', '=', day)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new Problem(403, 'outside_region')
  return present(actor, { ...row, region_name: (await regionNames(tx, [regionCode])).get(regionCode) ?? regionCode })
}

/** Makes a day off an ordinary day again. */
export async function removeHoliday(tx: Tx, regionCode: string, day: Day): Promise<void> {
  await getHoliday(tx, regionCode, day)
  const { numDeletedRows } = await tx
    .deleteFrom('holiday')
    .where('region_code', '=', regionCode)
    .where('day', '=', day)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new Problem(403, 'outside_region')
  await tellCalendarChange(tx, regionCode, { days: [day] })
}

/**
 * National holidays of this year and the next into the table, once for each year: what an administrator changed or
 * removed stays so. Called at every start and daily; returns how many days were added. Running deadlines do not move: a year
 * is filled before any deadline reaches into it.
 */
export async function fillHolidays(db: Db): Promise<number> {
  return db.asSystem('fill the holiday calendar', async (tx) => {
    let added = 0
    for (const year of yearsToFill(db.clock())) {
      const { rows } = await sql<{ added: number }>`
        select fill_holidays(${year}, ${JSON.stringify(nationalHolidays(year))}) added`.execute(tx)
      added += rows[0]?.added ?? 0
    }
    return added
  })
}

async function getHoliday(tx: Tx, regionCode: string, day: Day): Promise<void> {
  const row = await tx
    .selectFrom('holiday')
    .select('day')
    .where('region_code', '=', regionCode)
    .where('day', '=', day)
    .executeTakeFirst()
  if (!row) throw notFound('holiday')
}

function refuseMisfit(kind: HolidayKind, regionCode: string): void {
  if (!kindFits(kind, regionCode)) throw invalid({ field: 'kind', code: 'holiday_kind' })
}

type Row = { region_code: string; region_name: string; day: string; name: string; kind: string }
const present = (actor: Actor | null, row: Row): Holiday => ({
  regionCode: row.region_code,
  regionName: row.region_name,
  day: row.day,
  name: row.name,
  kind: row.kind as HolidayKind,
  can: { change: mayAdminister(actor, row.region_code) },
})
