import { sql, type RawBuilder } from 'kysely'
import { isWithin, scopeEnd, type Actor, type Tx } from '#src/platform/db/index.ts'
import { localDay } from '#src/platform/calendar/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { getRegion, type RegionKind } from '#src/regions/index.ts'
import {
  signals,
  type RowsQuery,
  type Signal,
  type Targeting,
  type TargetingQuery,
  type TargetingRows,
} from './schema.ts'

type Span = { region: string; from: string; to: string; programme: string | null }
/** What rows are of: a signal, what was handed over, who is entitled, all families by decile, or all that makes the inclusion error. */
type Rows = Signal | 'deliveries' | 'entitled' | 'families' | 'inclusion'

/** Days of the question: a year up to today unless told; the last never lies before the first. */
export function spanOf(actor: Actor, region: string, query: TargetingQuery): Span {
  const to = query.to ?? localDay(actor.at, 'Asia/Jakarta')
  const from = query.from ?? `${Number(to.slice(0, 4)) - 1}${to.slice(4)}`.replace('-02-29', '-02-28')
  if (from > to) throw invalid({ field: 'to', code: 'day_before_from' })
  return { region, from, to, programme: query.programme ?? null }
}

const notListed = ['enrolment.not_listed', 'enrolment.inactive', 'programme_need']
const listedWrongly = ['enrolment.listed_wrongly', 'enrolment.double', 'enrolment.deceased', 'delivery.wrong_target']

