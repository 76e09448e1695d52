-- The register of people and families. What is true now stands in family, person and person_sealed; what was true earlier, or was
-- believed earlier, stands in the *_past tables; why, in register_event. Decisions 0020 to 0022.

-- Dated limits of this module: days, hours, counts. Who needs another number adds a row with a later day.
create table register_term (
  key text not null check (key ~ '^[a-z_]{3,40}$'),
  valid_from date not null,
  amount integer not null check (amount between 0 and 100000),
  unit text not null check (unit in ('hours', 'days', 'working_days', 'months', 'count', 'permille', 'day_of_month')),
  source text not null,
  primary key (key, valid_from)
);
comment on table register_term is 'Reference data: holds nothing about a person.';
grant select on register_term to pilar_app, pilar_citizen, pilar_system;
insert into register_term (key, valid_from, amount, unit, source) values
  ('opening', '2020-01-01', 14, 'days', 'belum diverifikasi: satu alasan membuka data berlaku untuk satu pekerjaan, paling lama 14 hari');

-- The survey form as data: a JSON Schema for each subject, the newest whose day has come is the form in use. Titles: title (Indonesian), x-title-en.
create table questionnaire (
  subject text not null check (subject in ('family', 'person', 'sealed')),
  valid_from date not null,
  name text not null,
  schema jsonb not null check (jsonb_typeof(schema) = 'object'),
  source text not null,
  primary key (subject, valid_from)
);
comment on table questionnaire is 'Reference data: holds nothing about a person.';
grant select on questionnaire to pilar_app, pilar_citizen, pilar_system;
grant insert on questionnaire to pilar_app;

-- What can happen to people and families. Domain facts 7.
create table register_event_kind (
  code text primary key check (code ~ '^[a-z_]{3,30}$'),
  -- whose history it stands in; 'both' where a change of a family touches its members
  subject text not null check (subject in ('family', 'person', 'both')),
  -- health and what else is specific personal data: even the kind is shown only to whoever opened the family
  sealed boolean not null default false,
  name_id text not null,
  name_en text not null,
  position integer not null
);
comment on table register_event_kind is 'Reference data: holds nothing about a person.';
grant select on register_event_kind to pilar_app, pilar_citizen, pilar_system;
insert into register_event_kind (code, subject, sealed, name_id, name_en, position) values
  ('registered', 'both', false, 'Didaftarkan', 'Registered', 1),
  ('surveyed', 'both', false, 'Didata ulang', 'Surveyed', 2),
  ('corrected', 'both', false, 'Koreksi', 'Corrected', 3),
  ('born', 'person', false, 'Lahir', 'Born', 10),
  ('died', 'person', false, 'Meninggal', 'Died', 11),
  ('moved_in', 'both', false, 'Pindah masuk', 'Moved in', 12),
  ('moved_out', 'both', false, 'Pindah keluar', 'Moved out', 13),
  ('moved_within', 'both', false, 'Pindah alamat', 'Moved within', 14),
  ('married', 'person', false, 'Kawin', 'Married', 15),
  ('divorced', 'person', false, 'Cerai', 'Divorced', 16),
  ('family_split', 'both', false, 'Pisah KK', 'Family split', 17),
  ('family_joined', 'both', false, 'Gabung KK', 'Families joined', 18),
  ('head_changed', 'family', false, 'Ganti kepala keluarga', 'Head of family changed', 19),
  ('payee_changed', 'family', false, 'Ganti pengurus', 'Payee changed', 20),
  ('nik_changed', 'person', false, 'Perubahan NIK', 'NIK changed', 21),
  ('kk_changed', 'family', false, 'Perubahan nomor KK', 'Family card changed', 22),
  ('pregnant', 'person', true, 'Hamil', 'Pregnant', 30),
  ('gave_birth', 'person', true, 'Melahirkan', 'Gave birth', 31),
  ('disability', 'person', true, 'Disabilitas baru', 'New disability', 32),
  ('chronic_illness', 'person', true, 'Sakit kronis', 'Chronic illness', 33),
  ('ppks', 'person', true, 'PPKS', 'In need of social services', 34),
  ('school_entered', 'person', false, 'Masuk sekolah', 'Entered school', 40),
  ('school_finished', 'person', false, 'Lulus sekolah', 'Finished school', 41),
  ('school_left', 'person', false, 'Putus sekolah', 'Left school', 42),
  ('work_started', 'person', false, 'Masuk kerja', 'Started work', 43),
  ('laid_off', 'person', false, 'PHK', 'Laid off', 44),
  ('income_rose', 'family', false, 'Pendapatan naik', 'Income rose', 45),
  ('income_fell', 'family', false, 'Pendapatan turun', 'Income fell', 46),
  ('able', 'family', false, 'Mampu', 'Able', 47),
  ('decile_set', 'family', false, 'Desil ditetapkan', 'Decile set', 48),
  ('disaster_loss', 'family', false, 'Kerugian bencana', 'Loss by disaster', 49),
  ('not_found', 'both', false, 'Tidak ditemukan', 'Not found', 50),
  ('duplicate', 'both', false, 'Ganda', 'Duplicate', 51),
  ('merged', 'both', false, 'Digabungkan dengan data lain', 'Merged', 52),
  ('graduated_voluntary', 'family', false, 'Graduasi mandiri', 'Graduated, own wish', 60),
  ('graduated_natural', 'family', false, 'Graduasi alamiah', 'Graduated, natural', 61),
  ('graduated_forced', 'family', false, 'Graduasi paksa', 'Graduated, forced', 62),
  ('reentered', 'family', false, 'Masuk kembali', 'Re-entered', 63);

