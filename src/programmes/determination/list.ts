import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import type { RegionKind } from '#src/regions/index.ts'
import type { ProgrammeVersion } from '../catalogue/schema.ts'
import type { RuleDefinition } from '../rules/index.ts'
import { abilities, authorize, deciding, isFrom, mayMakeAny, mayReadAnnex, type ListFacts } from './policy.ts'
import type {
  Act,
  Determination,
  DeterminationBrief,
  DeterminationList,
  DeterminationState,
  ListQuery,
} from './schema.ts'
import { determinationTerm } from './term.ts'
import { emptyTotals, type StoredTotals, totalsOf } from './totals.ts'

/** A list with what every act on it looks at. */
export type ListRow = {
  id: string
  number: string
  programme_code: string
  version: number
  period: string
  period_from: string
  period_to: string
  as_of: string
  known_at: Date
  region_code: string
  region_name: string
  region_kind: RegionKind
  quota: number | null
  state: DeterminationState
  considered: number
  totals: StoredTotals | Record<string, never>
  former_id: string | null
  problem: string | null
  made_by: string
  made_at: Date
  submitted_at: Date | null
  checked_at: Date | null
  decree_number: string | null
  decided_at: Date | null
  programme_name: string
  programme_region: string
  owner: ProgrammeVersion['owner']
  unit: ProgrammeVersion['unit']
  kind: ProgrammeVersion['kind']
  period_kind: ProgrammeVersion['period']
  verified: boolean
  rule: RuleDefinition
  regions: string[]
  regions_without: string[]
  decided_by: string[]
  changed_by: string[]
  maker: string | null
}

const chosen = sql`d.id, d.number, d.programme_code, d.version, d.period, d.period_from, d.period_to, d.as_of, d.known_at, d.region_code,
  r.name as region_name, r.kind as region_kind, d.quota, d.state, coalesce(nullif(d.considered, 0), g.considered, 0) as considered, d.totals, d.former_id,
  d.problem, d.made_by, d.made_at, d.submitted_at, d.checked_at, d.decree_number, d.decided_at, v.name as programme_name,
  p.region_code as programme_region, v.owner, v.unit, v.kind, v.period as period_kind, v.verified, v.rule, v.regions, v.regions_without,
  array(select a.account_id from determination_approval a where a.determination_id = d.id order by a.decided_at) as decided_by,
  array(select c.account_id from determination_changer c where c.determination_id = d.id) as changed_by`
const joined = sql`determination d join region r on r.code = d.region_code
  join programme_version v on v.programme_code = d.programme_code and v.version = d.version join programme p on p.code = d.programme_code
  left join determination_progress g on g.determination_id = d.id`
const maker = sql`(select n.name from determination_people(d.id) n where n.account_id = d.made_by) as maker`

export const isMade = (totals: ListRow['totals']): totals is StoredTotals => 'in' in totals

export const factsOfList = (row: ListRow): ListFacts => ({
  owner: row.owner,
  programmeRegion: row.programme_region,
  regionCode: row.region_code,
  state: row.state,
  madeBy: row.made_by,
  changedBy: row.changed_by,
  decidedBy: row.decided_by,
})

export async function findList(tx: Tx, id: string): Promise<ListRow | undefined> {
  const { rows } = await sql<ListRow>`select ${chosen}, ${maker} from ${joined} where d.id = ${id}`.execute(tx)
  return rows[0]
}

export async function getList(tx: Tx, id: string): Promise<ListRow> {
  const row = await findList(tx, id)
  if (!row) throw notFound('determination')
  return row
}

/** One whose families can be looked at: a run has come to its end. */
export async function getMade(tx: Tx, id: string): Promise<ListRow> {
  const row = await getList(tx, id)
  if (!isMade(row.totals)) throw conflict('determination_not_made')
  return row
}

/** The list, held until the transaction ends, if the actor may do this to it now. */
export async function holdList(tx: Tx, actor: Actor, id: string, act: Act): Promise<ListRow> {
  // Seen first: who sees a list and may not touch it gets another answer than who does not see it.
  const seen = await getList(tx, id)
  authorize(actor, act, factsOfList(seen))
  await sql`select id from determination where id = ${id} for update`.execute(tx)
  const row = await getList(tx, id)
  if (!isFrom(act, row.state)) throw conflict('determination_not_in_this_state')
  authorize(actor, act, factsOfList(row))
  return row
}

