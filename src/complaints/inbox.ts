import { sql, type RawBuilder } from 'kysely'
import { scopeEnd, type Actor, type Tx } from '#src/platform/db/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { calendarsFor } from '#src/regions/index.ts'
import type { CaseRow } from './case.ts'
import { parseNumber } from './number.ts'
import { officeNames } from './offices.ts'
import type { InboxQuery, Page, QueueCounts } from './schema.ts'
import { countsAs } from './statistics/counted.ts'
import { present } from './view.ts'

type Where = RawBuilder<unknown>
const and = (parts: Where[]) => sql.join(parts, sql` and `)

/** The list an officer works in. Every view starts from an index of `complaint`; nothing is counted or computed here. */
export async function listComplaints(tx: Tx, actor: Actor, query: InboxQuery): Promise<Page> {
  const limit = query.limit ?? 50
  const rows = await findRows(tx, actor, query, limit + 1, cursorOf(query))
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: await presentRows(tx, actor, page),
    next: rows.length > limit && last ? cursorAfter(query, last) : null,
  }
}

type Row = CaseRow & { region_name: string; assignee_name: string | null }

export async function presentRows(tx: Tx, actor: Actor, rows: Row[]) {
  const offices = await officeNames(
    tx,
    rows.map((row) => row.office_id),
  )
  const calendars = await calendarsFor(tx, [...new Set(rows.map((row) => row.region_code))])
  return rows.flatMap((row) => {
    const calendar = calendars.get(row.region_code)
    const office = offices.get(row.office_id)
    if (!calendar || !office) return []
    const assignee = row.assignee_id ? { id: row.assignee_id, name: row.assignee_name ?? '' } : null
    return [present(row, actor.at, calendar, office, row.region_name, assignee)]
  })
}

/** Rows for an export, in pages, so that memory stays the same however long the list is. */
export async function listForExport(
  tx: Tx,
  actor: Actor,
  query: InboxQuery,
  onRows: (items: Page['items']) => Promise<void> | void,
): Promise<void> {
  let after: Cursor | null = null
  for (;;) {
    const rows: Row[] = await findRows(tx, actor, query, 1000, after)
    if (rows.length > 0) await onRows(await presentRows(tx, actor, rows))
    const last = rows.at(-1)
    if (!last || rows.length < 1000) return
    after = { key: keyOf(query, last), id: last.id }
  }
}

async function findRows(tx: Tx, actor: Actor, query: InboxQuery, most: number, after: Cursor | null): Promise<Row[]> {
  const where = [...viewOf(actor, query), ...filtersOf(query)]
  if (query.q) where.push(await matching(tx, query.q))
  const { column, descending } = orderOf(query)
  const way = descending ? sql`desc` : sql`asc`
  if (after)
    where.push(
      descending
        ? sql`(${column}, c.id) < (${after.key}, ${after.id}::uuid)`
        : sql`(${column}, c.id) > (${after.key}, ${after.id}::uuid)`,
    )
  // The page is cut first; names are looked up for its rows only.
  const found = await sql<Row>`
    with page as materialized (
      select c.* from complaint c where ${and(where)} order by ${column} ${way}, c.id ${way} limit ${most})
    select c.*, r.name as region_name, (select coalesce(e.data ->> 'assigneeName', e.by_name) from complaint_event e
        where e.complaint_id = c.id and c.assignee_id is not null
          and (e.by_account = c.assignee_id and e.kind <> 'assigned' or e.kind = 'assigned' and e.data ->> 'assigneeId' = c.assignee_id::text)
        order by e.seq desc limit 1) as assignee_name
    from page c join region r on r.code = c.region_code
    order by ${column} ${way}, c.id ${way}`.execute(tx)
  return found.rows
}

/** An answer somebody else gave and nobody has checked: who did the work does not verify it. */
const awaitsCheck = (actor: Actor) =>
  sql`c.state = 'answered' and c.verified_by is null and c.answered_by is distinct from ${actor.accountId}`
const awaitsDecision = (actor: Actor) =>
  sql`exists (select from recommendation r where r.complaint_id = c.id and r.status = 'proposed' and r.by_account <> ${actor.accountId})`

function viewOf(actor: Actor, query: InboxQuery): Where[] {
  const view = query.view ?? (actor.role === 'pillar' ? 'filed' : actor.officeId ? 'office' : 'region')
  const office = actor.officeId ?? ''
  const inRegion = sql`c.region_code >= ${actor.regionCode} and c.region_code < ${scopeEnd(actor.regionCode)}`
  switch (view) {
    case 'office':
      return [sql`c.office_id = ${office}`]
    case 'mine':
      return [sql`c.assignee_id = ${actor.accountId}`]
    case 'unassigned':
      return [sql`c.office_id = ${office}`, sql`c.assignee_id is null`]
    case 'incoming':
      return [sql`c.office_id = ${office}`, sql`c.state = 'referred'`]
    case 'sent':
      return [inRegion, sql`c.offices @> array[${office}]::text[]`, sql`c.office_id <> ${office}`]
    case 'filed':
      return [sql`c.filed_by = ${actor.accountId}`]
    case 'to_verify':
      return [sql`c.office_id = ${office}`, awaitsCheck(actor)]
    case 'to_decide':
      return [sql`c.office_id = ${office}`, awaitsDecision(actor)]
    case 'region':
      return [inRegion]
  }
}

