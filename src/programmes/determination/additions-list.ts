import { type RawBuilder, sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import type { RegionKind } from '#src/regions/index.ts'
import { factsOfList, getList, type ListRow } from './list.ts'
import { actsOnAddition, addsTo, decidesRow, mayReadAnnex, type Owned } from './policy.ts'
import type { Addition, Additions, AdditionsQuery, AdditionsWaiting, NextAddition } from './schema.ts'
import { presentWaiting, whoIsNext } from './who-is-next.ts'

/** Rows of one page. */
const MOST = 50

export type AdditionRow = {
  id: string
  determination_id: string
  list_number: string
  decree_number: string
  programme_code: string
  programme_name: string
  owner: Owned['owner']
  programme_region: string
  list_region: string
  period: string
  number: string | null
  family_id: string
  payee_id: string | null
  payee_name: string
  region_code: string
  village: string
  kind: RegionKind
  rank: number
  amount: number
  persons: number
  replaces_id: string
  replaces_name: string
  passed: Addition['passed']
  note: string | null
  state: Addition['state']
  proposed_by: string
  proposed_at: Date
  decided_by: string | null
  decided_at: Date | null
  decide_note: string | null
}

const additionRows = sql<AdditionRow>`
  select a.id, a.determination_id, d.number as list_number, d.decree_number, d.programme_code, v.name as programme_name, v.owner,
    p.region_code as programme_region, d.region_code as list_region, d.period, a.number, a.family_id, a.payee_id, a.payee_name, a.region_code, r.name as village, r.kind,
    a.rank, a.amount, a.persons, a.replaces_id, coalesce(e.payee_name, '–') as replaces_name, a.passed, a.note, a.state, a.proposed_by, a.proposed_at,
    a.decided_by, a.decided_at, a.decide_note
  from determination_addition a
  join determination d on d.id = a.determination_id
  join programme p on p.code = d.programme_code
  join programme_version v on v.programme_code = d.programme_code and v.version = d.version
  join region r on r.code = a.region_code
  left join entitlement e on e.determination_id = a.determination_id and e.family_id = a.replaces_id`

/** A row of `additionRows` a that this person may decide. */
const waitsFor = (actor: Actor): RawBuilder<boolean> =>
  actor.role !== 'supervisor'
    ? sql`false`
    : sql`a.state = 'proposed' and a.proposed_by <> ${actor.accountId} and ${decidesRow(actor, sql`a.owner`, sql`a.programme_region`, sql`a.list_region`)}`

export const actsOf = (actor: Actor, row: AdditionRow) =>
  actsOnAddition(actor, {
    state: row.state,
    proposedBy: row.proposed_by,
    list: { owner: row.owner, programmeRegion: row.programme_region, regionCode: row.list_region },
  })

/** Additions to approved lists in the actor's region, the latest first. */
export async function listAdditions(tx: Tx, actor: Actor, query: AdditionsQuery): Promise<Additions> {
  if (query.list !== undefined) await getList(tx, query.list)
  const { rows } = await sql<AdditionRow>`
    select * from (${additionRows}) a
    where (${query.list ?? null}::uuid is null or a.determination_id = ${query.list ?? null})
      and (${query.state ?? null}::text is null or a.state = ${query.state ?? null})
      and ${query.mine === undefined ? sql`true` : waitsFor(actor)}
      and (${query.after ?? null}::uuid is null
        or (a.proposed_at, a.id) < (select o.proposed_at, o.id from determination_addition o where o.id = ${query.after ?? null}))
    order by a.proposed_at desc, a.id desc limit ${MOST + 1}`.execute(tx)
  const shown = rows.slice(0, MOST)
  if (shown.length > 0)
    await sql`select record_act('list', 'determination_addition', ${query.list ?? 'all'}, ${actor.regionCode}, ${JSON.stringify({ rows: shown.length })}::jsonb, null)`.execute(
      tx,
    )
  return { items: await presentAll(tx, actor, shown), next: rows.length > MOST ? (shown.at(-1)?.id ?? null) : null }
}

/** How many wait for this person's decision, counted up to 1,000. */
export async function countAdditionsWaiting(tx: Tx, actor: Actor): Promise<AdditionsWaiting> {
  const { rows } = await sql<AdditionsWaiting>`
    select count(*)::int as count from (select 1 from (${additionRows}) a where ${waitsFor(actor)} limit 1000) n`.execute(
    tx,
  )
  return rows[0] ?? { count: 0 }
}

export async function findAddition(tx: Tx, id: string): Promise<AdditionRow | undefined> {
  const { rows } = await sql<AdditionRow>`select * from (${additionRows}) a where a.id = ${id}`.execute(tx)
  return rows[0]
}

export async function readAddition(tx: Tx, actor: Actor, id: string): Promise<Addition> {
  const row = await findAddition(tx, id)
  const [one] = row ? await presentAll(tx, actor, [row]) : []
  if (!one) throw notFound('addition')
  return one
}

async function presentAll(tx: Tx, actor: Actor, rows: readonly AdditionRow[]): Promise<Addition[]> {
  if (rows.length === 0) return []
  const people = await sql<{ account_id: string; name: string }>`
    select account_id, name from addition_people(${rows.map((row) => row.id)}::uuid[])`.execute(tx)
  const names = new Map(people.rows.map((one) => [one.account_id, one.name]))
  return rows.map((row) => ({
    id: row.id,
    determination: { id: row.determination_id, number: row.list_number, decreeNumber: row.decree_number },
    programmeCode: row.programme_code,
    programmeName: row.programme_name,
    period: row.period,
    number: row.number,
    familyId: row.family_id,
    payeeName: row.payee_name,
    village: { code: row.region_code, name: row.village, kind: row.kind },
    rank: row.rank,
    amount: row.amount,
    persons: row.persons,
    replaces: { familyId: row.replaces_id, payeeName: row.replaces_name },
    passed: row.passed,
    note: row.note,
    state: row.state,
    proposedBy: names.get(row.proposed_by) ?? null,
    proposedAt: row.proposed_at.toISOString(),
    decidedBy: row.decided_by === null ? null : (names.get(row.decided_by) ?? null),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decideNote: row.decide_note,
    can: actsOf(actor, row),
  }))
}

export type Places = {
  withdrawn: number
  proposed: number
  approved: number
  /** the place that has been free the longest */
  replaces: string | null
  replaces_name: string | null
}

/** Places of an approved list that were taken back, and what became of them; for the system, which sees all of them. */
export async function placesOf(system: Tx, id: string): Promise<Places> {
  const { rows } = await sql<Places>`
    select
      (select count(*)::int from entitlement e where e.determination_id = ${id} and e.state = 'cancelled') as withdrawn,
      (select count(*)::int from determination_addition a where a.determination_id = ${id} and a.state = 'proposed') as proposed,
      (select count(*)::int from determination_addition a where a.determination_id = ${id} and a.state = 'approved') as approved,
      free.family_id as replaces, free.payee_name as replaces_name
    from (select 1) one left join lateral (
      select e.family_id, e.payee_name from entitlement e
      where e.determination_id = ${id} and e.state = 'cancelled' and not exists (select from determination_addition a
        where a.determination_id = e.determination_id and a.replaces_id = e.family_id and a.state in ('proposed', 'approved'))
      order by (select min(w.decided_at) from entitlement_withdrawal w where w.determination_id = e.determination_id and w.family_id = e.family_id
        and w.state = 'confirmed'), e.family_id
      limit 1) free on true`.execute(system)
  return rows[0] ?? { withdrawn: 0, proposed: 0, approved: 0, replaces: null, replaces_name: null }
}

/** A list places are given of: approved, and with a quota. */
export function requireAddable(list: ListRow): void {
  if (list.state !== 'approved') throw conflict('determination_not_approved')
  if (list.quota === null) throw conflict('addition_without_quota')
}

/** How many places of an approved list are free, and whose turn it is; for whoever works on the list. */
export async function readNext(tx: Tx, actor: Actor, id: string): Promise<NextAddition> {
  const list = await getList(tx, id)
  requireAddable(list)
  const facts = factsOfList(list)
  const works = addsTo(actor, facts)
  const { places, found } = await withinAsSystem(
    tx,
    `determination ${list.number}: whose turn it is`,
    async (system) => {
      const now = await placesOf(system, id)
      const turn = works && now.replaces !== null ? await whoIsNext(system, list) : { next: null, passed: [] }
      return { places: now, found: turn }
    },
  )
  if (found.next)
    await sql`select record_act('look', 'determination_addition', ${id}, ${list.region_code}, '{}'::jsonb, null)`.execute(
      tx,
    )
  return {
    quota: list.quota,
    withdrawn: places.withdrawn,
    free: Math.max(0, places.withdrawn - places.proposed - places.approved),
    proposed: places.proposed,
    approved: places.approved,
    replaces:
      works && places.replaces !== null ? { familyId: places.replaces, payeeName: places.replaces_name ?? '–' } : null,
    next: found.next ? presentWaiting(found.next) : null,
    passed: found.passed.map(presentWaiting),
    mayPropose: works && found.next !== null,
    mayReadPaper: places.approved > 0 && mayReadAnnex(actor, list.region_code),
  }
}
