-- In and out of the register: counts of the register, who leaves and enters it each month, and campaigns that check every family again.

-- Counts ----------------------------------------------------------------------------------------------------------------------
-- As the tally of complaints (0010): a statement that changes families or persons appends what it changed, a loop folds these rows
-- into register_count once for every region above. What is asked is the count plus the rows that still wait: exact at any moment.

create table register_count (
  region_code text collate "C" not null,
  -- stock, month '-infinity': family (key: status), decile (of active families; '' unknown), person (active), ppks (open kinds, active persons).
  -- movement, by month it became known in the region's zone: family_in, family_out, person_in, person_out (key: reason)
  dimension text not null,
  month date not null,
  key text not null,
  n bigint not null,
  primary key (region_code, dimension, month, key)
);
call protect('register_count', 'select');
create policy staff_reads on register_count for select to pilar_app using (
  (in_social_office() or actor_role() = 'auditor') and region_code >= scope_from() and region_code < scope_to());
grant select on register_count to pilar_app;

-- No key: rows are appended, summed and deleted, never addressed.
create table register_count_delta (
  region_code text collate "C" not null,
  -- The smallest region that holds both ends of a move: nobody left it or came into it. Null: left or entered the register.
  within text collate "C",
  dimension text not null,
  month date not null,
  key text not null,
  n integer not null
);
create index register_count_delta_region on register_count_delta (region_code);
alter table register_count_delta set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
call protect('register_count_delta', 'select');
create policy staff_reads on register_count_delta for select to pilar_app using (
  (in_social_office() or actor_role() = 'auditor') and region_code >= scope_from() and region_code < scope_to());
grant select on register_count_delta to pilar_app;

create function common_region(a text, b text) returns text immutable parallel safe language sql as $$
  select case when a = b then a when left(a, 8) = left(b, 8) and length(a) >= 8 and length(b) >= 8 then left(a, 8)
    when left(a, 5) = left(b, 5) and length(a) >= 5 and length(b) >= 5 then left(a, 5) when left(a, 2) = left(b, 2) then left(a, 2) else '00' end
$$;
-- Whether a region above `within` or it itself counts the change: only what lies beneath does.
create function counts_there(region text, within text) returns boolean immutable parallel safe language sql as $$
  select within is null or region <> '00' and (within = '00' or length(region) > length(within))
$$;

create function family_counts(f family) returns table (dimension text, key text) immutable parallel safe language sql as $$
  select 'family', f.status union all select 'decile', coalesce(f.decile::text, '') where f.status = 'active'
$$;
-- What a person counts as follows from the person's own row alone, so that two changes at once cannot miss each other.
create function person_counts(p person) returns table (dimension text, key text) immutable parallel safe language sql as $$
  select 'person', '' where p.status = 'active'
  union all select 'ppks', k::text from unnest(p.ppks) k where p.status = 'active'
$$;

-- Why a subject stands in the register again or no more, for the monthly lists. `kind`: the event that did it, where it is known.
create function movement_reason(kind text, was text, now text) returns text immutable parallel safe language sql as $$
  select case
    when kind = 'corrected' and was is not null then 'corrected'
    when was is null then case when kind in ('moved_in', 'born', 'family_split') then kind else 'registered' end
    when was = now then 'moved_within'
    when now = 'graduated' then case when kind like 'graduated%' then kind else 'graduated' end
    when now <> 'active' then case now when 'dead' then 'died' else now end
    when was = 'graduated' then 'reentered'
    when was = 'moved_out' then 'moved_in'
    when was = 'merged' then 'unmerged'
    when was = 'not_found' then 'found'
    when was = 'dead' then 'corrected'
    else 'reentered' end
$$;

-- The event that made a row what it is since a moment; events are written before the rows that follow from them.
create function causing_kind(subject uuid, since timestamptz) returns text stable language sql as $$
  select kind from register_event where subject_id = $1 and known_at = $2 and state = 'in_force' order by seq desc limit 1
$$;

