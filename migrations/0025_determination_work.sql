-- What determinations need beside the lists themselves (0022): counts, suspicions, progress, the decree's number and annex.

-- Programmes are made by the social office of their own region.
alter table programme enable row level security;
create policy system on programme to pilar_system using (true) with check (true);
create policy everyone_reads on programme for select to pilar_app, pilar_citizen using (true);
create policy own_region on programme for insert to pilar_app with check (in_social_office()
  and region_code = scope_from() and exists (select from region r where r.code = region_code));
create policy own_region_edits on programme for update to pilar_app using (owns_programme(code)) with check (owns_programme(code));
call watch('programme', 'code', 'region_code', 'code,active_from,active_to');
-- Whoever wrote a version does not publish it.
alter table programme_version add check (published_by is null or made_by is null or published_by <> made_by);

alter table determination_result drop constraint determination_result_reason_check;
-- entitled: receives it already from another approved list of the same programme and time
alter table determination_result add constraint determination_result_reason_check
  check (reason in ('eligible', 'condition', 'data_missing', 'quota', 'held', 'entitled'));

-- Dated limits of this module.
create table determination_term (
  key text not null check (key ~ '^[a-z_]{3,40}$'),
  valid_from date not null,
  amount integer not null check (amount between 0 and 10000000),
  unit text not null,
  source text not null,
  primary key (key, valid_from)
);
comment on table determination_term is 'Reference data: holds nothing about a person.';
grant select on determination_term to pilar_app, pilar_system;
insert into determination_term (key, valid_from, amount, unit, source) values
  ('approvals', '2020-01-01', 2, 'count', 'batas sendiri: dua orang berbeda menyetujui daftar'),
  ('inclusion_decile', '2020-01-01', 5, 'count', 'belum diverifikasi: di atas desil ini dicurigai bila aturan tidak menyebut desil'),
  ('exclusion_decile', '2020-01-01', 1, 'count', 'batas sendiri: sampai desil ini yang tidak masuk diperiksa'),
  ('duplicate', '2020-01-01', 500, 'permille', 'batas sendiri: mulai kemungkinan ini dua data dicurigai ganda'),
  ('what_if', '2020-01-01', 20, 'seconds', 'batas sendiri: lama paling panjang sebuah simulasi'),
  ('smallest_shown', '2020-01-01', 5, 'count', 'belum diverifikasi: kebiasaan statistik resmi, jumlah di bawah 5 ditutup'),
  ('annex', '2020-01-01', 200000, 'rows', 'batas sendiri: baris lampiran paling banyak dalam satu PDF'),
  ('sheet', '2020-01-01', 50000, 'rows', 'batas sendiri: baris paling banyak dalam satu lembar kerja');

-- Words in what a person works as that mark a civil servant, soldier or police officer.
create table civil_servant_word (
  word text not null check (word ~ '^[a-z ]{2,40}$'),
  valid_from date not null,
  source text not null,
  primary key (word, valid_from)
);
comment on table civil_servant_word is 'Reference data: holds nothing about a person.';
grant select on civil_servant_word to pilar_app, pilar_system;
insert into civil_servant_word (word, valid_from, source)
select word, '2020-01-01', 'istilah umum, belum diverifikasi'
from unnest(array['asn', 'pns', 'cpns', 'pppk', 'pegawai negeri', 'tni', 'polri', 'polisi', 'tentara', 'pensiunan pns', 'pegawai bumn', 'pegawai bumd']) word;

-- How far a run is, told by a transaction of its own while that of the run is under way.
create table determination_progress (
  determination_id uuid primary key references determination,
  considered bigint not null default 0,
  attempts integer not null default 0,
  at timestamptz not null default acting_now()
);
call protect('determination_progress', 'select, insert, update');
create policy with_list on determination_progress for select to pilar_app using (exists (select from determination d where d.id = determination_id));
grant select on determination_progress to pilar_app;

-- Families of a list by village and why they stand where they stand: what every summary adds up.
create table determination_count (
  determination_id uuid not null references determination,
  region_code text collate "C" not null,
  outcome text not null,
  reason text not null,
  failed integer not null,
  missing integer not null,
  families integer not null,
  persons bigint not null,
  amount bigint not null,
  primary key (determination_id, region_code, outcome, reason, failed, missing)
);
call protect('determination_count', 'select, insert, update, delete');
create policy staff_reads on determination_count for select to pilar_app using (
  (in_social_office() or actor_role() = 'auditor') and region_code >= scope_from() and region_code < scope_to()
  and exists (select from determination d where d.id = determination_id));
grant select on determination_count to pilar_app;

-- Families that are in and perhaps should not be; 'excluded': of the lowest decile and not in.
create table determination_suspect (
  determination_id uuid not null references determination,
  family_id uuid not null,
  region_code text collate "C" not null,
  kind text not null check (kind in ('dead', 'moved', 'duplicate', 'decile', 'civil_servant', 'excluded')),
  primary key (determination_id, family_id, kind)
);
create index determination_suspect_kind on determination_suspect (determination_id, kind, region_code, family_id);
call protect('determination_suspect', 'select, insert, delete');
create policy social_office on determination_suspect for select to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office());
grant select on determination_suspect to pilar_app;
alter table determination add checked_at timestamptz;

-- An approved list takes no further row either. Looked at once for a statement, and with it that there is such a list: a run writes millions.
alter table determination_result drop constraint determination_result_determination_id_fkey;
create function keep_approved_rows() returns trigger language plpgsql as $$
begin
  if exists (select from (select distinct determination_id from new_rows) n left join determination d on d.id = n.determination_id
      where d.id is null or d.state in ('approved', 'rejected')) then
    raise exception 'an approved list never changes' using errcode = '42501';
  end if;
  return null;
