import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { rangeOf, told } from '../rounds/round.ts'

/**
 * Works out the reconciliations that wait, each in one transaction: sums by village, way and reason, and what does not agree. A killed
 * process leaves no trace of its try. Answers how many rounds were done.
 */
export async function reconcileRounds(db: Db, most = 20): Promise<number> {
  let done = 0
  while (done < most && (await db.asSystem('distribution: reconcile rounds', reconcileNext))) done++
  return done
}

/** A closed round nobody asked for is asked for by its closing. */
async function reconcileNext(tx: Tx): Promise<boolean> {
  await sql`insert into round_reconciliation (round_id, region_code, state)
    select d.id, d.region_code, 'queued' from distribution_round d
    where d.state = 'closed' and not exists (select from round_reconciliation r where r.round_id = d.id)
    on conflict do nothing`.execute(tx)
  const { rows } = await sql<{ id: string; determination_id: string; region_code: string; goods: boolean }>`
    select d.id, d.determination_id, d.region_code, d.goods <> '[]' as goods
    from round_reconciliation r join distribution_round d on d.id = r.round_id
    where r.state = 'queued' and d.state = 'closed' order by r.asked_at limit 1 for update of r skip locked`.execute(tx)
  const [round] = rows
  if (!round) return false
  const began = performance.now()
  await sum(tx, round.id)
  await compare(tx, round)
  const [from, to] = rangeOf(round.region_code)
  await sql`
    update round_reconciliation r set state = 'made', made_at = acting_now(), milliseconds = ${Math.round(performance.now() - began)},
      listed = n.listed, held_elsewhere = n.listed - n.here - n.missing - n.withdrawn, missing = n.missing, withdrawn = n.withdrawn
    from (select count(*)::int as listed,
        count(*) filter (where exists (select from round_entitlement e where e.round_id = ${round.id} and e.family_id = n.family_id))::int as here,
        count(*) filter (where exists (select from reconciliation_difference d where d.round_id = ${round.id} and d.kind = 'missing'
          and d.key = n.family_id::text and d.state <> 'gone'))::int as missing,
        -- taken back before this round held it
        count(*) filter (where n.state = 'cancelled'
          and not exists (select from round_entitlement e where e.round_id = ${round.id} and e.family_id = n.family_id))::int as withdrawn
      from entitlement n where n.determination_id = ${round.determination_id} and n.region_code >= ${from} and n.region_code < ${to}) n
    where r.round_id = ${round.id}`.execute(tx)
  await told(tx, round, 'round.reconciliation')
  return true
}

/** Sums of a round by village, way and reason, written anew. */
export async function sum(tx: Tx, round: string): Promise<void> {
  await sql`delete from reconciliation_sum where round_id = ${round}`.execute(tx)
  await sql`
    insert into reconciliation_sum (round_id, dimension, key, total, delivered, undelivered, open, cancelled, planned, given)
    select ${round}, case when grouping(village) = 0 then 'village' when grouping(way) = 0 then 'way' when grouping(reason) = 0 then 'reason' else 'all' end,
      coalesce(village, way, reason, ''), count(*), count(*) filter (where state = 'delivered'), count(*) filter (where state = 'undelivered'),
      count(*) filter (where state = 'open'), count(*) filter (where state = 'cancelled'),
      coalesce(sum(amount) filter (where state <> 'cancelled'), 0), coalesce(sum(given_amount), 0)
    from (
      select e.region_code as village, coalesce(s.way, d.way) as way, e.state, e.amount, e.given_amount,
        case when e.state in ('undelivered', 'cancelled') then e.state || ':' || e.reason else '-' end as reason
      from round_entitlement e join distribution_round d on d.id = e.round_id left join distribution_stop s on s.id = e.stop_id
      where e.round_id = ${round}) x
    group by grouping sets ((), (village), (way), (reason))
    having not (grouping(reason) = 0 and reason = '-')`.execute(tx)
}

type Round = { id: string; determination_id: string; region_code: string; goods: boolean }

