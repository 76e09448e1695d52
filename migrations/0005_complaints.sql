-- Casework. A complaint's parts carry its id first in their key and are seen by whoever sees the complaint.

-- Effective-dated terms: what the law gives in days. The class is null where a term is the same for all.
create table complaint_term (
  key text not null check (key in ('first_response', 'settlement', 'verification', 'remind_before', 'referral_answer',
    'citizen_completes', 'citizen_reacts')),
  class text check (class in ('information', 'suggestion', 'complaint', 'oversight')),
  valid_from date not null,
  days integer not null check (days between 0 and 365),
  working_days boolean not null,
  source text not null,
  unique nulls not distinct (key, class, valid_from)
);
comment on table complaint_term is 'Reference data: holds nothing about a person. Domain facts 2.1; unverified ones say so in source.';
grant select on complaint_term to pilar_app, pilar_citizen, pilar_system;
insert into complaint_term (key, class, valid_from, days, working_days, source) values
  ('first_response', null, '2020-01-01', 3, true, 'LAPOR: verifikasi dan teruskan 3 hari kerja'),
  ('settlement', 'information', '2020-01-01', 5, true, 'Permenpan RB 62/2018: permintaan informasi 5 hari kerja'),
  ('settlement', 'suggestion', '2020-01-01', 14, true, 'Permenpan RB 62/2018: tidak berkadar pengawasan 14 hari kerja'),
  ('settlement', 'complaint', '2020-01-01', 14, true, 'Permenpan RB 62/2018: tidak berkadar pengawasan 14 hari kerja'),
  ('settlement', 'oversight', '2020-01-01', 60, true, 'Permenpan RB 62/2018: berkadar pengawasan 60 hari kerja'),
  ('verification', null, '2020-01-01', 3, true, 'belum diverifikasi: pemeriksaan jawaban oleh orang lain'),
  ('remind_before', null, '2020-01-01', 1, true, 'belum diverifikasi: pengingat satu hari kerja sebelum batas'),
  ('referral_answer', null, '2020-01-01', 3, true, 'belum diverifikasi: batas menjawab rujukan'),
  ('citizen_completes', null, '2020-01-01', 30, false, 'UU 25/2009: pelapor melengkapi paling lama 30 hari (belum diverifikasi)'),
  ('citizen_reacts', null, '2020-01-01', 10, false, 'LAPOR: selesai otomatis dalam 10 hari');

create table complaint_matter (
  code text primary key check (code ~ '^[a-z_]+(\.[a-z_]+)?$'),
  parent_code text references complaint_matter,
  name_id text not null,
  name_en text not null,
  position integer not null
);
comment on table complaint_matter is 'Reference data: holds nothing about a person. Domain facts 1.5.';
grant select on complaint_matter to pilar_app, pilar_citizen, pilar_system;
insert into complaint_matter (code, parent_code, name_id, name_en, position) values
  ('enrolment', null, 'Kepesertaan: siapa yang terdaftar', 'Enrolment: who is listed', 10),
  ('enrolment.not_listed', 'enrolment', 'Layak tetapi tidak terdaftar', 'Eligible but not listed', 11),
  ('enrolment.listed_wrongly', 'enrolment', 'Terdaftar padahal tidak layak', 'Listed but not eligible', 12),
  ('enrolment.inactive', 'enrolment', 'Kepesertaan tiba-tiba tidak aktif', 'Enrolment became inactive', 13),
  ('enrolment.double', 'enrolment', 'Data ganda', 'Listed twice', 14),
  ('enrolment.deceased', 'enrolment', 'Orang meninggal masih terdaftar', 'A deceased person is still listed', 15),
  ('programme_need', null, 'Membutuhkan bantuan atau program', 'Needs assistance or a programme', 20),
  ('delivery', null, 'Penyaluran: bantuan yang seharusnya diterima', 'Delivery: assistance that should have arrived', 30),
  ('delivery.not_received', 'delivery', 'Terdaftar tetapi bantuan tidak diterima', 'Listed but nothing received', 31),
  ('delivery.late', 'delivery', 'Bantuan terlambat', 'Assistance is late', 32),
  ('delivery.short', 'delivery', 'Jumlah kurang', 'Less than the right amount', 33),
  ('delivery.levy', 'delivery', 'Ada pungutan atau potongan', 'A fee or cut was taken', 34),
  ('delivery.wrong_target', 'delivery', 'Salah sasaran', 'Given to the wrong person', 35),
  ('delivery.card', 'delivery', 'Kartu tertelan, terblokir, atau saldo nol', 'Card swallowed, blocked or empty', 36),
  ('administration', null, 'Administrasi: NIK, KK, KTP, akta', 'Papers: NIK, family card, identity card', 40),
  ('service', null, 'Pelayanan sosial: panti, rehabilitasi, alat bantu', 'Social services: homes, rehabilitation, aids', 50);

