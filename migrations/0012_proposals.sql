-- Proposals to the register (usul) and objections (sanggah): from whoever sees a need to the village meeting, the field check, the approval
-- of the regency or city, and into the register. Domain facts 1.7, 1.8; decision 0023.

-- A proposal after the cut-off belongs to the next month. The calendar is data: another day is another row with a later valid_from.
insert into register_term (key, valid_from, amount, unit, source) values
  ('cut_off', '2020-01-01', 17, 'day_of_month', 'belum diverifikasi: batas usulan bulanan DTSEN tanggal 17 (pengumuman desa, Desember 2025)'),
  ('extraction', '2020-01-01', 18, 'day_of_month', 'belum diverifikasi: penarikan data DTSEN tanggal 18 (pengumuman desa, Desember 2025)');

create function scope_proposal() returns uuid stable parallel safe language sql as $$ select nullif(current_setting('app.proposal', true), '')::uuid $$;

create table village_meeting (
  id uuid primary key,
  region_code text collate "C" not null references region,
  -- the month whose proposals it decides, '2026-11'
  period text not null check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  -- meeting: musyawarah with minutes. statement: SPTJM, a signed statement of responsibility instead
  basis text not null check (basis in ('meeting', 'statement')),
  held_on date not null,
  place text not null check (length(place) between 3 and 200),
  state text not null check (state in ('open', 'closed')),
  opened_by uuid not null,
  opened_at timestamptz not null default acting_now(),
  closed_by uuid,
  closed_at timestamptz,
  version integer not null default 1,
  check ((state = 'closed') = (closed_at is not null))
);
create index village_meeting_region on village_meeting (region_code, held_on desc, id);

create table proposal (
  id uuid primary key,
  number text not null,
  region_code text collate "C" not null references region,
  kind text not null check (kind in ('enrol', 'correct', 'remove', 'object')),
  -- of a removal: what is said of the family or person
  removal text check (removal in ('not_eligible', 'moved', 'dead', 'double', 'not_found')),
  programme_code text references programme,
  door text not null check (door in ('citizen', 'officer', 'pillar', 'complaint', 'rights')),
  -- plain ids: other modules, other parts of the register
  complaint_id uuid,
  family_id uuid,
  person_id uuid,
  -- of an objection: the proposal whose decision is objected to
  about_id uuid,
  reason text not null check (length(reason) between 10 and 5000),
  submitted_at timestamptz not null default acting_now(),
  submitted_on date not null,
  period text not null check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  state text not null check (state in ('submitted', 'on_agenda', 'accepted', 'declined', 'postponed', 'field_check', 'checked', 'verified',
    'approved', 'refused', 'applied', 'withdrawn', 'returned')),
  open boolean not null generated always as (state not in ('declined', 'refused', 'applied', 'withdrawn')) stored,
  -- where a returned proposal goes on when it is completed
  state_before text,
  proposed_by uuid,
  meeting_id uuid,
  decided_by uuid,
  checker_id uuid,
  checked_by uuid,
  verified_by uuid,
  approved_by uuid,
  refused_by uuid,
  -- the change it became: its own id, so the register takes it once
  change_id uuid,
  version integer not null default 1,
  last_seq integer not null default 0,
  changed_at timestamptz not null default acting_now(),
  check ((kind = 'remove') = (removal is not null)),
  check ((state = 'returned') = (state_before is not null)),
  check ((state = 'applied') = (change_id is not null)),
  -- nobody decides, checks, verifies, approves or refuses their own proposal, and approval takes two people
  constraint not_ones_own check (proposed_by is null or proposed_by not in (
    coalesce(decided_by, id), coalesce(checked_by, id), coalesce(verified_by, id), coalesce(approved_by, id), coalesce(refused_by, id))),
  constraint two_people check (approved_by is null or verified_by is not null and approved_by <> verified_by
    and approved_by is distinct from checked_by and verified_by is distinct from checked_by),
  check (state not in ('checked', 'verified', 'approved', 'applied') or checked_by is not null and decided_by is not null),
  check (state not in ('approved', 'applied') or approved_by is not null)
);
create index proposal_region on proposal (region_code, submitted_at, id);
create index proposal_period on proposal (region_code, period, state);
create index proposal_proposed_by on proposal (proposed_by, submitted_at) where proposed_by is not null;
create index proposal_checker on proposal (checker_id, state) where checker_id is not null;
create index proposal_complaint on proposal (complaint_id) where complaint_id is not null;
create index proposal_family on proposal (family_id) where family_id is not null;
create index proposal_meeting on proposal (meeting_id) where meeting_id is not null;
create unique index proposal_numbered on proposal (number);

