-- Services: programmes that are carried out, not handed over. One engine; what a programme's steps are is data. Read in
-- src/programmes/services.

-- The steps of a programme from a day on: src/programmes/services/definition.ts. A row never changes, so that a case keeps the plan it was
-- begun under; another plan is another row with a later day.
create table service_plan (
  programme_code text not null references programme,
  valid_from date not null,
  definition jsonb not null check (jsonb_typeof(definition) = 'object'),
  -- false: not checked against the text of the rule; told wherever it is shown
  verified boolean not null,
  source text not null check (length(source) <= 300),
  primary key (programme_code, valid_from)
);
comment on table service_plan is 'Reference data: holds nothing about a person.';
grant select on service_plan to pilar_app, pilar_system;
create trigger append_only before update or delete on service_plan for each row execute function refuse_change();

create sequence service_number;
grant usage on sequence service_number to pilar_app, pilar_system;

create table service_case (
  id uuid primary key,
  number text not null unique default 'LAY-' || lpad(nextval('service_number')::text, 6, '0'),
  programme_code text not null,
  plan_from date not null,
  -- whom it is for. group: families that meet (service_member)
  unit text not null check (unit in ('person', 'family', 'group')),
  -- of the register; neither: somebody who is not in it, or a group (service_person)
  family_id uuid,
  person_id uuid,
  region_code text collate "C" not null references region,
  -- the social office that carries it out
  office_id text collate "C" not null references office,
  -- by the plan: that there is a case says something about a person's health already
  confidential boolean not null,
  state text not null check (state in ('applied', 'assessed', 'planned', 'running', 'finished', 'stopped', 'rejected')),
  -- who answers for it
  worker_id uuid,
  -- who was given a step of it beside the case worker
  helpers uuid[] not null default '{}',
  -- number of the complaint it came from
  complaint_number text check (length(complaint_number) <= 40),
  opened_by uuid not null,
  -- days in the region's zone, for figures
  opened_on date not null,
  opened_at timestamptz not null default acting_now(),
  started_on date,
  closed_on date,
  closed_at timestamptz,
  closed_by uuid,
  outcome text check (outcome ~ '^[a-z_]{2,40}$'),
  -- kept with the steps, never counted when read: what is due next
  next_due date,
  next_code text,
  steps_planned smallint not null default 0,
  steps_done smallint not null default 0,
  last_step integer not null default 0,
  last_seq integer not null default 0,
  version integer not null default 1,
  changed_at timestamptz not null default acting_now(),
  foreign key (programme_code, plan_from) references service_plan (programme_code, valid_from),
  check (unit <> 'group' or family_id is null and person_id is null),
  check (person_id is null or family_id is not null),
  check ((state in ('finished', 'stopped', 'rejected')) = (closed_at is not null)),
  check ((closed_at is null) = (closed_on is null)),
  check (outcome is null or closed_at is not null),
  check (state <> 'finished' or outcome is not null and started_on is not null),
  check (state <> 'running' or started_on is not null),
  check (state not in ('applied', 'assessed', 'planned', 'rejected') or started_on is null)
);
create index service_case_region on service_case (region_code, opened_on);
create index service_case_worker on service_case (worker_id) where closed_at is null;
create index service_case_family on service_case (family_id) where family_id is not null;
create index service_case_due on service_case (region_code, next_due) where closed_at is null;
-- One running service of a kind for one person or family.
create unique index service_case_once on service_case (programme_code, coalesce(person_id, family_id)) where closed_at is null and family_id is not null;
call protect('service_case', 'select, insert, update');
call watch('service_case', 'id', 'region_code', 'programme_code,state,office_id,confidential,opened_on,started_on,closed_on');

-- Who holds a case: its case worker, and the supervisor of the office that carries it out. Until somebody has it, whoever took the application.
create function holds_service(office text, worker uuid, opener uuid) returns boolean stable parallel safe language sql as $$
  select actor_role() in ('officer', 'supervisor', 'pillar') and coalesce(worker, opener) = actor_id()
    or actor_role() = 'supervisor' and actor_office() = office
$$;
create policy social_office on service_case to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to()
    and (not confidential or actor_role() = 'supervisor' or worker_id = actor_id() or opened_by = actor_id() or actor_id() = any (helpers)))
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
-- Pillars: what was given to them, as long as it runs.
create policy given on service_case to pilar_app
  using (actor_role() = 'pillar' and closed_at is null and (worker_id = actor_id() or actor_id() = any (helpers)))
  with check (actor_role() = 'pillar' and closed_at is null and (worker_id = actor_id() or actor_id() = any (helpers)));
create policy auditor on service_case for select to pilar_app
  using (actor_role() = 'auditor' and not confidential and region_code >= scope_from() and region_code < scope_to());
grant select, insert on service_case to pilar_app;
grant update (state, started_on, closed_on, closed_at, closed_by, outcome, next_due, next_code, steps_planned, steps_done, last_step, last_seq,
  version, changed_at, helpers) on service_case to pilar_app;

-- What is closed stays as it is: one outcome, once.
create function keep_closed_service() returns trigger language plpgsql as $$
begin
  if old.closed_at is not null then
    raise exception 'service case % is closed', old.id using errcode = '23514', constraint = 'service_closed';
  end if;
  return new;
end $$;
create trigger keep_closed before update on service_case for each row execute function keep_closed_service();

-- Whether the actor holds the case, or was given a step of it.
create function inside_service(id uuid) returns boolean stable language sql as $$
  select exists (select from service_case c where c.id = $1 and (holds_service(c.office_id, c.worker_id, c.opened_by) or actor_id() = any (c.helpers)))
$$;
-- What was found and said: who holds the case; and whoever works in an office has opened the family for it.
create function reads_service(id uuid) returns boolean stable language sql as $$
  select exists (select from service_case c where c.id = $1 and holds_service(c.office_id, c.worker_id, c.opened_by)
    and (actor_role() = 'pillar' or c.family_id is null or has_opened(c.family_id)))
$$;

-- Who is not in the register, the name of a group, and where they were met last.
create table service_person (
  case_id uuid primary key references service_case deferrable initially deferred,
  name text check (length(name) between 1 and 120),
  nik text check (nik ~ '^[0-9]{16}$'),
  birth_date date,
  phone text check (length(phone) <= 30),
  address text check (length(address) <= 300),
  lat real check (lat between -90 and 90),
  lon real check (lon between -180 and 180)
);
create index service_person_nik on service_person (nik) where nik is not null;
call protect('service_person', 'select, insert, update, delete');
create policy inside on service_person to pilar_app using (inside_service(case_id)) with check (exists (select from service_case c where c.id = case_id));
grant select, insert, update (lat, lon) on service_person to pilar_app;
call watch('service_person', 'case_id');

-- The steps of a case, one row for each time: planned, done, or tried in vain (met false; then another row follows).
create table service_step (
  case_id uuid not null references service_case deferrable initially deferred,
  seq integer not null,
  code text not null,
  phase text not null check (phase in ('application', 'assessment', 'plan', 'steps', 'outcome')),
  required boolean not null,
  due_on date,
  -- the day it was planned for first
  planned_on date,
  assignee_id uuid,
  done_on date,
  done_at timestamptz,
  met boolean,
  done_by uuid,
  -- the client's id of the report: the same report twice is one
  record_id uuid unique,
  -- no longer asked for: the case was closed, or the plan changed
  dropped_at timestamptz,
  reminded_on date,
  primary key (case_id, seq),
  check ((done_on is null) = (done_at is null) and (done_on is null) = (met is null) and (done_on is null) = (done_by is null)),
  check (done_at is null or dropped_at is null)
);
create index service_step_assignee on service_step (assignee_id, due_on) where done_at is null and dropped_at is null;
create index service_step_due on service_step (due_on) where done_at is null and dropped_at is null;
call protect('service_step', 'select, insert, update');
create policy with_case on service_step to pilar_app using (exists (select from service_case c where c.id = case_id)) with check (exists (select from service_case c where c.id = case_id));
grant select, insert on service_step to pilar_app;
grant update (due_on, assignee_id, done_on, done_at, met, done_by, record_id, dropped_at) on service_step to pilar_app;
call watch('service_step', 'case_id,seq', '', 'code,phase,due_on,done_on');

-- Nothing happens in a case that is closed, and what belongs to the work is done only once the work has begun.
create function service_step_in_time() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  held service_case;
begin
  select * into held from service_case where id = new.case_id;
  if held.closed_at is not null then
    raise exception 'service case % is closed', new.case_id using errcode = '23514', constraint = 'service_closed';
  end if;
  if new.done_on is not null and new.phase in ('steps', 'outcome') and held.started_on is null then
    raise exception 'service case % has not begun', new.case_id using errcode = '23514', constraint = 'service_not_running';
  end if;
  if tg_op = 'UPDATE' and old.done_at is not null then
    raise exception 'a step that is done never changes' using errcode = '23514', constraint = 'service_step_done';
  end if;
  return new;
