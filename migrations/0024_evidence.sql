-- Files handed in with what is recorded about a family (a death certificate, a letter, a photo of the house), and identities of complaints
-- that ended long ago. Decisions 0020, 0024.

create table family_evidence (
  id uuid primary key,
  -- the family whose page it was handed in on; no foreign key: it may wait to be registered
  family_id uuid not null,
  -- where the family lived then
  region_code text collate "C" not null references region,
  file_id text not null,
  name text not null check (length(name) between 1 and 255),
  media_type text not null,
  bytes integer not null,
  by_account uuid not null,
  at timestamptz not null default acting_now()
);
create index family_evidence_family on family_evidence (family_id);
call protect('family_evidence', 'select, delete');
call watch('family_evidence', 'id', 'region_code', 'family_id,media_type,bytes');
-- As the sealed part of a history: whoever opened a family that lives, or waits to be registered, in their region.
create policy opened on family_evidence for select to pilar_app
  using (in_social_office() and has_opened(family_id) and (exists (select from family f where f.id = family_id)
    or exists (select from register_event e where e.subject_id = family_id)));
create policy opened_adds on family_evidence for insert to pilar_app
  with check (in_social_office() and has_opened(family_id) and by_account = actor_id()
    and region_code >= scope_from() and region_code < scope_to());
grant select, insert on family_evidence to pilar_app;

-- With the content of somebody's events go the files they named, unless they are named of somebody who stays or by another act on the
-- family; and files of the same families that no event names at all.
create function erase_evidence(gone uuid[], named uuid[], before timestamptz) returns void language sql security definer set search_path = public, pg_temp as $$
  delete from family_evidence v
  where v.id = any (named) and not exists (select from register_event e where e.family_id = v.family_id and v.id = any (e.evidence)
      and (e.subject = 'person' or not exists (select from register_event g where g.change_id = e.change_id and g.subject_id = any (gone))))
    or v.at < before and v.family_id in (select e.family_id from register_event e where e.subject_id = any (gone))
      and not exists (select from register_event e where e.family_id = v.family_id and v.id = any (e.evidence))
$$;
create or replace function erase_left(before timestamptz) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone uuid[] := array(select person_id from left_register(before));
  named uuid[] := array(select unnest(evidence) from register_event where subject_id = any (gone));
begin
  perform set_config('app.erasing', 'on', true);
  update register_event set patch = '{}', note = null, evidence = '{}', check_reason = null where subject_id = any (gone);
  delete from register_event_sealed where subject_id = any (gone);
  delete from person_sealed where person_id = any (gone);
  delete from person_sealed_past where person_id = any (gone);
  delete from person_past where person_id = any (gone);
  update person set name = '—', nik = null, mother_name = null, birth_place = null, birth_date = date_trunc('year', birth_date)::date, work = null,
    ppks = '{}', answers = '{}', external_key = null, search_keys = '{}', changed_at = acting_now() where id = any (gone);
  update family f set kk_number = null, address = null, rt = null, rw = null, answers = '{}', external_key = null, search_keys = '{}', changed_at = acting_now()
    where f.id in (select family_id from person where id = any (gone))
      and not exists (select from person p where p.family_id = f.id and p.name <> '—');
  update register_event e set patch = '{}', note = null, evidence = '{}', check_reason = null
    from family f where e.subject_id = f.id and f.id in (select family_id from person where id = any (gone))
      and not exists (select from person p where p.family_id = f.id and p.name <> '—');
  delete from family_past where family_id in (select p.family_id from person p where p.id = any (gone)
    and not exists (select from person q where q.family_id = p.family_id and q.name <> '—'));
  perform erase_evidence(gone, named, before);
  perform set_config('app.erasing', '', true);
  return cardinality(gone);
end $$;
revoke execute on function erase_evidence(uuid[], uuid[], timestamptz) from public;

-- Who of the social offices one supervises or works in: an officer's name is no citizen's data, and who checked is answerable for it.
create function colleague_names(accounts uuid[]) returns table (id uuid, name text) stable language sql security definer set search_path = public, pg_temp as $$
  select a.id, a.name from account a where a.id = any (accounts) and in_social_office()
    and exists (select from assignment s where s.account_id = a.id and split_part(s.office_id, '/', 2) = 'social'
      and s.region_code >= scope_from() and s.region_code < scope_to())
$$;
revoke execute on function colleague_names(uuid[]) from public;
grant execute on function colleague_names(uuid[]) to pilar_app;

-- Who complained and about whom, once the case has ended long ago: counted and taken by the module of complaints.
alter table retention_rule drop constraint retention_rule_key_check;
alter table retention_rule add constraint retention_rule_key_check
  check (key in ('request_identity', 'proposal_identity', 'opening', 'left_register', 'complaint_identity'));
insert into retention_rule (key, valid_from, months, source) values
  ('complaint_identity', '2022-10-17', 24, 'belum diverifikasi: jadwal retensi Kementerian Sosial tidak ditemukan');