/** Everything that does not agree, in one statement; what was explained stays so as long as the same is found. */
async function compare(tx: Tx, round: Round): Promise<void> {
  const [from, to] = rangeOf(round.region_code)
  const { id } = round
  await sql`
    create temp table reconciliation_found on commit drop as
    select 'open' as kind, e.family_id::text as key, e.region_code, e.family_id, e.amount as planned, 0::bigint as found, '{}'::jsonb as detail
      from round_entitlement e where e.round_id = ${id} and e.state = 'open'
    union all
    select 'missing', n.family_id::text, n.region_code, n.family_id, n.amount, null, '{}'
      from entitlement n where n.determination_id = ${round.determination_id} and n.region_code >= ${from} and n.region_code < ${to} and n.state <> 'cancelled'
        and not exists (select from round_entitlement e where e.round_id = ${id} and e.family_id = n.family_id)
        and not exists (select from round_entitlement e where e.determination_id = n.determination_id and e.family_id = n.family_id and e.state <> 'cancelled')
    union all
    select 'without_entitlement', e.family_id::text, e.region_code, e.family_id, 0, x.amount, jsonb_build_object('handovers', x.n)
      from (select r.family_id, count(*) as n, sum(r.amount)::bigint as amount from redemption r
        where r.round_id = ${id} and r.outcome = 'received' and r.standing in ('counts', 'double') group by 1) x
      join round_entitlement e on e.round_id = ${id} and e.family_id = x.family_id
      join entitlement n on n.determination_id = e.determination_id and n.family_id = e.family_id
      where e.state = 'cancelled' or n.state = 'cancelled'
    union all
    select 'amount', e.family_id::text, e.region_code, e.family_id, e.amount, e.given_amount, '{}'
      from round_entitlement e where e.round_id = ${id} and e.state = 'delivered' and e.given_amount <> e.amount
    union all
    select 'double', e.family_id::text, e.region_code, e.family_id, e.amount, x.amount, jsonb_build_object('handovers', x.n)
      from (select r.family_id, count(*) as n, sum(r.amount)::bigint as amount from redemption r
        where r.round_id = ${id} and r.outcome = 'received' and r.standing in ('counts', 'double') group by 1 having count(*) > 1) x
      join round_entitlement e on e.round_id = ${id} and e.family_id = x.family_id
    union all
    select 'double_round', e.family_id::text, e.region_code, e.family_id, e.amount, x.amount, jsonb_build_object('rounds', x.rounds)
      from (select e.family_id, sum(r.amount)::bigint as amount, jsonb_agg(distinct d.number order by d.number) as rounds
        from redemption_conflict c join round_entitlement e on e.determination_id = c.determination_id and e.family_id = c.family_id
        join distribution_round d on d.id = e.round_id
        join redemption r on r.round_id = e.round_id and r.family_id = e.family_id and r.outcome = 'received' and r.standing in ('counts', 'double')
        where c.determination_id = ${round.determination_id} group by 1 having count(distinct e.round_id) > 1 and bool_or(e.round_id = ${id})) x
      join round_entitlement e on e.round_id = ${id} and e.family_id = x.family_id
    union all
    select 'doubtful_time', e.family_id::text, e.region_code, e.family_id, e.amount, x.amount, jsonb_build_object('handovers', x.n)
      from (select r.family_id, count(*) as n, sum(r.amount)::bigint as amount from redemption r
        where r.round_id = ${id} and r.doubt is not null and r.standing in ('counts', 'double') group by 1) x
      join round_entitlement e on e.round_id = ${id} and e.family_id = x.family_id
    union all
    select 'paid_again', e.family_id::text, e.region_code, e.family_id, e.amount, x.amount, jsonb_build_object('files', x.n)
      from (select p.family_id, count(*) as n, sum(p.amount)::bigint as amount from payment_row p join payment_file f on f.id = p.file_id
        where p.round_id = ${id} and f.state = 'released' and p.status in ('sent', 'paid')
        group by 1 having bool_or(p.status = 'paid') and bool_or(p.status = 'sent')) x
      join round_entitlement e on e.round_id = ${id} and e.family_id = x.family_id
    union all
    select case when x.paid is null then 'disputed' else 'paid_not_received' end, x.family_id::text, x.region_code, x.family_id, x.expected, x.said, x.detail
      from (
        select e.family_id, e.region_code, coalesce(e.given_amount, p.amount, e.amount) as expected, p.amount as paid, coalesce(q.amount, 0) as said,
          jsonb_strip_nulls(jsonb_build_object('handedOver', e.state = 'delivered', 'saysReceived', q.received, 'cut', q.cut_amount)) as detail
        from round_entitlement e
        left join (select p.family_id, sum(p.amount)::bigint as amount from payment_row p where p.round_id = ${id} and p.status = 'paid' group by 1) p on p.family_id = e.family_id
        left join lateral (select k.received, k.amount, k.cut_amount from delivery_question k where k.round_id = e.round_id and k.family_id = e.family_id and k.disputed
          order by k.answered_at desc limit 1) q on true
        where e.round_id = ${id} and (e.family_id in (select k.family_id from delivery_question k where k.round_id = ${id} and k.disputed)
          or p.amount is not null and e.state <> 'delivered')) x`.execute(tx)
  if (round.goods) await compareGoods(tx, id)
  // Facts that changed open a difference again: what was explained was something else.
  await sql`
    insert into reconciliation_difference as d (round_id, kind, key, region_code, family_id, planned, found, detail, state)
    select ${id}, kind, key, region_code, family_id::uuid, planned, found, detail, 'open' from reconciliation_found
    on conflict (round_id, kind, key) do update set planned = excluded.planned, found = excluded.found, detail = excluded.detail, state = 'open'
    where d.state = 'gone' or (d.planned, d.found, d.detail) is distinct from (excluded.planned, excluded.found, excluded.detail)`.execute(
    tx,
  )
  await sql`
    update reconciliation_difference d set state = 'gone'
    where d.round_id = ${id} and d.state <> 'gone' and not exists (select from reconciliation_found f where f.kind = d.kind and f.key = d.key)`.execute(
    tx,
  )
  await sql`drop table reconciliation_found`.execute(tx)
}

