-- What happened without a line is kept whatever became of its round, stop and people meanwhile, and is judged over all rounds of a list.
-- Read in src/distribution/{handover,rounds,reconciliation}.

-- Who handed out there stays on record after they were taken off.
alter table distribution_stop_person add column ended_at timestamptz;
grant update (ended_at) on distribution_stop_person to pilar_app;
grant update on distribution_stop_person to pilar_system;
alter table distribution_stop add column cancelled_at timestamptz;
create function stop_cancelled_at() returns trigger language plpgsql as $$
begin
  new.cancelled_at := case when new.cancelled then coalesce(case when tg_op = 'UPDATE' then old.cancelled_at end, acting_now()) end;
  return new;
end $$;
create trigger cancelled_at before insert or update on distribution_stop for each row execute function stop_cancelled_at();
update distribution_stop set cancelled_at = acting_now() where cancelled;

-- A moment that cannot be. clock: before the round was opened, or later than the office's clock. after_end: after the round was closed or
-- cancelled, the stop cancelled, or the person taken off. Such a record counts only where no other does.
alter table redemption add doubt text check (doubt in ('clock', 'after_end'));
comment on column redemption.doubt is 'why the moment the telephone told is not believed; happened_at of a wrong clock is the last moment it can have been';
create index redemption_doubt on redemption (round_id, family_id) where doubt is not null;
insert into distribution_term (key, valid_from, amount, unit, source) values
  ('clock_tolerance', '2020-01-01', 600, 'seconds', 'belum diverifikasi: jam telepon boleh berbeda sekian detik dari jam kantor');