create table complaint (
  id uuid primary key,
  number text not null,
  region_code text collate "C" not null references region,
  filed_at timestamptz not null default acting_now(),
  -- calendar day of filing in the region's zone; statistics count by it
  filed_on date not null,
  door text not null check (door in ('web', 'desk', 'pillar', 'api')),
  class text not null check (class in ('information', 'suggestion', 'complaint', 'oversight')),
  matter text not null references complaint_matter,
  programme_code text references programme,
  summary text not null check (length(summary) between 1 and 160),
  body text not null check (length(body) between 10 and 5000),
  -- confidential: seen only by offices that hold or held it. anonymous: identity sealed to everybody.
  confidential boolean not null default false,
  anonymous boolean not null default false,
  -- about the village office itself: starts one tier higher
  about_office boolean not null default false,
  filed_by uuid,
  state text not null check (state in ('received', 'awaiting_completion', 'verified', 'referred', 'in_progress', 'answered',
    'contested', 'closed', 'closed_automatically', 'rejected', 'archived', 'withdrawn')),
  open boolean not null generated always as (state in ('received', 'awaiting_completion', 'verified', 'referred', 'in_progress',
    'answered', 'contested')) stored,
  -- exactly one responsible office, at all times
  office_id text collate "C" not null references office,
  office_tier text not null check (office_tier in ('nation', 'province', 'regency', 'district', 'village')),
  -- every office that ever held it, in order
  offices text[] collate "C" not null,
  assignee_id uuid references account,
  -- the lowest office of the village that was passed over because nobody works there, else null
  passed_over text collate "C",
  -- the running clock that ends first; null while waiting for the citizen or when none runs
  due_at timestamptz,
  due_clock text check (due_clock in ('first_response', 'settlement', 'verification')),
  remind_at timestamptz,
  overdue boolean not null default false,
  -- when it closes or is withdrawn by itself because the citizen does not react
  lapses_at timestamptz,
  joined_to uuid references complaint,
  joined_count integer not null default 0 check (joined_count >= 0),
  answered_at timestamptz,
  answered_by uuid,
  answered_tier text,
  verified_by uuid,
  settled_at timestamptz,
  -- working days from filing to settlement, pauses not counted; set when settled
  settled_days integer,
  reopened integer not null default 0,
  satisfied boolean,
  version integer not null default 1,
  changed_at timestamptz not null default acting_now(),
  check ((due_at is null) = (due_clock is null)),
  check (office_id = offices[cardinality(offices)]),
  check (joined_to is null or (joined_to <> id and state = 'archived'))
);
-- the inbox of an office, in the orders people sort by
create index complaint_inbox_due on complaint (office_id, due_at, id) where open;
create index complaint_inbox_filed on complaint (office_id, filed_at, id);
create index complaint_region on complaint (region_code, filed_at, id);
create index complaint_assignee on complaint (assignee_id, due_at, id) where open;
create index complaint_filed_by on complaint (filed_by, filed_at, id) where filed_by is not null;
create index complaint_due on complaint (due_at) where open and not overdue;
create index complaint_remind on complaint (remind_at) where remind_at is not null;
create index complaint_lapses on complaint (lapses_at) where lapses_at is not null;
create index complaint_joined on complaint (joined_to) where joined_to is not null;
create index complaint_words on complaint using gin (to_tsvector('simple', body));

