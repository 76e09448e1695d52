-- Whoever held a family out of a list, kept or put one back, or submitted it, has made it what it is: two others approve it.
create table determination_changer (
  determination_id uuid not null references determination,
  account_id uuid not null,
  primary key (determination_id, account_id)
);
call protect('determination_changer', 'select, insert');
create policy staff_reads on determination_changer for select to pilar_app
  using (exists (select from determination d where d.id = determination_id));
grant select on determination_changer to pilar_app;

-- Kept also of what was taken back again: the row of a hold that was undone is gone.
create function note_changer() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if actor_id() is not null then
    insert into determination_changer (determination_id, account_id)
    select case tg_op when 'DELETE' then old.determination_id else new.determination_id end, actor_id() on conflict do nothing;
  end if;
  return null;
end $$;
create function note_submitter() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if actor_id() is not null then
    insert into determination_changer (determination_id, account_id) values (new.id, actor_id()) on conflict do nothing;
  end if;
  return null;
end $$;
create trigger changer after insert or update or delete on determination_hold for each row execute function note_changer();
create trigger submitter after update on determination for each row when (old.state = 'made' and new.state = 'submitted') execute function note_submitter();
insert into determination_changer (determination_id, account_id)
select distinct h.determination_id, h.decided_by from determination_hold h join determination d on d.id = h.determination_id;

drop policy office_approves on determination_approval;
create policy office_approves on determination_approval for insert to pilar_app
  with check (in_social_office() and account_id = actor_id()
    and exists (select from determination d where d.id = determination_id and d.made_by <> actor_id())
    and not exists (select from determination_changer c where c.determination_id = determination_approval.determination_id and c.account_id = actor_id()));

create or replace function keep_what_was_asked() returns trigger language plpgsql as $$
begin
  if (old.programme_code, old.version, old.period, old.region_code, old.as_of, old.made_by, old.number)
    is distinct from (new.programme_code, new.version, new.period, new.region_code, new.as_of, new.made_by, new.number) then
    raise exception 'what a list was asked for never changes' using errcode = '42501';
  end if;
  -- Of whatever the application does, also as the system; the owner of the tables is not the application.
  if old.state <> 'approved' and new.state = 'approved' and current_user in ('pilar_app', 'pilar_system') and (select count(*) from determination_approval a
      where a.determination_id = new.id and a.decision = 'approve' and a.account_id <> new.made_by
        and not exists (select from determination_changer c where c.determination_id = new.id and c.account_id = a.account_id))
    < (select t.amount from determination_term t where t.key = 'approvals' and t.valid_from <= new.made_at::date order by t.valid_from desc limit 1) then
    raise exception 'a list lacks its approvals' using errcode = '42501';
  end if;
  return new;
end $$;

-- Families of a list whose head or payee is called so, within one region: all of them, whatever a page or a file shows of them.
create or replace function determination_named(determination uuid, lower_end text, upper_end text, words text) returns table (family_id uuid)
language sql stable security definer set search_path = public, pg_temp as $f$
  select f.family_id from determination_result r join determination_fact f using (determination_id, family_id)
  where r.determination_id = $1 and r.outcome in ('in', 'waiting') and r.region_code >= $2 collate "C" and r.region_code < $3 collate "C"
    and (in_social_office() or actor_role() = 'system') and r.region_code >= scope_from() and r.region_code < scope_to()
    and (position(lower($4) in lower(f.shown ->> 'headName')) > 0 or position(lower($4) in lower(f.shown ->> 'payeeName')) > 0)
$f$;
