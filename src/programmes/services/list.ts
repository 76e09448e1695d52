import { type RawBuilder, sql } from 'kysely'
import { scopeEnd, type Tx } from '#src/platform/db/index.ts'
import type { CaseRow } from './cases.ts'
import { plansOf, wordOf, type Plan } from './plans.ts'
import type { About, CaseBrief, CasePage, CaseQuery, Figure } from './schema.ts'

type Where = RawBuilder<unknown>
export const today = sql`(acting_now() at time zone r.time_zone)::date`

/** What a figure counts, of service_case c and region r: the very condition its list is made by. Days from and to count themselves. */
export function figureWhere(figure: Figure, from: string, to: string): Where {
  const between = (column: Where) => sql`${column} between ${from}::date and ${to}::date`
  switch (figure) {
    case 'applied':
      return between(sql`c.opened_on`)
    case 'started':
      return between(sql`c.started_on`)
    case 'running':
      return sql`c.state in ('planned', 'running')`
    case 'overdue':
      return sql`c.closed_at is null and c.next_due < ${today}`
    default:
      return sql`c.state = ${figure} and ${between(sql`c.closed_on`)}`
  }
}

export const withinRegion = (code: string): Where =>
  sql`c.region_code >= ${code === '00' ? '00' : code} and c.region_code < ${scopeEnd(code)}`

export type BriefRow = CaseRow & { region_name: string; time_zone: string; days_left: number | null }
export const briefColumns = sql`c.*, r.name as region_name, r.time_zone, c.next_due - ${today} as days_left`

const orders = {
  due: { column: sql`coalesce(c.next_due, 'infinity'::date)`, type: sql`date`, descending: false },
  opened: { column: sql`c.opened_on`, type: sql`date`, descending: false },
  '-opened': { column: sql`c.opened_on`, type: sql`date`, descending: true },
  changed: { column: sql`c.changed_at`, type: sql`timestamptz`, descending: true },
} as const

/** The cases somebody sees, narrowed and in order; row security has decided what there is. */
export async function listCases(tx: Tx, query: CaseQuery): Promise<CasePage> {
  const limit = query.limit ?? 50
  const order = orders[query.sort ?? 'due']
  const where = filtersOf(query)
  const after = readCursor(query.after)
  if (after) {
    const key = sql`(${after.key}::${order.type}, ${after.id}::uuid)`
    where.push(order.descending ? sql`(${order.column}, c.id) < ${key}` : sql`(${order.column}, c.id) > ${key}`)
  }
  const way = order.descending ? sql`desc` : sql`asc`
  const { rows } = await sql<BriefRow & { cursor_key: string }>`
    select ${briefColumns}, ${order.column}::text as cursor_key
    from service_case c join region r on r.code = c.region_code
    where ${sql.join(where, sql` and `)} order by ${order.column} ${way}, c.id ${way} limit ${limit + 1}`.execute(tx)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: await presentBriefs(tx, page),
    next: rows.length > limit && last ? writeCursor(last.cursor_key, last.id) : null,
  }
}

/** Some cases, as far as the reader may know them, the latest first. */
export async function casesByIds(tx: Tx, ids: readonly string[]): Promise<CaseBrief[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<BriefRow>`
    select ${briefColumns} from service_case c join region r on r.code = c.region_code
    where c.id = any (${ids}::uuid[]) order by c.opened_at desc, c.id`.execute(tx)
  return presentBriefs(tx, rows)
}

function filtersOf(query: CaseQuery): Where[] {
  const where: Where[] = [sql`true`]
  const status = query.status ?? (query.figure || query.state || query.outcome ? 'all' : 'open')
  if (query.view === 'mine') where.push(sql`(c.worker_id = actor_id() or actor_id() = any (c.helpers))`)
  if (status !== 'all') where.push(status === 'open' ? sql`c.closed_at is null` : sql`c.closed_at is not null`)
  if (query.programme) where.push(sql`c.programme_code = ${query.programme}`)
  if (query.state) where.push(sql`c.state = ${query.state}`)
  if (query.outcome) where.push(sql`c.outcome = ${query.outcome}`)
  if (query.region) where.push(withinRegion(query.region))
  if (query.family)
    where.push(
      sql`(c.family_id = ${query.family} or exists (select from service_member x where x.case_id = c.id and x.family_id = ${query.family} and x.left_on is null))`,
    )
  if (query.figure) where.push(figureWhere(query.figure, query.from ?? '0001-01-01', query.to ?? '9999-12-31'))
  else if (query.from || query.to)
    where.push(sql`c.opened_on between ${query.from ?? '0001-01-01'}::date and ${query.to ?? '9999-12-31'}::date`)
  if (query.q) where.push(matching(query.q))
  return where
}