create table family (
  id uuid primary key,
  -- the village they live in
  region_code text collate "C" not null references region,
  kk_number text check (kk_number ~ '^[0-9]{16}$'),
  head_id uuid,
  payee_id uuid,
  address text check (length(address) <= 300),
  rt text check (rt ~ '^[0-9]{1,3}$'),
  rw text check (rw ~ '^[0-9]{1,3}$'),
  -- 1 is the lowest; with who says so and for which period ('2026-Q3')
  decile smallint check (decile between 1 and 10),
  decile_source text check (length(decile_source) <= 120),
  decile_period text check (length(decile_period) <= 20),
  -- answers about housing and assets, by the questionnaire of the day they were given
  answers jsonb not null default '{}',
  -- active: in the register. graduated: left as able; moved_out, dissolved (no member left), merged, not_found
  status text not null check (status in ('active', 'graduated', 'moved_out', 'dissolved', 'merged', 'not_found')),
  -- kept with the members, never counted when read
  member_count smallint not null default 0,
  child_count smallint not null default 0,
  -- day somebody last looked at the family itself (survey, field check, campaign)
  checked_on date,
  -- key of the import or of an older system, unique within its source
  external_key text,
  -- numbers of what can be searched by: people/finding
  search_keys integer[] not null default '{}',
  -- what stands here holds since this day, and is known since this moment
  valid_from date not null,
  known_from timestamptz not null,
  last_seq integer not null,
  version integer not null default 1,
  changed_at timestamptz not null default acting_now()
);
create index family_region on family (region_code, id);
create index family_kk on family (kk_number) where kk_number is not null;
create unique index family_external on family (external_key) where external_key is not null;
create index family_search on family using gin (search_keys);

create table person (
  id uuid primary key,
  -- null: belongs to no family of the register now
  family_id uuid,
  -- of the family; of a person alone, where they were last
  region_code text collate "C" not null references region,
  nik text check (nik ~ '^[0-9]{16}$'),
  name text not null check (length(name) between 1 and 120),
  birth_date date,
  birth_place text check (length(birth_place) <= 80),
  sex text check (sex in ('female', 'male')),
  -- to the head of the family
  relationship text check (relationship in ('head', 'spouse', 'child', 'child_in_law', 'grandchild', 'parent', 'parent_in_law', 'other_relative', 'other')),
  mother_name text check (length(mother_name) <= 120),
  marital_status text check (marital_status in ('single', 'married', 'divorced', 'widowed')),
  schooling text check (schooling in ('none', 'attending', 'finished', 'left')),
  school_level text check (school_level in ('early', 'primary', 'junior', 'senior', 'higher')),
  work text check (length(work) <= 80),
  -- PPKS kinds (1 to 26) without 16, 17, 19 and 25, which are sealed
  ppks smallint[] not null default '{}' check (not ppks && '{16,17,19,25}'::smallint[]),
  answers jsonb not null default '{}',
  status text not null check (status in ('active', 'dead', 'moved_out', 'merged', 'not_found')),
  died_on date,
  merged_into uuid,
  external_key text,
  search_keys integer[] not null default '{}',
  valid_from date not null,
  known_from timestamptz not null,
  last_seq integer not null,
  version integer not null default 1,
  changed_at timestamptz not null default acting_now(),
  check ((status = 'merged') = (merged_into is not null))
);
create index person_region on person (region_code, id);
create index person_family on person (family_id) where family_id is not null;
create index person_nik on person (nik) where nik is not null;
create unique index person_external on person (external_key) where external_key is not null;
create index person_search on person using gin (search_keys);

