-- Files of other systems into the register: what was sent, how its columns are read, how far it is loaded. Read in src/people/imports.

insert into register_term (key, valid_from, amount, unit, source) values
  ('import_megabytes', '2020-01-01', 250, 'count', 'batas sendiri: ukuran berkas impor dalam megabita'),
  ('import_thousand_rows', '2020-01-01', 2000, 'count', 'batas sendiri: ribu baris per berkas impor'),
  ('import_file_kept', '2020-01-01', 30, 'days', 'belum diverifikasi: berkas impor dihapus 30 hari sesudah selesai');

create sequence register_import_number;

create table register_import (
  id uuid primary key,
  -- 'IMP-000123': the source_ref of what it changed
  number text not null unique,
  -- of the office that loads it: no row of the file may lie outside
  region_code text collate "C" not null references region,
  office_id text collate "C",
  account_id uuid not null,
  -- the assignment it is loaded under; null for the system's own (demonstration)
  assignment_id uuid,
  role text not null,
  -- null once the file was deleted
  file_id text,
  file_name text not null,
  bytes bigint not null,
  -- how the file is written: encoding, delimiter or sheet, line of the header, the headers
  form jsonb not null,
  headers_hash text not null,
  rows_total integer not null default 0,
  -- what each column is, and how the file as a whole is to be read
  mapping jsonb not null default '{}',
  options jsonb not null default '{}',
  -- what the values say about the columns: orders of dates, digits lost
  evidence jsonb not null default '{}',
  state text not null check (state in ('uploaded', 'checking', 'checked', 'loading', 'paused', 'done', 'cancelled', 'failed')),
  -- why it failed, as the code of a sentence
  problem text check (problem ~ '^[a-z_]{3,40}$'),
  created_at timestamptz not null default acting_now(),
  confirmed_at timestamptz,
  ended_at timestamptz
);
create index register_import_region on register_import (region_code, created_at);
create index register_import_kept on register_import (ended_at) where file_id is not null;

-- One batch of rows that was checked or loaded, written in the transaction that loads it: the mark to go on from.
create table register_import_batch (
  import_id uuid not null references register_import,
  phase text not null check (phase in ('check', 'load')),
  seq integer not null,
  region_code text collate "C" not null,
  -- from the beginning of the file
  rows_done integer not null,
  families_done integer not null,
  -- of this batch: rows new, changed, unchanged, warned, failed, families new, assistance …
  counts jsonb not null,
  -- [row, code, column or null, 'failed' | 'warned'] …; no value of a cell
  remarks jsonb not null,
  -- sha256 over the rows of the batch as they were read
  digest text not null,
  at timestamptz not null default acting_now(),
  primary key (import_id, phase, seq)
);

-- How files with these headers were read the last time, for whoever of the region sends the next.
create table register_import_mapping (
  region_code text collate "C" not null references region,
  headers_hash text not null,
  mapping jsonb not null,
  options jsonb not null,
  changed_at timestamptz not null default acting_now(),
  primary key (region_code, headers_hash)
);

call protect('register_import', 'select, insert, update');
call protect('register_import_batch', 'select, insert, delete');
call protect('register_import_mapping', 'select, insert, update');
create policy social_office on register_import to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy auditor on register_import for select to pilar_app
  using (actor_role() = 'auditor' and region_code >= scope_from() and region_code < scope_to());
create policy social_office on register_import_batch to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy social_office on register_import_mapping to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
grant select, insert, update on register_import, register_import_mapping to pilar_app;
grant select, insert, delete on register_import_batch to pilar_app;
grant usage on sequence register_import_number to pilar_app, pilar_system;
call watch('register_import', 'id', 'region_code', 'number,state,problem,rows_total,bytes');
call watch('register_import_batch', 'import_id,phase,seq', 'region_code', 'rows_done,families_done,counts,digest');
call watch('register_import_mapping', 'region_code,headers_hash', 'region_code');