call protect('village_meeting', 'select, insert, update');
create policy social_office on village_meeting to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy auditor on village_meeting for select to pilar_app
  using (actor_role() = 'auditor' and region_code >= scope_from() and region_code < scope_to());
grant select, insert on village_meeting to pilar_app;
grant update (held_on, place, state, closed_by, closed_at, version) on village_meeting to pilar_app;
call watch('village_meeting', 'id', 'region_code', 'period,basis,held_on,state');

call protect('proposal', 'select, insert, update');
create policy in_region on proposal to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and (in_social_office()
    or actor_role() = 'auditor' or actor_role() = 'pillar' and (proposed_by = actor_id() or checker_id = actor_id())))
  with check (region_code >= scope_from() and region_code < scope_to() and (in_social_office()
    or actor_role() = 'pillar' and (proposed_by = actor_id() or checker_id = actor_id())));
create policy own on proposal to pilar_citizen using (id = scope_proposal()) with check (id = scope_proposal());
grant select, insert on proposal to pilar_app, pilar_citizen;
grant update (family_id, person_id, state, state_before, meeting_id, decided_by, checker_id, checked_by, verified_by, approved_by, refused_by,
  change_id, version, last_seq, changed_at) on proposal to pilar_app;
grant update (state, state_before, version, last_seq, changed_at) on proposal to pilar_citizen;
call watch('proposal', 'id', 'region_code', 'kind,removal,programme_code,door,period,state,meeting_id,decided_by,checker_id,checked_by,verified_by,approved_by,refused_by');

create table proposal_number (
  number text primary key,
  proposal_id uuid not null,
  -- sha256 of id and the proposer's secret
  secret_hash text not null
);
create unique index proposal_number_id on proposal_number (proposal_id);
call protect('proposal_number', 'select, insert');
create policy new_only on proposal_number for insert to pilar_app, pilar_citizen with check (true);
grant insert on proposal_number to pilar_app, pilar_citizen;

-- A part of a proposal: seen by whoever sees the proposal itself, except the auditor, who sees what was done and not to whom.
create procedure protect_proposal_part(tbl regclass, staff_may text, citizen_may text, citizen_sees text default 'true') language plpgsql as $$
begin
  execute format('create policy with_proposal on %s to pilar_app using (exists (select from proposal p where p.id = proposal_id)) with check (true)', tbl);
  execute format('grant %s on %s to pilar_app', staff_may, tbl);
  if citizen_may <> '' then
    execute format('create policy own on %s to pilar_citizen using (proposal_id = scope_proposal() and (%s)) with check (proposal_id = scope_proposal())', tbl, citizen_sees);
    execute format('grant %s on %s to pilar_citizen', citizen_may, tbl);
  end if;
end $$;

-- What should become of the register: the draft of a change. As it was given (original) and as officers completed it.
create table proposal_content (
  proposal_id uuid primary key references proposal deferrable initially deferred,
  payload jsonb not null check (jsonb_typeof(payload) = 'object'),
  original jsonb not null check (jsonb_typeof(original) = 'object')
);
call protect('proposal_content', 'select, insert, update');
call protect_proposal_part('proposal_content', 'select, insert', 'select, insert');
create policy no_auditor on proposal_content as restrictive to pilar_app using (actor_role() in ('officer', 'supervisor', 'pillar'));
grant update (payload) on proposal_content to pilar_app;
call watch('proposal_content', 'proposal_id');

