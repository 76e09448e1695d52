-- A person's rights over their data (UU 27/2022): access with who looked, correction, export, each within 3 × 24 hours; and how long
-- data is kept at all. Domain facts 11; decision 0024.

insert into register_term (key, valid_from, amount, unit, source) values
  ('rights_answer', '2022-10-17', 72, 'hours', 'UU 27/2022 Pasal 32: paling lambat 3 x 24 jam'),
  ('rights_open', '2022-10-17', 30, 'days', 'belum diverifikasi: jawaban dapat dibuka dengan nomor dan kode selama 30 hari'),
  ('retention_notice', '2022-10-17', 14, 'days', 'belum diverifikasi: laporan retensi dapat ditahan selama 14 hari sebelum berlaku');

create function scope_request() returns uuid stable parallel safe language sql as $$ select nullif(current_setting('app.request', true), '')::uuid $$;

create table data_request (
  id uuid primary key,
  number text not null unique,
  kind text not null check (kind in ('access', 'correction')),
  -- the village where the person lives: its office verifies who they are
  region_code text collate "C" not null references region,
  door text not null check (door in ('web', 'desk')),
  filed_at timestamptz not null default acting_now(),
  -- 3 × 24 hours: hours of the clock, not working days
  due_at timestamptz not null,
  state text not null check (state in ('received', 'answered', 'refused', 'withdrawn')),
  overdue boolean not null default false,
  -- what should be corrected, in the person's words
  wish text check (length(wish) between 10 and 2000),
  filed_by uuid,
  -- how an officer saw who they are: card in the hand, photo of the card that fits, card and face together
  verified_how text check (verified_how in ('card_seen', 'card_photo', 'card_and_face')),
  verified_by uuid,
  verified_at timestamptz,
  -- whom the register knows them as; null: the register holds nothing about them
  person_id uuid,
  family_id uuid,
  answered_at timestamptz,
  open_until timestamptz,
  refusal text check (length(refusal) between 10 and 1000),
  -- of a correction: the proposal it became
  proposal_number text,
  version integer not null default 1,
  check ((kind = 'correction') = (wish is not null)),
  check ((state = 'answered') = (answered_at is not null)),
  check ((state = 'answered') <= (verified_at is not null)),
  check ((state = 'refused') = (refusal is not null)),
  constraint not_ones_own check (filed_by is null or verified_by is null or door = 'desk' or filed_by <> verified_by)
);
create index data_request_region on data_request (region_code, filed_at, id);
create index data_request_due on data_request (due_at) where state = 'received';
create index data_request_person on data_request (person_id) where person_id is not null;

create table data_request_identity (
  request_id uuid primary key references data_request deferrable initially deferred,
  name text not null check (length(name) between 1 and 120),
  nik text check (nik ~ '^[0-9]{16}$'),
  kk_number text check (kk_number ~ '^[0-9]{16}$'),
  birth_date date,
  phone text check (length(phone) <= 25),
  secret_hash text not null,
  -- photo of the card
  file_id text,
  file_name text,
  file_media_type text
);

create table data_request_event (
  request_id uuid not null references data_request deferrable initially deferred,
  seq integer not null,
  at timestamptz not null default acting_now(),
  kind text not null check (kind in ('filed', 'verified', 'answered', 'refused', 'withdrawn', 'overdue', 'seen', 'exported')),
  by_account uuid,
  by_role text not null,
  primary key (request_id, seq)
);

call protect('data_request', 'select, insert, update');
create policy social_office on data_request to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy auditor on data_request for select to pilar_app
  using (actor_role() = 'auditor' and region_code >= scope_from() and region_code < scope_to());
create policy own on data_request to pilar_citizen using (id = scope_request()) with check (id = scope_request());
grant select, insert on data_request to pilar_app, pilar_citizen;
grant update (state, overdue, verified_how, verified_by, verified_at, person_id, family_id, answered_at, open_until, refusal, proposal_number, version)
  on data_request to pilar_app;
grant update (state, version) on data_request to pilar_citizen;
call watch('data_request', 'id', 'region_code', 'kind,door,state,due_at,overdue,verified_how,verified_by,answered_at');

call protect('data_request_identity', 'select, insert, update');
create policy social_office on data_request_identity to pilar_app
  using (in_social_office() and exists (select from data_request r where r.id = request_id)) with check (in_social_office());
