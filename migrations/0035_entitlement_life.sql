-- What becomes of an entitlement after its list was approved: taken back by two people, looked at when the register changes, and told to the
-- register when it was handed over. Read in src/distribution/withdrawals and src/people/register/assistance.ts.

-- Why an entitlement is taken back. confirmed_by: region, a head of a social office from the regency upwards; owner, of the office that decides the list.
create table withdrawal_reason (
  code text not null check (code ~ '^[a-z_]{3,40}$'),
  valid_from date not null,
  valid_to date,
  name text not null check (length(name) between 3 and 160),
  name_en text not null check (length(name_en) between 3 and 160),
  confirmed_by text not null check (confirmed_by in ('region', 'owner')),
  -- the number of a paper has to be told
  needs_ref boolean not null default false,
  -- what the register found that this answers
  answers text[] not null default '{}',
  position integer not null,
  source text not null,
  primary key (code, valid_from),
  check (valid_to >= valid_from)
);
comment on table withdrawal_reason is 'Reference data: holds nothing about a person.';
grant select on withdrawal_reason to pilar_app, pilar_system;
insert into withdrawal_reason (code, valid_from, name, name_en, confirmed_by, needs_ref, answers, position, source) values
  ('dead_no_heir', '2020-01-01', 'Meninggal, tidak ada ahli waris dalam keluarga', 'Dead, and no heir in the family', 'region', false, '{dead}', 10, 'belum diverifikasi'),
  ('moved_out', '2020-01-01', 'Pindah ke luar wilayah program', 'Moved out of the programme’s region', 'region', false, '{moved}', 20, 'belum diverifikasi'),
  ('merged_duplicate', '2020-01-01', 'Data ganda: keluarga ini sudah ada di daftar', 'A double: this family is on the list already', 'region', false, '{double}', 30, 'belum diverifikasi'),
  ('family_ended', '2020-01-01', 'Keluarga sudah tidak ada atau sudah lulus', 'The family is no more, or has graduated', 'region', false, '{ended}', 40, 'belum diverifikasi'),
  ('not_found', '2020-01-01', 'Tidak ditemukan setelah dicari', 'Not found after a search', 'region', false, '{not_found}', 50, 'belum diverifikasi'),
  ('refused_for_good', '2020-01-01', 'Menolak menerima untuk seterusnya', 'Refuses for good', 'region', false, '{}', 60, 'belum diverifikasi'),
  ('not_eligible', '2020-01-01', 'Ternyata tidak memenuhi syarat (aduan atau sanggahan)', 'Found not to be eligible (a complaint or an objection)', 'owner', true, '{}', 70, 'belum diverifikasi'),
  ('withdrawn_by_decree', '2020-01-01', 'Dicabut dengan surat keputusan', 'Withdrawn by decree', 'owner', true, '{}', 80, 'belum diverifikasi');

-- asked → confirmed (the entitlement is cancelled) | refused | retracted by who asked | overtaken: it was handed over meanwhile
create table entitlement_withdrawal (
  id uuid primary key,
  determination_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null references region,
  reason text not null check (reason ~ '^[a-z_]{3,40}$'),
  -- what shows that it is so
  note text not null check (length(note) between 5 and 1000),
  -- number of a decree, a complaint, minutes
  ref text check (length(ref) between 1 and 80),
  state text not null check (state in ('asked', 'confirmed', 'refused', 'retracted', 'overtaken')),
  asked_by uuid not null,
  asked_role text not null,
  asked_at timestamptz not null default acting_now(),
  decided_by uuid,
  decided_at timestamptz,
  decide_note text check (length(decide_note) <= 500),
  foreign key (determination_id, family_id) references entitlement,
  check ((state = 'asked') = (decided_at is null)),
  -- what two approved, two take back
  check (state not in ('confirmed', 'refused') or decided_by is not null and decided_by <> asked_by)
);
create unique index entitlement_withdrawal_once on entitlement_withdrawal (determination_id, family_id) where state in ('asked', 'confirmed');
create index entitlement_withdrawal_family on entitlement_withdrawal (determination_id, family_id, asked_at);
create index entitlement_withdrawal_region on entitlement_withdrawal (region_code, asked_at) where state = 'asked';

