import { type RawBuilder, sql } from 'kysely'
import { type Actor, isWithin, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import { maskNik } from '../identity.ts'
import type { Report, ReportKind, ReportRow } from './schema.ts'

type Row = Omit<ReportRow, 'leftId' | 'rightId' | 'regionName'> & {
  region_name: string
  left_id: string | null
  right_id: string | null
}

const most = 1000

const pairsWhere = (condition: RawBuilder<unknown>, region: string): RawBuilder<Row> => sql<Row>`
  select p.region_code as region, case when p.region_code = '00' then 'Indonesia' else r.name end as region_name, 1 as count, a.name as first, b.name as second, a.nik,
    null as programme, null as day, p.left_id, p.right_id
  from link_pair p join person a on a.id = p.left_id and a.status <> 'merged' join person b on b.id = p.right_id and b.status <> 'merged'
    left join region r on r.code = p.region_code
  where p.state = 'possible' and ${condition}
    and p.left_region >= ${region === '00' ? '' : region} and p.left_region < ${scopeEnd(region)}
    and p.right_region >= ${region === '00' ? '' : region} and p.right_region < ${scopeEnd(region)}
  order by p.weight desc, p.left_id limit ${most + 1}`

const queries: Record<ReportKind, (region: string) => RawBuilder<Row>> = {
  regions: (region) => sql<Row>`
    select p.left_region as region, r.name as region_name, count(*)::int as count, null as first, null as second, null as nik, null as programme,
      null as day, null as left_id, null as right_id
    from link_pair p join region r on r.code = p.left_region
    where p.state = 'possible' and p.left_region >= ${region === '00' ? '' : region} and p.left_region < ${scopeEnd(region)}
    group by p.left_region, r.name order by count(*) desc, p.left_region limit ${most + 1}`,
  same_nik: (region) => pairsWhere(sql`p.same_nik`, region),
  two_families: (region) => pairsWhere(sql`not p.same_family and p.probability >= 0.5`, region),
  dead_receiving: (region) => sql<Row>`
    select d.region_code as region, r.name as region_name, 1 as count, d.name as first, null as second, d.nik, g.name as programme,
      d.died_on::text as day, null as left_id, null as right_id
    from person d join assistance a on a.person_id = d.id or a.person_id is null and a.family_id = d.family_id
        and not exists (select from person m where m.family_id = d.family_id and m.status = 'active')
      join programme g on g.code = a.programme_code join region r on r.code = d.region_code
    where d.status = 'dead' and d.died_on is not null and coalesce(a.period_to, acting_now()::date) > d.died_on
      and (a.period_to is null or a.period_to >= acting_now()::date)
      and d.region_code >= ${region === '00' ? '' : region} and d.region_code < ${scopeEnd(region)}
    order by d.died_on, d.id limit ${most + 1}`,
}

/** One report of a region in the actor's own; at most a thousand rows, `more` says there are others. */
export async function readReport(tx: Tx, actor: Actor, kind: ReportKind, asked: string | undefined): Promise<Report> {
  const region = asked ?? actor.regionCode
  if (!isWithin(region, actor.regionCode)) throw forbidden('linkage.reports')
  const { rows } = await queries[kind](region).execute(tx)
  return {
    rows: rows.slice(0, most).map(({ region_name, left_id, right_id, ...row }) => ({
      ...row,
      nik: maskNik(row.nik),
      regionName: region_name,
      leftId: left_id,
      rightId: right_id,
    })),
    more: rows.length > most,
  }
}