function filtersOf(query: InboxQuery): Where[] {
  const where: Where[] = []
  const status = query.status ?? 'open'
  if (query.state && query.state.length > 0) where.push(sql`c.state = any (${query.state}::text[])`)
  else if (status !== 'all') where.push(status === 'open' ? sql`c.open` : sql`not c.open`)
  if (query.class && query.class.length > 0) where.push(sql`c.class = any (${query.class}::text[])`)
  if (query.matter)
    where.push(
      query.matter.includes('.')
        ? sql`c.matter = ${query.matter}`
        : sql`split_part(c.matter, '.', 1) = ${query.matter}`,
    )
  if (query.programme) where.push(sql`c.programme_code = ${query.programme}`)
  if (query.door) where.push(sql`c.door = ${query.door}`)
  if (query.assignee) where.push(sql`c.assignee_id = ${query.assignee}`)
  if (query.region) where.push(sql`c.region_code >= ${query.region} and c.region_code < ${scopeEnd(query.region)}`)
  if (query.overdue) where.push(sql`c.overdue`)
  if (query.counted) where.push(countsAs(query.counted))
  if (query.from) where.push(sql`c.filed_on >= ${query.from}`)
  if (query.to) where.push(sql`c.filed_on <= ${query.to}`)
  return where
}

/** A number as it stands on paper, else words that begin the words of texts and names. */
async function matching(tx: Tx, q: string): Promise<Where> {
  const number = parseNumber(q)
  if (number.ok) return sql`c.number = ${number.number}`
  const words =
    q
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.slice(0, 8) ?? []
  if (words.length === 0) return sql`false`
  const found = await sql<{
    id: string
  }>`select id from find_complaints(to_tsquery('simple', ${words.map((word) => `${word}:*`).join(' & ')}))`.execute(tx)
  return sql`c.id = any (${found.rows.map((row) => row.id)}::uuid[])`
}

// Sorting and paging ----------------------------------------------------------------------------------------

type Cursor = { key: string; id: string }
const FAR = '9999-12-31T00:00:00.000Z'

/** Without a deadline comes last; the expression is the one of the index where there is one. */
function orderOf(query: InboxQuery): { column: Where; descending: boolean } {
  switch (query.sort ?? 'due') {
    case 'due':
      return { column: sql`coalesce(c.due_at, '9999-12-31 00:00:00+00'::timestamptz)`, descending: false }
    case 'filed':
      return { column: sql`c.filed_at`, descending: false }
    case '-filed':
      return { column: sql`c.filed_at`, descending: true }
    case 'changed':
      return { column: sql`c.changed_at`, descending: true }
  }
}
const keyOf = (query: InboxQuery, row: Row): string => {
  const sort = query.sort ?? 'due'
  if (sort === 'due') return row.due_at?.toISOString() ?? FAR
  return (sort === 'changed' ? row.changed_at : row.filed_at).toISOString()
}
const cursorAfter = (query: InboxQuery, row: Row) =>
  Buffer.from(JSON.stringify([query.sort ?? 'due', keyOf(query, row), row.id])).toString('base64url')

function cursorOf(query: InboxQuery): Cursor | null {
  if (!query.after) return null
  try {
    const parsed: unknown = JSON.parse(Buffer.from(query.after, 'base64url').toString())
    if (Array.isArray(parsed) && parsed.length === 3) {
      const [sort, key, id] = parsed as unknown[]
      if (
        sort === (query.sort ?? 'due') &&
        typeof key === 'string' &&
        !Number.isNaN(Date.parse(key)) &&
        typeof id === 'string' &&
        /^[0-9a-f-]{36}$/.test(id)
      )
        return { key, id }
    }
  } catch {
    // falls through: a cursor that was cut or made up
  }
  throw invalid({ field: 'after', code: 'invalid' })
}

/** Counts for the work queues; each stops at 1,000, so a flooded office costs no more than a busy one. */
export async function countQueues(tx: Tx, actor: Actor): Promise<QueueCounts> {
  const office = actor.officeId ?? ''
  const capped = (where: Where) =>
    sql`(select count(*)::int from (select from complaint c where ${where} limit 1000) x)`
  const found = await sql<QueueCounts>`select
      ${capped(sql`c.office_id = ${office} and c.open`)} as office,
      ${capped(sql`c.assignee_id = ${actor.accountId} and c.open`)} as mine,
      ${capped(sql`c.office_id = ${office} and c.open and c.assignee_id is null`)} as unassigned,
      ${capped(sql`c.office_id = ${office} and c.open and c.state = 'referred'`)} as incoming,
      ${capped(sql`c.office_id = ${office} and c.open and c.overdue`)} as overdue,
      ${capped(sql`c.office_id = ${office} and c.open and ${awaitsCheck(actor)}`)} as to_verify,
      ${
        actor.role === 'supervisor'
          ? capped(sql`c.office_id = ${office} and c.open and ${awaitsDecision(actor)}`)
          : sql`0`
      } as to_decide`.execute(tx)
  const counts = found.rows[0]
  if (!counts) throw new Error('no counts')
  return counts
}
