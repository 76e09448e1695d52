import { type RawBuilder, sql } from 'kysely'
import { type Db, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { Problem } from '#src/platform/http/problem.ts'
import { questionnairesOn } from '#src/people/register/index.ts'
import { today } from '../catalogue/versions.ts'
import { readRule, registerThen, type Rule, type RuleSource } from '../rules/index.ts'
import { frozenFacts } from './freeze.ts'
import { findList, type ListRow } from './list.ts'
import { told } from './make.ts'
import { findSuspects } from './suspects.ts'
import { countFamilies, totalsNow } from './totals.ts'

/** After so many tries that were cut off a run is given up. */
const TRIES = 10
/** So many rows the planner gets right without knowing them. */
const FEW = 1000

/**
 * Decides every family of a list that was asked for, in one transaction that sees the register at one moment: cut off anywhere, it leaves
 * nothing, and is done again. Two processes never do the same list; one that was cancelled meanwhile stays cancelled.
 */
export async function runDetermination(db: Db, id: string): Promise<void> {
  const list = await db.asSystem('determination: begin', (tx) => begin(tx, id))
  if (!list) return
  try {
    const considered = await db.asSystem(`determination ${list.number}: decide every family`, (tx) =>
      decide(db, tx, list),
    )
    if (considered > FEW)
      await db.asSystem('determination: what the planner should know', (tx) =>
        sql`select analyze_determinations()`.execute(tx),
      )
  } catch (error) {
    const after = await db.asSystem('determination: what became of it', (tx) => findList(tx, id))
    if (after?.state !== 'running') return
    if (!(error instanceof Problem)) throw error
    await db.asSystem('determination: it cannot be made', (tx) => giveUp(tx, list, error.code))
  }
}

async function begin(tx: Tx, id: string): Promise<ListRow | undefined> {
  await sql`select id from determination where id = ${id} for update`.execute(tx)
  const list = await findList(tx, id)
  if (!list || (list.state !== 'queued' && list.state !== 'running')) return undefined
  const { rows } = await sql<{ attempts: number }>`
    insert into determination_progress as g (determination_id, attempts) values (${id}, 1)
    on conflict (determination_id) do update set attempts = g.attempts + 1, considered = 0, at = acting_now() returning attempts`.execute(
    tx,
  )
  if ((rows[0]?.attempts ?? 0) > TRIES) {
    await giveUp(tx, list, 'interrupted')
    return undefined
  }
  await sql`update determination set state = 'running', known_at = acting_now() where id = ${id}`.execute(tx)
  await told(tx, list, 'determination.running')
  return findList(tx, id)
}

async function giveUp(tx: Tx, list: ListRow, problem: string): Promise<void> {
  const code = /^[a-z_]{3,40}$/.test(problem) ? problem : 'failed'
  await sql`update determination set state = 'failed', problem = ${code} where id = ${list.id}`.execute(tx)
  await told(tx, list, 'determination.failed')
}

async function decide(db: Db, tx: Tx, list: ListRow): Promise<number> {
  await sql`set transaction isolation level repeatable read`.execute(tx)
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${list.id}, 0)) as mine`.execute(tx)
  if (!rows[0]?.mine) throw new Error('another process is at it')
  // A process that is killed is noticed while a long statement runs, and not only at its end.
  await sql`set local client_connection_check_interval = '5s'`.execute(tx)
  // What is believed at the moment this transaction sees is what counts, not what was believed while it waited.
  const knownAt = await believedAt(tx)
  const rule = readRule(list.rule, await questionnairesOn(tx, list.as_of))
  const whole = await sourceOf(tx, { ...list, known_at: knownAt }, today(db.clock()))
  await entitledAlready(tx, list)
  const parts = await partsOf(tx, whole)
  let considered = 0
  if (list.quota !== null) await prepareRanks(tx, rule, whole)
  for (const part of parts) {
    considered += await (list.quota === null ? decidePart(tx, list, rule, part) : rankPart(tx, list, rule, part))
    await db.asSystem('determination: how far it is', async (other) => {
      await sql`update determination_progress set considered = ${considered}, at = acting_now() where determination_id = ${list.id}`.execute(
        other,
      )
      await told(other, list, 'determination.progress', { considered })
    })
  }
  if (list.quota !== null) await takeByRank(tx, list, rule, list.quota)
  await freeze(tx, list, whole)
  await countFamilies(tx, list.id)
  await findSuspects(tx, { ...list, known_at: knownAt })
  const totals = await totalsNow(tx, list.id, list.rule)
  await sql`
    update determination d set state = 'made', known_at = ${knownAt}, considered = ${considered}, totals = ${JSON.stringify(totals)}::jsonb, checked_at = acting_now(),
      former_id = (select f.id from determination f where f.programme_code = d.programme_code and f.region_code = d.region_code and f.state = 'approved'
        and f.id <> d.id and f.period_from < d.period_from order by f.period_from desc, f.decided_at desc limit 1)
    where id = ${list.id}`.execute(tx)
  await told(tx, list, 'determination.made')
  return considered
}

async function believedAt(tx: Tx): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`select acting_now() as at`.execute(tx)
  if (!rows[0]) throw new Error('no moment')
  return rows[0].at
}

/**
 * Where the rule reads: the register itself where the day is `now`; else as it was on the day, as it was believed at `known_at`. Of a list that is there
 * there is no now: the register may have been told more since, today too.
 */
export async function sourceOf(
  tx: Tx,
  list: { as_of: string; region_code: string; known_at: Date },
  now: string | undefined,
): Promise<RuleSource> {
  const range = { asOf: list.as_of, from: list.region_code, to: scopeEnd(list.region_code) }
  if (list.as_of === now) return { ...range, tables: 'now' }
  return { ...range, tables: await registerThen(tx, { ...range, knownAt: list.known_at }) }
}

/** Families that have it from another approved list: for days of this period, or at all where it is given once. */
async function entitledAlready(tx: Tx, list: ListRow): Promise<void> {
  await sql`create temporary table run_entitled (family_id uuid primary key) on commit drop`.execute(tx)
  await sql`insert into run_entitled ${entitledElsewhere(list)}`.execute(tx)
  await sql`analyze run_entitled`.execute(tx)
}

export const entitledElsewhere = (list: ListRow): RawBuilder<{ family_id: string }> => sql`
  select distinct family_id from entitlement where programme_code = ${list.programme_code} and state <> 'cancelled' and determination_id <> ${list.id}
    and (${list.period_kind === 'once'} or period_from <= ${list.period_to}::date and period_to >= ${list.period_from}::date)`

/** The districts of a regency, the regencies of what is wider: so much is decided before progress is told. */
async function partsOf(tx: Tx, whole: RuleSource): Promise<RuleSource[]> {
  const { from, to } = whole
  const width = from.length === 5 ? 8 : from.length === 2 ? 5 : from.length
  const family = whole.tables === 'now' ? 'family' : whole.tables.family
  const { rows } = await sql<{ code: string }>`
    select distinct left(region_code, ${width}::int) as code from ${sql.table(family)} where region_code >= ${from} and region_code < ${to} order by 1`.execute(
    tx,
  )
  return rows.map(({ code }) => ({ ...whole, from: code, to: scopeEnd(code) }))
}

/** Only where the programme runs. */
export function runsThere({
  regions,
  regions_without,
}: {
  regions: string[]
  regions_without: string[]
}): RawBuilder<boolean> {
  const within = (codes: readonly string[]) =>
    sql.join(
      codes.map((code) => sql`s.region_code >= ${sql.lit(code)} and s.region_code < ${sql.lit(scopeEnd(code))}`),
      sql` or `,
    )
  const inside = regions.includes('00') ? sql`true` : regions.length === 0 ? sql`false` : sql`(${within(regions)})`
  return regions_without.length === 0 ? sql`${inside}` : sql`${inside} and not (${within(regions_without)})`
}

const into = sql`insert into determination_result (determination_id, family_id, region_code, outcome, reason, failed, missing, rank, amount, persons)`

async function decidePart(tx: Tx, list: ListRow, rule: Rule, part: RuleSource): Promise<number> {
  const done = await sql`
    ${into}
    select ${list.id}::uuid, s.family_id, s.region_code, case when e.family_id is null then s.outcome else 'out' end,
      case s.outcome when 'out' then 'condition' when 'waiting' then 'data_missing' else case when e.family_id is null then 'eligible' else 'entitled' end end,
      s.failed, s.missing, null, case when e.family_id is null then s.amount else 0 end, case when e.family_id is null then s.persons else 0 end
    from (${rule.select(part)}) s left join run_entitled e on e.family_id = s.family_id and s.outcome = 'in'
    where ${runsThere(list)}`.execute(tx)
  return Number(done.numAffectedRows ?? 0)
}

async function prepareRanks(tx: Tx, rule: Rule, whole: RuleSource): Promise<void> {
  await sql`create temporary table run_ranked on commit drop as select s.*, false as entitled from (${rule.select(whole)}) s with no data`.execute(
    tx,
  )
}

async function rankPart(tx: Tx, list: ListRow, rule: Rule, part: RuleSource): Promise<number> {
  const done = await sql`
    insert into run_ranked select s.*, e.family_id is not null
    from (${rule.select(part)}) s left join run_entitled e on e.family_id = s.family_id and s.outcome = 'in'
    where ${runsThere(list)}`.execute(tx)
  return Number(done.numAffectedRows ?? 0)
}

/** The first by the ranking of the rule are in, the rest wait; who rank alike stand in the order of their ids. */
async function takeByRank(tx: Tx, list: ListRow, rule: Rule, quota: number): Promise<void> {
  const order = rule.order === '' ? sql`family_id` : sql`${sql.raw(rule.order)}, family_id`
  await sql`
    ${into}
    select ${list.id}::uuid, family_id, region_code,
      case when outcome <> 'in' then outcome when entitled then 'out' when place <= ${quota} then 'in' else 'waiting' end,
      case outcome when 'out' then 'condition' when 'waiting' then 'data_missing'
        else case when entitled then 'entitled' when place <= ${quota} then 'eligible' else 'quota' end end,
      failed, missing, case when eligible then place end, case when entitled then 0 else amount end, case when entitled then 0 else persons end
    from (select r.*, eligible, row_number() over (partition by eligible order by ${order}) as place
      from run_ranked r cross join lateral (select r.outcome = 'in' and not r.entitled as eligible) k) s`.execute(tx)
}

/** Facts of those who are in and who wait stay with the list, whatever the register says later. */
async function freeze(tx: Tx, list: ListRow, whole: RuleSource): Promise<void> {
  await sql`create temporary table run_frozen on commit drop as select family_id from determination_result
    where determination_id = ${list.id} and outcome in ('in', 'waiting')`.execute(tx)
  await sql`analyze run_frozen`.execute(tx)
  await sql`
    insert into determination_fact (determination_id, family_id, region_code, shown, facts)
    select ${list.id}::uuid, family_id, region_code, shown, facts from (${frozenFacts(whole, sql`run_frozen`)}) s`.execute(
    tx,
  )
}