end $$;
create trigger in_time before insert or update on service_step for each row execute function service_step_in_time();

-- What was found: health and what weighs on people's minds. Apart, so that a list of what is due holds nothing of it.
create table service_record (
  case_id uuid not null,
  seq integer not null,
  result text not null check (result ~ '^[a-z_]{2,40}$'),
  topic text check (topic ~ '^[a-z_]{2,40}$'),
  answers jsonb not null default '{}' check (jsonb_typeof(answers) = 'object'),
  note text check (length(note) <= 2000),
  lat real check (lat between -90 and 90),
  lon real check (lon between -180 and 180),
  -- metres
  accuracy real check (accuracy between 0 and 100000),
  recorded_by uuid not null,
  recorded_role text not null,
  at timestamptz not null default acting_now(),
  primary key (case_id, seq),
  foreign key (case_id, seq) references service_step deferrable initially deferred
);
call protect('service_record', 'select, insert, delete');
create policy reads on service_record for select to pilar_app using (recorded_by = actor_id() or reads_service(case_id));
create policy records on service_record for insert to pilar_app with check (recorded_by = actor_id() and exists (select from service_case c where c.id = case_id));
create trigger append_only before update on service_record for each row execute function refuse_change();
grant select, insert on service_record to pilar_app;
call watch('service_record', 'case_id,seq');

create table service_photo (
  id uuid primary key,
  case_id uuid not null references service_case deferrable initially deferred,
  seq integer not null,
  file_id text not null,
  name text not null,
  media_type text not null,
  bytes integer not null,
  by_account uuid not null,
  at timestamptz not null default acting_now()
);
create index service_photo_step on service_photo (case_id, seq);
call protect('service_photo', 'select, insert, delete');
create policy reads on service_photo for select to pilar_app using (by_account = actor_id() or reads_service(case_id));
create policy records on service_photo for insert to pilar_app with check (by_account = actor_id() and inside_service(case_id));
grant select, insert on service_photo to pilar_app;
call watch('service_photo', 'id', '', 'case_id,media_type,bytes');

-- Families that meet, and who came.
create table service_member (
  case_id uuid not null references service_case deferrable initially deferred,
  id uuid not null,
  -- of the register; null: somebody who is not in it
  family_id uuid,
  -- of the head, as it was when they joined
  name text not null check (length(name) between 1 and 120),
  joined_on date not null,
  left_on date,
  left_reason text check (length(left_reason) <= 300),
  primary key (case_id, id),
  check (left_on is null or joined_on <= left_on)
);
create unique index service_member_once on service_member (case_id, family_id) where family_id is not null and left_on is null;
create index service_member_family on service_member (family_id) where family_id is not null;
call protect('service_member', 'select, insert, update');
create policy inside on service_member to pilar_app using (inside_service(case_id)) with check (inside_service(case_id));
grant select, insert, update (left_on, left_reason) on service_member to pilar_app;
call watch('service_member', 'case_id,id', '', 'joined_on,left_on');

create table service_attendance (
  case_id uuid not null,
  seq integer not null,
  member_id uuid not null,
  present boolean not null,
  note text check (length(note) <= 200),
  primary key (case_id, seq, member_id),
  foreign key (case_id, seq) references service_step deferrable initially deferred,
  foreign key (case_id, member_id) references service_member
);
call protect('service_attendance', 'select, insert');
create policy inside on service_attendance to pilar_app using (inside_service(case_id)) with check (inside_service(case_id));
create trigger append_only before update or delete on service_attendance for each row execute function refuse_change();
grant select, insert on service_attendance to pilar_app;
call watch('service_attendance', 'case_id,seq,member_id');

-- The story of a case; reasons in it are for those inside.
create table service_event (
  case_id uuid not null references service_case deferrable initially deferred,
  seq integer not null,
  at timestamptz not null default acting_now(),
  kind text not null check (kind in ('applied', 'assessed', 'planned', 'recorded', 'moved', 'given', 'member_joined', 'member_left', 'finished', 'stopped', 'rejected')),
  by_account uuid not null,
  by_role text not null,
  by_name text not null,
  -- codes and days, nothing personal
  detail jsonb not null default '{}' check (jsonb_typeof(detail) = 'object'),
  body text check (length(body) <= 1000),
  primary key (case_id, seq)
);
call protect('service_event', 'select, insert');
create policy inside on service_event to pilar_app using (inside_service(case_id)) with check (by_account = actor_id() and exists (select from service_case c where c.id = case_id));
create trigger append_only before update or delete on service_event for each row execute function refuse_change();
grant select, insert on service_event to pilar_app;
call watch('service_event', 'case_id,seq', '', 'kind');

-- Who cases are about, for lists and for telephones: in full for those inside, by initials for whoever only sees that there is a case.
create function service_about(ids uuid[])
returns table (case_id uuid, inside boolean, name text, address text, rt text, rw text, nik text, birth_date date, phone text, lat real, lon real)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, i.inside,
    case when i.inside then n.name else regexp_replace(n.name, '(\w)\w*', '\1***', 'g') end,
    case when i.inside then coalesce(f.address, w.address) end,
    case when i.inside then f.rt end, case when i.inside then f.rw end,
    case when i.inside then coalesce(p.nik, w.nik) end,
    case when i.inside then coalesce(p.birth_date, w.birth_date) end,
    case when i.inside then w.phone end,
    case when i.inside then w.lat end, case when i.inside then w.lon end
  from service_case c
  left join service_person w on w.case_id = c.id
  left join family f on f.id = c.family_id
  left join person p on p.id = coalesce(c.person_id, f.head_id)
  cross join lateral (select holds_service(c.office_id, c.worker_id, c.opened_by) or actor_id() = any (c.helpers) as inside) i
  cross join lateral (select coalesce(p.name, w.name) as name) n
  where c.id = any ($1) and actor_role() <> 'auditor' and (
    in_social_office() and c.region_code >= scope_from() and c.region_code < scope_to()
      and (not c.confidential or actor_role() = 'supervisor' or c.worker_id = actor_id() or c.opened_by = actor_id() or actor_id() = any (c.helpers))
    or actor_role() = 'pillar' and c.closed_at is null and (c.worker_id = actor_id() or actor_id() = any (c.helpers)))