create policy own on data_request_identity to pilar_citizen using (request_id = scope_request()) with check (request_id = scope_request());
grant select, insert on data_request_identity to pilar_app, pilar_citizen;
grant update (file_id, file_name, file_media_type) on data_request_identity to pilar_citizen;
call watch('data_request_identity', 'request_id');

call protect('data_request_event', 'select, insert');
create policy with_request on data_request_event to pilar_app
  using (exists (select from data_request r where r.id = request_id)) with check (true);
create policy own on data_request_event to pilar_citizen using (request_id = scope_request()) with check (request_id = scope_request());
grant select, insert on data_request_event to pilar_app, pilar_citizen;
create trigger append_only before update or delete on data_request_event for each row execute function refuse_change();
call watch('data_request_event', 'request_id,seq', '', 'kind');

-- How long data is kept: the rule whose day has come last counts, for each key.
create table retention_rule (
  key text not null check (key in ('request_identity', 'proposal_identity', 'opening', 'left_register')),
  valid_from date not null,
  -- counted from the end of the work, or from the day somebody left the register; null: kept without end
  months integer check (months between 1 and 1200),
  source text not null,
  primary key (key, valid_from)
);
comment on table retention_rule is 'Reference data: holds nothing about a person.';
grant select on retention_rule to pilar_app, pilar_citizen, pilar_system;
grant insert on retention_rule to pilar_app;
insert into retention_rule (key, valid_from, months, source) values
  ('request_identity', '2022-10-17', 24, 'belum diverifikasi: jadwal retensi Kementerian Sosial tidak ditemukan'),
  ('proposal_identity', '2022-10-17', 24, 'belum diverifikasi: jadwal retensi Kementerian Sosial tidak ditemukan'),
  ('opening', '2022-10-17', 60, 'belum diverifikasi: jadwal retensi Kementerian Sosial tidak ditemukan'),
  ('left_register', '2022-10-17', 120, 'belum diverifikasi: jadwal retensi Kementerian Sosial tidak ditemukan');

-- A run first reports what would go, then waits, then goes; an administrator of the nation may hold it.
create table retention_run (
  id uuid primary key,
  reported_at timestamptz not null default acting_now(),
  applies_at timestamptz not null,
  state text not null check (state in ('reported', 'held', 'applied')),
  held_by uuid,
  held_reason text check (length(held_reason) between 10 and 500),
  applied_at timestamptz,
  check ((state = 'held') = (held_by is not null)),
  check ((state = 'applied') = (applied_at is not null))
);
create unique index retention_run_open on retention_run ((true)) where state = 'reported';
create table retention_item (
  run_id uuid not null references retention_run,
  key text not null,
  -- what ended before this moment
  before timestamptz not null,
  reported integer not null,
  applied integer,
  primary key (run_id, key)
);
call protect('retention_run', 'select, insert, update');
call protect('retention_item', 'select, insert, update');
create policy readers on retention_run for select to pilar_app using (actor_role() in ('administrator', 'auditor', 'supervisor'));
create policy readers on retention_item for select to pilar_app using (actor_role() in ('administrator', 'auditor', 'supervisor'));
create policy holders on retention_run for update to pilar_app using (actor_role() = 'administrator' and scope_from() = '00')
  with check (actor_role() = 'administrator' and scope_from() = '00');
grant select on retention_run, retention_item to pilar_app;
grant update (state, held_by, held_reason) on retention_run to pilar_app;
call watch('retention_run', 'id', '', 'state,applies_at');
call watch('retention_item', 'run_id,key', '', 'reported,applied,before');

-- Erasing is the one thing that changes an event: its content goes, that it happened stays. Only these functions raise the flag.
create or replace function only_a_check() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('app.erasing', true) = 'on' and current_user = (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = tg_relid)
    and (to_jsonb(old) - '{patch,note,evidence,check_reason}'::text[]) = (to_jsonb(new) - '{patch,note,evidence,check_reason}'::text[]) then
    return new;
  end if;
  if tg_op = 'DELETE' or old.state <> 'reported'
    or (to_jsonb(old) - '{state,known_at,checked_by,checked_at,check_reason}'::text[]) <> (to_jsonb(new) - '{state,known_at,checked_by,checked_at,check_reason}'::text[]) then
    raise exception 'register_event is append-only' using errcode = '42501';
  end if;
  return new;
