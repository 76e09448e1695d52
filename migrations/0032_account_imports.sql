-- Accounts of families from a file: tried, then taken over. Read in src/distribution/payments/imports.

insert into distribution_term (key, valid_from, amount, unit, source) values
  ('account_rows', '2020-01-01', 100000, 'count', 'belum diverifikasi: paling banyak baris dalam satu berkas rekening'),
  ('account_file_kept', '2020-01-01', 7, 'days', 'belum diverifikasi: berkas rekening yang dicoba dan tidak diambil dihapus setelah sekian hari');

create sequence account_import_number;
-- tried → taken, or dropped. The file itself is not kept.
create table account_import (
  id uuid primary key,
  -- 'REK-000001'
  number text not null unique,
  region_code text collate "C" not null references region,
  office_id text collate "C" not null,
  name text not null check (length(name) between 1 and 120),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  -- of all its rows; a row may say its own day
  source text not null check (source in ('family', 'bank', 'office')),
  since date not null,
  state text not null check (state in ('tried', 'taken', 'dropped')),
  -- rows of the file, and of these those that cannot be taken, and those somebody should look at
  row_count integer not null check (row_count > 0),
  faulty integer not null,
  doubtful integer not null,
  made_by uuid not null,
  made_at timestamptz not null default acting_now(),
  ended_by uuid,
  ended_at timestamptz,
  check ((state = 'tried') = (ended_at is null)),
  check (faulty <= row_count)
);
create index account_import_region on account_import (region_code, made_at);
-- The same file is taken over once by an office.
create unique index account_import_once on account_import (office_id, sha256, source, since) where state = 'taken';

-- Rows that can be taken. The number stays only until the import ends; what was taken is in family_account.
create table account_import_row (
  import_id uuid not null references account_import,
  line integer not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  bank text not null check (length(bank) between 2 and 40),
  number text check (number ~ '^[0-9]{5,20}$'),
  holder text not null check (length(holder) between 2 and 120),
  since date not null,
  -- what became of it. gone: the family left the region of the office between trying and taking
  outcome text check (outcome in ('added', 'replaced', 'same', 'older', 'gone')),
  primary key (import_id, line),
  unique (import_id, family_id),
  check (number is null or outcome is null)
);
-- What is wrong with a row, or doubtful about it: never the value of a cell.
create table account_import_fault (
  import_id uuid not null references account_import,
  line integer not null,
  region_code text collate "C" not null,
  field text not null check (field in ('nik', 'kk', 'bank', 'number', 'holder', 'since', 'row')),
  code text not null check (code ~ '^[a-z_]{3,30}$'),
  doubt boolean not null,
  primary key (import_id, line, field, code)
);
create trigger append_only before update or delete on account_import_fault for each row execute function refuse_change();

alter table family_account add column import_id uuid references account_import;
create index family_account_import on family_account (import_id) where import_id is not null;
grant select (import_id) on family_account to pilar_app;

call protect('account_import', 'select, insert, update');
call protect('account_import_row', 'select, insert, update, delete');
call protect('account_import_fault', 'select, insert');
create policy social_office on account_import for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy social_office on account_import_fault for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select on account_import, account_import_fault to pilar_app;
grant usage on sequence account_import_number to pilar_system;
call watch('account_import', 'id', 'region_code', 'number,state,source,since,row_count,faulty,doubtful,sha256');