create function count_families() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into register_count_delta (region_code, dimension, month, key, n)
    select n.region_code, c.dimension, '-infinity', c.key, count(*) from new_rows n cross join lateral family_counts(n) c group by 1, 2, 4;
    -- Loaders only register; what a person does is few rows, and says by its event how the family came.
    if (select count(*) from (select from new_rows limit 101) few) <= 100 then
      insert into register_count_delta (region_code, dimension, month, key, n)
      select n.region_code, 'family_in', date_trunc('month', n.known_from at time zone r.time_zone)::date, movement_reason(e.kind, null, n.status), count(*)
      from new_rows n join region r on r.code = n.region_code left join lateral causing_kind(n.id, n.known_from) e (kind) on true
      where n.status = 'active' group by 1, 3, 4;
    else
      insert into register_count_delta (region_code, dimension, month, key, n)
      select n.region_code, 'family_in', date_trunc('month', n.known_from at time zone r.time_zone)::date, 'registered', count(*)
      from new_rows n join region r on r.code = n.region_code where n.status = 'active' group by 1, 3;
    end if;
  elsif tg_op = 'UPDATE' then
    insert into register_count_delta (region_code, dimension, month, key, n)
    select region_code, dimension, '-infinity', key, sum(d) from (
      select n.region_code, c.dimension, c.key, 1 d from new_rows n join old_rows o using (id) cross join lateral family_counts(n) c
      where (n.region_code, n.status, n.decile) is distinct from (o.region_code, o.status, o.decile)
      union all
      select o.region_code, c.dimension, c.key, -1 from new_rows n join old_rows o using (id) cross join lateral family_counts(o) c
      where (n.region_code, n.status, n.decile) is distinct from (o.region_code, o.status, o.decile)) changed
    group by 1, 2, 4 having sum(d) <> 0;
    insert into register_count_delta (region_code, within, dimension, month, key, n)
    select case side when 'family_in' then n.region_code else o.region_code end,
      case when o.status = n.status then common_region(o.region_code, n.region_code) end, side,
      date_trunc('month', n.known_from at time zone r.time_zone)::date, movement_reason(e.kind, o.status, n.status), count(*)
    from new_rows n join old_rows o using (id) join region r on r.code = n.region_code
    left join lateral causing_kind(n.id, n.known_from) e (kind) on true cross join unnest(array['family_in', 'family_out']) side
    where ((n.status = 'active') <> (o.status = 'active') and side = case n.status when 'active' then 'family_in' else 'family_out' end)
      or n.status = 'active' and o.status = 'active' and n.region_code <> o.region_code
    group by 1, 2, 3, 4, 5;
  else
    insert into register_count_delta (region_code, dimension, month, key, n)
    select o.region_code, c.dimension, '-infinity', c.key, -count(*) from old_rows o cross join lateral family_counts(o) c group by 1, 2, 4;
  end if;
  return null;
end $$;
create trigger counted_insert after insert on family referencing new table as new_rows for each statement execute function count_families();
create trigger counted_update after update on family referencing new table as new_rows old table as old_rows for each statement execute function count_families();
create trigger counted_delete after delete on family referencing old table as old_rows for each statement execute function count_families();