-- Health, and PPKS kinds 16, 17, 19, 25: specific personal data (UU 27/2022), for those who opened the family with a reason.
create table person_sealed (
  person_id uuid primary key,
  family_id uuid,
  region_code text collate "C" not null references region,
  disabilities text[] not null default '{}'
    check (disabilities <@ '{physical,intellectual,mental,visual,hearing,speech}'::text[]),
  pregnant boolean,
  due_month text check (due_month ~ '^[0-9]{4}-[0-9]{2}$'),
  chronic_illnesses text[] not null default '{}',
  ppks smallint[] not null default '{}' check (ppks <@ '{16,17,19,25}'::smallint[]),
  answers jsonb not null default '{}',
  valid_from date not null,
  known_from timestamptz not null
);
create index person_sealed_region on person_sealed (region_code, person_id);
create index person_sealed_family on person_sealed (family_id) where family_id is not null;

-- Everything that was, or was believed: rectangles of (holds from, to) × (known from, to). known_to 'infinity': still believed of that time.
create table family_past (
  family_id uuid not null,
  valid_from date not null,
  valid_to date not null,
  known_from timestamptz not null,
  known_to timestamptz not null,
  region_code text collate "C" not null,
  state jsonb not null,
  primary key (family_id, valid_from, known_from),
  check (valid_from < valid_to and known_from < known_to)
);
create index family_past_region on family_past (region_code, valid_from);
create table person_past (
  person_id uuid not null,
  valid_from date not null,
  valid_to date not null,
  known_from timestamptz not null,
  known_to timestamptz not null,
  family_id uuid,
  region_code text collate "C" not null,
  state jsonb not null,
  primary key (person_id, valid_from, known_from),
  check (valid_from < valid_to and known_from < known_to)
);
create index person_past_region on person_past (region_code, valid_from);
create index person_past_family on person_past (family_id) where family_id is not null;
create table person_sealed_past (
  person_id uuid not null,
  valid_from date not null,
  valid_to date not null,
  known_from timestamptz not null,
  known_to timestamptz not null,
  family_id uuid,
  region_code text collate "C" not null,
  state jsonb not null,
  primary key (person_id, valid_from, known_from),
  check (valid_from < valid_to and known_from < known_to)
);

-- Why the register says what it says. subject_id is a family or a person; seq counts the events of one subject without a gap.
create table register_event (
  subject_id uuid not null,
  seq integer not null,
  subject text not null check (subject in ('family', 'person')),
  kind text not null references register_event_kind,
  -- the act that holds events of several subjects together (a split, a move, a merge, a batch of an import)
  change_id uuid not null,
  -- the family it is about, also for events of persons: for its page
  family_id uuid,
  region_code text collate "C" not null,
  effective_on date not null,
  reported_on date not null,
  source text not null check (source in ('village', 'pillar', 'citizen', 'civil_registry', 'survey', 'meeting', 'campaign', 'disaster', 'import', 'linkage', 'office')),
  -- number of a proposal, a complaint, an import, a campaign
  source_ref text,
  -- reported: waits for a check. in_force: counts since known_at. refused: never counted.
  state text not null check (state in ('reported', 'in_force', 'refused')),
  recorded_at timestamptz not null default acting_now(),
  -- since when it counts: the moment of the check, or of recording where no check is asked
  known_at timestamptz,
  -- what it changes: field → new value, null clears. Empty where sealed: then see register_event_sealed.
  patch jsonb not null default '{}',
  sealed boolean not null default false,
  -- an earlier event of the same subject that this one takes back; with a patch, puts in its place
  corrects integer,
  evidence uuid[] not null default '{}',
  note text check (length(note) <= 1000),
  recorded_by uuid,
  recorded_role text not null,
  checked_by uuid,
  checked_at timestamptz,
  check_reason text check (length(check_reason) <= 1000),
  primary key (subject_id, seq),
  check ((state = 'in_force') = (known_at is not null)),
  check (corrects is null or corrects < seq),
  check (effective_on <= reported_on)
);
create index register_event_change on register_event (change_id);
create index register_event_family on register_event (family_id, recorded_at) where family_id is not null;
create index register_event_region on register_event (region_code, recorded_at);
create index register_event_waiting on register_event (region_code, recorded_at) where state = 'reported';
create index register_event_source on register_event (source_ref) where source_ref is not null;

