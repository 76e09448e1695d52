-- The moment a case climbs to the next tier by itself: its deadline first, then some working days after each climb.
alter table complaint add column climbs_at timestamptz;
create index complaint_climbs on complaint (climbs_at) where climbs_at is not null;
grant update (climbs_at) on complaint to pilar_app, pilar_citizen;
drop index complaint_due;

-- Finds the likely duplicates of a complaint just filed and keeps them.
create function keep_similar(case_id uuid) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
  insert into complaint_similar (complaint_id, other_id, score)
  select c.id, s.id, s.score
  from complaint c cross join lateral similar_complaints(c.region_code, c.matter, c.programme_code, c.body, 6) s
  where c.id = $1 and s.id <> c.id and not c.confidential
  on conflict do nothing
$$;
revoke execute on function keep_similar(uuid) from public;
grant execute on function keep_similar(uuid) to pilar_app, pilar_citizen, pilar_system;

-- One counter for everything that happens to a case; a citizen does not see internal events, so max(seq) would not do.
alter table complaint add column last_seq integer not null default 0;
grant update (last_seq) on complaint to pilar_app, pilar_citizen;

-- A filing that carries a key and is repeated finds what it made; strangers' keys help nobody, the whole request must fit.
create policy public_key on idempotency_key to pilar_citizen using (scope = 'public') with check (scope = 'public');
grant select, insert on idempotency_key to pilar_citizen;

-- One more or one fewer case joined to this one. Past row security: the citizen who joins does not see the other case.
create function count_joined(primary_id uuid, by integer) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  seq integer;
begin
  update complaint set joined_count = joined_count + count_joined.by, last_seq = last_seq + 1, version = version + 1, changed_at = acting_now()
  where id = primary_id and joined_to is null returning last_seq into seq;
  if seq is null then return false; end if;
  insert into complaint_event (complaint_id, seq, kind, by_role, public, data)
  values (primary_id, seq, case when count_joined.by > 0 then 'supported' else 'separated' end, 'system', count_joined.by > 0, '{}');
  return true;
end $$;
revoke execute on function count_joined(uuid, integer) from public;
grant execute on function count_joined(uuid, integer) to pilar_app, pilar_citizen, pilar_system;

-- What the office told the case this one is joined to: its public answers, for the citizen who joined.
create function joined_answers(case_id uuid) returns setof complaint_event
language sql stable security definer set search_path = public, pg_temp as $$
  select e.* from complaint c join complaint_event e on e.complaint_id = c.joined_to
  where c.id = case_id and c.id = scope_complaint() and e.public and e.kind in ('answered', 'closed', 'closed_automatically', 'referred_up', 'referred_sideways',
    'referred_automatically', 'rejected')
  order by e.seq
$$;
revoke execute on function joined_answers(uuid) from public;
grant execute on function joined_answers(uuid) to pilar_citizen;

-- How much a stranger may do in a window, and how large a file may be: dated data, the latest that has begun counts.
create table public_limit (
  key text not null check (key in ('tracking_miss', 'filing', 'draft', 'upload', 'similar', 'letter_miss')),
  valid_from date not null,
  hits integer not null check (hits > 0),
  seconds integer not null check (seconds > 0),
  primary key (key, valid_from)
);
comment on table public_limit is 'Reference data: holds nothing about a person. Per network address and window.';
grant select on public_limit to pilar_app, pilar_citizen, pilar_system;
insert into public_limit (key, valid_from, hits, seconds) values
  ('tracking_miss', '2020-01-01', 10, 900),
  ('filing', '2020-01-01', 60, 3600),
  ('draft', '2020-01-01', 120, 3600),
  ('upload', '2020-01-01', 120, 3600),
  ('similar', '2020-01-01', 300, 3600),
  ('letter_miss', '2020-01-01', 30, 900);

create table upload_limit (
  valid_from date primary key,
  image_bytes integer not null,
  pdf_bytes integer not null,
  pixels integer not null,
  longest_side integer not null,
  -- files a citizen may add while filing
  files integer not null
);
comment on table upload_limit is 'Reference data: holds nothing about a person.';
grant select on upload_limit to pilar_app, pilar_citizen, pilar_system;
insert into upload_limit values ('2020-01-01', 10485760, 10485760, 60000000, 2560, 5);

-- Letters of an office count from 1 each year.
create table letter_sequence (
  office_id text collate "C" not null references office,
  year integer not null,
  last integer not null,
  primary key (office_id, year)
);
call protect('letter_sequence', 'select, insert, update');
create policy own_office on letter_sequence to pilar_app using (office_id = actor_office()) with check (office_id = actor_office());
grant select, insert, update (last) on letter_sequence to pilar_app;

-- Whether a letter is real: kind, number, office and day, nothing about the case. Nothing to list, one code at a time.
create function verify_letter(code text) returns table (kind text, number text, office_name text, issued_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select l.kind, l.number, o.name, l.issued_at from letter_code k join letter l on l.complaint_id = k.complaint_id and l.id = k.letter_id
  join office o on o.id = l.office_id where k.code = $1
$$;
revoke execute on function verify_letter(text) from public;
grant execute on function verify_letter(text) to pilar_citizen;

-- Lists sorted by deadline: what has none comes last. The expression is the one the list sorts by.
drop index complaint_inbox_due;
create index complaint_inbox_due on complaint (office_id, (coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz)), id) where open;
create index complaint_inbox_changed on complaint (office_id, changed_at, id);
drop index complaint_assignee;
create index complaint_assignee on complaint (assignee_id, (coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz)), id) where open;
create index complaint_offices on complaint using gin (offices);
create index complaint_numbered on complaint (number);
