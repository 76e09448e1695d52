-- Limits of signing in as dated data: the newest row whose day has come holds. Raised by a new row, never by a new release.
create table access_rule (
  valid_from date primary key,
  -- a session nobody uses ends after this; and every session after the second, however much it is used
  idle_minutes integer not null check (idle_minutes between 1 and 1440),
  longest_minutes integer not null check (longest_minutes >= idle_minutes),
  -- how long a proof of who one is allows sensitive changes
  proof_minutes integer not null check (proof_minutes between 1 and 60),
  -- how long a half-finished sign-in waits
  step_minutes integer not null check (step_minutes between 1 and 30),
  password_min_length integer not null check (password_min_length between 8 and 64),
  temporary_password_hours integer not null check (temporary_password_hours between 1 and 720),
  -- roles nobody may act in without a second factor (demonstration accounts excepted)
  second_factor_roles text[] not null,
  -- argon2id; a password hashed with other numbers is hashed anew at its next sign-in
  argon2_memory_kib integer not null check (argon2_memory_kib between 8 and 4194304),
  argon2_passes integer not null check (argon2_passes > 0),
  argon2_lanes integer not null check (argon2_lanes > 0),
  -- failures that cost nothing; after them each waits twice as long as the one before, up to the longest
  free_tries_account integer not null check (free_tries_account > 0),
  free_tries_address integer not null check (free_tries_address > 0),
  first_wait_seconds integer not null check (first_wait_seconds > 0),
  longest_wait_seconds integer not null check (longest_wait_seconds >= first_wait_seconds),
  forget_failures_minutes integer not null check (forget_failures_minutes * 60 >= longest_wait_seconds)
);
comment on table access_rule is 'Reference data: limits of signing in, nothing about a person.';
grant select on access_rule to pilar_app, pilar_citizen, pilar_system;
insert into access_rule values ('2020-01-01', 60, 720, 15, 10, 12, 72, '{supervisor,administrator}', 19456, 2, 1, 5, 50, 2, 900, 1440);

-- What an administrator may give, and therefore take away and touch: roles in the own region and beneath; other
-- administrators and auditors only strictly beneath, so that nobody names his own peers or those who look at him.
create function may_give(role text, region_code text) returns boolean stable language sql as $$
  select actor_role() = 'administrator' and $2 >= scope_from() and $2 < scope_to()
    and ($1 not in ('administrator', 'auditor') or $2 <> scope_from() or scope_from() = '00')
$$;

-- True where the account acts somewhere the administrator could not have put it: then its password is not his to reset.
create function beyond_my_giving(account uuid) returns boolean stable language sql security definer set search_path = public, pg_temp as $$
  select exists (select from assignment a where a.account_id = $1 and a.ended_at is null
    and (a.valid_to is null or a.valid_to >= acting_now()::date) and not may_give(a.role, a.region_code))
$$;
revoke execute on function beyond_my_giving(uuid) from public;
grant execute on function beyond_my_giving(uuid) to pilar_app;

-- Ending access at once: a deactivated account and a temporary password leave no session behind.
create function end_access() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update session set ended_at = acting_now() where account_id = new.id and ended_at is null;
  return null;
end $$;
create trigger end_access after update of active, must_change_password on account for each row
  when (old.active and not new.active or new.must_change_password and not old.must_change_password) execute function end_access();

create function refuse_unless_mine_to_manage(account uuid) returns void stable language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if actor_role() is distinct from 'administrator' or account = actor_id() or beyond_my_giving(account) or not exists (
    select from account c where c.id = $1 and c.home_region_code >= scope_from() and c.home_region_code < scope_to()) then
    raise exception 'this account is not yours to manage' using errcode = '42501';
  end if;
end $$;

create function end_sessions_of(account uuid) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare ended integer;
begin
  perform refuse_unless_mine_to_manage(account);
  update session set ended_at = acting_now() where account_id = account and ended_at is null;
  get diagnostics ended = row_count;
  return ended;
end $$;

-- Somebody lost their second factor: everything but the password goes, and every session with it.
create function reset_second_factor(account uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform end_sessions_of(account);
  update account c set totp_secret = null, totp_confirmed_at = null, totp_last_step = null where c.id = reset_second_factor.account;
  delete from passkey where account_id = account;
  delete from recovery_code where account_id = account;
end $$;
revoke execute on function refuse_unless_mine_to_manage(uuid), end_sessions_of(uuid), reset_second_factor(uuid) from public;
grant execute on function end_sessions_of(uuid), reset_second_factor(uuid) to pilar_app;

-- What people change about themselves goes through the sign-in code, which asks for proof first.
drop policy own_change on account;
create policy not_oneself on account as restrictive for update to pilar_app
  using (id <> actor_id() and not beyond_my_giving(id)) with check (id <> actor_id());
create policy given_rightly on assignment as restrictive for insert to pilar_app
  with check (account_id <> actor_id() and may_give(role, region_code) and exists (select from account a where a.id = account_id));
create policy ended_rightly on assignment as restrictive for update to pilar_app
  using (account_id <> actor_id() and may_give(role, region_code));

-- Hashes and secrets are read by the sign-in code alone.
revoke select on account from pilar_app;
grant select (id, username, email, name, home_region_code, must_change_password, totp_confirmed_at, active, demonstration, created_at, created_by)
  on account to pilar_app;

create index account_name on account using gin (lower(name) gin_trgm_ops);
create index account_username on account using gin (username gin_trgm_ops);
