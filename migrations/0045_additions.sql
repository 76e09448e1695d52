-- A place that became free on an approved list is given to the next of those who wait: proposed by one, approved by another, numbered
-- within the list. The list itself, its annex and its facts stay as they were approved. Read in src/programmes/determination/additions.ts.

-- proposed → approved (the family is entitled) | refused | retracted by who proposed
create table determination_addition (
  id uuid primary key,
  determination_id uuid not null references determination,
  family_id uuid not null,
  -- the village the family lives in now
  region_code text collate "C" not null references region,
  -- by the ranking of the list, as it was frozen
  rank integer not null,
  -- whose entitlement was taken back
  replaces_id uuid not null,
  payee_id uuid,
  payee_name text not null check (length(payee_name) <= 120),
  amount bigint not null check (amount >= 0),
  persons smallint not null,
  -- who stood before by rank and was passed over: [{ familyId, rank, why }]
  passed jsonb not null default '[]' check (jsonb_typeof(passed) = 'array'),
  note text check (length(note) between 1 and 1000),
  state text not null check (state in ('proposed', 'approved', 'refused', 'retracted')),
  -- place among the additions of the list, and the number of its paper: that of the decree with it
  seq integer check (seq > 0),
  number text unique,
  proposed_by uuid not null,
  proposed_role text not null,
  proposed_at timestamptz not null default acting_now(),
  decided_by uuid,
  decided_at timestamptz,
  decide_note text check (length(decide_note) <= 500),
  foreign key (determination_id, replaces_id) references entitlement,
  unique (determination_id, seq),
  check ((state = 'proposed') = (decided_at is null)),
  check ((state = 'approved') = (seq is not null) and (seq is null) = (number is null)),
  check (state not in ('approved', 'refused') or decided_by is not null and decided_by <> proposed_by)
);
create unique index determination_addition_family on determination_addition (determination_id, family_id) where state in ('proposed', 'approved');
create unique index determination_addition_place on determination_addition (determination_id, replaces_id) where state in ('proposed', 'approved');
create index determination_addition_list on determination_addition (determination_id, proposed_at);
create index determination_addition_waiting on determination_addition (region_code, proposed_at) where state = 'proposed';
-- Who waits for a place, in their order.
create index determination_result_place on determination_result (determination_id, rank) where outcome = 'waiting' and reason = 'quota';
create index entitlement_cancelled on entitlement (determination_id, family_id) where state = 'cancelled';

-- Never more than the quota, only who waits for a place, and only a place that became free; whoever asks. Lists take turns.
create function keep_addition() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  list determination;
begin
  if tg_op = 'DELETE' or tg_op = 'UPDATE' and (old.state <> 'proposed'
    or (old.id, old.determination_id, old.family_id, old.region_code, old.rank, old.replaces_id, old.amount, old.persons, old.passed, old.proposed_by, old.proposed_at)
      is distinct from (new.id, new.determination_id, new.family_id, new.region_code, new.rank, new.replaces_id, new.amount, new.persons, new.passed, new.proposed_by, new.proposed_at)) then
    raise exception 'an addition stays as it was decided' using errcode = '42501';
  end if;
  if new.state not in ('proposed', 'approved') then return new; end if;
  select * into list from determination d where d.id = new.determination_id for update;
  if list.state is distinct from 'approved' or list.quota is null then
    raise exception 'only an approved list with a quota is added to' using errcode = '42501';
  end if;
  if not exists (select from determination_result r where r.determination_id = new.determination_id and r.family_id = new.family_id
      and r.outcome = 'waiting' and r.reason = 'quota' and r.rank = new.rank) then
    raise exception 'only who waits for a place is added' using errcode = '42501';
  end if;
  if not exists (select from entitlement e where e.determination_id = new.determination_id and e.family_id = new.replaces_id and e.state = 'cancelled') then
    raise exception 'the place is not free' using errcode = '42501';
  end if;
  if (list.totals ->> 'in')::integer
    + (select count(*) from determination_addition a where a.determination_id = new.determination_id and a.state in ('proposed', 'approved') and a.id <> new.id)
    - (select count(*) from entitlement e where e.determination_id = new.determination_id and e.state = 'cancelled') >= list.quota then
    raise exception 'the quota of the list is full' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_addition before insert or update or delete on determination_addition for each row execute function keep_addition();

-- An approved list entitles nobody else than by an addition. Of whatever the application does; the owner of the tables is not the application.
create function keep_entitled() returns trigger language plpgsql as $$
begin
  if current_user in ('pilar_app', 'pilar_system')
    and exists (select from (select distinct determination_id from new_rows) n join determination d on d.id = n.determination_id where d.state = 'approved')
    and exists (select from new_rows n join determination d on d.id = n.determination_id where d.state = 'approved'
      and not exists (select from determination_addition a where a.determination_id = n.determination_id and a.family_id = n.family_id and a.state = 'approved')) then
    raise exception 'an approved list is added to by two' using errcode = '42501';
  end if;
  return null;
end $$;
create trigger keep_entitled after insert on entitlement referencing new table as new_rows for each statement execute function keep_entitled();

call protect('determination_addition', 'select, insert, update');
create policy office_reads on determination_addition for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy office_proposes on determination_addition for insert to pilar_app
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and proposed_by = actor_id() and state = 'proposed');
create policy office_decides on determination_addition for update to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and decided_by = actor_id()
    and (state = 'retracted' and proposed_by = actor_id() or state in ('approved', 'refused') and actor_role() = 'supervisor'));
grant select, insert, update (state, seq, number, decided_by, decided_at, decide_note) on determination_addition to pilar_app;
call watch('determination_addition', 'id', 'region_code', 'determination_id,family_id,replaces_id,state,number');

-- Names of those who proposed and decided, for those who see it.
create function addition_people(additions uuid[]) returns table (account_id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct a.id, a.name from determination_addition d join account a on a.id in (d.proposed_by, d.decided_by)
  where d.id = any ($1) and (in_social_office() and d.region_code >= scope_from() and d.region_code < scope_to() or actor_role() = 'system')
$$;
revoke execute on function addition_people(uuid[]) from public;
grant execute on function addition_people(uuid[]) to pilar_app, pilar_system;
