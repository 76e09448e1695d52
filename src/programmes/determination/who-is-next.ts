import { type RawBuilder, sql } from 'kysely'
import { scopeEnd, type Tx } from '#src/platform/db/index.ts'
import type { RegionKind } from '#src/regions/index.ts'
import type { ListRow } from './list.ts'
import { entitledElsewhere, runsThere } from './run.ts'
import type { Candidate, Pass } from './schema.ts'

/** Looked at in steps of so many, and no further than so many of one list: somebody should make a new list then. */
const STEP = 100
const STEPS = 20

export type Waiting = {
  family_id: string
  rank: number
  amount: number
  persons: number
  /** where the family lives now; where it was when it was decided on, if it is no more */
  region_code: string
  region_name: string
  region_kind: RegionKind
  head_name: string | null
  nik: string | null
  payee_id: string | null
  payee_name: string
  why: Pass | null
}

/**
 * The first by the frozen rank who waits for a place of an approved list and may have it, with everybody before who may not and why. For the
 * system: it looks at the register as it is now.
 */
export async function whoIsNext(tx: Tx, list: ListRow): Promise<{ next: Waiting | null; passed: Waiting[] }> {
  const passed: Waiting[] = []
  for (let step = 0, after = 0; step < STEPS; step++) {
    const { rows } = await waiting(
      list,
      sql`r.rank > ${after} and not exists (select from determination_addition a
      where a.determination_id = r.determination_id and a.family_id = r.family_id and a.state in ('proposed', 'approved'))`,
    ).execute(tx)
    for (const row of rows) {
      if (row.why === null) return { next: row, passed }
      passed.push(row)
    }
    const last = rows.at(-1)
    if (rows.length < STEP || !last) break
    after = last.rank
  }
  return { next: null, passed }
}

/** How one family that waits stands now; undefined when it does not wait for a place. */
export async function standingNow(tx: Tx, list: ListRow, familyId: string): Promise<Waiting | undefined> {
  const { rows } = await waiting(list, sql`r.family_id = ${familyId}`).execute(tx)
  return rows[0]
}

const waiting = (list: ListRow, which: RawBuilder<unknown>) => sql<Waiting>`
  with w as (
    select r.* from determination_result r
    where r.determination_id = ${list.id} and r.outcome = 'waiting' and r.reason = 'quota' and ${which}
      -- who had a place of this list and lost it does not wait any more
      and not exists (select from entitlement e where e.determination_id = r.determination_id and e.family_id = r.family_id)
    order by r.rank limit ${STEP})
  select w.family_id, w.rank, w.amount, w.persons, g.code as region_code, g.name as region_name, g.kind as region_kind, f.shown ->> 'headName' as head_name, f.shown ->> 'nik' as nik,
    case when kept.id is null then coalesce(s.payee_id, s.head_id) else kept.id end as payee_id,
    coalesce(kept.name, other.name, f.shown ->> 'payeeName', f.shown ->> 'headName', '-') as payee_name,
    case
      when exists (select from determination_addition a where a.determination_id = w.determination_id and a.family_id = w.family_id and a.state = 'refused') then 'refused'
      when m.others = 0 and m.died_on is not null then 'dead'
      when s.status = 'moved_out' or s.region_code < ${list.region_code} or s.region_code >= ${scopeEnd(list.region_code)} or not (${runsThere(list)}) then 'moved'
      when s.status = 'not_found' then 'not_found'
      when o.family_id is not null then 'entitled'
      when p.status = 'merged' and exists (select from person k join entitlement e on e.family_id = k.family_id
        where k.id = p.merged_into and k.family_id <> w.family_id and e.programme_code = ${list.programme_code} and e.state <> 'cancelled'
          and e.period_from <= ${list.period_to}::date and e.period_to >= ${list.period_from}::date) then 'double'
      when s.id is null or s.status <> 'active' or m.living = 0 then 'ended'
    end as why
  from w left join determination_fact f on f.determination_id = w.determination_id and f.family_id = w.family_id
  left join family s on s.id = w.family_id
  join region g on g.code = coalesce(s.region_code, w.region_code)
  left join person p on p.id = (f.shown ->> 'payeeId')::uuid
  -- who was to receive it, if still of the family; else who receives for it now
  left join person kept on kept.id = p.id and kept.family_id = w.family_id and kept.status = 'active'
  left join person other on other.id = coalesce(s.payee_id, s.head_id) and other.status = 'active'
  left join lateral (select e.family_id from (${entitledElsewhere(list)}) e where e.family_id = w.family_id) o on true
  cross join lateral (
    select count(*) filter (where x.status = 'active') as living, count(*) filter (where x.status not in ('dead', 'merged')) as others,
      max(x.died_on) filter (where x.status = 'dead') as died_on
    from person x where x.family_id = w.family_id) m
  order by w.rank`

export const presentWaiting = (row: Waiting): Candidate => ({
  familyId: row.family_id,
  rank: row.rank,
  headName: row.head_name,
  payeeName: row.payee_name,
  nik: row.nik,
  village: { code: row.region_code, name: row.region_name, kind: row.region_kind },
  amount: row.amount,
  persons: row.persons,
  why: row.why,
})