call protect('complaint', 'select, insert, update');
create policy in_region on complaint to pilar_app
  using (region_code >= scope_from() and region_code < scope_to())
  with check (region_code >= scope_from() and region_code < scope_to());
create policy by_role on complaint as restrictive for select to pilar_app using (
  case actor_role()
    when 'officer' then (not confidential and split_part(actor_office(), '/', 2) = 'social') or actor_office() = any (offices)
    when 'supervisor' then (not confidential and split_part(actor_office(), '/', 2) = 'social') or actor_office() = any (offices)
    when 'pillar' then filed_by = actor_id()
    when 'auditor' then true
    else false
  end);
create policy own on complaint to pilar_citizen using (id = scope_complaint()) with check (id = scope_complaint());
grant select, insert on complaint to pilar_app, pilar_citizen;
grant update (class, matter, programme_code, state, office_id, office_tier, offices, assignee_id, due_at, due_clock, remind_at, overdue,
  lapses_at, joined_to, joined_count, answered_at, answered_by, answered_tier, verified_by, settled_at, settled_days, reopened,
  satisfied, version, changed_at) on complaint to pilar_app, pilar_citizen;
call watch('complaint', 'id', 'region_code', 'state,office_id,assignee_id,class,matter,programme_code,due_at,due_clock,overdue,joined_to,reopened,satisfied');

create table complaint_number (
  number text primary key,
  complaint_id uuid not null,
  -- sha256 of id and the citizen's secret
  secret_hash text not null
);
create unique index complaint_number_id on complaint_number (complaint_id);
call protect('complaint_number', 'select, insert');
create policy new_only on complaint_number for insert to pilar_app, pilar_citizen with check (true);
grant insert on complaint_number to pilar_app, pilar_citizen;

-- A part of a complaint: seen by whoever sees the complaint itself, because its policies apply inside the sub-select.
create procedure protect_part(tbl regclass, citizen_may text, staff_may text, citizen_sees text default 'true') language plpgsql as $$
begin
  execute format('create policy with_complaint on %s to pilar_app using (exists (select from complaint c where c.id = complaint_id)) with check (true)', tbl);
  if citizen_may <> '' then
    execute format('create policy own on %s to pilar_citizen using (complaint_id = scope_complaint() and (%s)) with check (complaint_id = scope_complaint())', tbl, citizen_sees);
    execute format('grant %s on %s to pilar_citizen', citizen_may, tbl);
  end if;
  execute format('grant %s on %s to pilar_app', staff_may, tbl);
end $$;

create table complaint_person (
  complaint_id uuid not null references complaint deferrable initially deferred,
  seq smallint not null,
  part text not null check (part in ('complainant', 'concerned')),
  -- sealed: the complainant asked to stay anonymous; nobody on the staff sees the row
  sealed boolean not null default false,
  name text,
  nik text,
  kk_number text,
  phone text,
  email text,
  sex text check (sex in ('female', 'male')),
  birth_date date,
  address text,
  rt text,
  rw text,
  -- of the complainant to the person concerned, in their words or a code
  relationship text,
  registered text check (registered in ('yes', 'no', 'unknown')),
  decile smallint check (decile between 1 and 10),
  programmes text[] not null default '{}',
  primary key (complaint_id, seq)
);
create index complaint_person_name on complaint_person using gin (to_tsvector('simple', coalesce(name, '')));
call protect('complaint_person', 'select, insert, update, delete');
call protect_part('complaint_person', 'select, insert', 'select, insert');
create policy unsealed on complaint_person as restrictive for select to pilar_app
  using (not sealed and actor_role() in ('officer', 'supervisor', 'pillar'));
grant update (name, nik, kk_number, phone, email, sex, birth_date, address, rt, rw, relationship, registered, decile, programmes) on complaint_person to pilar_app;
call watch('complaint_person', 'complaint_id,seq', '', 'part,sealed');

