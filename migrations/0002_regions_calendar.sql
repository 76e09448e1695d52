-- The Kemendagri tree with the nation as its root ('00'), one office for each region, and the working calendar.

create table region (
  code text collate "C" primary key check (code ~ '^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$'),
  parent_code text collate "C" references region,
  tier text not null check (tier in ('nation', 'province', 'regency', 'district', 'village')),
  kind text not null check (kind in ('negara', 'provinsi', 'kabupaten', 'kota', 'kecamatan', 'distrik', 'kelurahan', 'desa', 'desa_adat')),
  name text not null,
  -- 'Margahayu, Bekasi Timur, Kota Bekasi, Jawa Barat'
  path_name text not null,
  time_zone text not null check (time_zone in ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')),
  search_name text not null,
  lat real,
  lon real,
  check ((parent_code is null) = (tier = 'nation'))
);
create index region_parent on region (parent_code, code);
create index region_search on region using gin (search_name gin_trgm_ops);
comment on table region is 'Regions of the Ministry of Home Affairs; data idn-area-data (ODbL). Reference data: holds nothing about a person.';
grant select on region to pilar_app, pilar_citizen, pilar_system;

create table office (
  -- region code and agency: '32.75.05.1003/social'
  id text collate "C" primary key,
  region_code text collate "C" not null references region,
  agency text not null check (agency in ('social', 'health', 'education', 'civil_registry', 'health_insurance', 'housing', 'manpower', 'women_children')),
  tier text not null check (tier in ('nation', 'province', 'regency', 'district', 'village')),
  name text not null,
  address text,
  phone text,
  email text,
  -- people who can act for it today; kept by the trigger on assignment
  staff_count integer not null default 0 check (staff_count >= 0),
  staffed boolean not null generated always as (staff_count > 0) stored,
  check (id = region_code || '/' || agency)
);
create index office_region on office (region_code, agency);
comment on table office is 'Every tier of every region has a social office; an office is staffed or not. Public: contact of an office, nothing about a person.';
grant select on office to pilar_app, pilar_citizen, pilar_system;
grant update (name, address, phone, email) on office to pilar_app;
alter table office enable row level security;
create policy everyone_reads on office for select to pilar_app, pilar_citizen, pilar_system using (true);
create policy administrator_writes on office for update to pilar_app
  using (actor_role() = 'administrator' and region_code >= scope_from() and region_code < scope_to())
  with check (region_code >= scope_from() and region_code < scope_to());
call watch('office', 'id', 'region_code', 'name,address,phone,email');

create table holiday (
  -- '00' for the whole nation, else the region that rests
  region_code text collate "C" not null references region,
  day date not null,
  name text not null check (length(name) between 1 and 120),
  kind text not null check (kind in ('national', 'collective_leave', 'regional')),
  primary key (region_code, day)
);
alter table holiday enable row level security;
create policy everyone_reads on holiday for select to pilar_app, pilar_citizen, pilar_system using (true);
create policy administrator_writes on holiday to pilar_app
  using (actor_role() = 'administrator' and region_code >= scope_from() and region_code < scope_to())
  with check (actor_role() = 'administrator' and region_code >= scope_from() and region_code < scope_to());
create policy system on holiday to pilar_system using (true) with check (true);
grant select on holiday to pilar_app, pilar_citizen;
grant insert, delete, update (name, kind) on holiday to pilar_app;
grant select, insert, delete on holiday to pilar_system;
call watch('holiday', 'region_code,day', 'region_code', 'day,name,kind');

create table working_week (
  region_code text collate "C" not null references region,
  valid_from date not null,
  weekdays integer[] not null check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7] and cardinality(weekdays) > 0),
  opens time not null,
  closes time not null check (closes > opens),
  primary key (region_code, valid_from)
);
alter table working_week enable row level security;
create policy everyone_reads on working_week for select to pilar_app, pilar_citizen, pilar_system using (true);
create policy administrator_writes on working_week to pilar_app
  using (actor_role() = 'administrator' and region_code >= scope_from() and region_code < scope_to())
  with check (actor_role() = 'administrator' and region_code >= scope_from() and region_code < scope_to());
grant select on working_week to pilar_app, pilar_citizen, pilar_system;
grant insert, delete, update (weekdays, opens, closes) on working_week to pilar_app;
call watch('working_week', 'region_code,valid_from', 'region_code', 'weekdays,opens,closes');

insert into region (code, parent_code, tier, kind, name, path_name, time_zone, search_name)
values ('00', null, 'nation', 'negara', 'Indonesia', 'Indonesia', 'Asia/Jakarta', 'indonesia');
insert into office (id, region_code, agency, tier, name) values ('00/social', '00', 'social', 'nation', 'Kementerian Sosial');
insert into working_week (region_code, valid_from, weekdays, opens, closes) values ('00', '2020-01-01', '{1,2,3,4,5}', '08:00', '16:00');
