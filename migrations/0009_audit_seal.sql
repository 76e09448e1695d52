-- The hash chain over what happened, its verification, and what ends a live page.

-- One link for each entry: sha256 of the link before it and of the entry together with its place.
create table audit_seal (
  position bigint primary key check (position > 0),
  entry_id bigint not null unique,
  hash bytea not null check (length(hash) = 32)
);
comment on table audit_seal is 'Append-only: a change of any entry breaks every later link, and the newest link is written down outside the database.';
call protect('audit_seal', 'select');
create trigger append_only before update or delete on audit_seal for each row execute function refuse_change();
create trigger append_only_truncate before truncate on audit_seal for each statement execute function refuse_change();

-- The days an auditor asks for; entries come nearly in the order of time, so a few bytes index them.
create index audit_entry_at on audit_entry using brin (at) with (pages_per_range = 32);

-- The bytes of an entry that are sealed. A JSON array cannot be read in two ways, jsonb writes it the same in every
-- session, and an instant is counted in microseconds because its text depends on the reader's time zone.
create function audit_canonical(e audit_entry, place bigint) returns bytea stable language sql as $$
  select convert_to(jsonb_build_array(place, (e).id, (extract(epoch from (e).at) * 1000000)::bigint, (e).actor_id, (e).actor_role,
    (e).assignment_id, (e).office_id, (e).act, (e).subject, (e).subject_id, (e).region_code, (e).detail, (e).reason)::text, 'UTF8')
$$;

-- Running over rows in order it gives each its link; the chain begins with 32 zero bytes.
create function audit_link(before bytea, content bytea, start bytea) returns bytea immutable parallel safe language sql as $$
  select sha256(coalesce(before, start, decode(repeat('00', 32), 'hex')) || coalesce(content, ''))
$$;
create aggregate audit_chain(bytea, bytea) (sfunc = audit_link, stype = bytea);

-- Seals up to `most` waiting entries and returns how many. What waits is taken as a whole and not from an id onwards:
-- ids are given before commit, so an entry may appear below one that is already sealed. One sealer at a time; a second
-- one returns 0 at once. Each statement must see what the sealer before it committed: not for "repeatable read".
-- Planned anew on each call: a plan kept from the days of ten entries would walk the whole table for each of a million.
create function seal_audit(most integer default 20000) returns integer
language plpgsql volatile security definer set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  top bigint;
  head bytea;
  sealed integer;
begin
  if not pg_try_advisory_xact_lock(7421, 2) then return 0; end if;
  select s.position, s.hash into top, head from audit_seal s order by s.position desc limit 1;
  with taken as (
    delete from audit_pending where ctid = any (array(select p.ctid from audit_pending p limit most)) returning entry_id
  ), placed as (
    select coalesce(top, 0) + row_number() over (order by entry_id) as place, entry_id from taken
  )
  -- an outer join: an entry that vanished while it waited gets its place all the same, and is missed by verification
  insert into audit_seal (position, entry_id, hash)
  select p.place, p.entry_id, audit_chain(audit_canonical(e, p.place), head) over (order by p.place)
  from placed p left join audit_entry e on e.id = p.entry_id;
  get diagnostics sealed = row_count;
  return sealed;
end $$;
revoke execute on function seal_audit(integer) from public;
grant execute on function seal_audit(integer) to pilar_system;

-- The first broken link in (after, upto], or no row. `problem`:
--   gap      a place without a link            missing  the entry of this link is gone
--   changed  the entry or its link is not what was sealed
create function broken_seal(after bigint, upto bigint) returns table (at_position bigint, at_entry bigint, problem text)
language sql stable set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
  select case when coalesce(before, 0) <> position - 1 then coalesce(before, 0) + 1 else position end,
    case when coalesce(before, 0) = position - 1 then entry_id end,
    case when coalesce(before, 0) <> position - 1 then 'gap' when gone then 'missing' else 'changed' end
  from (
    select s.position, s.entry_id, s.hash, e.id is null as gone,
      lag(s.position) over w as before,
      audit_link(lag(s.hash) over w, case when e.id is not null then audit_canonical(e, s.position) end, null) as expected
    from audit_seal s left join audit_entry e on e.id = s.entry_id
    where s.position >= $1 and s.position <= $2
    window w as (order by s.position)
  ) link
  where position > $1 and (coalesce(before, 0) <> position - 1 or gone or hash <> expected)
  order by position limit 1
$$;

