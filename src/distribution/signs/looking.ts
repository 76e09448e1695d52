import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { distributionTerms } from '../reconciliation/terms.ts'
import { told } from '../rounds/round.ts'
import { nearSignatures } from './near.ts'
import type { SignKind } from './schema.ts'

export const signTerms = [
  'fast_handovers',
  'fast_seconds',
  'same_signature',
  'near_signature',
  'same_photo',
  'same_proxy',
  'far_stop',
  'far_village',
  'hours_from',
  'hours_to',
  'stop_grace',
] as const

/** Metres between two points on a sphere of 6,371 km; null when one is missing. */
export const metresBetween = (lat: string, lng: string, toLat: string, toLng: string) =>
  sql.raw<number>(`(case when ${lat} is not null and ${toLat} is not null then 12742000 * asin(sqrt(least(1, power(sin(radians(${toLat} - ${lat}) / 2), 2)
    + cos(radians(${lat})) * cos(radians(${toLat})) * power(sin(radians(${toLng} - ${lng}) / 2), 2)))) end)`)

/** A record is written some moments after the time it bears; what a look may not have seen yet is looked at once more. */
const SETTLED = sql.raw(`interval '2 minutes'`)

/**
 * Looks through the rounds that wait for it: those somebody asked for, those that closed, those something came in for since the last look
 * (a record, or its photo), whatever became of them, and every hour those that are open. Each in one transaction. Answers how many.
 */
export async function lookForSigns(db: Db, most = 20): Promise<number> {
  let done = 0
  while (done < most && (await db.asSystem('distribution: look for signs of fraud', lookNext))) done++
  return done
}

async function lookNext(tx: Tx): Promise<boolean> {
  await sql`insert into sign_look (round_id, region_code) select d.id, d.region_code from distribution_round d
    where d.state in ('open', 'closed') and not exists (select from sign_look l where l.round_id = d.id) on conflict do nothing`.execute(
    tx,
  )
  const { rows } = await sql<{ id: string; region_code: string }>`
    select d.id, d.region_code from sign_look l join distribution_round d on d.id = l.round_id
    where l.looked_at is null or d.state = 'open' and l.looked_at < acting_now() - interval '1 hour' or d.closed_at > l.looked_at
      or d.state <> 'open' and l.looked_at < acting_now() - ${SETTLED} and (
        exists (select from redemption r where r.round_id = d.id and r.recorded_at > l.looked_at - ${SETTLED})
        or exists (select from redemption_file f where f.round_id = d.id and f.at > l.looked_at - ${SETTLED}))
    order by l.looked_at nulls first, l.asked_at limit 1 for update of l skip locked`.execute(tx)
  const [round] = rows
  if (!round) return false
  await look(tx, round)
  await sql`update sign_look set looked_at = acting_now() where round_id = ${round.id}`.execute(tx)
  await told(tx, round, 'round.signs')
  return true
}

