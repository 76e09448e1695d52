import { sql, type RawBuilder } from 'kysely'
import { scopeEnd, type Actor, type Tx } from '#src/platform/db/index.ts'
import { parseNumber } from '#src/platform/text/ticket.ts'
import type { Payload, ProposalRow } from './proposal.ts'
import type { ListQuery, ProposalItem, ProposalPage } from './schema.ts'

/** What every list shows of a proposal, from proposal p, region r, proposal_content c. */
export const itemColumns = sql`r.name as region_name, r.time_zone, c.payload`
export type ItemRow = ProposalRow & { region_name: string; time_zone: string; payload: Payload | null }

export const itemOf = (row: ItemRow, actor: Actor): ProposalItem => {
  const people = row.payload?.members ?? []
  const head = people.find((one) => one.relationship === 'head') ?? people[0]
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    removal: row.removal,
    state: row.state,
    door: row.door,
    programmeCode: row.programme_code,
    regionCode: row.region_code,
    regionName: row.region_name,
    timeZone: row.time_zone,
    about: head?.name ?? row.payload?.corrections?.find((one) => one.name)?.name ?? null,
    people: people.length,
    period: row.period,
    submittedAt: row.submitted_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
    mine: row.proposed_by === actor.accountId,
  }
}

type Where = RawBuilder<unknown>

/** The list an officer works in. Row security has decided what there is; the filters only narrow it. */
export async function listProposals(tx: Tx, actor: Actor, query: ListQuery): Promise<ProposalPage> {
  const limit = query.limit ?? 50
  const order = orderOf(query)
  const where = [sql`true`, ...filtersOf(actor, query)]
  const after = readCursor(query.after)
  if (after)
    where.push(
      order.descending
        ? sql`(${order.column}, p.id) < (${after.key}::timestamptz, ${after.id}::uuid)`
        : sql`(${order.column}, p.id) > (${after.key}::timestamptz, ${after.id}::uuid)`,
    )
  const way = order.descending ? sql`desc` : sql`asc`
  const found = await sql<
    ItemRow & { cursor_key: string }
  >`select p.*, ${itemColumns}, ${order.column}::text as cursor_key
    from proposal p join region r on r.code = p.region_code left join proposal_content c on c.proposal_id = p.id
    where ${sql.join(where, sql` and `)} order by ${order.column} ${way}, p.id ${way} limit ${limit + 1}`.execute(tx)
  const page = found.rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => itemOf(row, actor)),
    next: found.rows.length > limit && last ? writeCursor(last.cursor_key, last.id) : null,
  }
}

function filtersOf(actor: Actor, query: ListQuery): Where[] {
  const where: Where[] = []
  const view = query.view ?? 'all'
  if (view === 'mine') where.push(sql`p.proposed_by = ${actor.accountId}`)
  if (view === 'checks') where.push(sql`p.checker_id = ${actor.accountId} and p.state = 'field_check'`)
  if (view === 'todo') where.push(todoOf(actor))
  const status = query.status ?? (view === 'todo' || view === 'checks' ? 'all' : 'open')
  if (query.state && query.state.length > 0) where.push(sql`p.state = any (${query.state}::text[])`)
  else if (status !== 'all') where.push(status === 'open' ? sql`p.open` : sql`not p.open`)
  if (query.kind) where.push(sql`p.kind = ${query.kind}`)
  if (query.door) where.push(sql`p.door = ${query.door}`)
  if (query.period) where.push(sql`p.period = ${query.period}`)
  if (query.programme) where.push(sql`p.programme_code = ${query.programme}`)
  if (query.family) where.push(sql`p.family_id = ${query.family}`)
  if (query.region) where.push(sql`p.region_code >= ${query.region} and p.region_code < ${scopeEnd(query.region)}`)
  if (query.q) where.push(matching(query.q))
  return where
}

/** What this office does next: the village with what comes in and what the meeting accepted, the regency with what was checked. */
function todoOf(actor: Actor): Where {
  if (actor.role === 'pillar') return sql`p.checker_id = ${actor.accountId} and p.state = 'field_check'`
  if (actor.regionCode.length >= 8) return sql`p.state in ('submitted', 'postponed', 'on_agenda', 'accepted')`
  return actor.role === 'supervisor' ? sql`p.state in ('checked', 'verified')` : sql`p.state = 'checked'`
}

/** A number in full, or words of the name of somebody proposed. A village has some hundred proposals, a regency some thousand. */
function matching(q: string): Where {
  const parsed = parseNumber(q)
  if (parsed.ok) return sql`p.number = ${parsed.number}`
  const like = `%${q.replace(/[\\%_]/g, (symbol) => `\\${symbol}`)}%`
  return sql`exists (select from jsonb_array_elements(coalesce(c.payload -> 'members', '[]')) x where x ->> 'name' ilike ${like})`
}

const orderOf = (query: ListQuery) =>
  query.sort === '-submitted'
    ? { column: sql`p.submitted_at`, descending: true }
    : query.sort === 'changed'
      ? { column: sql`p.changed_at`, descending: true }
      : { column: sql`p.submitted_at`, descending: false }

const writeCursor = (key: string, id: string) => Buffer.from(`${key}|${id}`).toString('base64url')
/** An `after` nobody gave out begins at the beginning. */
function readCursor(text: string | undefined): { key: string; id: string } | null {
  if (!text) return null
  const [key = '', id = ''] = Buffer.from(text, 'base64url').toString().split('|')
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+\d\d$/.test(key) && /^[0-9a-f-]{36}$/.test(id)
    ? { key, id }
    : null
}