-- The first entry in (after, upto] that is not sealed though it should be, or no row. `problem`:
--   unsealed  it does not even wait for its place        waiting  for more than an hour: the sealer does not run
create function broken_entry(after bigint, upto bigint) returns table (at_position bigint, at_entry bigint, problem text)
language sql stable set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
  select null::bigint, e.id, case when p.entry_id is null then 'unsealed' else 'waiting' end
  from audit_entry e
  left join audit_seal s on s.entry_id = e.id
  left join audit_pending p on p.entry_id = e.id
  where e.id > $1 and e.id <= $2 and s.entry_id is null
    and (p.entry_id is null or e.at < clock_timestamp() - interval '1 hour')
  order by e.id limit 1
$$;

-- Does the chain still hold the link that was written down elsewhere? No row when it does, or when none is given.
create function broken_anchor(place bigint, link bytea) returns table (at_position bigint, at_entry bigint, problem text)
language sql stable set search_path = public, pg_temp as $$
  select $1, (select entry_id from audit_seal where position = $1), 'head'
  where $1 is not null and not exists (select from audit_seal where position = $1 and hash = $2)
$$;
revoke execute on function audit_canonical(audit_entry, bigint), audit_link(bytea, bytea, bytea), broken_seal(bigint, bigint),
  broken_entry(bigint, bigint), broken_anchor(bigint, bytea) from public;

-- A verification, slice by slice, so that it can tell how far it is and holds nothing open for long. Written only by the
-- functions below: an intact outcome cannot be claimed.
create table audit_verification (
  id uuid primary key,
  started_at timestamptz not null default acting_now(),
  finished_at timestamptz,
  actor_id uuid,
  actor_role text,
  -- a link written down elsewhere that the chain must still hold
  anchor_position bigint,
  anchor_hash bytea,
  -- where the chain and the entries ended when it began
  upto_position bigint not null,
  upto_entry bigint not null,
  head bytea,
  done_position bigint not null default 0,
  done_entry bigint not null default 0,
  outcome text not null default 'running' check (outcome in ('running', 'intact', 'broken')),
  broken_position bigint,
  broken_entry_id bigint,
  problem text check (problem in ('gap', 'missing', 'changed', 'unsealed', 'waiting', 'head')),
  check ((outcome = 'running') = (finished_at is null)),
  check ((outcome = 'broken') = (problem is not null))
);
create index audit_verification_started on audit_verification (started_at);
call protect('audit_verification', 'select');
create policy auditor on audit_verification for select to pilar_app using (actor_role() = 'auditor');
grant select on audit_verification to pilar_app;
call watch('audit_verification', 'id', '', 'outcome,upto_position,broken_position,broken_entry_id,problem');

create function may_verify() returns boolean stable language sql as $$ select actor_role() in ('auditor', 'system') $$;

create function begin_verification(id uuid, place bigint default null, link bytea default null) returns audit_verification
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  made audit_verification;
begin
  if not may_verify() then raise exception 'only auditors verify' using errcode = '42501'; end if;
  insert into audit_verification (id, actor_id, actor_role, anchor_position, anchor_hash, upto_position, upto_entry, head)
  select $1, actor_id(), actor_role(), $2, $3, coalesce(s.position, 0), coalesce((select max(e.id) from audit_entry e), 0), s.hash
  from (select 1) one left join (select position, hash from audit_seal order by position desc limit 1) s on true
  returning * into made;
  return made;
end $$;

-- Looks at the next `most` links, or where all links are done at the next `most` entries.
create function continue_verification(verification uuid, most integer) returns audit_verification
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  v audit_verification;
  b record;
begin
  if not may_verify() then raise exception 'only auditors verify' using errcode = '42501'; end if;
  select * into v from audit_verification where id = verification for update;
  if not found or v.outcome <> 'running' then return v; end if;
  if v.done_position < v.upto_position then
    select * into b from broken_seal(v.done_position, least(v.done_position + most, v.upto_position));
    v.done_position := least(v.done_position + most, v.upto_position);
  else
    select * into b from broken_entry(v.done_entry, least(v.done_entry + most, v.upto_entry));
    v.done_entry := least(v.done_entry + most, v.upto_entry);
  end if;
  if b.problem is null and v.done_position = v.upto_position and v.done_entry = v.upto_entry then
    select * into b from broken_anchor(v.anchor_position, v.anchor_hash);
    v.outcome := case when b.problem is null then 'intact' else 'broken' end;
  elsif b.problem is not null then
    v.outcome := 'broken';
  end if;
  update audit_verification u set done_position = v.done_position, done_entry = v.done_entry, outcome = v.outcome,
    finished_at = case when v.outcome <> 'running' then acting_now() end,
    broken_position = b.at_position, broken_entry_id = b.at_entry, problem = b.problem
  where u.id = v.id returning * into v;
  return v;
end $$;