/** Goods: what each family got, what the villages' stock says was handed out, and stock that cannot be. */
async function compareGoods(tx: Tx, id: string): Promise<void> {
  // Few different lists of goods stand against each other: each pair is compared once, however many families have it.
  await sql`
    insert into reconciliation_found
    select 'goods', e.family_id::text, e.region_code, e.family_id, x.planned, x.found, x.detail
    from round_entitlement e join redemption r on r.id = e.redemption_id
    join (
      select p.planned_goods, p.given_goods, c.*
      from (select distinct e.goods as planned_goods, r.goods as given_goods from round_entitlement e join redemption r on r.id = e.redemption_id
        where e.round_id = ${id} and e.state = 'delivered') p
      cross join lateral (
        select sum(planned)::bigint as planned, sum(given)::bigint as found,
          jsonb_build_object('items', jsonb_agg(jsonb_build_object('item', code, 'planned', planned, 'found', given) order by code) filter (where planned <> given)) as detail,
          bool_or(planned <> given) as differs
        from (select code, coalesce(sum(quantity) filter (where list = 'planned'), 0) as planned, coalesce(sum(quantity) filter (where list = 'given'), 0) as given
          from (select 'planned' as list, g->>'code' as code, (g->>'quantity')::numeric as quantity from jsonb_array_elements(p.planned_goods) g
            union all select 'given', g->>'code', (g->>'quantity')::numeric from jsonb_array_elements(p.given_goods) g) b group by code) a) c
      where c.differs) x on x.planned_goods = e.goods and x.given_goods = r.goods
    where e.round_id = ${id} and e.state = 'delivered'`.execute(tx)
  await sql`
    insert into reconciliation_found
    select 'stock', coalesce(r.region_code, m.region_code) || ':' || coalesce(r.item, m.item), coalesce(r.region_code, m.region_code), null::uuid,
      coalesce(r.quantity, 0), coalesce(m.quantity, 0), jsonb_build_object('item', coalesce(r.item, m.item))
    from (select r.region_code, g->>'code' as item, sum((g->>'quantity')::numeric)::bigint as quantity
        from redemption r cross join lateral jsonb_array_elements(r.goods) g
        where r.round_id = ${id} and r.outcome = 'received' and r.standing in ('counts', 'double') group by 1, 2) r
    full join (select d.region_code, m.item, sum(m.quantity)::bigint as quantity from stock_movement m join redemption d on d.id = m.redemption_id
        where m.round_id = ${id} and m.kind = 'handed_out' group by 1, 2) m on m.region_code = r.region_code and m.item = r.item
    where coalesce(r.quantity, 0) <> coalesce(m.quantity, 0)
    union all
    select 'stock_below_zero', b.place_id::text || ':' || b.item, b.region_code, null, b.received + b.moved_in, b.moved_out + b.handed_out + b.returned + b.damaged,
      jsonb_build_object('item', b.item, 'place', p.name)
    from stock_balance b join stock_place p on p.id = b.place_id where b.round_id = ${id} and b.balance < 0`.execute(tx)
}