export function presentBrief(row: ListRow): DeterminationBrief {
  const totals = isMade(row.totals) ? row.totals : emptyTotals
  return {
    id: row.id,
    number: row.number,
    programmeCode: row.programme_code,
    programmeName: row.programme_name,
    version: row.version,
    period: row.period,
    periodFrom: row.period_from,
    periodTo: row.period_to,
    region: { code: row.region_code, name: row.region_name, kind: row.region_kind },
    asOf: row.as_of,
    quota: row.quota,
    state: row.state,
    problem: row.problem,
    considered: row.considered,
    in: totals.in,
    waiting: totals.waiting,
    amount: totals.amount,
    madeAt: row.made_at.toISOString(),
    madeBy: row.maker,
    decreeNumber: row.decree_number,
    decidedAt: row.decided_at?.toISOString() ?? null,
  }
}

/** A list as whoever sees it may see it, with what they may do. */
export async function readList(tx: Tx, actor: Actor, id: string): Promise<Determination> {
  const row = await getList(tx, id)
  const approvals = await sql<{
    name: string | null
    decision: 'approve' | 'reject'
    note: string | null
    decided_at: Date
  }>`
    select n.name, a.decision, a.note, a.decided_at from determination_approval a
    left join determination_people(${id}) n on n.account_id = a.account_id where a.determination_id = ${id} order by a.decided_at`.execute(
    tx,
  )
  const former = row.former_id ? await findList(tx, row.former_id) : undefined
  const [office = row.region_code] = deciding(factsOfList(row), row.region_code)
  const { rows } = await sql<{
    name: string
    kind: RegionKind
  }>`select name, kind from region where code = ${office}`.execute(tx)
  return {
    ...presentBrief(row),
    knownAt: row.known_at.toISOString(),
    verified: row.verified,
    unit: row.unit,
    kind: row.kind,
    totals: isMade(row.totals) ? totalsOf(row.totals, row.rule) : null,
    rule: row.rule,
    former: former
      ? {
          id: former.id,
          number: former.number,
          period: former.period,
          decreeNumber: former.decree_number,
          in: isMade(former.totals) ? former.totals.in : 0,
        }
      : null,
    submittedAt: row.submitted_at?.toISOString() ?? null,
    approvals: approvals.rows.map((one) => ({
      name: one.name,
      decision: one.decision,
      note: one.note,
      decidedAt: one.decided_at.toISOString(),
    })),
    approvalsNeeded: await determinationTerm(tx, 'approvals', row.made_at),
    decidedIn: { code: office, name: rows[0]?.name ?? office, kind: rows[0]?.kind ?? 'negara' },
    can: abilities(actor, factsOfList(row)),
    annex: row.state === 'approved' && mayReadAnnex(actor, row.region_code),
  }
}

/** Lists one may see, the latest first; `after` is the id a page ended with. */
export async function listLists(tx: Tx, actor: Actor, query: ListQuery): Promise<DeterminationList> {
  const most = query.limit ?? 50
  const { after } = query
  if (after !== undefined && !/^[0-9a-f-]{36}$/.test(after)) throw invalid({ field: 'after', code: 'invalid' })
  // Ids are made in the order of time.
  const { rows } = await sql<ListRow>`
    select ${chosen}, ${maker} from ${joined}
    where ${after === undefined ? sql`true` : sql`d.id < ${after}::uuid`}
      and ${query.programme === undefined ? sql`true` : sql`d.programme_code = ${query.programme}`}
      and ${query.state === undefined ? sql`true` : sql`d.state = ${query.state}`}
      and ${query.region === undefined ? sql`true` : sql`(d.region_code = ${query.region} or starts_with(d.region_code, ${`${query.region}.`}))`}
    order by d.id desc limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  return {
    items: shown.map(presentBrief),
    next: rows.length > most ? (shown.at(-1)?.id ?? null) : null,
    mayMake: mayMakeAny(actor),
  }
}