create table complaint_event (
  complaint_id uuid not null references complaint deferrable initially deferred,
  seq integer not null,
  at timestamptz not null default acting_now(),
  kind text not null check (kind in ('filed', 'routed', 'verified', 'completion_asked', 'completed', 'assigned', 'answered', 'referred_up',
    'referred_sideways', 'sent_down', 'referral_accepted', 'referral_declined', 'referral_revoked', 'referral_lapsed', 'referred_automatically',
    'rejected', 'joined', 'separated', 'closed', 'closed_automatically', 'withdrawn', 'withdrawn_automatically', 'reopened', 'satisfied',
    'citizen_replied', 'replied', 'evidence_added', 'noted', 'recommended', 'recommendation_returned', 'recommendation_approved', 'answer_verified',
    'answer_returned', 'reclassified', 'reminded', 'overdue', 'letter_issued', 'supported')),
  by_account uuid,
  -- 'citizen', 'system', or the role acted in
  by_role text not null,
  -- name at that time; shown to staff only
  by_name text,
  office_id text collate "C",
  to_office_id text collate "C",
  from_state text,
  to_state text,
  -- what the citizen sees. Internal notes are never public (checked below).
  public boolean not null,
  body text check (length(body) <= 5000),
  data jsonb not null default '{}',
  primary key (complaint_id, seq),
  check (not public or kind not in ('noted', 'assigned', 'recommended', 'recommendation_returned', 'recommendation_approved', 'reminded'))
);
call protect('complaint_event', 'select, insert');
call protect_part('complaint_event', 'select, insert', 'select, insert', 'public');
create trigger append_only before update or delete on complaint_event for each row execute function refuse_change();
call watch('complaint_event', 'complaint_id,seq', '', 'kind,office_id,to_office_id,from_state,to_state,public');

-- Who is responsible, since when, why. The open one (ended_at is null) is the complaint's office.
create table disposition (
  complaint_id uuid not null references complaint deferrable initially deferred,
  seq integer not null,
  office_id text collate "C" not null references office,
  began_at timestamptz not null default acting_now(),
  ended_at timestamptz,
  why text not null check (why in ('routed', 'referred_up', 'referred_sideways', 'sent_down', 'declined', 'revoked', 'automatic', 'unstaffed', 'separated')),
  reason text,
  by_account uuid,
  by_role text not null,
  primary key (complaint_id, seq)
);
create unique index disposition_current on disposition (complaint_id) where ended_at is null;
create index disposition_office on disposition (office_id, began_at);
call protect('disposition', 'select, insert, update');
call protect_part('disposition', 'select, insert', 'select, insert');
grant update (ended_at) on disposition to pilar_app, pilar_citizen;
call watch('disposition', 'complaint_id,seq', '', 'office_id,why,ended_at');

-- At commit every complaint has exactly one current disposition, and it names the office on the complaint.
create function one_responsible_office() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  case_id uuid;
begin
  if tg_table_name = 'complaint' then case_id := new.id; else case_id := new.complaint_id; end if;
  if (select count(*) from complaint c join disposition d on d.complaint_id = c.id and d.ended_at is null and d.office_id = c.office_id
      where c.id = case_id) <> 1 then
    raise exception 'complaint % has not exactly one responsible office', case_id using errcode = '23514', constraint = 'one_responsible_office';
  end if;
  return null;
end $$;
create constraint trigger one_responsible_office after insert or update of office_id on complaint deferrable initially deferred
  for each row execute function one_responsible_office();
create constraint trigger one_responsible_office after insert or update on disposition deferrable initially deferred
  for each row execute function one_responsible_office();

create table referral (
  complaint_id uuid not null references complaint deferrable initially deferred,
  seq integer not null,
  kind text not null check (kind in ('up', 'sideways', 'down', 'automatic')),
  from_office text collate "C" not null references office,
  to_office text collate "C" not null references office,
  reason text not null check (length(reason) between 1 and 2000),
  status text not null check (status in ('offered', 'accepted', 'declined', 'revoked', 'lapsed')),
  -- the state to fall back to when declined or revoked
  state_before text not null,
  offered_by uuid,
  offered_at timestamptz not null default acting_now(),
  -- silence until then counts as acceptance
  answer_by timestamptz,
  answered_by uuid,
  answered_at timestamptz,
  answer_reason text check (length(answer_reason) <= 2000),
  primary key (complaint_id, seq),
  check (status <> 'declined' or answer_reason is not null)
);
create unique index referral_offered on referral (complaint_id) where status = 'offered';
create index referral_answer_by on referral (answer_by) where status = 'offered';
create index referral_to on referral (to_office, offered_at);
call protect('referral', 'select, insert, update');
call protect_part('referral', '', 'select, insert');
grant update (status, answered_by, answered_at, answer_reason) on referral to pilar_app;
call watch('referral', 'complaint_id,seq', '', 'kind,from_office,to_office,status,answer_by');