-- The stops somebody hands out at, while their round is invited, open or just closed. late: a stop they were ever in charge of, whatever became
-- of it; ended_at is the moment from which nothing was to be handed over there any more by them.
drop function my_stops(uuid);
create function my_stops(stop uuid default null, late boolean default false)
returns table (stop_id uuid, round_id uuid, region_code text, way text, place text, address text, lat double precision, lng double precision,
  starts_at timestamptz, ends_at timestamptz, note text, number text, round_name text, round_state text, programme_code text, goods jsonb,
  opens_on date, closes_on date, total integer, delivered integer, undelivered integer, cancelled integer, opened_at timestamptz, ended_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id, s.round_id, s.region_code, s.way, s.place, s.address, s.lat, s.lng, s.starts_at, s.ends_at, s.note, r.number, r.name, r.state, r.programme_code,
    r.goods, r.opens_on, r.closes_on, coalesce(c.total, 0), coalesce(c.delivered, 0), coalesce(c.undelivered, 0), coalesce(c.cancelled, 0),
    coalesce(r.opened_at, r.made_at), least(r.closed_at, r.cancelled_at, s.cancelled_at, p.ended_at)
  from distribution_stop_person p join distribution_stop s on s.id = p.stop_id join distribution_round r on r.id = s.round_id
  left join distribution_count c on c.round_id = r.id and c.dimension = 'stop' and c.key = s.id::text
  where p.account_id = actor_id() and actor_role() in ('pillar', 'officer', 'supervisor') and ($1 is null or s.id = $1)
    and ($2 or s.region_code >= scope_from() and s.region_code < scope_to() and p.ended_at is null and not s.cancelled
      and r.state in ('invited', 'open', 'closed'))
$$;
revoke execute on function my_stops(uuid, boolean) from public;
grant execute on function my_stops(uuid, boolean) to pilar_app, pilar_system;
-- Who hands out at a stop now.
create or replace function stop_people(stop uuid) returns table (account_id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.name from distribution_stop_person p join account c on c.id = p.account_id
  where p.stop_id = $1 and p.ended_at is null
    and (in_social_office() and p.region_code >= scope_from() and p.region_code < scope_to() or actor_role() = 'system')
$$;
-- A telephone is told too what another round of the list has handed over.
create or replace function stop_list(stop uuid)
returns table (family_id uuid, payee_name text, nik_masked text, address text, rt text, rw text, persons smallint, amount bigint, goods jsonb,
  voucher_id uuid, voucher_code text, state text, reason text, tries smallint, redemption_id uuid, redeemed_at timestamptz, on_hold boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select e.family_id, e.payee_name, e.nik_masked, e.address, e.rt, e.rw, e.persons, e.amount, e.goods, e.voucher_id, e.voucher_code,
    case when x.elsewhere then 'cancelled' else e.state end, case when x.elsewhere then 'double' else e.reason end, e.tries, e.redemption_id, d.happened_at, e.on_hold
  from my_stops($1) m join round_entitlement e on e.stop_id = m.stop_id left join redemption d on d.id = e.redemption_id
  cross join lateral (select e.state = 'undelivered' and exists (select from entitlement n
    where n.determination_id = e.determination_id and n.family_id = e.family_id and n.state = 'delivered') as elsewhere) x
  where m.round_state in ('invited', 'open')
$$;

-- One case for an entitlement, whichever rounds of its list handed it over.
alter table redemption_conflict add determination_id uuid references determination;
update redemption_conflict c set determination_id = d.determination_id from distribution_round d where d.id = c.round_id;
alter table redemption_conflict alter determination_id set not null;
alter table redemption_conflict drop constraint redemption_conflict_round_id_family_id_key;
alter table redemption_conflict add unique (determination_id, family_id);
create index redemption_conflict_round on redemption_conflict (round_id, family_id);
create index round_entitlement_list on round_entitlement (determination_id, family_id);

alter table reconciliation_difference drop constraint reconciliation_difference_kind_check;
alter table reconciliation_difference add constraint reconciliation_difference_kind_check check (kind in
  ('open', 'missing', 'without_entitlement', 'amount', 'goods', 'double', 'double_round', 'doubtful_time', 'paid_not_received', 'disputed', 'stock', 'stock_below_zero'));

-- Judges what is known of some families over all rounds of the list of this round, whatever order it came in. Of the received redemptions that
-- are not void one counts: the one a supervisor chose, else the earliest whose moment is believed, else the earliest. The others are double, in
-- whichever round, and make one case. A round that handed something over stays delivered, for it has; the list is delivered once any has.
-- Writes standings, entitlements of rounds and list, vouchers and the case. Returns the cases that are new or open again.
create or replace function settle_redemptions(round uuid, families uuid[]) returns table (conflict_id uuid, family_id uuid)
language plpgsql set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  list uuid := (select d.determination_id from distribution_round d where d.id = round);
begin
  -- One at a time for a family, in one order.
  perform from round_entitlement e where e.determination_id = list and e.family_id = any (families) order by e.family_id, e.round_id for update;

  -- First those that no longer count: only one may.
  with judged as (
    select r.id, r.standing, row_number() over (partition by r.family_id
      order by (r.id = c.counted_id) is true desc, r.doubt is not null, r.happened_at, r.id) as place
    from round_entitlement e join redemption r on r.round_id = e.round_id and r.family_id = e.family_id
    left join redemption_conflict c on c.determination_id = e.determination_id and c.family_id = e.family_id
    where e.determination_id = list and e.family_id = any (families) and r.standing in ('counts', 'double')
  ) update redemption r set standing = 'double' from judged j where r.id = j.id and j.place > 1 and j.standing <> 'double';
  with judged as (
    select r.id, r.standing, row_number() over (partition by r.family_id
      order by (r.id = c.counted_id) is true desc, r.doubt is not null, r.happened_at, r.id) as place
    from round_entitlement e join redemption r on r.round_id = e.round_id and r.family_id = e.family_id
    left join redemption_conflict c on c.determination_id = e.determination_id and c.family_id = e.family_id
    where e.determination_id = list and e.family_id = any (families) and r.standing in ('counts', 'double')
  ) update redemption r set standing = 'counts' from judged j where r.id = j.id and j.place = 1 and j.standing <> 'counts';

  with known as (
    select e.round_id, e.family_id, e.held, e.state as was, e.reason as why, d.state as round_state, s.id as redemption_id, s.amount, t.reason as tried, t.tries,
      exists (select from round_entitlement o join redemption r on r.round_id = o.round_id and r.family_id = o.family_id and r.standing in ('counts', 'double')
        where o.determination_id = list and o.family_id = e.family_id and o.round_id <> e.round_id) as elsewhere,
      exists (select from round_entitlement o where o.determination_id = list and o.family_id = e.family_id and o.round_id <> e.round_id and o.held) as taken
    from round_entitlement e join distribution_round d on d.id = e.round_id
    left join lateral (select r.id, r.amount from redemption r where r.round_id = e.round_id and r.family_id = e.family_id and r.standing in ('counts', 'double')
      order by r.standing, r.doubt is not null, r.happened_at, r.id limit 1) s on true
    cross join lateral (select (array_agg(r.reason order by r.doubt is not null, r.happened_at desc, r.id desc))[1] as reason, least(count(*), 1000)::smallint as tries
      from redemption r where r.round_id = e.round_id and r.family_id = e.family_id and r.standing = 'attempt') t
    -- what two have taken back stays so
    where e.determination_id = list and e.family_id = any (families) and not (e.state = 'cancelled' and e.reason = 'list_changed')
  ), judged as (
    select k.*, case
        when redemption_id is not null then 'delivered'
        when round_state = 'cancelled' then 'cancelled'
        when tried is not null then 'undelivered'
        -- explained when its round was reconciled
        when was = 'undelivered' and not held then 'undelivered'
        -- another round has handed it over: nothing is left to hand out
        when elsewhere or was = 'cancelled' and round_state in ('closed', 'reconciled') then 'cancelled'
        else 'open' end as state
    from known k
  ), told as (
    select j.*, case state when 'undelivered' then coalesce(tried, why) when 'cancelled' then case round_state when 'cancelled' then 'round_cancelled' else 'double' end end as reason,
      case when state = 'delivered' then held
        when state = 'cancelled' or elsewhere or state = 'undelivered' and round_state in ('closed', 'reconciled') then false
        when was = 'cancelled' then not taken
        else held end as holds
    from judged j
  )
  update round_entitlement e set state = t.state, reason = t.reason, redemption_id = t.redemption_id, given_amount = t.amount, tries = t.tries, held = t.holds,
    settled_at = acting_now()
  from told t
  where e.round_id = t.round_id and e.family_id = t.family_id
    and (e.state, e.reason, e.redemption_id, e.given_amount, e.tries, e.held) is distinct from (t.state, t.reason, t.redemption_id, t.amount, t.tries, t.holds);

  update entitlement n set state = w.state
  from (select e.family_id, case when bool_or(e.state = 'delivered') then 'delivered' when bool_or(e.state = 'undelivered') then 'undelivered' else 'open' end as state
    from round_entitlement e where e.determination_id = list and e.family_id = any (families) group by 1) w
  where n.determination_id = list and n.family_id = w.family_id and n.state <> w.state and n.state <> 'cancelled';

  update voucher v set state = x.state, cancelled_at = case when x.state = 'cancelled' then acting_now() end, cancel_reason = case when x.state = 'cancelled' then 'other' end
  from round_entitlement e cross join lateral (select case e.state when 'delivered' then 'redeemed' when 'cancelled' then 'cancelled' else 'active' end as state) x
  where e.determination_id = list and e.family_id = any (families) and v.id = e.voucher_id and v.state <> 'cancelled' and v.state <> x.state;

  return query
  insert into redemption_conflict as c (id, determination_id, round_id, family_id, region_code, redemptions, state)
  select gen_random_uuid(), list, round, e.family_id, e.region_code, s.n, 'open'
  from (select e.family_id, count(*)::int n from round_entitlement e join redemption r on r.round_id = e.round_id and r.family_id = e.family_id and r.outcome = 'received'
        where e.determination_id = list and e.family_id = any (families) group by 1 having count(*) > 1) s
  join round_entitlement e on e.round_id = round and e.family_id = s.family_id
  order by e.family_id
  on conflict (determination_id, family_id) do update set redemptions = excluded.redemptions, state = 'open', opened_at = acting_now() where c.redemptions < excluded.redemptions
  returning c.id, c.family_id;
end $$;
