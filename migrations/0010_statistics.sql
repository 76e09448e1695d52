-- Statistics of complaints: exact at any moment, and no row that every filing would have to touch.
--
-- A statement that changes complaints appends what it changed (old -1, new +1) to complaint_tally_delta. A job folds these rows
-- into complaint_tally, once for every region above. What is asked is the tally plus the rows that still wait.
-- The tally begins at the district: a village's few complaints are counted themselves, by the index complaint_region. With
-- villages the tally of a million complaints spread over the country would have 12 million rows; without it has 5.3 million.

-- Everything one complaint counts as, and the only place that says so. Months are the month of filing, but for 'answered_in': the
-- month of the answer in the region's zone. An answer that is contested or returned counts no longer, until there is a new one.
-- One unnest of three arrays: a list of VALUES prepares its expressions anew for every complaint and takes three times as long.
create function complaint_facts(c complaint, time_zone text) returns table (month date, dimension text, key text)
stable parallel safe language sql as $$
  select f.month, f.dimension, f.key
  from (select date_trunc('month', c.filed_on::timestamp)::date filed,
    c.state in ('closed', 'closed_automatically') settled, c.state in ('answered', 'closed', 'closed_automatically') answered) m
  cross join lateral unnest(
    array['state', 'class', 'matter', 'programme', 'door', 'open', 'overdue', 'answered', 'satisfied', 'days', 'answered_in'],
    array[
      case when c.open then 'open' when m.settled then 'settled' when c.state = 'archived' then 'joined' else c.state end,
      c.class,
      c.matter,
      coalesce(c.programme_code, ''),
      c.door,
      case when c.open then c.office_tier end,
      case when c.open and c.overdue then c.office_tier end,
      case when m.answered then c.answered_tier end,
      c.satisfied::text,
      case when m.answered then c.settled_days::text end,
      case when m.answered and c.settled_at is not null then '' end],
    array[m.filed, m.filed, m.filed, m.filed, m.filed, m.filed, m.filed, m.filed, m.filed, m.filed,
      date_trunc('month', c.settled_at at time zone time_zone)::date]
  ) f (dimension, key, month)
  where f.key is not null
$$;
comment on function complaint_facts is 'state: open, settled, rejected, withdrawn, joined. open, overdue, answered: a tier. days: whole working days to the answer. programme: empty when none is named.';

-- The regions whose tally a complaint of this region belongs to: '32.75.05', '32.75', '32', '00'.
create function tallied_regions(region_code text) returns table (code text)
immutable parallel safe language sql as $$
  select left($1, n) collate "C" from unnest(array[2, 5, 8]) n where n <= length($1) and $1 <> '00' union all select '00'
$$;

create table complaint_tally (
  region_code text collate "C" not null,
  dimension text not null,
  month date not null,
  key text not null,
  -- may pass below zero for a moment when two processes fold; a row that reaches zero goes
  n bigint not null,
  primary key (region_code, dimension, month, key)
);
call protect('complaint_tally', 'select');
create policy staff_reads on complaint_tally for select to pilar_app using (
  actor_role() in ('officer', 'supervisor', 'auditor') and region_code >= scope_from() and region_code < scope_to());
grant select on complaint_tally to pilar_app;

-- No key: rows are appended, summed and deleted, never addressed.
create table complaint_tally_delta (
  region_code text collate "C" not null,
  dimension text not null,
  month date not null,
  key text not null,
  n integer not null
);
create index complaint_tally_delta_region on complaint_tally_delta (region_code);
-- A queue: empty most of the time, so old rows are cleared away early.
alter table complaint_tally_delta set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
call protect('complaint_tally_delta', 'select');
create policy staff_reads on complaint_tally_delta for select to pilar_app using (
  actor_role() in ('officer', 'supervisor', 'auditor') and region_code >= scope_from() and region_code < scope_to());
grant select on complaint_tally_delta to pilar_app;

-- When a year's figures last changed: a published year is made anew only then.
create table complaint_tally_year (
  year integer primary key,
  changed_at timestamptz not null
);
call protect('complaint_tally_year', 'select');

create function tally_change() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into complaint_tally_delta (region_code, dimension, month, key, n)
    select c.region_code, f.dimension, f.month, f.key, count(*)
    from new_rows c join region r on r.code = c.region_code cross join lateral complaint_facts(c, r.time_zone) f
    group by 1, 2, 3, 4;
  elsif tg_op = 'UPDATE' then
    insert into complaint_tally_delta (region_code, dimension, month, key, n)
    select region_code, dimension, month, key, sum(n)
    from (select c.region_code, f.dimension, f.month, f.key, 1 n
          from new_rows c join region r on r.code = c.region_code cross join lateral complaint_facts(c, r.time_zone) f
          union all
          select c.region_code, f.dimension, f.month, f.key, -1
          from old_rows c join region r on r.code = c.region_code cross join lateral complaint_facts(c, r.time_zone) f) changed
    group by 1, 2, 3, 4 having sum(n) <> 0;
  else
    insert into complaint_tally_delta (region_code, dimension, month, key, n)
    select c.region_code, f.dimension, f.month, f.key, -count(*)
    from old_rows c join region r on r.code = c.region_code cross join lateral complaint_facts(c, r.time_zone) f
    group by 1, 2, 3, 4;
  end if;
  return null;
