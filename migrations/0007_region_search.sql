-- Finding regions as people type them, what has been loaded, and the holiday table filled once for each year.

-- search_name is the name itself without its kind and without spaces ('bekasitimur'); search_path adds the ancestors and the
-- kinds ('margahayu|bekasitimur|bekasi|jawabarat||kelurahan|kecamatan|kota|provinsi').
alter table region add column search_path text not null default '';
update region set search_path = 'indonesia||negara';
drop index region_search;
create index region_name on region (search_name collate "C");
-- One or two letters typed: villages are left out, and need not be read to be left out.
create index region_larger_name on region (search_name collate "C") where tier <> 'village';

-- Misspelt names are looked for among the 66,500 different names, apart from the 91,600 regions, whose rows stay narrow.
-- Spellings holds a number for the name and for each way to leave one letter out: two names one slip of the finger apart
-- have a number in common. 16 bits, so the index stays at 7 MB (32 bits: 37 MB); what is found is compared again.
create table place_name (
  name text collate "C" primary key,
  spellings smallint[] not null
);
comment on table place_name is 'Reference data: the different names of regions, for finding misspelt ones.';
create index place_name_spellings on place_name using gin (spellings);
create index place_name_parts on place_name using gin (name gin_trgm_ops);
grant select on place_name to pilar_app, pilar_citizen, pilar_system;

create table reference_load (
  -- 'regions', 'holidays 2026'
  what text primary key,
  version text not null,
  loaded_at timestamptz not null default clock_timestamp()
);
comment on table reference_load is 'Reference data: what was loaded and when. Only the owner reads it.';

-- Fills the national holidays of a year once: what an administrator changed or removed afterwards stays so.
create function fill_holidays(year integer, days jsonb) returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  added integer;
begin
  insert into reference_load (what, version) values ('holidays ' || $1, '1') on conflict do nothing;
  if not found then return 0; end if;
  insert into holiday (region_code, day, name, kind)
  select '00', d.day, d.name, d.kind from jsonb_to_recordset($2) d (day date, name text, kind text)
  on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end $$;
revoke execute on function fill_holidays(integer, jsonb) from public;
grant execute on function fill_holidays(integer, jsonb) to pilar_system;
