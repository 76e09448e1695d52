import { test } from 'node:test'
import { fullTestDatabase } from '#test/support/postgres.ts'
import pg from 'pg'
test('x', async () => {
  const { ownerUrl } = await fullTestDatabase()
  const c = new pg.Client({ connectionString: ownerUrl })
  await c.connect(); c.on('error', () => {})
  try {
  const q = async (label: string, text: string) => {
    const t = Date.now()
    const r = await c.query(text)
    console.log(label, Date.now() - t, 'ms', JSON.stringify(r.rows?.slice(0, 12)).slice(0, 1500))
    return r
  }
  await q('off', `alter table complaint disable trigger user`)
  await q(
    'gen',
    `
  insert into complaint (id, number, region_code, filed_at, filed_on, door, class, matter, programme_code, summary, body, state, office_id, office_tier, offices, overdue, answered_tier, settled_at, settled_days, satisfied, joined_to)
  select gen_random_uuid(), 'N' || g, v.code, moment, moment::date, (array['web','desk','pillar','api'])[1 + (random()*3.99)::int % 4],
    (array['information','suggestion','complaint','oversight'])[1 + (random()*3.99)::int % 4], m.code, p.code, 'Ringkasan', 'Isi aduan yang cukup panjang untuk diuji', st,
    left(v.code, (array[2,5,8,13])[tier]) || '/social', (array['province','regency','district','village'])[tier], array[left(v.code, (array[2,5,8,13])[tier]) || '/social'],
    st in ('received','verified','in_progress') and random() < 0.3, case when st in ('answered','closed','closed_automatically') then (array['province','regency','district','village'])[tier] end,
    case when st like 'closed%' then moment + random() * interval '40 days' end, case when st like 'closed%' then (random()*random()*60)::int end,
    case when st = 'closed' then random() < 0.7 end, null
  from (select g, timestamptz '2025-01-01' + random() * interval '690 days' as moment, (random()*83761)::int + 1 v, (random()*14)::int p, (random()*15)::int m,
     (array['received','verified','in_progress','answered','closed','closed','closed','closed_automatically','rejected','withdrawn'])[1 + (random()*9.99)::int % 10] st,
     1 + (3.99 * sqrt(random()))::int % 4 tier from generate_series(1, 1000000) g) x
  join (select code, row_number() over () n from region where tier='village') v on v.n = x.v
  left join (select code, row_number() over () n from programme) p on p.n = x.p
  join (select code, row_number() over () - 1 n from complaint_matter) m on m.n = x.m`,
  )
  await q('on', `alter table complaint enable trigger user`)
  await q('analyze', 'analyze complaint')
  await q('size', `select count(*), pg_size_pretty(pg_total_relation_size('complaint')) from complaint`)
  await q(
    'explain',
    `explain select left(c.region_code, 8), f.dimension, f.month, f.key, count(*)
  from complaint c join region r on r.code = c.region_code cross join lateral complaint_facts(c, r.time_zone) f
  group by 1, 2, 3, 4`,
  )
  await q('retally', 'select retally()')
  await q('sizes', `select length(region_code), count(*) from complaint_tally group by 1`)
  await q('size', `select pg_size_pretty(pg_total_relation_size('complaint_tally'))`)
  await q('analyze', 'vacuum analyze complaint_tally')
  await c.query(`set app.role='supervisor'; set app.scope_from='00'; set app.scope_to='~'`)
  for (const r of ['00', '33', '32', '33.13', '33.13.09', '33.13.09.2001', '33'])
    await q(
      r,
      `select count(*), sum(n) filter (where dimension='state' and region_code is null) from complaint_figures('${r}','2025-01-01','2026-12-01')`,
    )
  await q('33 12 months', `select count(*) from complaint_figures('33','2026-01-01','2026-12-01')`)
  await q(
    'update',
    `update complaint set state='closed', settled_days=5, settled_at=filed_at + interval '5 days' where region_code like '33.%' and state='answered'`,
  )
  await q('pending', 'select count(*) from complaint_tally_delta')
  await q('33', `select count(*) from complaint_figures('33','2025-01-01','2026-12-01')`)
  await q('fold', 'select fold_tally()')
  await q('fold', 'select fold_tally(1000000)')
  await q('33', `select count(*) from complaint_figures('33','2025-01-01','2026-12-01')`)
  const u = (await c.query(`select id from complaint where state='received' limit 500`)).rows
  let t = Date.now()
  for (const r of u) await c.query(`update complaint set state='verified' where id=$1`, [r.id])
  console.log('update each no tally change', (Date.now() - t) / 500)
  t = Date.now()
  for (const r of u) await c.query(`update complaint set state='withdrawn' where id=$1`, [r.id])
  console.log('update each with change', (Date.now() - t) / 500)
  await c.query('alter table complaint disable trigger tally_update')
  t = Date.now()
  for (const r of u) await c.query(`update complaint set state='rejected' where id=$1`, [r.id])
  console.log('update without trigger', (Date.now() - t) / 500)
  } finally { await c.end() }
})