end $$;
create trigger keep_approved_rows after insert on determination_result referencing new table as new_rows for each statement execute function keep_approved_rows();
create trigger keep_approved_rows after insert on determination_fact referencing new table as new_rows for each statement execute function keep_approved_rows();
create trigger keep_approved_rows after insert on determination_count referencing new table as new_rows for each statement execute function keep_approved_rows();
create trigger keep_approved before update or delete on determination_count for each row execute function keep_approved();
-- Nor is a list made anew, or another person's made one's own; and none is approved by fewer than have to.
create function keep_what_was_asked() returns trigger language plpgsql as $$
begin
  if (old.programme_code, old.version, old.period, old.region_code, old.as_of, old.made_by, old.number)
    is distinct from (new.programme_code, new.version, new.period, new.region_code, new.as_of, new.made_by, new.number) then
    raise exception 'what a list was asked for never changes' using errcode = '42501';
  end if;
  -- Of whatever the application does, also as the system; the owner of the tables is not the application.
  if new.state = 'approved' and current_user in ('pilar_app', 'pilar_system') and (select count(*) from determination_approval a
      where a.determination_id = new.id and a.decision = 'approve' and a.account_id <> new.made_by)
    < (select t.amount from determination_term t where t.key = 'approvals' and t.valid_from <= new.made_at::date order by t.valid_from desc limit 1) then
    raise exception 'a list lacks its approvals' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_what_was_asked before update on determination for each row execute function keep_what_was_asked();
-- What somebody is entitled to is what was approved; only what became of it changes.
create function keep_entitlement() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (old.determination_id, old.family_id, old.region_code, old.programme_code, old.period, old.period_from, old.period_to, old.amount, old.persons)
    is distinct from (new.determination_id, new.family_id, new.region_code, new.programme_code, new.period, new.period_from, new.period_to, new.amount, new.persons) then
    raise exception 'an entitlement stays as it was approved' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_entitlement before update or delete on entitlement for each row execute function keep_entitlement();
revoke insert on entitlement from pilar_app;

-- Decrees are numbered without a gap within programme and year.
create table decree_sequence (
  programme_code text not null references programme,
  year integer not null,
  last integer not null,
  primary key (programme_code, year)
);
call protect('decree_sequence', 'select, insert, update');

-- The annex of the decree: made once, the same file ever after.
create table determination_paper (
  determination_id uuid not null references determination,
  kind text not null check (kind in ('pdf', 'xlsx')),
  file_id text not null,
  media_type text not null,
  bytes bigint not null,
  made_at timestamptz not null default acting_now(),
  primary key (determination_id, kind)
);
call protect('determination_paper', 'select, insert');
create policy with_list on determination_paper for select to pilar_app using (exists (select from determination d where d.id = determination_id));
grant select on determination_paper to pilar_app;
create trigger append_only before update or delete on determination_paper for each row execute function refuse_change();
call watch('determination_paper', 'determination_id,kind', '', 'kind,bytes');

-- What the annex shows of families on a list, for those who work with the list: names and address, numbers masked. Nothing the rule looked at.
create function determination_shown(determination uuid, families uuid[]) returns table (family_id uuid, shown jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select f.family_id, f.shown from determination_fact f
  where f.determination_id = $1 and f.family_id = any ($2) and (in_social_office() or actor_role() = 'system')
    and f.region_code >= scope_from() and f.region_code < scope_to()
$$;
-- Families of a list whose head or payee is called so, within one region; at most a thousand.
create function determination_named(determination uuid, lower_end text, upper_end text, words text) returns table (family_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select f.family_id from determination_result r join determination_fact f using (determination_id, family_id)
  where r.determination_id = $1 and r.outcome in ('in', 'waiting') and r.region_code >= $2 collate "C" and r.region_code < $3 collate "C"
    and (in_social_office() or actor_role() = 'system') and r.region_code >= scope_from() and r.region_code < scope_to()
    and (position(lower($4) in lower(f.shown ->> 'headName')) > 0 or position(lower($4) in lower(f.shown ->> 'payeeName')) > 0)
  order by r.region_code, r.family_id limit 1000
$$;
-- Names of those who made and decided a list, for those who see it.
create function determination_people(determination uuid) returns table (account_id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select a.id, a.name from determination d join account a on a.id = d.made_by
    or a.id in (select p.account_id from determination_approval p where p.determination_id = d.id)
    or a.id in (select h.decided_by from determination_hold h where h.determination_id = d.id)
  where d.id = $1 and (in_social_office() or actor_role() in ('auditor', 'system'))
    and (d.region_code >= scope_from() and d.region_code < scope_to()
      or d.state = 'approved' and (d.region_code = '00' or scope_from() >= d.region_code and scope_from() < d.region_code || '/'))
$$;
-- Names of those who wrote and published versions of a programme.
create function version_people(programme text) returns table (account_id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct a.id, a.name from programme_version v join account a on a.id in (v.made_by, v.published_by)
  where v.programme_code = $1 and actor_role() in ('officer', 'supervisor', 'auditor', 'system')
$$;
revoke execute on function determination_shown(uuid, uuid[]), determination_named(uuid, text, text, text), determination_people(uuid), version_people(text) from public;
grant execute on function determination_shown(uuid, uuid[]), determination_named(uuid, text, text, text), determination_people(uuid), version_people(text) to pilar_app, pilar_system;
-- A list that was just made is unknown to the planner, which would then join its parts row by row with everything.
create function analyze_determinations() returns void language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  analyze determination_result;
  analyze determination_fact;
end $$;
revoke execute on function analyze_determinations() from public;
grant execute on function analyze_determinations() to pilar_system;
