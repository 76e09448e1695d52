import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import type { Definition, PlanStep } from './definition.ts'
import { definitionFaults } from './faults.ts'
import type { Service } from './schema.ts'

export type Plan = {
  code: string
  name: string
  from: string
  verified: boolean
  source: string
  definition: Definition
}
type Row = {
  programme_code: string
  programme: string
  valid_from: string
  verified: boolean
  source: string
  definition: Definition
}
const planOf = (row: Row): Plan => ({
  code: row.programme_code,
  name: row.programme,
  from: row.valid_from,
  verified: row.verified,
  source: row.source,
  definition: row.definition,
})

// Where a programme runs: its version in force says so; one without a version runs where it belongs to.
const running = sql`service_plan s join programme p on p.code = s.programme_code
  left join lateral (select v.regions, v.regions_without from programme_version v
    where v.programme_code = p.code and v.state = 'published' and v.valid_from <= t.day and (v.valid_to is null or v.valid_to >= t.day)
    order by v.valid_from desc, v.version desc limit 1) v on true
  cross join lateral (select coalesce(v.regions, array[p.region_code]) as regions, coalesce(v.regions_without, '{}') as without) w
  where plan_counts(s.programme_code, s.valid_from, t.day) and (p.active_from is null or p.active_from <= t.day) and (p.active_to is null or p.active_to >= t.day)`

/** The services of today that run in a region or in a part of it, each with the plan in force, by name. */
export async function servicesToday(tx: Tx, regionCode: string): Promise<Service[]> {
  const { rows } = await sql<Row>`
    select distinct on (s.programme_code) s.*, p.name as programme
    from (select (acting_now() at time zone 'Asia/Jakarta')::date as day) t cross join lateral (
      select s.*, w.regions, w.without from ${running}) s join programme p on p.code = s.programme_code
    where ${regionCode} = '00' or lies_within(${regionCode}, s.regions) and not lies_within(${regionCode}, s.without)
      or exists (select from unnest(s.regions) u where starts_with(u, ${`${regionCode}.`}))
    order by s.programme_code, s.valid_from desc`.execute(tx)
  return rows
    .map(planOf)
    .map(({ from, ...one }) => ({ ...one, planFrom: from }))
    .sort((a, b) => a.name.localeCompare(b.name, 'id'))
}

/** The plan in force on a day of a programme that runs in a village; a problem at `programmeCode` otherwise. */
export async function planIn(tx: Tx, programmeCode: string, regionCode: string, day: string): Promise<Plan> {
  const plan = await planOn(tx, programmeCode, day)
  const { rows } = await sql`
    select from (select ${day}::date as day) t cross join lateral (select w.regions, w.without from ${running} and s.programme_code = ${programmeCode}) s
    where lies_within(${regionCode}, s.regions) and not lies_within(${regionCode}, s.without) limit 1`.execute(tx)
  if (rows.length === 0) throw invalid({ field: 'programmeCode', code: 'service_not_here' })
  // Data somebody added: nothing is begun by a plan that cannot be worked with.
  if (definitionFaults(plan.definition).length > 0) throw conflict('service_plan_broken')
  return plan
}

/** The plan of a programme in force on a day; a problem at `programmeCode` when it is none that is carried out. */
export async function planOn(tx: Tx, programmeCode: string, day: string): Promise<Plan> {
  const { rows } = await sql<Row>`
    select s.*, p.name as programme from service_plan s join programme p on p.code = s.programme_code
    where s.programme_code = ${programmeCode} and plan_counts(s.programme_code, s.valid_from, ${day}::date) order by s.valid_from desc limit 1`.execute(
    tx,
  )
  if (!rows[0]) throw invalid({ field: 'programmeCode', code: 'service_unknown' })
  return planOf(rows[0])
}

/** Every plan of a programme, the newest first: what older ones call their outcomes is kept. */
export async function allPlans(tx: Tx, programmeCode: string): Promise<Plan[]> {
  const { rows } = await sql<Row>`
    select s.*, p.name as programme from service_plan s join programme p on p.code = s.programme_code
    where s.programme_code = ${programmeCode} order by s.valid_from desc`.execute(tx)
  return rows.map(planOf)
}

/** The plans some cases were begun under, by programme and day. */
export async function plansOf(
  tx: Tx,
  wanted: readonly { programme_code: string; plan_from: string }[],
): Promise<(row: { programme_code: string; plan_from: string }) => Plan> {
  const keys = [...new Set(wanted.map((one) => `${one.programme_code} ${one.plan_from}`))]
  const found =
    keys.length === 0
      ? []
      : (
          await sql<Row>`
            select s.*, p.name as programme from service_plan s join programme p on p.code = s.programme_code
            where s.programme_code || ' ' || s.valid_from::text = any (${keys})`.execute(tx)
        ).rows
  const plans = new Map(found.map((row) => [`${row.programme_code} ${row.valid_from}`, planOf(row)]))
  return (row) => {
    const plan = plans.get(`${row.programme_code} ${row.plan_from}`)
    // The key of a case refers to it.
    if (!plan) throw new Error(`no plan of ${row.programme_code} from ${row.plan_from}`)
    return plan
  }
}

export const stepOf = ({ definition }: Plan, code: string): PlanStep | undefined =>
  definition.steps.find((one) => one.code === code)

/** What a code is called; the code itself where a plan does not know it. */
export const wordOf = (list: readonly { code: string; name: string; nameEn: string }[], code: string) => {
  const one = list.find((each) => each.code === code)
  return { code, name: one?.name ?? code, nameEn: one?.nameEn ?? code }
}