/** Finds the signs of a round and writes what is new; one that grew is open again, one that is no longer there is gone unless it was judged. */
async function look(tx: Tx, round: { id: string; region_code: string }): Promise<void> {
  const limits = await distributionTerms(tx, signTerms)
  // Whole numbers of a table: written into the statement, so that the database knows what they are.
  const limit = (key: (typeof signTerms)[number]) => sql.raw(String(limits[key]))
  await sql`
    create temp table sign_base on commit drop as
    select r.id, r.family_id, r.region_code, r.device_id, r.by_account, r.happened_at, r.received_by, r.proxy_name, r.happened_at at time zone v.time_zone as local_at,
      s.starts_at, s.ends_at, coalesce(s.way, 'to_the_door') as way, e.payee_id,
      ${metresBetween('r.lat', 'r.lng', 'coalesce(s.lat, v.lat)', 'coalesce(s.lng, v.lon)')} - coalesce(r.accuracy, 0) as metres, s.lat is not null and s.way <> 'to_the_door' as at_stop
    from redemption r join round_entitlement e on e.round_id = r.round_id and e.family_id = r.family_id join region v on v.code = r.region_code
    left join distribution_stop s on s.id = r.stop_id
    where r.round_id = ${round.id} and r.outcome = 'received' and r.standing in ('counts', 'double') and r.channel = 'field'`.execute(
    tx,
  )
  // Seen by the office of the village, or where it reaches over several by those who lead the round.
  const where = sql`case when min(b.region_code) = max(b.region_code) then min(b.region_code) else ${round.region_code} end`
  const tooFast = (kind: SignKind, key: RawBuilder<unknown>, having: RawBuilder<unknown>) => sql`
    select ${sql.lit(kind)} as kind, key, ${where} as region_code, array_agg(id order by happened_at, id) as redemptions, jsonb_build_object('measured', min(took)::int) as detail
    from (select a.*, bool_or(fast) over (partition by key order by happened_at range between current row and make_interval(secs => ${limit('fast_seconds')}) following) as within
      from (select *, count(*) over w >= ${limit('fast_handovers')} as fast, case when count(*) over w >= ${limit('fast_handovers')} then extract(epoch from happened_at - min(happened_at) over w) end as took
        from (select *, ${key} as key from sign_base) k window w as (partition by key order by happened_at range between make_interval(secs => ${limit('fast_seconds')}) preceding and current row)) a) b
    where within group by key having ${having}`
  await sql`
    create temp table sign_found on commit drop as
    ${tooFast('fast_device', sql`device_id`, sql`true`)}
    union all
    -- whatever a telephone calls itself; where it is one telephone, that is the sign
    ${tooFast('fast_person', sql`md5(by_account::text)`, sql`count(distinct device_id) > 1`)}
    union all
    select 'same_' || f.kind, f.file_id, ${where}, array_agg(b.id order by b.happened_at, b.id), '{}'
    from redemption_file f join sign_base b on b.id = f.redemption_id where f.round_id = ${round.id} and f.kind in ('signature', 'photo')
    group by f.kind, f.file_id having count(distinct b.family_id) >= case f.kind when 'signature' then ${limit('same_signature')} else ${limit('same_photo')} end
    union all
    select 'same_proxy', min(region_code) || ':' || md5(who), min(region_code), array_agg(id order by happened_at, id), '{}'
    from (select *, lower(regexp_replace(btrim(proxy_name), '\\s+', ' ', 'g')) as who from sign_base where proxy_name is not null) p
    group by region_code, who having count(distinct family_id) >= ${limit('same_proxy')}
    union all
    select 'far', device_id || ':' || region_code, region_code, array_agg(id order by metres desc, id), jsonb_build_object('measured', max(metres)::int)
    from sign_base where metres > case when at_stop then ${limit('far_stop')} else ${limit('far_village')} end group by device_id, region_code
    union all
    select 'dead', b.family_id::text, min(b.region_code), array_agg(b.id order by b.happened_at, b.id), '{}'
    from sign_base b join person p on p.id = b.payee_id where p.status = 'dead' and p.died_on < b.local_at::date group by b.family_id
    union all
    select 'odd_hours', device_id || ':' || region_code, region_code, array_agg(id order by happened_at, id), '{}'
    from sign_base where extract(hour from local_at) < ${limit('hours_from')} or extract(hour from local_at) >= ${limit('hours_to')}
      or way <> 'to_the_door' and (happened_at < starts_at - make_interval(hours => ${limit('stop_grace')}) or happened_at > ends_at + make_interval(hours => ${limit('stop_grace')}))
    group by device_id, region_code`.execute(tx)
  const near = await nearSignatures(tx, { least: limits.same_signature, most: limits.near_signature })
  if (near.length > 0)
    await sql`
      insert into sign_found select 'near_signature', x.key, x.region_code, x.redemptions, jsonb_build_object('measured', x.measured)
      from json_to_recordset(${JSON.stringify(near)}) x (key text, region_code text, redemptions uuid[], measured int)`.execute(
      tx,
    )
  await sql`
    insert into delivery_sign as s (round_id, kind, key, region_code, redemptions, detail, state)
    select ${round.id}, kind, key, region_code, redemptions, detail, 'open' from sign_found
    on conflict (round_id, kind, key) do update set redemptions = excluded.redemptions, detail = excluded.detail, region_code = excluded.region_code,
      state = case when s.state in ('dismissed', 'case') and s.redemptions @> excluded.redemptions then s.state else 'open' end,
      note = case when s.redemptions @> excluded.redemptions then s.note end,
      judged_by = case when s.redemptions @> excluded.redemptions then s.judged_by end, judged_at = case when s.redemptions @> excluded.redemptions then s.judged_at end
    where s.redemptions <> excluded.redemptions or s.detail <> excluded.detail or s.state = 'gone'`.execute(tx)
  await sql`
    update delivery_sign s set state = 'gone' where s.round_id = ${round.id} and s.state = 'open'
      and not exists (select from sign_found f where f.kind = s.kind and f.key = s.key)`.execute(tx)
  await sql`drop table sign_found`.execute(tx)
  await sql`drop table sign_base`.execute(tx)
}
