-- Contacts of families: where they are when families become one, how long they are kept, and what the audit log calls them.

-- Families that were dissolved into the one that has the contact now, the first one first: it goes back when that is taken back.
alter table family_contact add column came_from uuid[] not null default '{}';
create index family_contact_came_from on family_contact using gin (came_from) where came_from <> '{}';
create index family_contact_ended on family_contact (ended_at) where ended_at is not null;

-- A contact keeps its name in the audit log when it moves with its family.
drop trigger audit_insert on family_contact;
drop trigger audit_update on family_contact;
drop trigger audit_delete on family_contact;
call watch('family_contact', 'id', 'region_code', 'family_id,kind,agreed_at,source,ended_at,end_reason');
create or replace function reveal_contact(family uuid, contact uuid, why text) returns text language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  found family_contact;
  place text;
begin
  select f.region_code into place from family f
  where f.id = $1 and in_social_office() and f.region_code >= scope_from() and f.region_code < scope_to() and has_opened($1);
  select c.* into found from family_contact c where c.family_id = $1 and c.id = $2;
  if place is null or found.id is null then return null; end if;
  perform record_act('reveal', 'family_contact', $2::text, place, '{"field": "value"}', $3);
  return found.value;
end $$;

-- Retention: contacts that ended go after a while, and those in use with the people they belong to.
alter table retention_rule drop constraint retention_rule_key_check;
alter table retention_rule add constraint retention_rule_key_check
  check (key in ('request_identity', 'proposal_identity', 'opening', 'left_register', 'complaint_identity', 'ended_contact'));
insert into retention_rule (key, valid_from, months, source) values
  ('ended_contact', '2022-10-17', 24, 'belum diverifikasi: jadwal retensi Kementerian Sosial tidak ditemukan');

create or replace function erase_left(before timestamptz) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone uuid[] := array(select person_id from left_register(before));
  named uuid[] := array(select unnest(evidence) from register_event where subject_id = any (gone));
  emptied uuid[];
begin
  perform set_config('app.erasing', 'on', true);
  update register_event set patch = '{}', note = null, evidence = '{}', check_reason = null where subject_id = any (gone);
  delete from register_event_sealed where subject_id = any (gone);
  delete from person_sealed where person_id = any (gone);
  delete from person_sealed_past where person_id = any (gone);
  delete from person_past where person_id = any (gone);
  update person set name = '—', nik = null, mother_name = null, birth_place = null, birth_date = date_trunc('year', birth_date)::date, work = null,
    ppks = '{}', answers = '{}', external_key = null, search_keys = '{}', changed_at = acting_now() where id = any (gone);
  -- families of whom nobody is left that is known by name
  emptied := array(select distinct p.family_id from person p where p.id = any (gone) and p.family_id is not null
    and not exists (select from person q where q.family_id = p.family_id and q.name <> '—'));
  update family set kk_number = null, address = null, rt = null, rw = null, answers = '{}', external_key = null, search_keys = '{}', changed_at = acting_now()
    where id = any (emptied);
  update register_event set patch = '{}', note = null, evidence = '{}', check_reason = null where subject_id = any (emptied);
  delete from family_past where family_id = any (emptied);
  delete from family_contact where family_id = any (emptied) or person_id = any (gone);
  perform erase_evidence(gone, named, before);
  perform set_config('app.erasing', '', true);
  return cardinality(gone);
end $$;