create function keep_withdrawal() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state <> 'asked' or (old.id, old.determination_id, old.family_id, old.region_code, old.reason, old.note, old.ref, old.asked_by, old.asked_at)
    is distinct from (new.id, new.determination_id, new.family_id, new.region_code, new.reason, new.note, new.ref, new.asked_by, new.asked_at) then
    raise exception 'what was asked and decided of an entitlement stays' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_withdrawal before update or delete on entitlement_withdrawal for each row execute function keep_withdrawal();

-- Families that the register knows otherwise than the list that entitles them. open: nobody has answered yet; kept: it is handed over all
-- the same; gone: no longer so.
create table entitlement_change (
  determination_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  -- dead: nobody of it lives. double: who receives is one with somebody of another family that is entitled. moved: out of the list's region
  kind text not null check (kind in ('dead', 'double', 'moved', 'ended', 'not_found')),
  -- the day it holds since, as the register says
  since date not null,
  found_at timestamptz not null default acting_now(),
  state text not null check (state in ('open', 'kept', 'gone')),
  note text check (length(note) <= 500),
  decided_by uuid,
  decided_at timestamptz,
  primary key (determination_id, family_id),
  foreign key (determination_id, family_id) references entitlement,
  check (state <> 'kept' or decided_by is not null and decided_at is not null)
);
create index entitlement_change_open on entitlement_change (determination_id, region_code, family_id) where state <> 'gone';

-- Nothing is handed over for now: its withdrawal was asked for, or nobody of it lives by the register and nobody has answered.
alter table round_entitlement add column on_hold boolean not null default false;
alter table voucher drop constraint voucher_cancel_reason_check;
alter table voucher add constraint voucher_cancel_reason_check check (cancel_reason in ('lost', 'damaged', 'wrong', 'round_cancelled', 'withdrawn', 'other'));
-- Entitlements of the list in the round's region that were taken back before any round held them.
alter table round_reconciliation add column withdrawn integer not null default 0;
create index redemption_point on redemption (region_code, happened_at desc) where lat is not null;

call protect('entitlement_withdrawal', 'select, insert, update');
call protect('entitlement_change', 'select, insert, update');
create policy office_reads on entitlement_withdrawal for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy office_asks on entitlement_withdrawal for insert to pilar_app
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and asked_by = actor_id() and state = 'asked');
create policy office_decides on entitlement_withdrawal for update to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and decided_by = actor_id()
    and (state = 'retracted' and asked_by = actor_id() or state in ('confirmed', 'refused') and actor_role() = 'supervisor'));
grant select, insert, update (state, decided_by, decided_at, decide_note) on entitlement_withdrawal to pilar_app;
create policy social_office on entitlement_change to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and decided_by = actor_id() and state = 'kept');
grant select, update (state, note, decided_by, decided_at) on entitlement_change to pilar_app;
call watch('entitlement_withdrawal', 'id', 'region_code', 'determination_id,family_id,reason,state');
call watch('entitlement_change', 'determination_id,family_id', 'region_code', 'kind,state');