create table register_event_sealed (
  subject_id uuid not null,
  seq integer not null,
  family_id uuid,
  region_code text collate "C" not null,
  patch jsonb not null,
  primary key (subject_id, seq)
);

-- A change may be checked once; nothing else about it ever changes.
create function only_a_check() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state <> 'reported'
    or (to_jsonb(old) - '{state,known_at,checked_by,checked_at,check_reason}'::text[]) <> (to_jsonb(new) - '{state,known_at,checked_by,checked_at,check_reason}'::text[]) then
    raise exception 'register_event is append-only' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger append_only before update or delete on register_event for each row execute function only_a_check();
create trigger append_only before update or delete on register_event_sealed for each row execute function refuse_change();

-- One reason opens one family for one piece of work.
create table family_opening (
  id uuid primary key,
  account_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  reason text not null check (length(reason) between 5 and 300),
  work text not null check (work in ('complaint', 'proposal', 'meeting', 'field_check', 'correction', 'campaign', 'linkage', 'rights', 'service', 'other')),
  work_ref text check (length(work_ref) <= 60),
  opened_at timestamptz not null default acting_now(),
  expires_at timestamptz not null
);
create index family_opening_account on family_opening (account_id, family_id, expires_at);
create index family_opening_family on family_opening (family_id, opened_at);

create function has_opened(family uuid) returns boolean stable language sql as $$
  select exists (select from family_opening o where o.account_id = actor_id() and o.family_id = $1 and o.expires_at > acting_now())
$$;
-- Works in the social office of the place: village desk, Dinas Sosial, the ministry.
create function in_social_office() returns boolean stable parallel safe language sql as $$
  select actor_role() in ('officer', 'supervisor') and split_part(actor_office(), '/', 2) = 'social'
$$;

call protect('family', 'select, insert, update');
call protect('person', 'select, insert, update');
call protect('person_sealed', 'select, insert, update, delete');
call protect('family_past', 'select, insert, update');
call protect('person_past', 'select, insert, update');
call protect('person_sealed_past', 'select, insert, update');
call protect('register_event', 'select, insert, update');
call protect('register_event_sealed', 'select, insert');
call protect('family_opening', 'select, insert');

create policy social_office on family to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy social_office on person to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy social_office on family_past to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy social_office on person_past to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy social_office on register_event to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy sealed_kind on register_event as restrictive for select to pilar_app
  using (not sealed or family_id is not null and has_opened(family_id));
-- Sealed rows are written by whoever records the change and read by whoever opened the family.
create policy opened on person_sealed to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office() and family_id is not null and has_opened(family_id))
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy writes on person_sealed_past for insert to pilar_app
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy writes on register_event_sealed for insert to pilar_app
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
-- Whoever has opened a family that lives in their region sees its whole history, also from where it lived before.
create policy opened on person_sealed_past for select to pilar_app
  using (in_social_office() and has_opened(family_id) and exists (select from family f where f.id = family_id));
create policy opened on register_event_sealed for select to pilar_app
  using (in_social_office() and has_opened(family_id) and (region_code >= scope_from() and region_code < scope_to()
    or exists (select from family f where f.id = family_id)));
create policy opened on family_past for select to pilar_app
  using (in_social_office() and has_opened(family_id) and exists (select from family f where f.id = family_id));
create policy opened on person_past for select to pilar_app
  using (in_social_office() and has_opened(family_id) and exists (select from family f where f.id = family_id));