end $$;
create trigger tally_insert after insert on complaint referencing new table as new_rows for each statement execute function tally_change();
create trigger tally_update after update on complaint referencing new table as new_rows old table as old_rows for each statement execute function tally_change();
create trigger tally_delete after delete on complaint referencing old table as old_rows for each statement execute function tally_change();

-- Folds up to `most` waiting rows; returns how many. One transaction takes them and adds them, so a crash loses nothing and counts
-- nothing twice. Processes skip each other's rows and write in one order (tally by key, years last), so they never deadlock.
create function fold_tally(most integer default 50000) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  folded integer;
  years integer[];
  zeros complaint_tally[];
begin
  with taken as (
    delete from complaint_tally_delta where ctid = any (array(select ctid from complaint_tally_delta limit most for update skip locked))
    returning region_code, dimension, month, key, n
  ), summed as (
    select a.code, t.dimension, t.month, t.key, sum(t.n) n
    from taken t cross join lateral tallied_regions(t.region_code) a
    group by 1, 2, 3, 4 having sum(t.n) <> 0 order by 1, 2, 3, 4
  ), added as (
    insert into complaint_tally as t (region_code, dimension, month, key, n)
    select code, dimension, month, key, n from summed
    on conflict (region_code, dimension, month, key) do update set n = t.n + excluded.n
    returning t
  )
  select (select count(*) from taken),
    (select array_agg(distinct extract(year from month)::int) from taken),
    (select array_agg(t) from added where (t).n = 0)
  into folded, years, zeros;
  delete from complaint_tally t using unnest(zeros) z
  where (t.region_code, t.dimension, t.month, t.key) = (z.region_code, z.dimension, z.month, z.key) and t.n = 0;
  insert into complaint_tally_year (year, changed_at) select y, acting_now() from unnest(years) y order by y
  on conflict (year) do update set changed_at = excluded.changed_at;
  return folded;
end $$;
revoke execute on function fold_tally(integer) from public;
grant execute on function fold_tally(integer) to pilar_system;

-- Counts everything anew, for after a bulk load with triggers off. Filing waits meanwhile. Rows are laid down in the order they are
-- asked for, so that a region's lie beside each other, and the key is made afterwards.
create function retally() returns bigint language plpgsql security definer set search_path = public, pg_temp
set work_mem = '256MB' set maintenance_work_mem = '256MB' as $$
begin
  lock table complaint in share row exclusive mode;
  truncate complaint_tally, complaint_tally_delta, complaint_tally_year;
  alter table complaint_tally drop constraint complaint_tally_pkey;
  insert into complaint_tally (region_code, dimension, month, key, n)
  select left(c.region_code, 8), f.dimension, f.month, f.key, count(*)
  from complaint c join region r on r.code = c.region_code cross join lateral complaint_facts(c, r.time_zone) f
  where length(c.region_code) >= 8
  group by 1, 2, 3, 4 order by 1, 2, 3, 4;
  -- Each tier from the one beneath.
  for tier in reverse 2..1 loop
    insert into complaint_tally (region_code, dimension, month, key, n)
    select left(region_code, tier * 3 - 1), dimension, month, key, sum(n)
    from complaint_tally where length(region_code) = tier * 3 + 2
    group by 1, 2, 3, 4 order by 1, 2, 3, 4;
  end loop;
  insert into complaint_tally (region_code, dimension, month, key, n)
  select '00', dimension, month, key, sum(n) from complaint_tally where length(region_code) = 2 group by 2, 3, 4 order by 2, 3, 4;
  alter table complaint_tally add constraint complaint_tally_pkey primary key (region_code, dimension, month, key);
  -- The few that are of no village wait for the next folding like anything new.
  insert into complaint_tally_delta (region_code, dimension, month, key, n)
  select c.region_code, f.dimension, f.month, f.key, count(*)
  from complaint c join region r on r.code = c.region_code cross join lateral complaint_facts(c, r.time_zone) f
  where length(c.region_code) < 8 group by 1, 2, 3, 4;
  insert into complaint_tally_year select distinct extract(year from month)::int, acting_now() from complaint_tally where region_code = '00';
  return (select count(*) from complaint_tally);
end $$;
revoke execute on function retally() from public;
grant execute on function retally() to pilar_system;