-- Names of those who asked and decided, for those who see it.
create function withdrawal_people(withdrawals uuid[]) returns table (account_id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct a.id, a.name from entitlement_withdrawal w join account a on a.id in (w.asked_by, w.decided_by)
  where w.id = any ($1) and (in_social_office() and w.region_code >= scope_from() and w.region_code < scope_to() or actor_role() = 'system')
$$;
revoke execute on function withdrawal_people(uuid[]) from public;
grant execute on function withdrawal_people(uuid[]) to pilar_app, pilar_system;

-- Officers read what became of entitlements; it is changed by what happened, as the system.
revoke update on entitlement from pilar_app;
create or replace function keep_entitlement() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (old.determination_id, old.family_id, old.region_code, old.programme_code, old.period, old.period_from, old.period_to, old.amount, old.persons)
    is distinct from (new.determination_id, new.family_id, new.region_code, new.programme_code, new.period, new.period_from, new.period_to, new.amount, new.persons) then
    raise exception 'an entitlement stays as it was approved' using errcode = '42501';
  end if;
  -- Of whatever the application does; the owner of the tables is not the application.
  if old.state <> new.state and 'cancelled' in (old.state, new.state) and current_user in ('pilar_app', 'pilar_system') then
    if old.state = 'cancelled' then
      raise exception 'what was taken back stays so' using errcode = '42501';
    end if;
    if old.state = 'delivered' or not exists (select from entitlement_withdrawal w
        where w.determination_id = new.determination_id and w.family_id = new.family_id and w.state = 'confirmed') then
      raise exception 'an entitlement is taken back by two, and before it was handed over' using errcode = '42501';
    end if;
  end if;
  return new;
end $$;

-- Nothing that has been asked for or found is handed over until it is answered. Judged anew for some families.
create function hold_entitlements(families uuid[]) returns void language sql set search_path = public, pg_temp as $$
  update round_entitlement e set on_hold = w.on_hold
  from (
    select e.round_id, e.family_id,
      e.state in ('open', 'undelivered') and e.held and (
        exists (select from entitlement_withdrawal w where w.determination_id = e.determination_id and w.family_id = e.family_id and w.state = 'asked')
        or exists (select from entitlement_change c where c.determination_id = e.determination_id and c.family_id = e.family_id
          and c.kind = 'dead' and c.state = 'open')) as on_hold
    from round_entitlement e where e.family_id = any ($1)) w
  where e.round_id = w.round_id and e.family_id = w.family_id and e.on_hold <> w.on_hold
$$;

-- Compares families with the lists that entitle them, those that were not handed over yet, and writes down what the register knows otherwise.
-- What was kept and is now something else is open again. Answers how many are new or open again.
create function note_changes(families uuid[]) returns integer language plpgsql set search_path = public, pg_temp as $$
declare
  found integer;
begin
  with held as (
    select n.determination_id, n.family_id, n.region_code, n.programme_code, n.payee_id, n.period_from, n.period_to, d.region_code as list_region
    from entitlement n join determination d on d.id = n.determination_id
    where n.family_id = any (families) and (n.state = 'open' or n.state = 'undelivered'
      and exists (select from round_entitlement e where e.determination_id = n.determination_id and e.family_id = n.family_id and e.held))
  ), seen as (
    select h.*, f.status, f.valid_from, f.region_code as now_region, p.status as payee_status, p.merged_into, p.valid_from as payee_since,
      m.living, m.others, m.died_on
    from held h join family f on f.id = h.family_id left join person p on p.id = h.payee_id
    cross join lateral (
      select count(*) filter (where x.status = 'active') as living, count(*) filter (where x.status not in ('dead', 'merged')) as others, max(x.died_on) filter (where x.status = 'dead') as died_on
      from person x where x.family_id = h.family_id) m
  ), told as (
    select s.determination_id, s.family_id, s.region_code,
      case
        when s.others = 0 and s.died_on is not null then 'dead'
        when s.payee_status = 'merged' and exists (
          select from person k join entitlement o on o.family_id = k.family_id
          where k.id = s.merged_into and k.family_id <> s.family_id and o.programme_code = s.programme_code and o.state <> 'cancelled'
            and o.period_from <= s.period_to and o.period_to >= s.period_from) then 'double'
        when s.status = 'moved_out' or s.list_region <> '00' and s.now_region <> s.list_region and not starts_with(s.now_region, s.list_region || '.') then 'moved'
        when s.status = 'not_found' then 'not_found'
        when s.status <> 'active' or s.living = 0 then 'ended'
      end as kind,
      case when s.others = 0 and s.died_on is not null then s.died_on when s.payee_status = 'merged' then s.payee_since else s.valid_from end as since
    from seen s
  ), gone as (
    update entitlement_change c set state = 'gone' from told t
    where t.kind is null and c.determination_id = t.determination_id and c.family_id = t.family_id and c.state <> 'gone' returning 1
  ), new as (
    insert into entitlement_change as c (determination_id, family_id, region_code, kind, since, state)
    select determination_id, family_id, region_code, kind, since, 'open' from told where kind is not null order by determination_id, family_id
    on conflict (determination_id, family_id) do update set kind = excluded.kind, since = excluded.since, state = 'open', found_at = acting_now(),
      note = null, decided_by = null, decided_at = null
    where c.kind <> excluded.kind or c.state = 'gone'
    returning 1
  ) select count(*) into found from new;
  perform hold_entitlements(families);
  return found;
end $$;
revoke execute on function hold_entitlements(uuid[]), note_changes(uuid[]) from public;
grant execute on function hold_entitlements(uuid[]), note_changes(uuid[]) to pilar_system;

-- What telephones take along says which families nothing is handed over to for now.
drop function stop_list(uuid);
create function stop_list(stop uuid)
returns table (family_id uuid, payee_name text, nik_masked text, address text, rt text, rw text, persons smallint, amount bigint, goods jsonb,
  voucher_id uuid, voucher_code text, state text, reason text, tries smallint, redemption_id uuid, redeemed_at timestamptz, on_hold boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select e.family_id, e.payee_name, e.nik_masked, e.address, e.rt, e.rw, e.persons, e.amount, e.goods, e.voucher_id, e.voucher_code, e.state, e.reason, e.tries,
    e.redemption_id, d.happened_at, e.on_hold
  from my_stops($1) m join round_entitlement e on e.stop_id = m.stop_id left join redemption d on d.id = e.redemption_id
  where m.round_state in ('invited', 'open')
$$;
revoke execute on function stop_list(uuid) from public;
grant execute on function stop_list(uuid) to pilar_app, pilar_system;

-- What the register keeps of assistance ---------------------------------------------------------------------------------------------
-- The row of now in `assistance`, what was believed before in `assistance_past`, as with families and persons: nothing is overwritten or taken away.
alter table assistance drop constraint assistance_source_check;
alter table assistance add constraint assistance_source_check check (source in
  ('village', 'pillar', 'citizen', 'civil_registry', 'survey', 'meeting', 'campaign', 'disaster', 'import', 'linkage', 'office', 'distribution'));
-- The day it was handed over, as distribution says.
alter table assistance add column received_on date;
alter table assistance add constraint assistance_received_check check ((source = 'distribution') = (received_on is not null));
create table assistance_past (
  family_id uuid not null,
  id uuid not null,
  person_id uuid,
  region_code text collate "C" not null,
  programme_code text not null,
  period_from date not null,
  period_to date,
  source text not null,
  source_ref text,
  received_on date,
  known_from timestamptz not null,
  known_to timestamptz not null,
  check (known_from <= known_to)
);
create index assistance_past_family on assistance_past (family_id, programme_code, period_from);
create index assistance_past_id on assistance_past (id);
create trigger append_only before update or delete on assistance_past for each row execute function refuse_change();
call protect('assistance_past', 'select, insert');
create policy social_office on assistance_past for select to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office());
grant select on assistance_past to pilar_app;
grant delete on assistance to pilar_system;

create function keep_assistance() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into assistance_past (family_id, id, person_id, region_code, programme_code, period_from, period_to, source, source_ref, received_on, known_from, known_to)
  select o.family_id, o.id, o.person_id, o.region_code, o.programme_code, o.period_from, o.period_to, o.source, o.source_ref, o.received_on, o.known_from,
    greatest(acting_now(), o.known_from)
  from old_rows o;
  return null;
end $$;
create trigger kept_update after update on assistance referencing old table as old_rows for each statement execute function keep_assistance();
create trigger kept_delete after delete on assistance referencing old table as old_rows for each statement execute function keep_assistance();
-- What is written anew is believed from then on.
create function assistance_since() returns trigger language plpgsql as $$
begin
  new.known_from := greatest(acting_now(), old.known_from);
  return new;
end $$;
create trigger since before update on assistance for each row execute function assistance_since();

-- Entitlements whose state changed, to be told to the register in the background. Holds ids only, and each for a moment.
create table entitlement_told (
  determination_id uuid not null,
  family_id uuid not null,
  at timestamptz not null default acting_now(),
  primary key (determination_id, family_id)
);
create index entitlement_told_order on entitlement_told (at);
call protect('entitlement_told', 'select, insert, update, delete');
create function tell_of_entitlement() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into entitlement_told (determination_id, family_id)
  select n.determination_id, n.family_id from new_rows n join old_rows o using (determination_id, family_id)
  where n.state <> o.state and (n.state in ('delivered', 'cancelled') or o.state in ('delivered', 'cancelled'))
  order by 1, 2 on conflict (determination_id, family_id) do update set at = excluded.at;
  -- It was handed over while its withdrawal waited: what happened at the door has happened.
  update entitlement_withdrawal w set state = 'overtaken', decided_at = acting_now() from new_rows n
  where n.state = 'delivered' and w.determination_id = n.determination_id and w.family_id = n.family_id and w.state = 'asked';
  return null;
end $$;
create trigger told after update on entitlement referencing new table as new_rows old table as old_rows for each statement execute function tell_of_entitlement();

-- Money of a round is that of families still on it. -----------------------------------------------------------------------------------
create or replace function count_round() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into distribution_count as c (round_id, dimension, key, total, delivered, undelivered, cancelled, invited, amount, given)
    select e.round_id, f.dimension, f.key, count(*), count(*) filter (where e.state = 'delivered'), count(*) filter (where e.state = 'undelivered'),
      count(*) filter (where e.state = 'cancelled'), count(e.voucher_id), coalesce(sum(e.amount) filter (where e.state <> 'cancelled'), 0), coalesce(sum(e.given_amount), 0)
    from new_rows e cross join lateral round_facts(e) f group by 1, 2, 3 order by 1, 2, 3
    on conflict (round_id, dimension, key) do update set total = c.total + excluded.total, delivered = c.delivered + excluded.delivered,
      undelivered = c.undelivered + excluded.undelivered, cancelled = c.cancelled + excluded.cancelled, invited = c.invited + excluded.invited,
      amount = c.amount + excluded.amount, given = c.given + excluded.given;
  else
    insert into distribution_count as c (round_id, dimension, key, total, delivered, undelivered, cancelled, invited, amount, given)
    select * from (
      select round_id, dimension, key, sum(n) total, sum(n * (state = 'delivered')::int) delivered, sum(n * (state = 'undelivered')::int) undelivered,
        sum(n * (state = 'cancelled')::int) cancelled, sum(n * (voucher_id is not null)::int) invited, sum(n * (state <> 'cancelled')::int * amount) amount,
        sum(n * coalesce(given_amount, 0)) given
      from (
        select e.round_id, f.dimension, f.key, 1 n, e.state, e.voucher_id, e.amount, e.given_amount from new_rows e cross join lateral round_facts(e) f
        union all
        select e.round_id, f.dimension, f.key, -1, e.state, e.voucher_id, e.amount, e.given_amount from old_rows e cross join lateral round_facts(e) f) changed
      group by 1, 2, 3) k
    where (total, delivered, undelivered, cancelled, invited, amount, given) <> (0, 0, 0, 0, 0, 0, 0) order by 1, 2, 3
    on conflict (round_id, dimension, key) do update set total = c.total + excluded.total, delivered = c.delivered + excluded.delivered,
      undelivered = c.undelivered + excluded.undelivered, cancelled = c.cancelled + excluded.cancelled, invited = c.invited + excluded.invited,
      amount = c.amount + excluded.amount, given = c.given + excluded.given;
  end if;
  return null;
end $$;
update distribution_count c set amount = c.amount - x.amount from (
  select e.round_id, f.dimension, f.key, sum(e.amount)::bigint as amount from round_entitlement e cross join lateral round_facts(e) f
  where e.state = 'cancelled' group by 1, 2, 3) x
where c.round_id = x.round_id and c.dimension = x.dimension and c.key = x.key;
-- A round says beside its progress how many it holds back: those of a region count by their rows.
create index round_entitlement_hold on round_entitlement (round_id, region_code) where on_hold;