create policy opened on register_event for select to pilar_app
  using (in_social_office() and has_opened(family_id) and exists (select from family f where f.id = family_id));
create policy own on family_opening to pilar_app using (account_id = actor_id()) with check (account_id = actor_id() and in_social_office());
create policy auditor on family_opening for select to pilar_app
  using (actor_role() = 'auditor' and region_code >= scope_from() and region_code < scope_to());

grant select, insert, update on family, person, family_past, person_past to pilar_app;
grant select, insert, update, delete on person_sealed to pilar_app;
grant select, insert, update on person_sealed_past to pilar_app;
grant select, insert on register_event, register_event_sealed, family_opening to pilar_app;
grant update (state, known_at, checked_by, checked_at, check_reason) on register_event to pilar_app;
call watch('family_opening', 'id', 'region_code', 'family_id,work,expires_at');

-- The register as it was on a day and as it was believed at a moment: one row for each rectangle.
create view family_version with (security_invoker = true) as
  select id as family_id, region_code, valid_from, 'infinity'::date as valid_to, known_from, 'infinity'::timestamptz as known_to,
    jsonb_strip_nulls(jsonb_build_object('regionCode', region_code, 'kkNumber', kk_number, 'headId', head_id, 'payeeId', payee_id, 'address', address,
      'rt', rt, 'rw', rw, 'decile', decile, 'decileSource', decile_source, 'decilePeriod', decile_period, 'answers', answers,
      'status', status, 'checkedOn', checked_on)) as state
  from family
  union all
  select family_id, region_code, valid_from, valid_to, known_from, known_to, state from family_past;
create view person_version with (security_invoker = true) as
  select id as person_id, family_id, region_code, valid_from, 'infinity'::date as valid_to, known_from, 'infinity'::timestamptz as known_to,
    jsonb_strip_nulls(jsonb_build_object('familyId', family_id, 'regionCode', region_code, 'nik', nik, 'name', name, 'birthDate', birth_date,
      'birthPlace', birth_place, 'sex', sex, 'relationship', relationship, 'motherName', mother_name, 'maritalStatus', marital_status,
      'schooling', schooling, 'schoolLevel', school_level, 'work', work, 'ppks', to_jsonb(ppks), 'answers', answers, 'status', status,
      'diedOn', died_on, 'mergedInto', merged_into)) as state
  from person
  union all
  select person_id, family_id, region_code, valid_from, valid_to, known_from, known_to, state from person_past;
create view person_sealed_version with (security_invoker = true) as
  select person_id, family_id, region_code, valid_from, 'infinity'::date as valid_to, known_from, 'infinity'::timestamptz as known_to,
    jsonb_strip_nulls(jsonb_build_object('disabilities', to_jsonb(disabilities), 'pregnant', pregnant, 'dueMonth', due_month,
      'chronicIllnesses', to_jsonb(chronic_illnesses), 'ppks', to_jsonb(ppks), 'answers', answers)) as state
  from person_sealed
  union all
  select person_id, family_id, region_code, valid_from, valid_to, known_from, known_to, state from person_sealed_past;
grant select on family_version, person_version, person_sealed_version to pilar_app, pilar_system;

-- What a family or person is said to receive, as told by imports, surveys or distribution: one row for each programme and period.
create table assistance (
  family_id uuid not null,
  id uuid not null,
  -- null: the family as a whole
  person_id uuid,
  region_code text collate "C" not null references region,
  programme_code text not null references programme,
  period_from date not null,
  -- null: still running
  period_to date,
  source text not null check (source in ('village', 'pillar', 'citizen', 'civil_registry', 'survey', 'meeting', 'campaign', 'disaster', 'import', 'linkage', 'office')),
  source_ref text,
  known_from timestamptz not null default acting_now(),
  primary key (family_id, id),
  check (period_to is null or period_from <= period_to)
);
create unique index assistance_once on assistance (family_id, programme_code, period_from, coalesce(person_id, family_id));
create index assistance_region on assistance (region_code, programme_code);
create index assistance_person on assistance (person_id) where person_id is not null;
call protect('assistance', 'select, insert, update');
create policy social_office on assistance to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
grant select, insert, update on assistance to pilar_app;
call watch('assistance', 'family_id,id', 'region_code', 'programme_code,period_from,period_to,source');