-- Who proposes, apart from what is proposed. Of an objection (confidential) the neighbours in the village office and the kecamatan learn no
-- name: only the regency and above, and the proposer's own account.
create table proposal_person (
  proposal_id uuid not null references proposal deferrable initially deferred,
  seq smallint not null,
  confidential boolean not null,
  name text not null check (length(name) between 1 and 120),
  nik text check (nik ~ '^[0-9]{16}$'),
  phone text check (length(phone) <= 25),
  email text check (length(email) <= 200),
  address text check (length(address) <= 300),
  -- to the people concerned
  relationship text check (length(relationship) <= 60),
  primary key (proposal_id, seq)
);
call protect('proposal_person', 'select, insert');
call protect_proposal_part('proposal_person', 'select, insert', 'select, insert');
create policy kept_from_neighbours on proposal_person as restrictive for select to pilar_app using (actor_role() in ('officer', 'supervisor', 'pillar')
  and (not confidential or in_social_office() and (scope_from() = '00' or length(scope_from()) <= 5)
    or exists (select from proposal p where p.id = proposal_id and p.proposed_by = actor_id())));
call watch('proposal_person', 'proposal_id,seq', '', 'confidential');

create table proposal_event (
  proposal_id uuid not null references proposal deferrable initially deferred,
  seq integer not null,
  at timestamptz not null default acting_now(),
  kind text not null check (kind in ('submitted', 'put_on_agenda', 'accepted', 'declined', 'postponed', 'field_check_given', 'field_checked',
    'returned', 'completed', 'amended', 'verified', 'approved', 'refused', 'applied', 'withdrawn', 'file_added')),
  by_account uuid,
  -- 'citizen', 'system', or the role acted in
  by_role text not null,
  -- shown to staff only; left out where the proposer is kept from the neighbours
  by_name text,
  office_id text collate "C",
  from_state text,
  to_state text,
  -- what the proposer reads
  public boolean not null,
  body text check (length(body) <= 5000),
  data jsonb not null default '{}',
  primary key (proposal_id, seq)
);
call protect('proposal_event', 'select, insert');
call protect_proposal_part('proposal_event', 'select, insert', 'select, insert', 'public');
create trigger append_only before update or delete on proposal_event for each row execute function refuse_change();
call watch('proposal_event', 'proposal_id,seq', '', 'kind,office_id,from_state,to_state,public');

create table proposal_file (
  proposal_id uuid not null references proposal deferrable initially deferred,
  id uuid not null,
  file_id text not null,
  what text not null check (what in ('identity_card', 'family_card', 'house', 'other', 'field_check')),
  name text not null check (length(name) between 1 and 120),
  media_type text not null,
  bytes integer not null,
  -- the proposer sees it
  public boolean not null,
  by_account uuid,
  by_role text not null,
  at timestamptz not null default acting_now(),
  primary key (proposal_id, id)
);
call protect('proposal_file', 'select, insert');
call protect_proposal_part('proposal_file', 'select, insert', 'select, insert', 'public');
create policy no_auditor on proposal_file as restrictive for select to pilar_app using (actor_role() in ('officer', 'supervisor', 'pillar'));
call watch('proposal_file', 'proposal_id,id', '', 'what,media_type,bytes,public');