create function count_persons() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into register_count_delta (region_code, dimension, month, key, n)
    select n.region_code, c.dimension, '-infinity', c.key, count(*) from new_rows n cross join lateral person_counts(n) c group by 1, 2, 4;
    if (select count(*) from (select from new_rows limit 101) few) <= 100 then
      insert into register_count_delta (region_code, dimension, month, key, n)
      select n.region_code, 'person_in', date_trunc('month', n.known_from at time zone r.time_zone)::date, movement_reason(e.kind, null, n.status), count(*)
      from new_rows n join region r on r.code = n.region_code left join lateral causing_kind(n.id, n.known_from) e (kind) on true
      where n.status = 'active' group by 1, 3, 4;
    else
      insert into register_count_delta (region_code, dimension, month, key, n)
      select n.region_code, 'person_in', date_trunc('month', n.known_from at time zone r.time_zone)::date, 'registered', count(*)
      from new_rows n join region r on r.code = n.region_code where n.status = 'active' group by 1, 3;
    end if;
  elsif tg_op = 'UPDATE' then
    insert into register_count_delta (region_code, dimension, month, key, n)
    select region_code, dimension, '-infinity', key, sum(d) from (
      select n.region_code, c.dimension, c.key, 1 d from new_rows n join old_rows o using (id) cross join lateral person_counts(n) c
      where (n.region_code, n.status, n.ppks) is distinct from (o.region_code, o.status, o.ppks)
      union all
      select o.region_code, c.dimension, c.key, -1 from new_rows n join old_rows o using (id) cross join lateral person_counts(o) c
      where (n.region_code, n.status, n.ppks) is distinct from (o.region_code, o.status, o.ppks)) changed
    group by 1, 2, 4 having sum(d) <> 0;
    insert into register_count_delta (region_code, within, dimension, month, key, n)
    select case side when 'person_in' then n.region_code else o.region_code end,
      case when o.status = n.status then common_region(o.region_code, n.region_code) end, side,
      date_trunc('month', n.known_from at time zone r.time_zone)::date, movement_reason(e.kind, o.status, n.status), count(*)
    from new_rows n join old_rows o using (id) join region r on r.code = n.region_code
    left join lateral causing_kind(n.id, n.known_from) e (kind) on true cross join unnest(array['person_in', 'person_out']) side
    where ((n.status = 'active') <> (o.status = 'active') and side = case n.status when 'active' then 'person_in' else 'person_out' end)
      or n.status = 'active' and o.status = 'active' and n.region_code <> o.region_code
    group by 1, 2, 3, 4, 5;
    insert into register_sealed_stale (region_code)
    select distinct left(s.region_code, 5) from new_rows n join old_rows o using (id) join person_sealed s on s.person_id = n.id
    where n.status is distinct from o.status and s.ppks <> '{}';
  else
    insert into register_count_delta (region_code, dimension, month, key, n)
    select o.region_code, c.dimension, '-infinity', c.key, -count(*) from old_rows o cross join lateral person_counts(o) c group by 1, 2, 4;
    insert into register_sealed_stale (region_code)
    select distinct left(s.region_code, 5) from old_rows o join person_sealed s on s.person_id = o.id where s.ppks <> '{}';
  end if;
  return null;
end $$;
create trigger counted_insert after insert on person referencing new table as new_rows for each statement execute function count_persons();
create trigger counted_update after update on person referencing new table as new_rows old table as old_rows for each statement execute function count_persons();
create trigger counted_delete after delete on person referencing old table as old_rows for each statement execute function count_persons();

-- PPKS 16, 17, 19, 25: only how many persons there are with any of them, and only of a regency and above. A regency whose rows changed is
-- stale and counted itself until the loop has counted it.
create table register_sealed_count (
  region_code text collate "C" primary key,
  n bigint not null
);
call protect('register_sealed_count', 'select, insert, update, delete');
create table register_sealed_stale (region_code text collate "C" not null);
call protect('register_sealed_stale', 'select, insert, delete');
create index person_sealed_ppks on person_sealed (region_code, person_id) where ppks <> '{}';

create function mark_sealed_stale() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op <> 'DELETE' then
    insert into register_sealed_stale select distinct left(region_code, 5) from new_rows where ppks <> '{}';
  end if;
  if tg_op <> 'INSERT' then
    insert into register_sealed_stale select distinct left(region_code, 5) from old_rows where ppks <> '{}';
  end if;
  return null;
end $$;
create trigger counted_insert after insert on person_sealed referencing new table as new_rows for each statement execute function mark_sealed_stale();
create trigger counted_update after update on person_sealed referencing new table as new_rows old table as old_rows for each statement execute function mark_sealed_stale();
create trigger counted_delete after delete on person_sealed referencing old table as old_rows for each statement execute function mark_sealed_stale();

