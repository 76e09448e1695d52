-- Who is asking, what happened, and what is new: the ground every other table stands on.
-- Roles (pilar_owner, pilar_app, pilar_citizen, pilar_system) are made before migrations run: docs/howto/production.md.

create extension if not exists pg_trgm;

-- The scope of the running transaction. After a transaction the settings are '' on a pooled connection, and
-- nullif turns that into null: no rows. National scope is the value '00' to '~', never an absence.
create function scope_from() returns text stable parallel safe language sql as $$ select nullif(current_setting('app.scope_from', true), '') $$;
create function scope_to() returns text stable parallel safe language sql as $$ select nullif(current_setting('app.scope_to', true), '') $$;
create function actor_id() returns uuid stable parallel safe language sql as $$ select nullif(current_setting('app.actor', true), '')::uuid $$;
create function actor_role() returns text stable parallel safe language sql as $$ select nullif(current_setting('app.role', true), '') $$;
create function actor_office() returns text stable parallel safe language sql as $$ select nullif(current_setting('app.office', true), '') $$;
create function scope_complaint() returns uuid stable parallel safe language sql as $$ select nullif(current_setting('app.complaint', true), '')::uuid $$;
-- The moment the application acts at. Given by the application, so that a test can let a deadline pass.
create function acting_now() returns timestamptz stable parallel safe language sql as $$ select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now()) $$;

grant usage on schema public to pilar_app, pilar_citizen, pilar_system;

-- Row-level security on, and everything open to the system role (jobs, sign-in), which only db.asSystem takes.
create procedure protect(tbl regclass, system_may text) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tbl);
  execute format('create policy system on %s to pilar_system using (true) with check (true)', tbl);
  execute format('grant %s on %s to pilar_system', system_may, tbl);
end $$;

-- What happened ---------------------------------------------------------------------------------------------

create table audit_entry (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor_id uuid,
  actor_role text,
  assignment_id uuid,
  office_id text collate "C",
  -- 'insert', 'update', 'delete' are written by triggers; 'look' and other acts by record_act()
  act text not null,
  subject text not null,
  subject_id text not null,
  region_code text collate "C",
  -- changed columns: with their values where the watching trigger names them, else null. Never personal data.
  detail jsonb not null default '{}',
  reason text
);
create index audit_entry_subject on audit_entry (subject, subject_id, id);
create index audit_entry_region on audit_entry (region_code, id);
create index audit_entry_actor on audit_entry (actor_id, id);
comment on table audit_entry is 'Append-only: every write and every look at personal data. Only security-definer functions insert; nobody updates or deletes.';
call protect('audit_entry', 'select');
create policy auditor on audit_entry for select to pilar_app using (
  actor_role() = 'auditor' and (region_code >= scope_from() and region_code < scope_to() or region_code is null and scope_from() = '00'));
grant select on audit_entry to pilar_app;

-- Entries waiting for their place in the hash chain. Taken as a whole, so no order of commits can hide one.
create table audit_pending (entry_id bigint not null);
alter table audit_pending enable row level security;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = '42501';
end $$;
create trigger append_only before update or delete on audit_entry for each row execute function refuse_change();
create trigger append_only_truncate before truncate on audit_entry for each statement execute function refuse_change();

create function queue_for_seal() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into audit_pending select id from fresh;
  return null;
end $$;
create trigger to_seal after insert on audit_entry referencing new table as fresh for each statement execute function queue_for_seal();

-- Records an act that is not a row change: a look at personal data, a sign-in, an export.
create function record_act(act text, subject text, subject_id text, region_code text, detail jsonb, reason text)
returns void language sql volatile security definer set search_path = public, pg_temp as $$
  insert into audit_entry (actor_id, actor_role, assignment_id, office_id, act, subject, subject_id, region_code, detail, reason)
  values (actor_id(), actor_role(), nullif(current_setting('app.assignment', true), '')::uuid, actor_office(),
    $1, $2, $3, $4, coalesce($5, '{}'), coalesce($6, nullif(current_setting('app.reason', true), '')))
$$;
revoke execute on function record_act(text, text, text, text, jsonb, text) from public;
grant execute on function record_act(text, text, text, text, jsonb, text) to pilar_app, pilar_citizen, pilar_system;

-- Arguments: key columns (comma separated), region column or '', columns whose values may be written down (comma separated).
create function audit_rows() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  keys text[] := string_to_array(tg_argv[0], ',');
  region_column text := nullif(tg_argv[1], '');
  told text[] := string_to_array(coalesce(tg_argv[2], ''), ',');
  assignment uuid := nullif(current_setting('app.assignment', true), '')::uuid;
  why text := nullif(current_setting('app.reason', true), '');