/** The rows behind every figure, one shape for all: what is counted is what is shown. */
function rowsOf(kind: Rows, span: Span): RawBuilder<unknown> {
  const { region, from, to, programme } = span
  const here = (table: string) =>
    sql`${sql.ref(`${table}.region_code`)} >= ${region === '00' ? '' : region} and ${sql.ref(`${table}.region_code`)} < ${scopeEnd(region)}`
  const ofProgramme = (table: string) =>
    programme === null ? sql`true` : sql`${sql.ref(`${table}.programme_code`)} = ${programme}`
  const day = (column: RawBuilder<unknown>) => sql`(${column} at time zone 'Asia/Jakarta')::date`
  const complaints = (matters: string[]) => sql`
    select c.id::text as id, c.number, c.filed_on as day, c.region_code, c.programme_code, 'complaint' as subject, c.id as subject_id, null::uuid as family_id
    from complaint c where c.matter = any (${matters}) and c.state not in ('rejected', 'withdrawn') and c.joined_to is null
      and c.filed_on between ${from}::date and ${to}::date and ${here('c')} and ${ofProgramme('c')}`
  const proposals = (kind_: 'enrol' | 'remove') => sql`
    select p.id::text as id, p.number, ${day(sql`p.changed_at`)} as day, p.region_code, p.programme_code, 'proposal' as subject, p.id as subject_id, p.family_id
    from proposal p where p.kind = ${kind_} and p.state = 'applied' and ${day(sql`p.changed_at`)} between ${from}::date and ${to}::date
      and ${here('p')} and ${ofProgramme('p')}`
  // Of several checks of a proposal the last one says what was seen.
  const checked = (confirmed: RawBuilder<unknown>) => sql`
    select x.id, x.number, x.day, x.region_code, x.programme_code, x.subject, x.subject_id, x.family_id from (
      select distinct on (p.id) p.id::text as id, p.number, coalesce(k.visited_on, ${day(sql`k.submitted_at`)}) as day, p.region_code, p.programme_code,
        'proposal' as subject, p.id as subject_id, p.family_id, p.kind, p.removal, k.result
      from proposal p join field_check k on k.proposal_id = p.id
      where k.result is not null and p.kind in ('enrol', 'remove') and p.state <> 'withdrawn' and ${here('p')} and ${ofProgramme('p')}
      order by p.id, k.round desc) x
    where x.day between ${from}::date and ${to}::date and ${confirmed}`
  // Of a round of visits: who is entitled and does not live there.
  const visited = sql`
    select v.campaign_id::text || '/' || v.family_id::text as id, d.number, v.done_on as day, v.region_code, e.programme_code, 'determination' as subject,
      d.id as subject_id, v.family_id
    from campaign_task v join lateral (
      select e.programme_code, e.determination_id from entitlement e
      where e.family_id = v.family_id and e.state <> 'cancelled' and e.period_from <= ${to}::date and e.period_to >= ${from}::date and ${ofProgramme('e')}
      order by e.period_from desc, e.determination_id limit 1) e on true join determination d on d.id = e.determination_id
    where v.outcome in ('not_found', 'moved') and v.done_on between ${from}::date and ${to}::date and ${here('v')}`
  switch (kind) {
    case 'not_listed':
      return complaints(notListed)
    case 'listed_wrongly':
      return complaints(listedWrongly)
    case 'checked_out':
      return checked(sql`x.kind = 'enrol' and x.result in ('as_proposed', 'differs')`)
    case 'checked_in':
      return sql`${checked(
        sql`x.kind = 'remove' and (x.result = 'as_proposed' or x.result = 'not_found' and x.removal in ('moved', 'not_found'))`,
      )} union all ${visited}`
    case 'enrolled':
      return proposals('enrol')
    case 'removed':
      return proposals('remove')
    case 'held':
      return sql`
        select h.determination_id::text || '/' || h.family_id::text as id, d.number, ${day(sql`h.decided_at`)} as day, h.region_code, d.programme_code,
          'determination' as subject, d.id as subject_id, h.family_id
        from determination_hold h join determination d on d.id = h.determination_id
        where h.decision = 'hold' and d.state = 'approved' and ${day(sql`h.decided_at`)} between ${from}::date and ${to}::date and ${here('h')} and ${ofProgramme('d')}`
    case 'at_door':
      // A family is counted once a round, however often it was tried.
      return sql`
        select distinct on (t.round_id, t.family_id) t.round_id::text || '/' || t.family_id::text as id, r.number, ${day(sql`t.happened_at`)} as day,
          t.region_code, r.programme_code, 'round' as subject, r.id as subject_id, t.family_id
        from redemption t join distribution_round r on r.id = t.round_id
        where t.reason in ('moved', 'dead', 'double') and ${day(sql`t.happened_at`)} between ${from}::date and ${to}::date and ${here('t')} and ${ofProgramme('r')}
        order by t.round_id, t.family_id, t.happened_at`
    case 'inclusion':
      return sql`${rowsOf('removed', span)} union all ${rowsOf('held', span)}`
    case 'entitled':
      // A family is counted once, where it was entitled last.
      return sql`
        select distinct on (e.family_id) e.family_id::text as id, d.number, e.period_from as day, e.region_code, e.programme_code,
          'determination' as subject, d.id as subject_id, e.family_id
        from entitlement e join determination d on d.id = e.determination_id
        where e.state <> 'cancelled' and e.period_from <= ${to}::date and e.period_to >= ${from}::date and ${here('e')} and ${ofProgramme('e')}
        order by e.family_id, e.period_from desc, d.id`
    case 'families':
      return sql`
        select f.id::text as id, d.number, coalesce(e.period_from, f.valid_from) as day, f.region_code, e.programme_code,
          case when d.id is null then 'family' else 'determination' end as subject, coalesce(d.id, f.id) as subject_id, f.id as family_id, f.decile,
          d.id is not null as entitled
        from family f left join lateral (
          select e.determination_id, e.period_from, e.programme_code from entitlement e
          where e.family_id = f.id and e.state <> 'cancelled' and e.period_from <= ${to}::date and e.period_to >= ${from}::date and ${ofProgramme('e')}
          order by e.period_from desc, e.determination_id limit 1) e on true
          left join determination d on d.id = e.determination_id
        where f.status = 'active' and ${here('f')}`
    case 'deliveries':
      return sql`
        select e.round_id::text || '/' || e.family_id::text as id, r.number, r.closes_on as day, e.region_code, r.programme_code, 'round' as subject,
          r.id as subject_id, e.family_id,
          case when e.state = 'delivered' then
            case when (coalesce(t.happened_at, e.settled_at) at time zone z.time_zone)::date <= r.closes_on then 'on_time' else 'late' end
            when e.state = 'open' then 'open' else 'undelivered' end as kind
        from round_entitlement e join distribution_round r on r.id = e.round_id join region z on z.code = e.region_code
        -- When the handover happened that counts, by the village's clock: not when it was sent, nor when somebody else was turned away after it.
        left join redemption t on t.id = e.redemption_id
        where e.state <> 'cancelled' and r.state <> 'cancelled' and r.closes_on between ${from}::date and ${to}::date and ${here('e')} and ${ofProgramme('r')}`
  }
}

const depthBeneath = (region: string) =>
  region === '00' ? 2 : ({ 2: 5, 5: 8, 8: 13 } as Record<number, number>)[region.length]

/** A region beneath, or '' for the whole. */
type Tally = { at: string; key: string; count: number }

