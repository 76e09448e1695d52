-- Accounts, what they may act as, how they prove who they are.

create table account (
  id uuid primary key,
  username text not null unique check (username = lower(username) and length(username) between 3 and 60),
  email text unique check (email = lower(email)),
  name text not null check (length(name) between 1 and 120),
  -- where the account is administered: an administrator of this region or above may change it
  home_region_code text collate "C" not null references region,
  -- scrypt or argon2id in PHC text; null when the person only signs in through the single sign-on or a passkey
  password_hash text,
  password_changed_at timestamptz,
  must_change_password boolean not null default false,
  -- encrypted by the application key
  totp_secret bytea,
  totp_confirmed_at timestamptz,
  -- the last time step used: a code works once
  totp_last_step bigint,
  active boolean not null default true,
  demonstration boolean not null default false,
  created_at timestamptz not null default acting_now(),
  created_by uuid
);
create index account_home on account (home_region_code, id);
call protect('account', 'select, insert, update');
create policy own on account for select to pilar_app using (id = actor_id());
create policy own_change on account for update to pilar_app using (id = actor_id()) with check (id = actor_id());
create policy administered on account to pilar_app
  using (actor_role() = 'administrator' and home_region_code >= scope_from() and home_region_code < scope_to())
  with check (actor_role() = 'administrator' and home_region_code >= scope_from() and home_region_code < scope_to());
grant select, insert on account to pilar_app;
grant update (email, name, home_region_code, password_hash, password_changed_at, must_change_password, totp_secret, totp_confirmed_at, totp_last_step, active) on account to pilar_app;
call watch('account', 'id', 'home_region_code', 'active,home_region_code,must_change_password');

create table assignment (
  id uuid primary key,
  account_id uuid not null references account,
  role text not null check (role in ('pillar', 'officer', 'supervisor', 'auditor', 'administrator')),
  region_code text collate "C" not null references region,
  -- the office an officer or supervisor works in; others have none
  office_id text collate "C" references office,
  -- kind of social pillar, where the role is pillar
  pillar_kind text check (pillar_kind in ('karang_taruna', 'psm', 'tksk', 'tagana', 'pkh_companion', 'lks', 'other')),
  valid_from date not null,
  valid_to date,
  ended_at timestamptz,
  created_at timestamptz not null default acting_now(),
  created_by uuid,
  check ((role in ('officer', 'supervisor')) = (office_id is not null)),
  check ((role = 'pillar') = (pillar_kind is not null)),
  check (office_id is null or split_part(office_id, '/', 1) = region_code)
);
create index assignment_account on assignment (account_id);
create index assignment_region on assignment (region_code, role);
create index assignment_office on assignment (office_id) where ended_at is null;
call protect('assignment', 'select, insert, update');
create policy own on assignment for select to pilar_app using (account_id = actor_id());
create policy administered on assignment to pilar_app
  using (actor_role() = 'administrator' and region_code >= scope_from() and region_code < scope_to())
  with check (actor_role() = 'administrator' and region_code >= scope_from() and region_code < scope_to());
grant select, insert on assignment to pilar_app;
grant update (valid_to, ended_at) on assignment to pilar_app;
call watch('assignment', 'id', 'region_code', 'account_id,role,office_id,pillar_kind,valid_from,valid_to,ended_at');

-- An office is staffed while somebody holds an assignment in it. Dates are turned over by the daily job (recount_staff()).
create function count_staff(office text) returns void language sql security definer set search_path = public, pg_temp as $$
  update office o set staff_count = s.n
  from (select count(distinct a.account_id)::int n from assignment a join account c on c.id = a.account_id
        where a.office_id = $1 and a.ended_at is null and c.active
          and a.valid_from <= acting_now()::date and (a.valid_to is null or a.valid_to >= acting_now()::date)) s
  where o.id = $1 and o.staff_count <> s.n
$$;
create function staff_changed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_table_name = 'account' then
    perform count_staff(a.office_id) from (select distinct office_id from assignment where account_id = new.id and office_id is not null) a;
  else
    if new.office_id is not null then perform count_staff(new.office_id); end if;
  end if;
  return null;