create table field_check (
  proposal_id uuid not null references proposal deferrable initially deferred,
  round integer not null,
  assigned_to uuid not null,
  assigned_name text not null check (length(assigned_name) <= 120),
  assigned_by uuid not null,
  assigned_at timestamptz not null default acting_now(),
  due_on date,
  note text check (length(note) <= 1000),
  submitted_by uuid,
  submitted_at timestamptz,
  visited_on date,
  -- as_proposed, differs: the people and facts found count. not_found: nobody there. not_true: the proposal is wrong
  result text check (result in ('as_proposed', 'differs', 'not_found', 'not_true')),
  finding text check (length(finding) <= 2000),
  -- members, family facts and answers of the questionnaire as found
  found jsonb,
  primary key (proposal_id, round),
  check ((submitted_at is null) = (result is null)),
  check (submitted_by is null or submitted_by = assigned_to)
);
create index field_check_assigned on field_check (assigned_to) where submitted_at is null;
call protect('field_check', 'select, insert, update');
call protect_proposal_part('field_check', 'select, insert', '');
create policy no_auditor on field_check as restrictive for select to pilar_app using (actor_role() in ('officer', 'supervisor', 'pillar'));
grant update (submitted_by, submitted_at, visited_on, result, finding, found) on field_check to pilar_app;
call watch('field_check', 'proposal_id,round', '', 'assigned_to,due_on,submitted_at,result');

create table meeting_item (
  meeting_id uuid not null references village_meeting deferrable initially deferred,
  proposal_id uuid not null references proposal deferrable initially deferred,
  position integer not null,
  -- withdrawn: by the proposer, before the meeting decided
  decision text check (decision in ('accepted', 'declined', 'postponed', 'withdrawn')),
  reason text check (length(reason) <= 2000),
  decided_by uuid,
  decided_at timestamptz,
  primary key (meeting_id, proposal_id),
  check ((decision is null) = (decided_at is null)),
  check (decision not in ('declined', 'postponed') or reason is not null)
);
create index meeting_item_proposal on meeting_item (proposal_id);
call protect('meeting_item', 'select, insert, update');
create policy with_meeting on meeting_item to pilar_app using (exists (select from village_meeting m where m.id = meeting_id)) with check (in_social_office());
grant select, insert on meeting_item to pilar_app;
grant update (decision, reason, decided_by, decided_at) on meeting_item to pilar_app;
call watch('meeting_item', 'meeting_id,proposal_id', '', 'position,decision,decided_by');

create table meeting_attendance (
  meeting_id uuid not null references village_meeting deferrable initially deferred,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  -- whom they speak for: 'Ketua RW 05'
  capacity text not null check (length(capacity) between 1 and 120),
  -- on the paper list
  signed boolean not null,
  primary key (meeting_id, id)
);
call protect('meeting_attendance', 'select, insert, delete');
create policy with_meeting on meeting_attendance to pilar_app using (exists (select from village_meeting m where m.id = meeting_id)) with check (in_social_office());
create policy no_auditor on meeting_attendance as restrictive for select to pilar_app using (actor_role() in ('officer', 'supervisor'));
grant select, insert, delete on meeting_attendance to pilar_app;
call watch('meeting_attendance', 'meeting_id,id', '', 'signed');

-- Minutes (berita acara), statements (SPTJM) and the signed scans of them.
create table meeting_paper (
  meeting_id uuid not null references village_meeting deferrable initially deferred,
  id uuid not null,
  kind text not null check (kind in ('minutes', 'statement', 'signed')),
  number text,
  code text,
  office_id text collate "C" not null references office,
  issued_at timestamptz not null default acting_now(),
  issued_by uuid not null,
  sha256 text,
  file_id text not null,
  name text not null check (length(name) between 1 and 120),
  media_type text not null,
  bytes integer not null,
  primary key (meeting_id, id),
  check ((kind = 'signed') = (code is null))
);
create unique index meeting_paper_code on meeting_paper (code) where code is not null;
call protect('meeting_paper', 'select, insert');
create policy with_meeting on meeting_paper to pilar_app using (exists (select from village_meeting m where m.id = meeting_id)) with check (in_social_office());
create policy no_auditor on meeting_paper as restrictive for select to pilar_app using (actor_role() in ('officer', 'supervisor'));
grant select, insert on meeting_paper to pilar_app;
call watch('meeting_paper', 'meeting_id,id', '', 'kind,number,office_id');