-- All of it in one statement, for a person at a database prompt: the first thing that is broken, or no row. Keeps nothing.
create function verify_audit(anchor_position bigint default null, anchor_hash bytea default null, slice integer default 50000)
returns table (at_position bigint, at_entry bigint, problem text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  upto_position bigint := coalesce((select max(s.position) from audit_seal s), 0);
  upto_entry bigint := coalesce((select max(e.id) from audit_entry e), 0);
  done bigint := 0;
begin
  if current_setting('app.role', true) <> '' and not may_verify() then raise exception 'only auditors verify' using errcode = '42501'; end if;
  while done < upto_position loop
    return query select * from broken_seal(done, done + slice);
    if found then return; end if;
    done := done + slice;
  end loop;
  done := 0;
  while done < upto_entry loop
    return query select * from broken_entry(done, done + slice);
    if found then return; end if;
    done := done + slice;
  end loop;
  return query select * from broken_anchor(anchor_position, anchor_hash);
end $$;

-- Where the chain stands: numbers and the newest link, nothing about what happened.
create function audit_chain_state() returns table (sealed bigint, waiting bigint, head_position bigint, head bytea)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if not may_verify() then raise exception 'only auditors look at the chain' using errcode = '42501'; end if;
  return query select coalesce(s.position, 0), (select count(*) from audit_pending), s.position, s.hash
    from (select 1) one left join (select a.position, a.hash from audit_seal a order by a.position desc limit 1) s on true;
end $$;

-- Who acted, for the auditor who sees that they did. Accounts themselves are not theirs to read.
create function audit_actors(ids uuid[]) returns table (id uuid, name text, username text)
language sql stable security definer set search_path = public, pg_temp as $$
  select a.id, a.name, a.username from account a where a.id = any (ids) and actor_role() = 'auditor'
$$;
create function audit_places(entries bigint[]) returns table (entry_id bigint, place bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.entry_id, s.position from audit_seal s where s.entry_id = any (entries) and actor_role() = 'auditor'
$$;
create function audit_actor(called text) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select a.id from account a where a.username = lower(called) and actor_role() = 'auditor'
$$;
revoke execute on function begin_verification(uuid, bigint, bytea), continue_verification(uuid, integer),
  verify_audit(bigint, bytea, integer), audit_chain_state(), audit_actors(uuid[]), audit_places(bigint[]), audit_actor(text)
  from public;
grant execute on function begin_verification(uuid, bigint, bytea), continue_verification(uuid, integer), audit_chain_state()
  to pilar_app, pilar_system;
grant execute on function audit_actors(uuid[]), audit_places(bigint[]), audit_actor(text) to pilar_app;
grant execute on function verify_audit(bigint, bytea, integer) to pilar_system;

-- Live pages ------------------------------------------------------------------------------------------------

-- The last event that was removed: who wants to resume from before it must start anew.
create table event_pruned (
  one boolean primary key default true check (one),
  xid xid8 not null default '0',
  id bigint not null default 0
);
comment on table event_pruned is 'Reference data: a place in the event log, nothing about a person.';
insert into event_pruned default values;
grant select, update on event_pruned to pilar_system;

-- Whether a session still acts for this assignment; asked for open streams, and unlike a request it is no sign of life.
create function session_acts(session_id uuid, assignment uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select from session s
    join account c on c.id = s.account_id and c.active
    join assignment a on a.id = s.assignment_id and a.account_id = s.account_id
    where s.id = $1 and s.assignment_id = $2 and s.ended_at is null and s.expires_at > acting_now()
      and s.last_seen_at > acting_now() - (select make_interval(mins => r.idle_minutes) from access_rule r
        where r.valid_from <= acting_now()::date order by r.valid_from desc limit 1)
      and a.ended_at is null and a.valid_from <= acting_now()::date and (a.valid_to is null or a.valid_to >= acting_now()::date))
$$;
revoke execute on function session_acts(uuid, uuid) from public;
grant execute on function session_acts(uuid, uuid) to pilar_system;

-- What ends a live page is an event like any other, so it reaches the process that holds the page, whoever wrote it.
create function tell_account() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was jsonb := to_jsonb(old);
begin
  insert into event_log (kind, subject, subject_id, account_id)
  values (tg_table_name || '_changed', tg_table_name, was ->> 'id',
    case tg_table_name when 'account' then was ->> 'id' else was ->> 'account_id' end::uuid);
  return null;
end $$;
create trigger tell_change after update of ended_at, assignment_id on session for each row
  when (old.ended_at is distinct from new.ended_at or old.assignment_id is distinct from new.assignment_id)
  execute function tell_account();
create trigger tell_end after delete on session for each row when (old.ended_at is null) execute function tell_account();
create trigger tell_change after update of ended_at, valid_to on assignment for each row
  when (old.ended_at is distinct from new.ended_at or old.valid_to is distinct from new.valid_to) execute function tell_account();
create trigger tell_change after update of active on account for each row
  when (old.active is distinct from new.active) execute function tell_account();