create table complaint_clock (
  complaint_id uuid not null references complaint deferrable initially deferred,
  kind text not null check (kind in ('first_response', 'settlement', 'verification')),
  -- 1 at filing; each reopening starts a settlement of its own
  round integer not null,
  working_days integer not null,
  source text not null,
  started_at timestamptz not null,
  -- null while paused
  due_at timestamptz,
  -- [{from, until}] in order; until null while paused
  pauses jsonb not null default '[]',
  stopped_at timestamptz,
  stopped_by text check (stopped_by in ('done', 'closed', 'joined', 'withdrawn', 'replaced')),
  overdue_at timestamptz,
  primary key (complaint_id, kind, round)
);
call protect('complaint_clock', 'select, insert, update');
call protect_part('complaint_clock', 'select, insert', 'select, insert');
grant update (due_at, pauses, stopped_at, stopped_by, overdue_at) on complaint_clock to pilar_app, pilar_citizen;
call watch('complaint_clock', 'complaint_id,kind,round', '', 'due_at,stopped_at,stopped_by');

-- Back office recommends, manager or coordinator decides: another person.
create table recommendation (
  complaint_id uuid not null references complaint deferrable initially deferred,
  seq integer not null,
  office_id text collate "C" not null references office,
  act text not null check (act in ('answer', 'refer_up', 'refer_sideways', 'reject')),
  to_office text collate "C" references office,
  body text not null check (length(body) between 1 and 5000),
  status text not null check (status in ('proposed', 'approved', 'returned', 'overtaken')),
  by_account uuid not null,
  at timestamptz not null default acting_now(),
  decided_by uuid,
  decided_at timestamptz,
  decision_note text check (length(decision_note) <= 2000),
  primary key (complaint_id, seq),
  check (decided_by is null or decided_by <> by_account)
);
create unique index recommendation_open on recommendation (complaint_id) where status = 'proposed';
call protect('recommendation', 'select, insert, update');
call protect_part('recommendation', '', 'select, insert');
grant update (status, decided_by, decided_at, decision_note) on recommendation to pilar_app;
call watch('recommendation', 'complaint_id,seq', '', 'act,status');

create table attachment (
  complaint_id uuid not null references complaint deferrable initially deferred,
  id uuid not null,
  -- id in the file store
  file_id text not null,
  name text not null check (length(name) between 1 and 120),
  media_type text not null,
  bytes integer not null,
  -- the citizen sees it
  public boolean not null,
  by_account uuid,
  by_role text not null,
  at timestamptz not null default acting_now(),
  primary key (complaint_id, id)
);
call protect('attachment', 'select, insert');
call protect_part('attachment', 'select, insert', 'select, insert', 'public');
create policy no_auditor on attachment as restrictive for select to pilar_app using (actor_role() in ('officer', 'supervisor', 'pillar'));
call watch('attachment', 'complaint_id,id', '', 'media_type,bytes,public');

create table letter (
  complaint_id uuid not null references complaint deferrable initially deferred,
  id uuid not null,
  kind text not null check (kind in ('referral', 'answer', 'receipt')),
  number text not null,
  -- a reader types it at /verifikasi to see that the letter is real
  code text not null,
  office_id text collate "C" not null references office,
  issued_at timestamptz not null default acting_now(),
  issued_by uuid,
  sha256 text not null,
  file_id text not null,
  primary key (complaint_id, id)
);
call protect('letter', 'select, insert');
call protect_part('letter', 'select', 'select, insert', $$kind <> 'referral'$$);
call watch('letter', 'complaint_id,id', '', 'kind,number,office_id');
create table letter_code (
  code text primary key,
  complaint_id uuid not null,
  letter_id uuid not null
);
call protect('letter_code', 'select, insert');
create policy new_only on letter_code for insert to pilar_app with check (true);
grant insert on letter_code to pilar_app;