end $$;
create trigger staffing after insert or update of ended_at, valid_to on assignment for each row execute function staff_changed();
create trigger staffing after update of active on account for each row when (old.active is distinct from new.active) execute function staff_changed();
create function recount_staff() returns void language sql security definer set search_path = public, pg_temp as $$
  select count_staff(office_id) from (select distinct office_id from assignment where office_id is not null) a
$$;
revoke execute on function count_staff(text), recount_staff() from public;
grant execute on function recount_staff() to pilar_system;

-- Names of those who can be given work in an office: for people of that office, or of an office above it.
create function office_staff(office text) returns table (account_id uuid, name text, role text)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.name, max(a.role)
  from assignment a join account c on c.id = a.account_id
  where a.office_id = $1 and a.ended_at is null and c.active
    and a.valid_from <= acting_now()::date and (a.valid_to is null or a.valid_to >= acting_now()::date)
    and actor_role() in ('officer', 'supervisor', 'administrator') and a.region_code >= scope_from() and a.region_code < scope_to()
  group by c.id, c.name order by c.name
$$;
revoke execute on function office_staff(text) from public;
grant execute on function office_staff(text) to pilar_app, pilar_system;

create table session (
  id uuid primary key,
  -- sha256 of the opaque token in the cookie
  token_hash bytea not null unique,
  account_id uuid not null references account,
  -- the one assignment the person acts for now
  assignment_id uuid references assignment,
  methods text[] not null default '{}',
  created_at timestamptz not null default acting_now(),
  last_seen_at timestamptz not null default acting_now(),
  -- when the person last proved who they are; sensitive changes ask again
  proved_at timestamptz not null default acting_now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  user_agent text,
  address text
);
create index session_account on session (account_id, ended_at);
call protect('session', 'select, insert, update, delete');
create policy own on session to pilar_app using (account_id = actor_id()) with check (account_id = actor_id());
grant select, update (ended_at, assignment_id) on session to pilar_app;

create table passkey (
  -- base64url credential id
  id text primary key,
  account_id uuid not null references account,
  name text not null,
  public_key bytea not null,
  counter bigint not null default 0,
  transports text[] not null default '{}',
  backed_up boolean not null default false,
  created_at timestamptz not null default acting_now(),
  last_used_at timestamptz
);
create index passkey_account on passkey (account_id);
call protect('passkey', 'select, insert, update, delete');
create policy own on passkey to pilar_app using (account_id = actor_id()) with check (account_id = actor_id());
grant select, insert, delete, update (name) on passkey to pilar_app;
call watch('passkey', 'id', '', 'account_id,name');

create table recovery_code (
  account_id uuid not null references account,
  code_hash text not null,
  used_at timestamptz,
  primary key (account_id, code_hash)
);
call protect('recovery_code', 'select, insert, update, delete');
create policy own on recovery_code to pilar_app using (account_id = actor_id()) with check (account_id = actor_id());
grant select, insert, delete on recovery_code to pilar_app;

create table oidc_identity (
  issuer text not null,
  subject text not null,
  account_id uuid not null references account,
  linked_at timestamptz not null default acting_now(),
  primary key (issuer, subject)
);
create index oidc_identity_account on oidc_identity (account_id);
call protect('oidc_identity', 'select, insert, delete');
create policy own on oidc_identity to pilar_app using (account_id = actor_id()) with check (account_id = actor_id());
grant select, delete on oidc_identity to pilar_app;
call watch('oidc_identity', 'issuer,subject', '', 'account_id');

-- Half-finished sign-ins: second factor awaited, passkey challenge, single sign-on round trip.
create table sign_in_step (
  -- sha256 of the opaque token in the short-lived cookie
  token_hash bytea primary key,
  kind text not null check (kind in ('second_factor', 'passkey_sign_in', 'passkey_register', 'oidc', 'password_change')),
  account_id uuid references account,
  data jsonb not null default '{}',
  expires_at timestamptz not null
);
create index sign_in_step_expires on sign_in_step (expires_at);
call protect('sign_in_step', 'select, insert, update, delete');