create function count_sealed(regency text) returns bigint language sql stable security definer set search_path = public, pg_temp as $$
  select count(*) from person_sealed s join person p on p.id = s.person_id
  where s.region_code >= $1 and s.region_code < $1 || '~' and s.ppks <> '{}' and p.status = 'active'
$$;
revoke execute on function count_sealed(text) from public;
grant execute on function count_sealed(text) to pilar_system;

-- Folds up to `most` waiting rows and counts stale regencies; returns how many rows. One transaction takes and adds them: a crash loses
-- nothing and counts nothing twice. Processes skip each other's rows and write in one order, so they never deadlock.
create function fold_register_counts(most integer default 50000) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  folded integer;
  zeros register_count[];
begin
  with taken as (
    delete from register_count_delta where ctid = any (array(select ctid from register_count_delta limit most for update skip locked))
    returning region_code, within, dimension, month, key, n
  ), summed as (
    select a.code, t.dimension, t.month, t.key, sum(t.n) n
    from taken t cross join lateral (select t.region_code code where length(t.region_code) > 8 union all select code from tallied_regions(t.region_code)) a
    where counts_there(a.code, t.within)
    group by 1, 2, 3, 4 having sum(t.n) <> 0 order by 1, 2, 3, 4
  ), added as (
    insert into register_count as t (region_code, dimension, month, key, n)
    select code, dimension, month, key, n from summed
    on conflict (region_code, dimension, month, key) do update set n = t.n + excluded.n
    returning t
  )
  select (select count(*) from taken), (select array_agg(t) from added where (t).n = 0) into folded, zeros;
  delete from register_count t using unnest(zeros) z
  where (t.region_code, t.dimension, t.month, t.key) = (z.region_code, z.dimension, z.month, z.key) and t.n = 0;
  with stale as (
    delete from register_sealed_stale where ctid = any (array(select ctid from register_sealed_stale limit 1000 for update skip locked)) returning region_code
  )
  select folded + count(*) into folded from stale_counted(array(select distinct region_code from stale order by 1));
  return folded;
end $$;
create function stale_counted(regencies text[]) returns setof text language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- One at a time for a regency: whoever comes later sees what was committed before it.
  perform pg_advisory_xact_lock(7421, hashtext(code)) from unnest(regencies) code order by code;
  return query insert into register_sealed_count (region_code, n) select code, count_sealed(code) from unnest(regencies) code
  on conflict (region_code) do update set n = excluded.n returning region_code;
end $$;
revoke execute on function fold_register_counts(integer), stale_counted(text[]) from public;
grant execute on function fold_register_counts(integer) to pilar_system;