$$;
-- Names of who works on cases one sees; staff, not citizens.
create function service_staff(ids uuid[]) returns table (account_id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select a.id, a.name from account a where a.id = any ($1) and actor_role() in ('officer', 'supervisor', 'pillar', 'auditor')
$$;
revoke execute on function service_about(uuid[]), service_staff(uuid[]) from public;
grant execute on function service_about(uuid[]), service_staff(uuid[]) to pilar_app;

insert into register_term (key, valid_from, amount, unit, source) values
  ('service_again', '2020-01-01', 7, 'days', 'belum diverifikasi: yang tidak ditemui didatangi lagi sesudah sekian hari'),
  ('service_soon', '2020-01-01', 7, 'days', 'belum diverifikasi: pekerjaan sekian hari ke depan ditunjukkan di hari kerja pendamping'),
  ('service_photos', '2020-01-01', 5, 'count', 'belum diverifikasi: paling banyak sekian foto untuk satu langkah'),
  ('service_back', '2020-01-01', 60, 'days', 'belum diverifikasi: langkah boleh dicatat paling lama sekian hari sesudah dikerjakan');

-- The shipped plans. Kinds, order and days are a sensible reading of what the programmes are described to do; not checked against guidelines.
insert into service_plan (programme_code, valid_from, verified, source, definition) values
('UPSK', '2020-01-01', false, 'Dinas Sosial Banten, HKSN 2022 (nama dan isi layanan); langkah, formulir, dan hari susunan sendiri', $json${
  "unit": "person",
  "confidential": true,
  "summary": "Unit pelayanan sosial keliling: deteksi dini disabilitas, pemeriksaan kesehatan, dan layanan psikologi di tempat warga.",
  "summaryEn": "A mobile unit: early detection of disability, health checks and psychology where people live.",
  "steps": [
    {"code":"permohonan","name":"Permohonan","nameEn":"Application","phase":"application","kind":"other","required":false,"who":["officer","pillar"],"form":{"type":"object","additionalProperties":false,"required":["need"],"properties":{"need":{"x-order":1,"type":"string","maxLength":500,"title":"Kebutuhan menurut pemohon","x-title-en":"What the applicant asks for"}}}},
    {"code":"deteksi_dini","name":"Deteksi dini kedisabilitasan","nameEn":"Early detection of disability","phase":"assessment","kind":"visit","required":true,"who":["officer","pillar"],"after":14,"form":{"type":"object","additionalProperties":false,"required":["sees","hears","walks"],"properties":{"sees":{"x-order":1,"type":"string","enum":["no","some","much","cannot"],"title":"Kesulitan melihat","x-title-en":"Difficulty seeing","x-labels":{"no":{"id":"Tidak","en":"None"},"some":{"id":"Sedikit","en":"Some"},"much":{"id":"Banyak","en":"A lot"},"cannot":{"id":"Tidak bisa","en":"Cannot"}}},"hears":{"x-order":2,"type":"string","enum":["no","some","much","cannot"],"title":"Kesulitan mendengar","x-title-en":"Difficulty hearing","x-labels":{"no":{"id":"Tidak","en":"None"},"some":{"id":"Sedikit","en":"Some"},"much":{"id":"Banyak","en":"A lot"},"cannot":{"id":"Tidak bisa","en":"Cannot"}}},"walks":{"x-order":3,"type":"string","enum":["no","some","much","cannot"],"title":"Kesulitan berjalan atau naik tangga","x-title-en":"Difficulty walking","x-labels":{"no":{"id":"Tidak","en":"None"},"some":{"id":"Sedikit","en":"Some"},"much":{"id":"Banyak","en":"A lot"},"cannot":{"id":"Tidak bisa","en":"Cannot"}}},"remembers":{"x-order":4,"type":"string","enum":["no","some","much","cannot"],"title":"Kesulitan mengingat atau memusatkan perhatian","x-title-en":"Difficulty remembering","x-labels":{"no":{"id":"Tidak","en":"None"},"some":{"id":"Sedikit","en":"Some"},"much":{"id":"Banyak","en":"A lot"},"cannot":{"id":"Tidak bisa","en":"Cannot"}}},"cares":{"x-order":5,"type":"string","enum":["no","some","much","cannot"],"title":"Kesulitan merawat diri","x-title-en":"Difficulty with self-care","x-labels":{"no":{"id":"Tidak","en":"None"},"some":{"id":"Sedikit","en":"Some"},"much":{"id":"Banyak","en":"A lot"},"cannot":{"id":"Tidak bisa","en":"Cannot"}}},"speaks":{"x-order":6,"type":"string","enum":["no","some","much","cannot"],"title":"Kesulitan berkomunikasi","x-title-en":"Difficulty communicating","x-labels":{"no":{"id":"Tidak","en":"None"},"some":{"id":"Sedikit","en":"Some"},"much":{"id":"Banyak","en":"A lot"},"cannot":{"id":"Tidak bisa","en":"Cannot"}}},"suspected":{"x-order":7,"type":"array","uniqueItems":true,"maxItems":6,"items":{"type":"string","enum":["physical","intellectual","mental","visual","hearing","speech"]},"title":"Dugaan ragam disabilitas","x-title-en":"Suspected kind","x-labels":{"physical":{"id":"Fisik","en":"Physical"},"intellectual":{"id":"Intelektual","en":"Intellectual"},"mental":{"id":"Mental","en":"Mental"},"visual":{"id":"Netra","en":"Visual"},"hearing":{"id":"Rungu","en":"Hearing"},"speech":{"id":"Wicara","en":"Speech"}}},"sinceBirth":{"x-order":8,"type":"boolean","title":"Sejak lahir","x-title-en":"Since birth"}}}},
    {"code":"periksa_kesehatan","name":"Pemeriksaan kesehatan","nameEn":"Health check","phase":"steps","kind":"visit","required":false,"who":["officer","pillar"],"after":14,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"finding":{"x-order":1,"type":"string","maxLength":500,"title":"Hasil pemeriksaan","x-title-en":"What was found"},"referred":{"x-order":2,"type":"boolean","title":"Dirujuk ke puskesmas","x-title-en":"Referred to the health centre"}}}},
    {"code":"layanan_psikologi","name":"Layanan psikologi","nameEn":"Psychology","phase":"steps","kind":"session","required":false,"who":["officer","pillar"],"after":21,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"theme":{"x-order":1,"type":"string","maxLength":500,"title":"Pokok pembicaraan","x-title-en":"What was talked about"}}}},
    {"code":"kunjungan","name":"Kunjungan lanjutan","nameEn":"Further visit","phase":"steps","kind":"visit","required":true,"who":["officer","pillar"],"after":30,"every":30,"times":3,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"dependence":{"x-order":1,"type":"string","enum":["self","partly","wholly"],"title":"Kegiatan sehari-hari","x-title-en":"Daily life","x-labels":{"self":{"id":"Sendiri","en":"By themselves"},"partly":{"id":"Dibantu sebagian","en":"With some help"},"wholly":{"id":"Dibantu sepenuhnya","en":"With help in everything"}}}}}}
  ],
  "outcomes": [
    {"code":"referred_aid","name":"Dirujuk untuk alat bantu","nameEn":"Referred for an aid","closes":"finished"},
    {"code":"referred_care","name":"Dirujuk ke layanan lanjutan","nameEn":"Referred to further care","closes":"finished"},
    {"code":"no_disability","name":"Tidak ditemukan disabilitas","nameEn":"No disability found","closes":"finished"},
    {"code":"guided","name":"Keluarga mampu mendampingi","nameEn":"The family can go on","closes":"finished"},
    {"code":"moved","name":"Pindah","nameEn":"Moved away","closes":"stopped"},
    {"code":"died","name":"Meninggal","nameEn":"Died","closes":"stopped"},
    {"code":"unwilling","name":"Tidak bersedia lagi","nameEn":"No longer willing","closes":"stopped"},
    {"code":"not_reached","name":"Tidak dapat dihubungi lagi","nameEn":"Cannot be reached","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$),
('KAKI_PALSU', '2020-01-01', false, 'Dinas Sosial Banten, HKSN 2022 (nama); langkah susunan sendiri', $json${
  "unit": "person",
  "confidential": true,
  "summary": "Kaki palsu bagi penyandang disabilitas fisik: diukur, dipasang, dilatih, dan dilihat lagi.",
  "summaryEn": "A prosthetic leg: measured, fitted, trained and looked at again.",
  "steps": [
    {"code":"permohonan","name":"Permohonan","nameEn":"Application","phase":"application","kind":"other","required":false,"who":["officer","pillar"],"form":{"type":"object","additionalProperties":false,"required":["need"],"properties":{"need":{"x-order":1,"type":"string","maxLength":500,"title":"Kebutuhan menurut pemohon","x-title-en":"What the applicant asks for"}}}},
    {"code":"asesmen","name":"Asesmen sosial dan medis","nameEn":"Social and medical assessment","phase":"assessment","kind":"visit","required":true,"who":["officer","pillar"],"after":14,"form":{"type":"object","additionalProperties":false,"required":["side","level"],"properties":{"side":{"x-order":1,"type":"string","enum":["left","right","both"],"title":"Kaki","x-title-en":"Leg","x-labels":{"left":{"id":"Kiri","en":"Left"},"right":{"id":"Kanan","en":"Right"},"both":{"id":"Keduanya","en":"Both"}}},"level":{"x-order":2,"type":"string","enum":["below_knee","above_knee","hip"],"title":"Amputasi","x-title-en":"Amputation","x-labels":{"below_knee":{"id":"Bawah lutut","en":"Below the knee"},"above_knee":{"id":"Atas lutut","en":"Above the knee"},"hip":{"id":"Pangkal paha","en":"Hip"}}},"cause":{"x-order":3,"type":"string","enum":["birth","accident","diabetes","other"],"title":"Sebab","x-title-en":"Cause","x-labels":{"birth":{"id":"Sejak lahir","en":"From birth"},"accident":{"id":"Kecelakaan","en":"Accident"},"diabetes":{"id":"Diabetes","en":"Diabetes"},"other":{"id":"Lainnya","en":"Other"}}},"healed":{"x-order":4,"type":"boolean","title":"Luka sudah sembuh","x-title-en":"The wound has healed"},"dependence":{"x-order":5,"type":"string","enum":["self","partly","wholly"],"title":"Kegiatan sehari-hari","x-title-en":"Daily life","x-labels":{"self":{"id":"Sendiri","en":"By themselves"},"partly":{"id":"Dibantu sebagian","en":"With some help"},"wholly":{"id":"Dibantu sepenuhnya","en":"With help in everything"}}}}}},
    {"code":"pengukuran","name":"Pengukuran","nameEn":"Measuring","phase":"steps","kind":"measuring","required":true,"who":["officer","pillar"],"after":14,"form":{"type":"object","additionalProperties":false,"required":["lengthMm"],"properties":{"lengthMm":{"x-order":1,"type":"integer","minimum":20,"maximum":900,"title":"Panjang puntung (mm)","x-title-en":"Length of the stump (mm)"},"roundMm":{"x-order":2,"type":"integer","minimum":50,"maximum":1200,"title":"Lingkar puntung (mm)","x-title-en":"Girth of the stump (mm)"},"shoe":{"x-order":3,"type":"integer","minimum":15,"maximum":50,"title":"Ukuran sepatu","x-title-en":"Shoe size"}}}},
    {"code":"pemasangan","name":"Pemasangan","nameEn":"Fitting","phase":"steps","kind":"fitting","required":true,"who":["officer","pillar"],"after":44,"results":[{"code":"fits","name":"Pas","nameEn":"Fits","met":true},{"code":"adjusted","name":"Disesuaikan, lalu pas","nameEn":"Adjusted, then fits","met":true},{"code":"remake","name":"Harus dibuat ulang","nameEn":"To be made again","met":false},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"serial":{"x-order":1,"type":"string","maxLength":60,"title":"Nomor alat","x-title-en":"Number of the aid"},"pain":{"x-order":2,"type":"boolean","title":"Terasa sakit","x-title-en":"It hurts"}}}},
    {"code":"latihan_jalan","name":"Latihan berjalan","nameEn":"Learning to walk","phase":"steps","kind":"training","required":false,"who":["officer","pillar"],"after":51,"every":7,"times":3,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}]},
    {"code":"kunjungan","name":"Kunjungan sesudah pemasangan","nameEn":"Visit after fitting","phase":"steps","kind":"visit","required":true,"who":["officer","pillar"],"after":74,"every":60,"times":2,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"used":{"x-order":1,"type":"string","enum":["daily","sometimes","never"],"title":"Dipakai","x-title-en":"Used","x-labels":{"daily":{"id":"Setiap hari","en":"Every day"},"sometimes":{"id":"Kadang-kadang","en":"Sometimes"},"never":{"id":"Tidak dipakai","en":"Never"}}},"dependence":{"x-order":2,"type":"string","enum":["self","partly","wholly"],"title":"Kegiatan sehari-hari","x-title-en":"Daily life","x-labels":{"self":{"id":"Sendiri","en":"By themselves"},"partly":{"id":"Dibantu sebagian","en":"With some help"},"wholly":{"id":"Dibantu sepenuhnya","en":"With help in everything"}}}}}}
  ],
  "outcomes": [
    {"code":"independent","name":"Berjalan mandiri","nameEn":"Walks by themselves","closes":"finished"},
    {"code":"partly","name":"Berjalan dengan bantuan","nameEn":"Walks with help","closes":"finished"},
    {"code":"unused","name":"Tidak dipakai","nameEn":"Not used","closes":"finished"},
    {"code":"moved","name":"Pindah","nameEn":"Moved away","closes":"stopped"},
    {"code":"died","name":"Meninggal","nameEn":"Died","closes":"stopped"},
    {"code":"unwilling","name":"Tidak bersedia lagi","nameEn":"No longer willing","closes":"stopped"},
    {"code":"not_reached","name":"Tidak dapat dihubungi lagi","nameEn":"Cannot be reached","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$),
('ALAT_BANTU_DENGAR', '2020-01-01', false, 'Dinas Sosial Banten, HKSN 2022 (nama); langkah susunan sendiri', $json${
  "unit": "person",
  "confidential": true,
  "summary": "Alat bantu dengar: pendengaran diukur, alat dipasang dan disetel, lalu dilihat lagi.",
  "summaryEn": "A hearing aid: hearing is measured, the aid fitted and set, then looked at again.",
  "steps": [
    {"code":"permohonan","name":"Permohonan","nameEn":"Application","phase":"application","kind":"other","required":false,"who":["officer","pillar"],"form":{"type":"object","additionalProperties":false,"required":["need"],"properties":{"need":{"x-order":1,"type":"string","maxLength":500,"title":"Kebutuhan menurut pemohon","x-title-en":"What the applicant asks for"}}}},
    {"code":"asesmen","name":"Asesmen","nameEn":"Assessment","phase":"assessment","kind":"visit","required":true,"who":["officer","pillar"],"after":14,"form":{"type":"object","additionalProperties":false,"required":["ear"],"properties":{"ear":{"x-order":1,"type":"string","enum":["left","right","both"],"title":"Telinga","x-title-en":"Ear","x-labels":{"left":{"id":"Kiri","en":"Left"},"right":{"id":"Kanan","en":"Right"},"both":{"id":"Keduanya","en":"Both"}}},"since":{"x-order":2,"type":"integer","minimum":1900,"maximum":2100,"title":"Sejak tahun","x-title-en":"Since the year"},"speaks":{"x-order":3,"type":"boolean","title":"Berbicara","x-title-en":"Speaks"},"signs":{"x-order":4,"type":"boolean","title":"Memakai bahasa isyarat","x-title-en":"Uses sign language"}}}},
    {"code":"audiometri","name":"Pengukuran pendengaran","nameEn":"Measuring the hearing","phase":"steps","kind":"measuring","required":true,"who":["officer","pillar"],"after":14,"form":{"type":"object","additionalProperties":false,"required":["leftDb","rightDb"],"properties":{"leftDb":{"x-order":1,"type":"integer","minimum":-10,"maximum":130,"title":"Ambang dengar kiri (dB)","x-title-en":"Threshold left (dB)"},"rightDb":{"x-order":2,"type":"integer","minimum":-10,"maximum":130,"title":"Ambang dengar kanan (dB)","x-title-en":"Threshold right (dB)"},"place":{"x-order":3,"type":"string","maxLength":120,"title":"Tempat pengukuran","x-title-en":"Where it was measured"}}}},
    {"code":"pemasangan","name":"Pemasangan dan penyetelan","nameEn":"Fitting and setting","phase":"steps","kind":"fitting","required":true,"who":["officer","pillar"],"after":44,"results":[{"code":"hears","name":"Mendengar dengan baik","nameEn":"Hears well","met":true},{"code":"adjusted","name":"Disetel ulang, lalu baik","nameEn":"Set again, then well","met":true},{"code":"replace","name":"Alat harus diganti","nameEn":"To be replaced","met":false},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"serial":{"x-order":1,"type":"string","maxLength":60,"title":"Nomor alat","x-title-en":"Number of the aid"}}}},
    {"code":"kunjungan","name":"Kunjungan sesudah pemasangan","nameEn":"Visit after fitting","phase":"steps","kind":"visit","required":true,"who":["officer","pillar"],"after":74,"every":60,"times":2,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"used":{"x-order":1,"type":"string","enum":["daily","sometimes","never"],"title":"Dipakai","x-title-en":"Used","x-labels":{"daily":{"id":"Setiap hari","en":"Every day"},"sometimes":{"id":"Kadang-kadang","en":"Sometimes"},"never":{"id":"Tidak dipakai","en":"Never"}}},"battery":{"x-order":2,"type":"boolean","title":"Baterai tersedia","x-title-en":"Batteries at hand"}}}}
  ],
  "outcomes": [
    {"code":"hears","name":"Mendengar dan memakai alatnya","nameEn":"Hears and uses it","closes":"finished"},
    {"code":"unused","name":"Tidak dipakai","nameEn":"Not used","closes":"finished"},
    {"code":"moved","name":"Pindah","nameEn":"Moved away","closes":"stopped"},
    {"code":"died","name":"Meninggal","nameEn":"Died","closes":"stopped"},
    {"code":"unwilling","name":"Tidak bersedia lagi","nameEn":"No longer willing","closes":"stopped"},
    {"code":"not_reached","name":"Tidak dapat dihubungi lagi","nameEn":"Cannot be reached","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$),
('BIMBINGAN_ODGJ', '2020-01-01', false, 'Dinas Sosial Banten, HKSN 2022 (nama); langkah susunan sendiri', $json${
  "unit": "person",
  "confidential": true,
  "summary": "Bimbingan sosial bagi orang yang pernah mengalami gangguan jiwa, supaya kembali berperan di keluarga dan lingkungannya.",
  "summaryEn": "Guidance of people who recovered from mental illness back into family and neighbourhood.",
  "steps": [
    {"code":"permohonan","name":"Permohonan","nameEn":"Application","phase":"application","kind":"other","required":false,"who":["officer","pillar"],"form":{"type":"object","additionalProperties":false,"required":["need"],"properties":{"need":{"x-order":1,"type":"string","maxLength":500,"title":"Kebutuhan menurut pemohon","x-title-en":"What the applicant asks for"}}}},
    {"code":"asesmen","name":"Asesmen psikososial","nameEn":"Psychosocial assessment","phase":"assessment","kind":"visit","required":true,"who":["officer","pillar"],"after":7,"form":{"type":"object","additionalProperties":false,"required":["treated","dependence"],"properties":{"treated":{"x-order":1,"type":"boolean","title":"Masih berobat","x-title-en":"Still treated"},"medicine":{"x-order":2,"type":"string","enum":["regular","irregular","none"],"title":"Minum obat","x-title-en":"Medicine","x-labels":{"regular":{"id":"Teratur","en":"Regularly"},"irregular":{"id":"Tidak teratur","en":"Irregularly"},"none":{"id":"Tidak ada obat","en":"None"}}},"restrained":{"x-order":3,"type":"boolean","title":"Pernah dipasung","x-title-en":"Was restrained"},"accepted":{"x-order":4,"type":"string","enum":["accepts","partly","rejects"],"title":"Penerimaan keluarga","x-title-en":"The family","x-labels":{"accepts":{"id":"Menerima","en":"Accepts"},"partly":{"id":"Sebagian menerima","en":"Partly"},"rejects":{"id":"Menolak","en":"Rejects"}}},"dependence":{"x-order":5,"type":"string","enum":["self","partly","wholly"],"title":"Kegiatan sehari-hari","x-title-en":"Daily life","x-labels":{"self":{"id":"Sendiri","en":"By themselves"},"partly":{"id":"Dibantu sebagian","en":"With some help"},"wholly":{"id":"Dibantu sepenuhnya","en":"With help in everything"}}}}}},
    {"code":"bimbingan","name":"Bimbingan sosial","nameEn":"Guidance","phase":"steps","kind":"session","required":true,"who":["officer","pillar"],"after":14,"every":14,"times":6,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"medicine":{"x-order":1,"type":"string","enum":["regular","irregular","none"],"title":"Minum obat","x-title-en":"Medicine","x-labels":{"regular":{"id":"Teratur","en":"Regularly"},"irregular":{"id":"Tidak teratur","en":"Irregularly"},"none":{"id":"Tidak ada obat","en":"None"}}},"activity":{"x-order":2,"type":"string","maxLength":500,"title":"Kegiatan","x-title-en":"Activity"}}}},
    {"code":"bimbingan_keluarga","name":"Bimbingan keluarga","nameEn":"Guidance of the family","phase":"steps","kind":"visit","required":true,"who":["officer","pillar"],"after":21,"every":30,"times":3},
    {"code":"latihan_kerja","name":"Latihan kerja","nameEn":"Training for work","phase":"steps","kind":"training","required":false,"who":["officer","pillar"],"after":45},
    {"code":"evaluasi","name":"Evaluasi","nameEn":"Evaluation","phase":"outcome","kind":"visit","required":true,"who":["officer"],"after":100,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"required":["role"],"properties":{"role":{"x-order":1,"type":"string","enum":["work","household","none"],"title":"Peran sosial","x-title-en":"Social role","x-labels":{"work":{"id":"Bekerja","en":"Works"},"household":{"id":"Membantu rumah tangga","en":"Helps at home"},"none":{"id":"Belum ada","en":"None yet"}}},"dependence":{"x-order":2,"type":"string","enum":["self","partly","wholly"],"title":"Kegiatan sehari-hari","x-title-en":"Daily life","x-labels":{"self":{"id":"Sendiri","en":"By themselves"},"partly":{"id":"Dibantu sebagian","en":"With some help"},"wholly":{"id":"Dibantu sepenuhnya","en":"With help in everything"}}}}}}
  ],
  "outcomes": [
    {"code":"independent","name":"Mandiri","nameEn":"Independent","closes":"finished"},
    {"code":"with_family","name":"Didampingi keluarga","nameEn":"With their family","closes":"finished"},
    {"code":"referred_care","name":"Dirujuk untuk perawatan","nameEn":"Referred for treatment","closes":"finished"},
    {"code":"moved","name":"Pindah","nameEn":"Moved away","closes":"stopped"},
    {"code":"died","name":"Meninggal","nameEn":"Died","closes":"stopped"},
    {"code":"unwilling","name":"Tidak bersedia lagi","nameEn":"No longer willing","closes":"stopped"},
    {"code":"not_reached","name":"Tidak dapat dihubungi lagi","nameEn":"Cannot be reached","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$),
('KONSELING_PMI', '2020-01-01', false, 'Dinas Sosial Banten, HKSN 2022 (empat tahap); formulir dan hari susunan sendiri', $json${
  "unit": "person",
  "confidential": true,
  "summary": "Bimbingan sosial dan konseling psikososial bagi pekerja migran bermasalah sosial, dalam empat tahap.",
  "summaryEn": "Guidance and psychosocial counselling of migrant workers in trouble, in four stages.",
  "steps": [
    {"code":"permohonan","name":"Permohonan","nameEn":"Application","phase":"application","kind":"other","required":false,"who":["officer","pillar"],"form":{"type":"object","additionalProperties":false,"required":["need"],"properties":{"need":{"x-order":1,"type":"string","maxLength":500,"title":"Kebutuhan menurut pemohon","x-title-en":"What the applicant asks for"}}}},
    {"code":"asesmen","name":"Asesmen","nameEn":"Assessment","phase":"assessment","kind":"session","required":true,"who":["officer","pillar"],"after":3,"form":{"type":"object","additionalProperties":false,"required":["country","documented"],"properties":{"country":{"x-order":1,"type":"string","maxLength":80,"title":"Negara penempatan","x-title-en":"Country of work"},"documented":{"x-order":2,"type":"boolean","title":"Berangkat dengan dokumen","x-title-en":"Left with papers"},"trouble":{"x-order":3,"type":"array","uniqueItems":true,"maxItems":7,"items":{"type":"string","enum":["wages","violence","illness","law","deported","trafficking","other"]},"title":"Masalah","x-title-en":"Trouble","x-labels":{"wages":{"id":"Upah tidak dibayar","en":"Unpaid wages"},"violence":{"id":"Kekerasan","en":"Violence"},"illness":{"id":"Sakit","en":"Illness"},"law":{"id":"Masalah hukum","en":"Law"},"deported":{"id":"Dipulangkan","en":"Deported"},"trafficking":{"id":"Perdagangan orang","en":"Trafficking"},"other":{"id":"Lainnya","en":"Other"}}},"safe":{"x-order":4,"type":"boolean","title":"Aman di tempat tinggal sekarang","x-title-en":"Safe where they live now"}}}},
    {"code":"bimbingan","name":"Tahap 1: bimbingan","nameEn":"Stage 1: guidance","phase":"steps","kind":"session","required":true,"who":["officer","pillar"],"after":7,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}]},
    {"code":"eksplorasi_masalah","name":"Tahap 2: eksplorasi masalah","nameEn":"Stage 2: exploring the problem","phase":"steps","kind":"session","required":true,"who":["officer","pillar"],"after":14,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"problem":{"x-order":1,"type":"string","maxLength":500,"title":"Masalah yang ditemukan bersama","x-title-en":"The problem found together"}}}},
    {"code":"eksplorasi_alternatif","name":"Tahap 3: eksplorasi alternatif pemecahan masalah","nameEn":"Stage 3: exploring ways out","phase":"steps","kind":"session","required":true,"who":["officer","pillar"],"after":21,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"options":{"x-order":1,"type":"string","maxLength":500,"title":"Pilihan yang dibahas","x-title-en":"Ways that were discussed"},"chosen":{"x-order":2,"type":"string","maxLength":500,"title":"Pilihan yang diambil","x-title-en":"The way chosen"}}}},
    {"code":"motivasi","name":"Tahap 4: motivasi","nameEn":"Stage 4: motivation","phase":"steps","kind":"session","required":true,"who":["officer","pillar"],"after":28,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"plan":{"x-order":1,"type":"string","maxLength":500,"title":"Rencana ke depan","x-title-en":"Plans"}}}},
    {"code":"kunjungan","name":"Kunjungan sesudah konseling","nameEn":"Visit afterwards","phase":"outcome","kind":"visit","required":false,"who":["officer","pillar"],"after":90,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}]}
  ],
  "outcomes": [
    {"code":"works_here","name":"Bekerja di daerah sendiri","nameEn":"Works at home","closes":"finished"},
    {"code":"with_family","name":"Kembali ke keluarga","nameEn":"Back with the family","closes":"finished"},
    {"code":"leaves_legally","name":"Berangkat lagi secara resmi","nameEn":"Leaves again with papers","closes":"finished"},
    {"code":"referred_care","name":"Dirujuk ke layanan lain","nameEn":"Referred elsewhere","closes":"finished"},
    {"code":"moved","name":"Pindah","nameEn":"Moved away","closes":"stopped"},
    {"code":"died","name":"Meninggal","nameEn":"Died","closes":"stopped"},
    {"code":"unwilling","name":"Tidak bersedia lagi","nameEn":"No longer willing","closes":"stopped"},
    {"code":"not_reached","name":"Tidak dapat dihubungi lagi","nameEn":"Cannot be reached","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$),
('KETERAMPILAN_BWBLP', '2020-01-01', false, 'Dinas Sosial Banten dan Balai Pemasyarakatan Serang, 2022 (nama); langkah susunan sendiri', $json${
  "unit": "person",
  "confidential": true,
  "summary": "Bimbingan dan pelatihan keterampilan bagi bekas warga binaan lembaga pemasyarakatan.",
  "summaryEn": "Guidance and training of skills for former prisoners.",
  "steps": [
    {"code":"permohonan","name":"Permohonan atau rujukan balai pemasyarakatan","nameEn":"Application or referral","phase":"application","kind":"other","required":false,"who":["officer","pillar"],"form":{"type":"object","additionalProperties":false,"required":["need"],"properties":{"need":{"x-order":1,"type":"string","maxLength":500,"title":"Kebutuhan menurut pemohon","x-title-en":"What the applicant asks for"}}}},
    {"code":"asesmen","name":"Asesmen minat dan keadaan","nameEn":"Assessment of interest and situation","phase":"assessment","kind":"session","required":true,"who":["officer","pillar"],"after":14,"form":{"type":"object","additionalProperties":false,"required":["interest"],"properties":{"releasedYear":{"x-order":1,"type":"integer","minimum":1950,"maximum":2100,"title":"Tahun bebas","x-title-en":"Year of release"},"interest":{"x-order":2,"type":"array","uniqueItems":true,"maxItems":8,"items":{"type":"string","enum":["workshop","welding","sewing","cooking","barber","farming","computer","other"]},"title":"Minat","x-title-en":"Interest","x-labels":{"workshop":{"id":"Bengkel","en":"Workshop"},"welding":{"id":"Las","en":"Welding"},"sewing":{"id":"Menjahit","en":"Sewing"},"cooking":{"id":"Memasak","en":"Cooking"},"barber":{"id":"Cukur rambut","en":"Barber"},"farming":{"id":"Pertanian","en":"Farming"},"computer":{"id":"Komputer","en":"Computer"},"other":{"id":"Lainnya","en":"Other"}}},"home":{"x-order":3,"type":"boolean","title":"Diterima keluarga","x-title-en":"The family accepts them"}}}},
    {"code":"bimbingan","name":"Bimbingan sosial","nameEn":"Guidance","phase":"steps","kind":"session","required":true,"who":["officer","pillar"],"after":7,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}]},
    {"code":"pelatihan","name":"Pelatihan keterampilan","nameEn":"Training","phase":"steps","kind":"training","required":true,"who":["officer","pillar"],"after":14,"every":7,"times":4,"form":{"type":"object","additionalProperties":false,"properties":{"hours":{"x-order":1,"type":"integer","minimum":1,"maximum":12,"title":"Lama (jam)","x-title-en":"Hours"},"skill":{"x-order":2,"type":"string","maxLength":200,"title":"Yang dipelajari","x-title-en":"What was learned"}}}},
    {"code":"alat_kerja","name":"Bantuan alat kerja","nameEn":"Tools","phase":"steps","kind":"other","required":false,"who":["officer","pillar"],"after":45},
    {"code":"kunjungan","name":"Kunjungan usaha atau tempat kerja","nameEn":"Visit at work","phase":"outcome","kind":"visit","required":true,"who":["officer","pillar"],"after":120,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"running":{"x-order":1,"type":"boolean","title":"Usaha berjalan","x-title-en":"The business runs"},"turnover":{"x-order":2,"type":"integer","minimum":0,"maximum":1000000000,"title":"Omzet sebulan (rupiah)","x-title-en":"Turnover a month (rupiah)"},"books":{"x-order":3,"type":"boolean","title":"Pembukuan ada","x-title-en":"Keeps books"},"obstacles":{"x-order":4,"type":"string","maxLength":500,"title":"Kendala","x-title-en":"Obstacles"}}}}
  ],
  "outcomes": [
    {"code":"employed","name":"Bekerja","nameEn":"Employed","closes":"finished"},
    {"code":"own_business","name":"Usaha sendiri","nameEn":"Own business","closes":"finished"},
    {"code":"trained","name":"Terlatih, belum bekerja","nameEn":"Trained, no work yet","closes":"finished"},
    {"code":"moved","name":"Pindah","nameEn":"Moved away","closes":"stopped"},
    {"code":"died","name":"Meninggal","nameEn":"Died","closes":"stopped"},
    {"code":"unwilling","name":"Tidak bersedia lagi","nameEn":"No longer willing","closes":"stopped"},
    {"code":"not_reached","name":"Tidak dapat dihubungi lagi","nameEn":"Cannot be reached","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$),
('COTA', '2020-01-01', false, 'PP 54/2007, Permensos 110/HUK/2009 (belum diverifikasi); langkah susunan sendiri', $json${
  "unit": "family",
  "confidential": true,
  "summary": "Penilaian calon orang tua angkat: berkas, kunjungan rumah, sidang tim, masa pengasuhan sementara.",
  "summaryEn": "Assessing who wants to adopt: papers, home visits, hearing, a time of foster care.",
  "steps": [
    {"code":"permohonan","name":"Permohonan","nameEn":"Application","phase":"application","kind":"other","required":false,"who":["officer","pillar"],"form":{"type":"object","additionalProperties":false,"properties":{"married":{"x-order":1,"type":"integer","minimum":1940,"maximum":2100,"title":"Tahun menikah","x-title-en":"Year of marriage"},"children":{"x-order":2,"type":"integer","minimum":0,"maximum":20,"title":"Jumlah anak","x-title-en":"Children"},"kind":{"x-order":3,"type":"string","enum":["known","unknown"],"title":"Anak yang diharapkan","x-title-en":"The child","x-labels":{"known":{"id":"Sudah dikenal","en":"Known already"},"unknown":{"id":"Belum ada","en":"Not yet"}}}}}},
    {"code":"periksa_berkas","name":"Pemeriksaan berkas","nameEn":"Papers","phase":"assessment","kind":"other","required":true,"who":["officer"],"after":14,"form":{"type":"object","additionalProperties":false,"required":["complete"],"properties":{"complete":{"x-order":1,"type":"boolean","title":"Berkas lengkap","x-title-en":"Complete"},"missing":{"x-order":2,"type":"string","maxLength":500,"title":"Yang kurang","x-title-en":"What is missing"}}}},
    {"code":"kunjungan_pertama","name":"Kunjungan rumah pertama","nameEn":"First home visit","phase":"assessment","kind":"visit","required":true,"who":["officer"],"after":30,"form":{"type":"object","additionalProperties":false,"required":["home"],"properties":{"home":{"x-order":1,"type":"string","enum":["good","enough","poor"],"title":"Keadaan rumah","x-title-en":"The home","x-labels":{"good":{"id":"Layak","en":"Good"},"enough":{"id":"Cukup","en":"Enough"},"poor":{"id":"Tidak layak","en":"Poor"}}},"motive":{"x-order":2,"type":"string","maxLength":500,"title":"Alasan mengangkat anak","x-title-en":"Why they want to adopt"},"neighbours":{"x-order":3,"type":"string","maxLength":500,"title":"Keterangan tetangga","x-title-en":"What neighbours say"}}}},
    {"code":"sidang","name":"Sidang tim pertimbangan","nameEn":"Hearing","phase":"plan","kind":"hearing","required":true,"who":["officer"],"after":30,"results":[{"code":"recommended","name":"Direkomendasikan","nameEn":"Recommended","met":true},{"code":"postponed","name":"Ditunda","nameEn":"Postponed","met":false}]},
    {"code":"pengasuhan","name":"Pemantauan pengasuhan sementara","nameEn":"Foster care watched","phase":"steps","kind":"visit","required":true,"who":["officer"],"after":30,"every":60,"times":3,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"health":{"x-order":1,"type":"string","maxLength":500,"title":"Kesehatan anak","x-title-en":"The child’s health"},"bond":{"x-order":2,"type":"string","enum":["strong","growing","weak"],"title":"Kelekatan","x-title-en":"Bond","x-labels":{"strong":{"id":"Kuat","en":"Strong"},"growing":{"id":"Tumbuh","en":"Growing"},"weak":{"id":"Lemah","en":"Weak"}}}}}},
    {"code":"laporan_akhir","name":"Laporan sosial akhir","nameEn":"Final report","phase":"outcome","kind":"other","required":true,"who":["officer"],"after":190}
  ],
  "outcomes": [
    {"code":"recommended","name":"Direkomendasikan ke pengadilan","nameEn":"Recommended to the court","closes":"finished"},
    {"code":"not_recommended","name":"Tidak direkomendasikan","nameEn":"Not recommended","closes":"finished"},
    {"code":"withdrawn","name":"Permohonan ditarik","nameEn":"Withdrawn","closes":"stopped"},
    {"code":"moved","name":"Pindah","nameEn":"Moved away","closes":"stopped"},
    {"code":"died","name":"Meninggal","nameEn":"Died","closes":"stopped"},
    {"code":"unwilling","name":"Tidak bersedia lagi","nameEn":"No longer willing","closes":"stopped"},
    {"code":"not_reached","name":"Tidak dapat dihubungi lagi","nameEn":"Cannot be reached","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$),
('UEP', '2020-01-01', false, 'Dinas Sosial Banten, HKSN 2022 (nama); langkah susunan sendiri', $json${
  "unit": "family",
  "confidential": false,
  "summary": "Usaha ekonomi produktif: modal atau alat usaha bagi satu keluarga, lalu dikunjungi sampai usahanya berdiri.",
  "summaryEn": "Capital or tools for a family’s own business, then visits until it stands.",
  "steps": [
    {"code":"permohonan","name":"Rencana usaha","nameEn":"Business plan","phase":"application","kind":"other","required":false,"who":["officer","pillar"],"form":{"type":"object","additionalProperties":false,"properties":{"business":{"x-order":1,"type":"string","enum":["food","craft","trade","service","farming","cattle","other"],"title":"Jenis usaha","x-title-en":"Kind of business","x-labels":{"food":{"id":"Makanan dan minuman","en":"Food and drink"},"craft":{"id":"Kerajinan","en":"Crafts"},"trade":{"id":"Warung atau dagang","en":"Trade"},"service":{"id":"Jasa","en":"Services"},"farming":{"id":"Pertanian","en":"Farming"},"cattle":{"id":"Peternakan","en":"Animals"},"other":{"id":"Lainnya","en":"Other"}}},"experience":{"x-order":2,"type":"boolean","title":"Pernah berusaha","x-title-en":"Has done business before"},"needs":{"x-order":3,"type":"string","maxLength":500,"title":"Yang dibutuhkan","x-title-en":"What is needed"}}}},
    {"code":"survei","name":"Survei kelayakan","nameEn":"Feasibility","phase":"assessment","kind":"visit","required":true,"who":["officer","pillar"],"after":14,"form":{"type":"object","additionalProperties":false,"required":["business"],"properties":{"business":{"x-order":1,"type":"string","enum":["food","craft","trade","service","farming","cattle","other"],"title":"Jenis usaha","x-title-en":"Kind of business","x-labels":{"food":{"id":"Makanan dan minuman","en":"Food and drink"},"craft":{"id":"Kerajinan","en":"Crafts"},"trade":{"id":"Warung atau dagang","en":"Trade"},"service":{"id":"Jasa","en":"Services"},"farming":{"id":"Pertanian","en":"Farming"},"cattle":{"id":"Peternakan","en":"Animals"},"other":{"id":"Lainnya","en":"Other"}}},"place":{"x-order":2,"type":"boolean","title":"Tempat usaha ada","x-title-en":"Has a place for it"},"market":{"x-order":3,"type":"string","maxLength":300,"title":"Pembeli","x-title-en":"Who will buy"}}}},
    {"code":"pelatihan","name":"Pelatihan usaha dan pembukuan","nameEn":"Training","phase":"steps","kind":"training","required":false,"who":["officer","pillar"],"after":14},
    {"code":"penyerahan","name":"Penyerahan alat atau modal","nameEn":"Tools or capital handed over","phase":"steps","kind":"other","required":true,"who":["officer"],"after":21,"form":{"type":"object","additionalProperties":false,"properties":{"goods":{"x-order":1,"type":"string","maxLength":500,"title":"Barang","x-title-en":"Goods"},"value":{"x-order":2,"type":"integer","minimum":0,"maximum":1000000000,"title":"Nilai (rupiah)","x-title-en":"Value (rupiah)"}}}},
    {"code":"kunjungan","name":"Kunjungan usaha","nameEn":"Visit","phase":"steps","kind":"visit","required":true,"who":["officer","pillar"],"after":51,"every":60,"times":3,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"running":{"x-order":1,"type":"boolean","title":"Usaha berjalan","x-title-en":"The business runs"},"turnover":{"x-order":2,"type":"integer","minimum":0,"maximum":1000000000,"title":"Omzet sebulan (rupiah)","x-title-en":"Turnover a month (rupiah)"},"books":{"x-order":3,"type":"boolean","title":"Pembukuan ada","x-title-en":"Keeps books"},"obstacles":{"x-order":4,"type":"string","maxLength":500,"title":"Kendala","x-title-en":"Obstacles"}}}}
  ],
  "outcomes": [
    {"code":"grew","name":"Usaha berkembang","nameEn":"The business grew","closes":"finished"},
    {"code":"stands","name":"Usaha bertahan","nameEn":"The business stands","closes":"finished"},
    {"code":"failed","name":"Usaha berhenti","nameEn":"The business ended","closes":"finished"},
    {"code":"moved","name":"Pindah","nameEn":"Moved away","closes":"stopped"},
    {"code":"died","name":"Meninggal","nameEn":"Died","closes":"stopped"},
    {"code":"unwilling","name":"Tidak bersedia lagi","nameEn":"No longer willing","closes":"stopped"},
    {"code":"not_reached","name":"Tidak dapat dihubungi lagi","nameEn":"Cannot be reached","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$),
('KUBE', '2020-01-01', false, 'nama program; langkah susunan sendiri', $json${
  "unit": "group",
  "confidential": false,
  "summary": "Kelompok usaha bersama: beberapa keluarga berusaha bersama, didampingi lewat pertemuan.",
  "summaryEn": "Families in business together, guided in meetings.",
  "steps": [
    {"code":"pembentukan","name":"Pembentukan kelompok","nameEn":"Forming the group","phase":"assessment","kind":"session","required":true,"who":["officer","pillar"],"after":14,"group":true,"form":{"type":"object","additionalProperties":false,"required":["business"],"properties":{"business":{"x-order":1,"type":"string","enum":["food","craft","trade","service","farming","cattle","other"],"title":"Jenis usaha","x-title-en":"Kind of business","x-labels":{"food":{"id":"Makanan dan minuman","en":"Food and drink"},"craft":{"id":"Kerajinan","en":"Crafts"},"trade":{"id":"Warung atau dagang","en":"Trade"},"service":{"id":"Jasa","en":"Services"},"farming":{"id":"Pertanian","en":"Farming"},"cattle":{"id":"Peternakan","en":"Animals"},"other":{"id":"Lainnya","en":"Other"}}},"leader":{"x-order":2,"type":"string","maxLength":120,"title":"Ketua kelompok","x-title-en":"Leader"}}}},
    {"code":"penyerahan","name":"Penyerahan modal","nameEn":"Capital handed over","phase":"steps","kind":"other","required":true,"who":["officer"],"after":30,"form":{"type":"object","additionalProperties":false,"properties":{"value":{"x-order":1,"type":"integer","minimum":0,"maximum":1000000000,"title":"Nilai (rupiah)","x-title-en":"Value (rupiah)"}}}},
    {"code":"pertemuan","name":"Pertemuan kelompok","nameEn":"Group meeting","phase":"steps","kind":"session","required":true,"who":["officer","pillar"],"after":30,"every":30,"times":6,"group":true,"results":[{"code":"held","name":"Terlaksana","nameEn":"Held","met":true},{"code":"not_held","name":"Tidak terlaksana","nameEn":"Not held","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"running":{"x-order":1,"type":"boolean","title":"Usaha berjalan","x-title-en":"The business runs"},"turnover":{"x-order":2,"type":"integer","minimum":0,"maximum":1000000000,"title":"Omzet sebulan (rupiah)","x-title-en":"Turnover a month (rupiah)"},"books":{"x-order":3,"type":"boolean","title":"Pembukuan ada","x-title-en":"Keeps books"},"obstacles":{"x-order":4,"type":"string","maxLength":500,"title":"Kendala","x-title-en":"Obstacles"}}}}
  ],
  "outcomes": [
    {"code":"grew","name":"Usaha berkembang","nameEn":"The business grew","closes":"finished"},
    {"code":"stands","name":"Usaha bertahan","nameEn":"The business stands","closes":"finished"},
    {"code":"failed","name":"Usaha berhenti","nameEn":"The business ended","closes":"finished"},
    {"code":"dissolved","name":"Kelompok bubar","nameEn":"The group dissolved","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$),
('P2K2', '2020-01-01', false, 'modul P2K2 menurut pemberitaan; urutan dan hari susunan sendiri', $json${
  "unit": "group",
  "confidential": false,
  "summary": "Pertemuan peningkatan kemampuan keluarga: kelompok keluarga bertemu setiap bulan, satu modul setiap kali.",
  "summaryEn": "Groups of families meet each month, one module each time.",
  "steps": [
    {"code":"pembentukan","name":"Pembentukan kelompok","nameEn":"Forming the group","phase":"assessment","kind":"session","required":true,"who":["officer","pillar"],"after":14,"group":true,"form":{"type":"object","additionalProperties":false,"properties":{"place":{"x-order":1,"type":"string","maxLength":120,"title":"Tempat bertemu","x-title-en":"Where they meet"},"day":{"x-order":2,"type":"string","enum":["mon","tue","wed","thu","fri","sat","sun"],"title":"Hari","x-title-en":"Day","x-labels":{"mon":{"id":"Senin","en":"Monday"},"tue":{"id":"Selasa","en":"Tuesday"},"wed":{"id":"Rabu","en":"Wednesday"},"thu":{"id":"Kamis","en":"Thursday"},"fri":{"id":"Jumat","en":"Friday"},"sat":{"id":"Sabtu","en":"Saturday"},"sun":{"id":"Minggu","en":"Sunday"}}}}}},
    {"code":"pertemuan","name":"Pertemuan bulanan","nameEn":"Monthly meeting","phase":"steps","kind":"session","required":true,"who":["officer","pillar"],"after":30,"every":30,"times":12,"group":true,"results":[{"code":"held","name":"Terlaksana","nameEn":"Held","met":true},{"code":"not_held","name":"Tidak terlaksana","nameEn":"Not held","met":false}],"topics":[{"code":"pengasuhan","name":"Pengasuhan dan pendidikan anak","nameEn":"Raising and schooling children"},{"code":"ekonomi","name":"Keuangan dan usaha keluarga","nameEn":"Money and business"},{"code":"perlindungan_anak","name":"Perlindungan anak","nameEn":"Protecting children"},{"code":"kesehatan_gizi","name":"Kesehatan dan gizi","nameEn":"Health and nutrition"},{"code":"kesejahteraan","name":"Kesejahteraan sosial: lansia dan disabilitas","nameEn":"Elderly and disabled"},{"code":"stunting","name":"Pencegahan tengkes (stunting)","nameEn":"Preventing stunting"}]}
  ],
  "outcomes": [
    {"code":"completed","name":"Semua modul selesai","nameEn":"All modules done","closes":"finished"},
    {"code":"dissolved","name":"Kelompok bubar","nameEn":"The group dissolved","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$),
('ATENSI', '2020-01-01', false, 'Permensos 7/2021 (tujuh komponen); langkah, formulir, dan hari susunan sendiri', $json${
  "unit": "person",
  "confidential": true,
  "summary": "Asistensi rehabilitasi sosial: rencana layanan dari tujuh komponen, menurut kebutuhan seseorang.",
  "summaryEn": "Social rehabilitation: a plan out of seven components, as a person needs them.",
  "steps": [
    {"code":"pendekatan","name":"Pendekatan awal dan kesepakatan","nameEn":"First contact and agreement","phase":"application","kind":"other","required":false,"who":["officer","pillar"],"form":{"type":"object","additionalProperties":false,"required":["need"],"properties":{"need":{"x-order":1,"type":"string","maxLength":500,"title":"Kebutuhan menurut pemohon","x-title-en":"What the applicant asks for"}}}},
    {"code":"asesmen","name":"Asesmen komprehensif","nameEn":"Comprehensive assessment","phase":"assessment","kind":"visit","required":true,"who":["officer","pillar"],"after":7,"form":{"type":"object","additionalProperties":false,"required":["cluster"],"properties":{"cluster":{"x-order":1,"type":"string","enum":["child","disability","vulnerable","napza","elderly","emergency"],"title":"Kluster","x-title-en":"Cluster","x-labels":{"child":{"id":"Anak","en":"Child"},"disability":{"id":"Penyandang disabilitas","en":"Disability"},"vulnerable":{"id":"Tuna sosial dan korban perdagangan orang","en":"Homeless, trafficked"},"napza":{"id":"Korban napza","en":"Drugs"},"elderly":{"id":"Lanjut usia","en":"Elderly"},"emergency":{"id":"Kedaruratan","en":"Emergency"}}},"urgent":{"x-order":2,"type":"boolean","title":"Mendesak","x-title-en":"Urgent"},"situation":{"x-order":3,"type":"string","maxLength":500,"title":"Keadaan","x-title-en":"Situation"}}}},
    {"code":"pembahasan_kasus","name":"Pembahasan kasus","nameEn":"Case conference","phase":"plan","kind":"hearing","required":false,"who":["officer"],"after":14},
    {"code":"kebutuhan_hidup","name":"Dukungan pemenuhan kebutuhan hidup layak","nameEn":"Support of basic needs","phase":"steps","kind":"other","required":false,"who":["officer","pillar"],"after":7},
    {"code":"perawatan_sosial","name":"Perawatan sosial dan/atau pengasuhan anak","nameEn":"Social care, care of children","phase":"steps","kind":"visit","required":false,"who":["officer","pillar"],"after":14,"every":30,"times":3,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}]},
    {"code":"dukungan_keluarga","name":"Dukungan keluarga","nameEn":"Support of the family","phase":"steps","kind":"session","required":false,"who":["officer","pillar"],"after":14,"every":30,"times":3,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}]},
    {"code":"terapi","name":"Terapi fisik, psikososial, mental spiritual","nameEn":"Therapy","phase":"steps","kind":"session","required":false,"who":["officer","pillar"],"after":14,"every":14,"times":6,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"kind":{"x-order":1,"type":"string","enum":["physical","psychosocial","spiritual"],"title":"Terapi","x-title-en":"Therapy","x-labels":{"physical":{"id":"Fisik","en":"Physical"},"psychosocial":{"id":"Psikososial","en":"Psychosocial"},"spiritual":{"id":"Mental spiritual","en":"Spiritual"}}},"progress":{"x-order":2,"type":"string","maxLength":500,"title":"Kemajuan","x-title-en":"Progress"}}}},
    {"code":"pelatihan","name":"Pelatihan vokasional atau kewirausahaan","nameEn":"Training","phase":"steps","kind":"training","required":false,"who":["officer","pillar"],"after":30,"every":7,"times":4},
    {"code":"bantuan_asistensi","name":"Bantuan dan asistensi sosial","nameEn":"Social assistance","phase":"steps","kind":"other","required":false,"who":["officer","pillar"],"after":14},
    {"code":"aksesibilitas","name":"Dukungan aksesibilitas","nameEn":"Support of access","phase":"steps","kind":"other","required":false,"who":["officer","pillar"],"after":30},
    {"code":"pemantauan","name":"Pemantauan","nameEn":"Monitoring","phase":"steps","kind":"visit","required":true,"who":["officer","pillar"],"after":60,"every":60,"times":2,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}],"form":{"type":"object","additionalProperties":false,"properties":{"dependence":{"x-order":1,"type":"string","enum":["self","partly","wholly"],"title":"Kegiatan sehari-hari","x-title-en":"Daily life","x-labels":{"self":{"id":"Sendiri","en":"By themselves"},"partly":{"id":"Dibantu sebagian","en":"With some help"},"wholly":{"id":"Dibantu sepenuhnya","en":"With help in everything"}}}}}},
    {"code":"evaluasi","name":"Evaluasi dan terminasi","nameEn":"Evaluation and end","phase":"outcome","kind":"visit","required":true,"who":["officer"],"after":150,"results":[{"code":"better","name":"Membaik","nameEn":"Better","met":true},{"code":"same","name":"Tetap","nameEn":"The same","met":true},{"code":"worse","name":"Memburuk","nameEn":"Worse","met":true},{"code":"not_met","name":"Tidak bertemu","nameEn":"Not met","met":false}]}
  ],
  "outcomes": [
    {"code":"independent","name":"Berfungsi sosial mandiri","nameEn":"Socially independent","closes":"finished"},
    {"code":"with_family","name":"Didampingi keluarga","nameEn":"With their family","closes":"finished"},
    {"code":"residential","name":"Dirujuk ke sentra atau LKS","nameEn":"Referred to a home","closes":"finished"},
    {"code":"moved","name":"Pindah","nameEn":"Moved away","closes":"stopped"},
    {"code":"died","name":"Meninggal","nameEn":"Died","closes":"stopped"},
    {"code":"unwilling","name":"Tidak bersedia lagi","nameEn":"No longer willing","closes":"stopped"},
    {"code":"not_reached","name":"Tidak dapat dihubungi lagi","nameEn":"Cannot be reached","closes":"stopped"},
    {"code":"not_entitled","name":"Tidak memenuhi syarat","nameEn":"Not entitled","closes":"rejected"},
    {"code":"elsewhere","name":"Ditangani layanan lain","nameEn":"Looked after elsewhere","closes":"rejected"}
  ]
}$json$);