-- The one page that checks letters knows these papers too.
create or replace function verify_letter(code text) returns table (kind text, number text, office_name text, issued_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select l.kind, l.number, o.name, l.issued_at from letter_code k join letter l on l.complaint_id = k.complaint_id and l.id = k.letter_id
  join office o on o.id = l.office_id where k.code = $1
  union all
  select p.kind, p.number, o.name, p.issued_at from meeting_paper p join office o on o.id = p.office_id where p.code = $1
$$;

-- A meeting ends when every item is decided, and then nothing of it changes.
create function meeting_decided() returns trigger language plpgsql as $$
begin
  if new.state = 'closed' and exists (select from meeting_item i where i.meeting_id = new.id and i.decision is null) then
    raise exception 'meeting % has undecided items', new.id using errcode = '23514', constraint = 'meeting_decided';
  end if;
  if old.state = 'closed' then
    raise exception 'meeting % is closed', old.id using errcode = '23514', constraint = 'meeting_closed';
  end if;
  return new;
end $$;
create trigger meeting_decided before update on village_meeting for each row execute function meeting_decided();

-- What a citizen has typed so far; gone after a day. The id becomes the proposal's id, so a second click proposes nothing new.
create table proposal_draft (
  id uuid primary key,
  -- sha256 of the token in the citizen's cookie
  token_hash bytea not null,
  content jsonb not null default '{}',
  files jsonb not null default '[]',
  created_at timestamptz not null default acting_now(),
  expires_at timestamptz not null
);
create index proposal_draft_expires on proposal_draft (expires_at);
call protect('proposal_draft', 'select, insert, update, delete');
create policy own on proposal_draft to pilar_citizen using (id = scope_proposal()) with check (id = scope_proposal());
grant select, insert, delete, update (content, files, expires_at) on proposal_draft to pilar_citizen;

-- Pillars of a village who can be given a field check: their names are no secret of the village's own office.
create function village_pillars(village text) returns table (account_id uuid, name text, pillar_kind text)
language sql stable security definer set search_path = public, pg_temp as $$
  select a.account_id, c.name, a.pillar_kind from assignment a join account c on c.id = a.account_id
  where in_social_office() and $1 >= scope_from() and $1 < scope_to()
    and a.role = 'pillar' and a.region_code in ($1, left($1, 8)) and a.ended_at is null
    and a.valid_from <= acting_now()::date and (a.valid_to is null or a.valid_to >= acting_now()::date) and c.active
  order by c.name limit 200
$$;
revoke execute on function village_pillars(text) from public;
grant execute on function village_pillars(text) to pilar_app;

-- The loop: a complaint about who is listed opens a proposal and learns what became of it.
alter table complaint_event drop constraint complaint_event_kind_check;
alter table complaint_event add constraint complaint_event_kind_check check (kind in ('filed', 'routed', 'verified', 'completion_asked', 'completed',
  'assigned', 'answered', 'referred_up', 'referred_sideways', 'sent_down', 'referral_accepted', 'referral_declined', 'referral_revoked',
  'referral_lapsed', 'referred_automatically', 'rejected', 'joined', 'separated', 'closed', 'closed_automatically', 'withdrawn',
  'withdrawn_automatically', 'reopened', 'satisfied', 'citizen_replied', 'replied', 'evidence_added', 'noted', 'recommended',
  'recommendation_returned', 'recommendation_approved', 'answer_verified', 'answer_returned', 'reclassified', 'reminded', 'overdue',
  'letter_issued', 'supported', 'proposal_opened', 'proposal_news'));
-- The ready answer waits inside until an officer sends it.
alter table complaint_event add constraint proposal_news_inside check (not public or kind <> 'proposal_news');