begin
  if tg_op = 'INSERT' then
    insert into audit_entry (actor_id, actor_role, assignment_id, office_id, act, subject, subject_id, region_code, detail, reason)
    select actor_id(), actor_role(), assignment, actor_office(), 'insert', tg_table_name,
      (select string_agg(n.j ->> k, '/' order by o) from unnest(keys) with ordinality u(k, o)), n.j ->> region_column,
      (select coalesce(jsonb_object_agg(k, n.j -> k), '{}') from unnest(told) k where n.j ? k and n.j -> k <> 'null'), why
    from (select to_jsonb(r) j from new_rows r) n;
  elsif tg_op = 'DELETE' then
    insert into audit_entry (actor_id, actor_role, assignment_id, office_id, act, subject, subject_id, region_code, reason)
    select actor_id(), actor_role(), assignment, actor_office(), 'delete', tg_table_name,
      (select string_agg(n.j ->> k, '/' order by o) from unnest(keys) with ordinality u(k, o)), n.j ->> region_column, why
    from (select to_jsonb(r) j from old_rows r) n;
  else
    insert into audit_entry (actor_id, actor_role, assignment_id, office_id, act, subject, subject_id, region_code, detail, reason)
    select actor_id(), actor_role(), assignment, actor_office(), 'update', tg_table_name, n.id, n.j ->> region_column,
      (select coalesce(jsonb_object_agg(e.key, case when e.key = any (told) then e.value end), '{}')
         from jsonb_each(n.j) e where e.value is distinct from o.j -> e.key), why
    from (select to_jsonb(r) j, (select string_agg(to_jsonb(r) ->> k, '/' order by p) from unnest(keys) with ordinality u(k, p)) id from new_rows r) n
    join (select to_jsonb(r) j, (select string_agg(to_jsonb(r) ->> k, '/' order by p) from unnest(keys) with ordinality u(k, p)) id from old_rows r) o using (id)
    where n.j <> o.j;
  end if;
  return null;
end $$;

create procedure watch(tbl regclass, keys text, region_column text default '', told text default '') language plpgsql as $$
begin
  execute format('create trigger audit_insert after insert on %s referencing new table as new_rows for each statement execute function audit_rows(%L, %L, %L)', tbl, keys, region_column, told);
  execute format('create trigger audit_update after update on %s referencing new table as new_rows old table as old_rows for each statement execute function audit_rows(%L, %L, %L)', tbl, keys, region_column, told);
  execute format('create trigger audit_delete after delete on %s referencing old table as old_rows for each statement execute function audit_rows(%L, %L, %L)', tbl, keys, region_column, told);
end $$;

-- What is new -----------------------------------------------------------------------------------------------

-- Read in the order (xid, id) and only below the oldest running transaction: ids alone are not in commit order.
create table event_log (
  id bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  kind text not null,
  subject text not null,
  subject_id text not null,
  region_code text collate "C",
  office_id text collate "C",
  account_id uuid,
  data jsonb not null default '{}',
  primary key (xid, id)
);
comment on table event_log is 'Feeds live pages. Nothing personal in it; pruned after some days; the history itself is with each case.';
create index event_log_at on event_log (at);
call protect('event_log', 'select, insert, delete');
create policy staff_reads on event_log for select to pilar_app using (
  actor_role() in ('officer', 'supervisor', 'auditor') and region_code >= scope_from() and region_code < scope_to()
  or account_id = actor_id());
create policy anyone_tells on event_log for insert to pilar_app, pilar_citizen with check (true);
grant select, insert on event_log to pilar_app;
grant insert on event_log to pilar_citizen;

create function tell_event() returns trigger language plpgsql as $$
begin
  notify pilar_event;
  return null;
end $$;
create trigger tell after insert on event_log for each statement execute function tell_event();

-- A write that may be repeated happens once: the key is taken in the transaction of the write, a repeat finds what it made.
create table idempotency_key (
  scope text not null,
  key text not null,
  request_hash text not null,
  subject_id text not null,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);
create index idempotency_key_created on idempotency_key (created_at);
call protect('idempotency_key', 'select, insert, delete');
create policy own on idempotency_key to pilar_app using (scope = 'account:' || actor_id()::text) with check (scope = 'account:' || actor_id()::text);
grant select, insert on idempotency_key to pilar_app;

-- Counting windows for sign-in, filing and tracking. The key is a hash: no address, no name.
create table throttle (
  key text primary key,
  window_start timestamptz not null,
  hits integer not null
);
create index throttle_window on throttle (window_start);
call protect('throttle', 'select, insert, update, delete');