end $$;
create function refuse_sealed_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('app.erasing', true) = 'on' and current_user = (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = tg_relid) then return old; end if;
  raise exception 'register_event_sealed is append-only' using errcode = '42501';
end $$;
drop trigger append_only on register_event_sealed;
create trigger append_only before update or delete on register_event_sealed for each row execute function refuse_sealed_change();

-- Persons who left the register before a moment: dead, moved out, merged, or in a family that left. Erased ones are not counted again.
create function left_register(before timestamptz) returns table (person_id uuid) language sql stable
security definer set search_path = public, pg_temp as $$
  select p.id from person p left join family f on f.id = p.family_id
  where p.name <> '—' and case
      when p.status in ('dead', 'moved_out', 'merged', 'not_found') then p.valid_from < before::date and p.known_from < before
      when f.status in ('graduated', 'moved_out', 'dissolved', 'merged', 'not_found') then f.valid_from < before::date and f.known_from < before
      else false end
$$;

-- Takes away who they were; leaves that somebody of this sex and birth year was there, for statistics and for the chain of events.
create function erase_left(before timestamptz) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone uuid[] := array(select person_id from left_register(before));
begin
  perform set_config('app.erasing', 'on', true);
  update register_event set patch = '{}', note = null, evidence = '{}', check_reason = null where subject_id = any (gone);
  delete from register_event_sealed where subject_id = any (gone);
  delete from person_sealed where person_id = any (gone);
  delete from person_sealed_past where person_id = any (gone);
  delete from person_past where person_id = any (gone);
  update person set name = '—', nik = null, mother_name = null, birth_place = null, birth_date = date_trunc('year', birth_date)::date, work = null,
    ppks = '{}', answers = '{}', external_key = null, search_keys = '{}', changed_at = acting_now() where id = any (gone);
  update family f set kk_number = null, address = null, rt = null, rw = null, answers = '{}', external_key = null, search_keys = '{}', changed_at = acting_now()
    where f.id in (select family_id from person where id = any (gone))
      and not exists (select from person p where p.family_id = f.id and p.name <> '—');
  update register_event e set patch = '{}', note = null, evidence = '{}', check_reason = null
    from family f where e.subject_id = f.id and f.id in (select family_id from person where id = any (gone))
      and not exists (select from person p where p.family_id = f.id and p.name <> '—');
  delete from family_past where family_id in (select p.family_id from person p where p.id = any (gone)
    and not exists (select from person q where q.family_id = p.family_id and q.name <> '—'));
  perform set_config('app.erasing', '', true);
  return cardinality(gone);
end $$;

-- Identities kept with work that ended before a moment.
create function erase_request_identities(before timestamptz) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare n integer;
begin
  delete from data_request_identity i using data_request r
    where r.id = i.request_id and r.state <> 'received' and coalesce(r.answered_at, r.filed_at) < before;
  get diagnostics n = row_count;
  return n;
end $$;
create function erase_proposal_identities(before timestamptz) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare n integer;
begin
  delete from proposal_person i using proposal p where p.id = i.proposal_id and not p.open and p.changed_at < before;
  get diagnostics n = row_count;
  return n;
end $$;
create function erase_openings(before timestamptz) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare n integer;
begin
  delete from family_opening where expires_at < before;
  get diagnostics n = row_count;
  return n;
end $$;
-- How many each would take.
create function retention_counts(key text, before timestamptz) returns integer language sql stable security definer set search_path = public, pg_temp as $$
  select case key
    when 'request_identity' then (select count(*) from data_request_identity i join data_request r on r.id = i.request_id
      where r.state <> 'received' and coalesce(r.answered_at, r.filed_at) < before)
    when 'proposal_identity' then (select count(*) from proposal_person i join proposal p on p.id = i.proposal_id where not p.open and p.changed_at < before)
    when 'opening' then (select count(*) from family_opening where expires_at < before)
    when 'left_register' then (select count(*) from left_register(before))
  end::int
$$;
revoke execute on function left_register(timestamptz), erase_left(timestamptz), erase_request_identities(timestamptz), erase_proposal_identities(timestamptz),
  erase_openings(timestamptz), retention_counts(text, timestamptz) from public;
grant execute on function erase_left(timestamptz), erase_request_identities(timestamptz), erase_proposal_identities(timestamptz),
  erase_openings(timestamptz), retention_counts(text, timestamptz) to pilar_system;