/** A number, or a part of a name of who is in the register where one may look, or of a walk-in or group of one's own cases. */
function matching(q: string): Where {
  const text = q.trim()
  const number = /^(?:lay)?[\s-]*0*(\d{1,9})$/i.exec(text)?.[1]
  if (number) return sql`c.number = ${`LAY-${number.padStart(6, '0')}`}`
  const like = `%${text.replace(/[\\%_]/g, (symbol) => `\\${symbol}`)}%`
  return sql`(exists (select from service_person w where w.case_id = c.id and w.name ilike ${like})
    or exists (select from family f join person p on p.id = coalesce(c.person_id, f.head_id) where f.id = c.family_id and p.name ilike ${like}))`
}

export const nameless: About = { inside: false, name: null, address: null, rt: null, rw: null }

type AboutRow = About & {
  case_id: string
  nik: string | null
  birth_date: string | null
  phone: string | null
  lat: number | null
  lon: number | null
}
/** Who cases are about: in full for whoever is inside, by initials otherwise. */
export async function aboutOf(tx: Tx, ids: readonly string[]): Promise<Map<string, AboutRow>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<AboutRow>`select * from service_about(${ids}::uuid[])`.execute(tx)
  return new Map(rows.map((row) => [row.case_id, row]))
}
export const presentAbout = (row: AboutRow | undefined): About =>
  row ? { inside: row.inside, name: row.name, address: row.address, rt: row.rt, rw: row.rw } : nameless

export async function staffNames(tx: Tx, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((one): one is string => one !== null))]
  if (wanted.length === 0) return new Map()
  const { rows } = await sql<{
    account_id: string
    name: string
  }>`select * from service_staff(${wanted}::uuid[])`.execute(tx)
  return new Map(rows.map((row) => [row.account_id, row.name]))
}

export async function presentBriefs(tx: Tx, rows: readonly BriefRow[]): Promise<CaseBrief[]> {
  const planOf = await plansOf(tx, rows)
  const about = await aboutOf(
    tx,
    rows.map((row) => row.id),
  )
  const names = await staffNames(
    tx,
    rows.map((row) => row.worker_id),
  )
  return rows.map((row) => presentBrief(row, planOf(row), presentAbout(about.get(row.id)), names))
}

export const presentBrief = (row: BriefRow, plan: Plan, about: About, names: Map<string, string>): CaseBrief => ({
  id: row.id,
  number: row.number,
  programme: { code: plan.code, name: plan.name },
  unit: row.unit,
  confidential: row.confidential,
  about,
  region: { code: row.region_code, name: row.region_name },
  state: row.state,
  worker: row.worker_id ? (names.get(row.worker_id) ?? null) : null,
  openedOn: row.opened_on,
  startedOn: row.started_on,
  closedOn: row.closed_on,
  outcome: row.outcome ? wordOf(plan.definition.outcomes, row.outcome) : null,
  nextStep: row.next_code ? wordOf(plan.definition.steps, row.next_code) : null,
  nextDue: row.next_due,
  daysLeft: row.days_left,
  stepsDone: row.steps_done,
  stepsPlanned: row.steps_planned,
})

const writeCursor = (key: string, id: string) => Buffer.from(`${key}|${id}`).toString('base64url')
/** An `after` nobody gave out begins at the beginning. */
function readCursor(text: string | undefined): { key: string; id: string } | null {
  if (!text) return null
  const [key = '', id = ''] = Buffer.from(text, 'base64url').toString().split('|')
  return /^(infinity|\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{1,6})?\+\d\d)?)$/.test(key) && /^[0-9a-f-]{36}$/.test(id)
    ? { key, id }
    : null
}