-- What a region's page needs in one statement, so that its numbers are of one moment. Null region: the region itself.
create function register_figures(region text, dimensions text[], from_month date, to_month date)
returns table (region_code text, dimension text, month date, key text, n bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  own text collate "C" := region;
  past text collate "C" := case region when '00' then '~' else region || '~' end;
  width integer := case when region = '00' then 2 when length(own) = 8 then 13 else length(own) + 3 end;
begin
  if actor_role() is null or not (in_social_office() or actor_role() in ('auditor', 'system')) or not (own >= scope_from() and own < scope_to()) then
    return;
  end if;
  return query
  select null::text, t.dimension, t.month, t.key, sum(t.n)::bigint from (
    select dimension, month, key, n from register_count
    where region_code = own and dimension = any (dimensions) and (month = '-infinity' or month between from_month and to_month)
    union all
    select dimension, month, key, n from register_count_delta
    where region_code >= own and region_code < past and counts_there(own, within)
      and dimension = any (dimensions) and (month = '-infinity' or month between from_month and to_month)
  ) t group by t.dimension, t.month, t.key having sum(t.n) <> 0;
  if length(own) <= 8 then
    return query
    select t.code, t.dimension, null::date, t.key, sum(t.n)::bigint from (
      select r.code, t.dimension, t.key, t.n from region r join register_count t on t.region_code = r.code
      where r.parent_code = own and t.dimension = any (dimensions) and (t.month = '-infinity' or t.month between from_month and to_month)
      union all
      select left(region_code, width), dimension, key, n from register_count_delta
      where region_code >= own and region_code < past and region_code <> '00' and length(region_code) >= width
        and counts_there(left(region_code, width), within)
        and dimension = any (dimensions) and (month = '-infinity' or month between from_month and to_month)
    ) t group by t.code, t.dimension, t.key having sum(t.n) <> 0;
  end if;
end $$;
-- Persons with a sealed PPKS kind; null beneath a regency.
create function register_sealed_figure(region text) returns bigint language sql stable security definer set search_path = public, pg_temp as $$
  select case when actor_role() is null or not (in_social_office() or actor_role() in ('auditor', 'system'))
      or not ($1 collate "C" >= scope_from() and $1 collate "C" < scope_to()) or length($1) > 5 then null
    else (
      with stale as (select distinct region_code code from register_sealed_stale where $1 = '00' or region_code like $1 || '%')
      select coalesce((select sum(n) from register_sealed_count where ($1 = '00' or region_code like $1 || '%') and region_code not in (select code from stale)), 0)
        + coalesce((select sum(count_sealed(code)) from stale), 0))::bigint end
$$;
revoke execute on function register_figures(text, text[], date, date), register_sealed_figure(text) from public;
grant execute on function register_figures(text, text[], date, date), register_sealed_figure(text) to pilar_app, pilar_system;

-- Published counts: an edition a month, small counts hidden. The public role reads this and nothing else of the register.
create table public_register (
  as_of timestamptz not null,
  region_code text collate "C" not null,
  -- hidden is null, what is absent is zero
  cells jsonb not null,
  primary key (as_of, region_code)
);
call protect('public_register', 'select, insert, update, delete');
create policy everyone_reads on public_register for select to pilar_app, pilar_citizen using (true);
grant select on public_register to pilar_app, pilar_citizen;
create table public_register_edition (
  as_of timestamptz primary key,
  smallest_shown integer not null
);
call protect('public_register_edition', 'select, insert, delete');
create policy everyone_reads on public_register_edition for select to pilar_app, pilar_citizen using (true);
grant select on public_register_edition to pilar_app, pilar_citizen;

insert into register_term (key, valid_from, amount, unit, source) values
  ('smallest_shown', '2020-01-01', 5, 'count', 'belum diverifikasi: kebiasaan statistik resmi, sel di bawah 5 ditutup'),
  ('campaign_found_checked', '2020-01-01', 0, 'count', 'belum diverifikasi: 1 berarti jawaban kunjungan menunggu pemeriksaan, 0 langsung berlaku'),
  ('campaign_gone_checked', '2020-01-01', 1, 'count', 'belum diverifikasi: 1 berarti tidak ditemukan, pindah, dan meninggal menunggu pemeriksaan'),
  ('campaign_reminder', '2020-01-01', 7, 'days', 'belum diverifikasi: petugas diingatkan sekian hari sebelum batas waktu'),
  ('move_evidence', '2020-01-01', 0, 'count', 'belum diverifikasi: paling sedikit sekian berkas bukti pada graduasi dan masuk kembali');

-- Campaigns --------------------------------------------------------------------------------------------------------------------
create table campaign (
  id uuid primary key,
  region_code text collate "C" not null references region,
  name text not null check (length(name) between 3 and 120),
  reason text not null check (length(reason) between 5 and 500),
  -- the form: the questionnaire of families of this day; null: only whether the family was met
  questionnaire_from date,
  starts_on date not null,
  due_on date not null,
  state text not null check (state in ('draft', 'preparing', 'running', 'closed')),
  -- the last district whose families have their tasks
  prepared_to text collate "C",
  created_by uuid not null,
  created_at timestamptz not null default acting_now(),
  started_at timestamptz,
  reminded_at timestamptz,
  closed_at timestamptz,
  closed_by uuid,
  close_note text check (length(close_note) <= 500),
  check (starts_on <= due_on)
);
create index campaign_region on campaign (region_code, due_on);
create index campaign_preparing on campaign (id) where state = 'preparing';
call protect('campaign', 'select, insert, update');
call watch('campaign', 'id', 'region_code', 'state,starts_on,due_on,questionnaire_from');

-- Who was chosen to visit, with the region of the assignment they were chosen for.
create table campaign_pillar (
  campaign_id uuid not null references campaign,
  account_id uuid not null,
  region_code text collate "C" not null,
  pillar_kind text,
  primary key (campaign_id, account_id)
);
create index campaign_pillar_account on campaign_pillar (account_id);
call protect('campaign_pillar', 'select, insert, update, delete');
call watch('campaign_pillar', 'campaign_id,account_id', 'region_code', 'pillar_kind');

create table campaign_task (
  campaign_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  rt text,
  rw text,
  -- null: nobody yet
  assignee uuid,
  outcome text check (outcome in ('found', 'not_found', 'moved', 'head_dead', 'refused')),
  done_at timestamptz,
  -- the day in the region's zone, for progress
  done_on date,
  done_by uuid,
  -- the change it became, and whether that waits for a check
  change_id uuid,
  waits boolean,
  note text check (length(note) <= 500),
  primary key (campaign_id, region_code, family_id),
  check ((outcome is null) = (done_at is null) and (outcome is null) = (done_on is null))
);
create index campaign_task_assignee on campaign_task (assignee, campaign_id) where outcome is null;
create index campaign_task_family on campaign_task (family_id);
call protect('campaign_task', 'select, insert, update');

-- done/total of each village, pillar, day and outcome, kept when a task changes and never counted when read.
create table campaign_count (
  campaign_id uuid not null,
  dimension text not null check (dimension in ('all', 'village', 'pillar', 'day', 'outcome')),
  key text not null,
  total integer not null,
  done integer not null,
  primary key (campaign_id, dimension, key)
);
call protect('campaign_count', 'select');

create table campaign_photo (
  id uuid primary key,
  campaign_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  file_id text not null,
  name text not null,
  media_type text not null,
  bytes integer not null,
  by_account uuid not null,
  at timestamptz not null default acting_now()
);
create index campaign_photo_family on campaign_photo (family_id);
call protect('campaign_photo', 'select, insert');
call watch('campaign_photo', 'id', 'region_code', 'campaign_id,family_id,media_type,bytes');

create function campaign_facts(t campaign_task) returns table (dimension text, key text, total integer, done integer) immutable parallel safe language sql as $$
  select f.dimension, f.key, f.total, (t.outcome is not null)::int
  from unnest(array['all', 'village', 'pillar', 'day', 'outcome'], array['', t.region_code, coalesce(t.assignee::text, ''), t.done_on::text, t.outcome],
    array[1, 1, 1, 1, 1]) f (dimension, key, total)
  where f.key is not null
$$;
create function count_campaign() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into campaign_count as c (campaign_id, dimension, key, total, done)
    select t.campaign_id, f.dimension, f.key, sum(f.total), sum(f.done) from new_rows t cross join lateral campaign_facts(t) f
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (campaign_id, dimension, key) do update set total = c.total + excluded.total, done = c.done + excluded.done;
  else
    insert into campaign_count as c (campaign_id, dimension, key, total, done)
    select campaign_id, dimension, key, sum(total), sum(done) from (
      select t.campaign_id, f.dimension, f.key, f.total, f.done from new_rows t cross join lateral campaign_facts(t) f
      union all
      select t.campaign_id, f.dimension, f.key, -f.total, -f.done from old_rows t cross join lateral campaign_facts(t) f) changed
    group by 1, 2, 3 having sum(total) <> 0 or sum(done) <> 0 order by 1, 2, 3
    on conflict (campaign_id, dimension, key) do update set total = c.total + excluded.total, done = c.done + excluded.done;
  end if;
  return null;
end $$;
create trigger counted_insert after insert on campaign_task referencing new table as new_rows for each statement execute function count_campaign();
create trigger counted_update after update on campaign_task referencing new table as new_rows old table as old_rows for each statement execute function count_campaign();

create policy social_office on campaign to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy chosen on campaign for select to pilar_app
  using (actor_role() = 'pillar' and state in ('running', 'closed') and exists (select from campaign_pillar p where p.campaign_id = campaign.id and p.account_id = actor_id()));
create policy social_office on campaign_pillar to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy own on campaign_pillar for select to pilar_app using (account_id = actor_id());
create policy social_office on campaign_task to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
-- What was given to somebody, as long as the campaign runs.
create policy given on campaign_task for select to pilar_app
  using (actor_role() = 'pillar' and assignee = actor_id() and exists (select from campaign c where c.id = campaign_id and c.state = 'running'));
create policy through_campaign on campaign_count for select to pilar_app
  using (in_social_office() and exists (select from campaign c where c.id = campaign_id));
create policy social_office on campaign_photo for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy own on campaign_photo to pilar_app using (by_account = actor_id())
  with check (by_account = actor_id() and actor_role() = 'pillar' and exists (select from campaign_task t where t.campaign_id = campaign_photo.campaign_id
    and t.region_code = campaign_photo.region_code and t.family_id = campaign_photo.family_id and t.assignee = actor_id()));
grant select, insert on campaign, campaign_pillar, campaign_photo to pilar_app;
grant update (state, started_at, closed_at, closed_by, close_note) on campaign to pilar_app;
grant delete on campaign_pillar to pilar_app;
grant select, update (assignee) on campaign_task to pilar_app;
grant select on campaign_count to pilar_app;

-- Social pillars with an assignment in a region, for the officers of it; and their names.
create function pillars_within(region text) returns table (account_id uuid, name text, region_code text, pillar_kind text)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct on (a.account_id) a.account_id, c.name, a.region_code, a.pillar_kind
  from assignment a join account c on c.id = a.account_id
  where a.role = 'pillar' and a.ended_at is null and c.active and a.valid_from <= acting_now()::date and (a.valid_to is null or a.valid_to >= acting_now()::date)
    and a.region_code >= $1 collate "C" and a.region_code < (case $1 when '00' then '~' else $1 || '~' end) collate "C"
    and (in_social_office() or actor_role() = 'system') and $1 collate "C" >= scope_from() and $1 collate "C" < scope_to()
  order by a.account_id, length(a.region_code) desc, a.region_code
$$;
create function campaign_names(campaign uuid) returns table (account_id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.name from campaign k join campaign_pillar p on p.campaign_id = k.id join account c on c.id = p.account_id
  where k.id = $1 and in_social_office() and k.region_code >= scope_from() and k.region_code < scope_to()
$$;
-- What a pillar sees of the families given to them: head, address, and how many children. No number, nothing sealed.
create function given_families(campaign uuid, only_family uuid default null)
returns table (campaign_id uuid, family_id uuid, region_code text, head_name text, address text, rt text, rw text, member_count integer, child_count integer, outcome text, done_on date, waits boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select t.campaign_id, t.family_id, t.region_code, p.name, f.address, f.rt, f.rw, f.member_count::int, f.child_count::int, t.outcome, t.done_on, t.waits
  from campaign_task t join campaign c on c.id = t.campaign_id join family f on f.id = t.family_id left join person p on p.id = f.head_id
  where t.campaign_id = $1 and c.state = 'running' and c.starts_on <= acting_now()::date
    and actor_role() = 'pillar' and t.assignee = actor_id() and ($2 is null or t.family_id = $2)
$$;
revoke execute on function pillars_within(text), campaign_names(uuid), given_families(uuid, uuid) from public;
grant execute on function pillars_within(text) to pilar_app, pilar_system;
grant execute on function campaign_names(uuid), given_families(uuid, uuid) to pilar_app;