-- What a region's page needs, in one statement, so that all its numbers are of one moment: the region itself in every dimension
-- (by month where the trend needs it) and each region directly beneath in the few dimensions of the comparison.
-- Definer's rights because row security hides confidential cases from those who may still count them; the scope is applied by hand.
create function complaint_figures(region text, from_month date, to_month date)
returns table (region_code text, dimension text, month date, key text, n bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  own text collate "C" := region;
  past text collate "C" := case region when '00' then '~' else region || '~' end;
  -- length of the codes directly beneath
  width integer := case when region = '00' then 2 when length(own) = 8 then 13 else length(own) + 3 end;
  compared text[] := '{state,overdue,answered,days,satisfied}';
begin
  if actor_role() not in ('officer', 'supervisor', 'auditor', 'system') or actor_role() is null
    or not (own >= scope_from() and own < scope_to()) then
    return;
  end if;
  return query
  select null::text, t.dimension, case when t.dimension in ('state', 'answered_in') then t.month end m, t.key, sum(t.n)::bigint
  from (
    select dimension, month, key, n from complaint_tally
    where region_code = own and length(own) <= 8 and month between from_month and to_month
    union all
    select dimension, month, key, n from complaint_tally_delta
    where region_code >= own and region_code < past and length(own) <= 8 and month between from_month and to_month
  ) t group by t.dimension, m, t.key having sum(t.n) <> 0;
  if length(own) <= 5 then
    return query
    select t.code, t.dimension, null::date, t.key, sum(t.n)::bigint
    from (
      select r.code, t.dimension, t.key, t.n
      from region r join complaint_tally t on t.region_code = r.code
      where r.parent_code = own and t.dimension = any (compared) and t.month between from_month and to_month
      union all
      select left(region_code, width), dimension, key, n from complaint_tally_delta
      where region_code >= own and region_code < past and region_code <> '00' and length(region_code) >= width
        and dimension = any (compared) and month between from_month and to_month
    ) t group by t.code, t.dimension, t.key having sum(t.n) <> 0;
  elsif length(own) = 8 then
    return query
    select c.region_code, f.dimension, null::date, f.key, count(*)
    from complaint c cross join lateral complaint_facts(c, 'UTC') f
    where c.region_code >= own and c.region_code < past and c.region_code <> own
      and f.dimension = any (compared) and f.month between from_month and to_month
    group by c.region_code, f.dimension, f.key;
  else
    return query
    select null::text, f.dimension, case when f.dimension in ('state', 'answered_in') then f.month end m, f.key, count(*)
    from complaint c join region r on r.code = c.region_code cross join lateral complaint_facts(c, r.time_zone) f
    where c.region_code = own and f.month between from_month and to_month
    group by f.dimension, m, f.key;
  end if;
end $$;
revoke execute on function complaint_figures(text, date, date) from public;
grant execute on function complaint_figures(text, date, date) to pilar_app, pilar_system;

-- For the public ------------------------------------------------------------------------------------------------------------

create table statistics_rule (
  valid_from date primary key,
  -- counts from 1 to one less are not published
  smallest_shown integer not null check (smallest_shown between 1 and 100),
  -- a workbook is made in memory; longer lists are to be had as CSV
  workbook_rows integer not null check (workbook_rows between 100 and 1000000),
  source text not null
);
comment on table statistics_rule is 'Reference data: limits of publishing, nothing about a person. The newest row whose day has come holds.';
grant select on statistics_rule to pilar_app, pilar_citizen, pilar_system;
insert into statistics_rule values ('2020-01-01', 5, 20000, 'belum diverifikasi: kebiasaan statistik resmi, sel di bawah 5 ditutup');

-- What the public may know, a row for each region and year, small counts already hidden. The public role reads this and no
-- tally, so no question put to a page can bring out more. An edition is written beside the one in force and then takes its place
-- as a whole, so that numbers of different pages are always of one moment.
create table public_statistics (
  region_code text collate "C" not null,
  year integer not null,
  as_of timestamptz not null,
  -- {cells: {"state:open": 12, "open:village": null}, medianDays}: hidden is null, what is absent is zero
  figures jsonb not null,
  primary key (region_code, year, as_of)
);
call protect('public_statistics', 'select, insert, update, delete');
create policy everyone_reads on public_statistics for select to pilar_app, pilar_citizen using (true);
grant select on public_statistics to pilar_app, pilar_citizen;

-- The edition in force of each year.
create table public_statistics_year (
  year integer primary key,
  as_of timestamptz not null,
  smallest_shown integer not null
);
call protect('public_statistics_year', 'select, insert, update, delete');
create policy everyone_reads on public_statistics_year for select to pilar_app, pilar_citizen using (true);
grant select on public_statistics_year to pilar_app, pilar_citizen;