async function tallies(tx: Tx, span: Span): Promise<Tally[]> {
  const depth = depthBeneath(span.region)
  const at = depth === undefined ? sql`''` : sql`left(region_code, ${depth}::int)`
  const each = [...signals, 'entitled' as const].map(
    (one) =>
      sql`select ${at} as at, ${one}::text as key, count(*)::int as count from (${rowsOf(one, span)}) s group by 1`,
  )
  const { rows } = await sql<Tally>`
    ${sql.join(each, sql` union all `)}`.execute(tx)
  return rows
}

function figuresOf(rows: readonly Tally[]) {
  const total = (key: string) => rows.reduce((all, one) => all + (one.key === key ? one.count : 0), 0)
  const entitled = total('entitled')
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole)
  const out = total('enrolled')
  const held = total('held')
  return {
    signals: signals.map((signal) => ({ signal, count: total(signal) })),
    entitled,
    exclusion: share(out, entitled + out),
    inclusion: share(Math.min(total('removed') + held, entitled + held), entitled + held),
  }
}

/** How well a region is reached, and every region directly beneath it. */
export async function readTargeting(tx: Tx, actor: Actor, span: Span): Promise<Targeting> {
  const { path, timeZone: _zone, children: _kinds, ...region } = await getRegion(tx, span.region)
  const all = await tallies(tx, span)
  const { rows: places } = await sql<{ code: string; name: string; kind: RegionKind }>`
    select code, name, kind from region where parent_code = ${span.region} order by code`.execute(tx)
  const { rows: deciles } = await sql<{ decile: number | null; families: number; entitled: number }>`
    select decile, count(*)::int as families, (count(*) filter (where entitled))::int as entitled
    from (${rowsOf('families', span)}) s group by 1 order by 1 nulls last`.execute(tx)
  const { rows: months } = await sql<Targeting['months'][number]>`
    select to_char(day, 'YYYY-MM') as month, (count(*) filter (where kind = 'on_time'))::int as "onTime", (count(*) filter (where kind = 'late'))::int as late,
      (count(*) filter (where kind = 'undelivered'))::int as undelivered, (count(*) filter (where kind = 'open'))::int as open
    from (${rowsOf('deliveries', span)}) s group by 1 order by 1`.execute(tx)
  const beneath = Map.groupBy(all, (one) => one.at)
  return {
    region,
    path: path.filter((one) => isWithin(one.code, actor.regionCode)),
    from: span.from,
    to: span.to,
    ...figuresOf(all),
    deciles,
    months,
    children: places.map((place) => ({ region: place, ...figuresOf(beneath.get(place.code) ?? []) })),
  }
}

/** The rows behind one figure, the latest first. */
export async function listTargetingRows(tx: Tx, span: Span, query: RowsQuery): Promise<TargetingRows> {
  const limit = query.limit ?? 50
  const { kind } = query
  const isDelivery = kind === 'on_time' || kind === 'late' || kind === 'undelivered' || kind === 'open'
  const decile = query.decile === 'unknown' ? null : Number(query.decile)
  const ofDecile = sql`s.decile is not distinct from ${decile}::int`
  const [rows, which] = isDelivery
    ? [rowsOf('deliveries', span), sql`s.kind = ${kind}`]
    : query.decile !== undefined && (kind === 'entitled' || kind === 'families')
      ? [rowsOf('families', span), kind === 'entitled' ? sql`s.entitled and ${ofDecile}` : ofDecile]
      : [rowsOf(kind, span), sql`true`]
  const [day, id] = readCursor(query.after)
  const { rows: found } = await sql<TargetingRows['items'][number]>`
    select s.id, s.number, to_char(s.day, 'YYYY-MM-DD') as day, r.name as "regionName", s.programme_code as "programmeCode", s.subject,
      s.subject_id as "subjectId", s.family_id as "familyId"
    from (${rows}) s join region r on r.code = s.region_code
    where ${which} and (${day}::date is null or (s.day, s.id) < (${day}::date, ${id}::text))
    order by s.day desc, s.id desc limit ${limit + 1}`.execute(tx)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last ? `${last.day} ${last.id}` : null }
}

function readCursor(after: string | undefined): [string | null, string | null] {
  if (after === undefined) return [null, null]
  const [, day, id] = /^(\d{4}-\d{2}-\d{2}) (\S{1,80})$/.exec(after) ?? []
  if (!day || !id || Number.isNaN(Date.parse(day))) throw invalid({ field: 'after', code: 'unknown' })
  return [day, id]
}