-- Likely duplicates, found once when a complaint is filed; the verdict stays, so a pair never comes back.
create table complaint_similar (
  complaint_id uuid not null references complaint deferrable initially deferred,
  other_id uuid not null,
  score real not null,
  verdict text check (verdict in ('different', 'joined')),
  judged_by uuid,
  judged_at timestamptz,
  primary key (complaint_id, other_id)
);
create index complaint_similar_other on complaint_similar (other_id);
call protect('complaint_similar', 'select, insert, update');
call protect_part('complaint_similar', '', 'select');
grant update (verdict, judged_by, judged_at) on complaint_similar to pilar_app;

-- What a citizen has typed so far; gone after a day. The id becomes the complaint's id, so a second click files nothing new.
create table complaint_draft (
  id uuid primary key,
  -- sha256 of the token in the citizen's cookie
  token_hash bytea not null,
  content jsonb not null default '{}',
  files jsonb not null default '[]',
  created_at timestamptz not null default acting_now(),
  expires_at timestamptz not null
);
create index complaint_draft_expires on complaint_draft (expires_at);
call protect('complaint_draft', 'select, insert, update, delete');
create policy own on complaint_draft to pilar_citizen using (id = scope_complaint()) with check (id = scope_complaint());
grant select, insert, delete, update (content, files, expires_at) on complaint_draft to pilar_citizen;

create table saved_view (
  account_id uuid not null references account,
  id uuid not null,
  name text not null check (length(name) between 1 and 60),
  query jsonb not null,
  position integer not null default 0,
  created_at timestamptz not null default acting_now(),
  primary key (account_id, id)
);
call protect('saved_view', 'select');
create policy own on saved_view to pilar_app using (account_id = actor_id()) with check (account_id = actor_id());
grant select, insert, delete, update (name, query, position) on saved_view to pilar_app;

-- Candidates for the same story: same village, same matter group or programme, still fresh. Trigram similarity of the text.
-- Runs past row security because a citizen must be warned about cases nobody shows them; so it returns no text and no name.
create function similar_complaints(village text, matter_code text, programme text, story text, most integer default 5)
returns table (id uuid, score real, filed_on date, matter text, programme_code text, state text, joined_count integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, s.score, c.filed_on, c.matter, c.programme_code, c.state, c.joined_count
  from (select * from complaint
        where region_code = $1 and joined_to is null and not confidential and filed_at > acting_now() - interval '90 days'
          and (split_part(complaint.matter, '.', 1) = split_part($2, '.', 1) or complaint.programme_code = $3)
          and state not in ('withdrawn', 'rejected')
        order by filed_at desc limit 200) c
  cross join lateral (select (0.7 * similarity(c.body, $4) + 0.15 * (c.matter = $2)::int + 0.15 * (c.programme_code is not distinct from $3)::int)::real score) s
  where s.score >= 0.45
  order by s.score desc, c.filed_at desc limit $5
$$;
revoke execute on function similar_complaints(text, text, text, text, integer) from public;
grant execute on function similar_complaints(text, text, text, text, integer) to pilar_app, pilar_citizen, pilar_system;

-- Words in texts and names. The operators are not leakproof, so below row security no index serves them;
-- here the scope is applied by hand, and the caller joins the ids to what row security lets it see.
create function find_complaints(words tsquery, most integer default 2000) returns table (id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id from complaint c
  where to_tsvector('simple', c.body) @@ words and c.region_code >= scope_from() and c.region_code < scope_to()
  union
  select p.complaint_id from complaint_person p join complaint c on c.id = p.complaint_id
  where to_tsvector('simple', coalesce(p.name, '')) @@ words and not p.sealed
    and c.region_code >= scope_from() and c.region_code < scope_to()
  limit $2
$$;
revoke execute on function find_complaints(tsquery, integer) from public;
grant execute on function find_complaints(tsquery, integer) to pilar_app, pilar_system;
