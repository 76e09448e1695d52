import { sql } from 'kysely'
import { scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { calendarsFor } from '#src/regions/index.ts'
import { readClock } from './case.ts'
import { dueFields, recount, termOn, type Term } from './clocks.ts'
import type { Class, Tier } from './schema.ts'

const AT_ONCE = 2000

type Running = {
  id: string
  region_code: string
  class: Class
  filed_on: string
  office_tier: Tier
  climbs_at: Date | null
  clocks: Parameters<typeof readClock>[0][]
}

/**
 * Running deadlines of a region and everything beneath it, counted again after its calendar was edited; answers how
 * many cases moved. Two thousand cases a statement, so that a national holiday is a matter of seconds.
 */
export async function recountDeadlines(tx: Tx, regionCode: string, at: Date): Promise<number> {
  const { rows: terms } =
    await sql<Term>`select key, class, valid_from, days, working_days, source from complaint_term`.execute(tx)
  let moved = 0
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await sql<Running>`
      with page as (select c.id, c.region_code, c.class, c.filed_on, c.office_tier, c.climbs_at from complaint c
        where c.open and c.id > ${after} and c.region_code >= ${regionCode} and c.region_code < ${scopeEnd(regionCode)}
        order by c.id limit ${AT_ONCE} for update)
      select p.*, (select json_agg(k) from complaint_clock k where k.complaint_id = p.id and k.stopped_at is null) as clocks
      from page p order by p.id`.execute(tx)
    moved += await moveDeadlines(
      tx,
      rows.filter((row) => row.clocks !== null),
      terms,
      at,
    )
    const last = rows.at(-1)
    if (!last || rows.length < AT_ONCE) return moved
    after = last.id
  }
}

async function moveDeadlines(tx: Tx, rows: Running[], terms: Term[], at: Date): Promise<number> {
  const calendars = await calendarsFor(
    tx,
    rows.map((row) => row.region_code),
  )
  const cases: object[] = []
  const clocks: object[] = []
  for (const row of rows) {
    const calendar = calendars.get(row.region_code)
    if (!calendar) continue
    const before = row.clocks.map(readClock)
    const after = recount(before, calendar)
    const changed = after.filter((clock, index) => clock !== before[index])
    if (changed.length === 0) continue
    clocks.push(
      ...changed.map((clock) => ({ complaint_id: row.id, kind: clock.kind, round: clock.round, due_at: clock.dueAt })),
    )
    const term = (key: 'remind_before' | 'referral_answer') => termOn(terms, key, row.class, row.filed_on).days
    const due = dueFields(
      after,
      at,
      calendar,
      { remindBefore: term('remind_before'), climbAfter: term('referral_answer') },
      row.office_tier,
      {
        climbs_at: row.climbs_at,
      },
    )
    cases.push({ id: row.id, ...due })
  }
  if (cases.length === 0) return 0
  await sql`update complaint_clock k set due_at = r.due_at
    from jsonb_to_recordset(${JSON.stringify(clocks)}::jsonb) r (complaint_id uuid, kind text, round integer, due_at timestamptz)
    where k.complaint_id = r.complaint_id and k.kind = r.kind and k.round = r.round`.execute(tx)
  await sql`update complaint c set due_at = r.due_at, due_clock = r.due_clock, remind_at = r.remind_at, climbs_at = r.climbs_at,
      overdue = r.overdue, version = c.version + 1, changed_at = ${at}
    from jsonb_to_recordset(${JSON.stringify(cases)}::jsonb) r (id uuid, due_at timestamptz, due_clock text, remind_at timestamptz, climbs_at timestamptz, overdue boolean)
    where c.id = r.id`.execute(tx)
  return cases.length
}
