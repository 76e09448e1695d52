-- Who gets what, for a period: runs of a programme version over the register as of a day, their approval, and what they entitle to.
-- Read in src/programmes/determination.

create sequence determination_number;

create table determination (
  id uuid primary key,
  -- 'PEN-000123'
  number text not null unique,
  programme_code text not null,
  version integer not null,
  -- what one entitlement is for: '2026-12', '2026-T4' (quarter), '2026'; with its days
  period text not null check (period ~ '^[0-9]{4}(-[0-9A-Z]{1,4})?$'),
  period_from date not null,
  period_to date not null,
  -- the register as it was on this day, as believed at this moment
  as_of date not null,
  known_at timestamptz not null,
  region_code text collate "C" not null references region,
  -- families at most; null: all who are eligible
  quota integer check (quota > 0),
  -- queued → running → made → submitted → approved | rejected; failed and cancelled leave nothing in force
  state text not null check (state in ('queued', 'running', 'made', 'submitted', 'approved', 'rejected', 'failed', 'cancelled')),
  -- how far: families considered; and once made { in, out, waiting, amount, persons, reasons: {…} }
  considered bigint not null default 0,
  totals jsonb not null default '{}',
  -- the approved list it is compared with
  former_id uuid references determination,
  problem text check (problem ~ '^[a-z_]{3,40}$'),
  made_by uuid not null,
  made_role text not null,
  assignment_id uuid,
  office_id text collate "C",
  made_at timestamptz not null default acting_now(),
  submitted_at timestamptz,
  -- of the decree that carries it, once approved: numbered in order within programme and year
  decree_number text unique,
  decided_at timestamptz,
  foreign key (programme_code, version) references programme_version,
  check (period_from <= period_to),
  check ((state = 'approved') = (decree_number is not null))
);
create index determination_region on determination (region_code, made_at);
create index determination_programme on determination (programme_code, period_from);

-- Every family considered. failed, missing: bits of the rule's conditions (bit n = condition n) that are false, or that cannot be
-- told because data is absent. reason: why it stands where it stands.
create table determination_result (
  determination_id uuid not null references determination,
  family_id uuid not null,
  region_code text collate "C" not null,
  outcome text not null check (outcome in ('in', 'out', 'waiting')),
  reason text not null check (reason in ('eligible', 'condition', 'data_missing', 'quota', 'held')),
  failed integer not null default 0,
  missing integer not null default 0,
  -- place among the eligible of the run, by the ranking of the rule
  rank integer,
  amount bigint not null default 0 check (amount >= 0),
  -- how many persons the amount is for
  persons smallint not null default 0,
  primary key (determination_id, family_id)
);
create index determination_result_list on determination_result (determination_id, outcome, region_code, family_id);

-- The facts a family was decided on, for those in and waiting: frozen with the list.
create table determination_fact (
  determination_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  -- what the annex of the decree shows: { headName, payeeName, payeeId, address, rt, rw, nik (masked), kkNumber (masked) }
  shown jsonb not null,
  -- what the rule looked at: src/programmes/rules/facts.ts
  facts jsonb not null,
  -- what the amount is made of: [{ component, personId, amount }]
  components jsonb not null default '[]',
  primary key (determination_id, family_id)
);

-- Looked at before approval: a family that is suspected is held out with a reason, or kept with a reason.
create table determination_hold (
  determination_id uuid not null references determination,
  family_id uuid not null,
  region_code text collate "C" not null,
  decision text not null check (decision in ('hold', 'keep')),
  reason text not null check (length(reason) between 5 and 500),
  decided_by uuid not null,
  decided_at timestamptz not null default acting_now(),
  primary key (determination_id, family_id)
);

-- Two different people approve, neither of whom made it.
create table determination_approval (
  determination_id uuid not null references determination,
  account_id uuid not null,
  role text not null,
  decision text not null check (decision in ('approve', 'reject')),
  note text check (length(note) <= 1000),
  decided_at timestamptz not null default acting_now(),
  primary key (determination_id, account_id)
);

-- What an approved list entitles a family to, in its period. Distribution hands out exactly these.
create table entitlement (
  determination_id uuid not null references determination,
  family_id uuid not null,
  region_code text collate "C" not null references region,
  programme_code text not null references programme,
  period text not null,
  period_from date not null,
  period_to date not null,
  -- who receives it for the family
  payee_id uuid,
  payee_name text not null check (length(payee_name) <= 120),
  amount bigint not null check (amount >= 0),
  persons smallint not null,
  -- open: not handed out yet. delivered, undelivered (with a reason) are set by distribution; cancelled by a later decision.
  state text not null default 'open' check (state in ('open', 'delivered', 'undelivered', 'cancelled')),
  primary key (determination_id, family_id)
);
create index entitlement_family on entitlement (family_id, period_from);
create index entitlement_region on entitlement (region_code, programme_code, period_from);
-- One family is entitled once for a programme and period, whatever lists are approved.
create unique index entitlement_once on entitlement (family_id, programme_code, period) where state <> 'cancelled';

-- An approved list never changes, nor what it rests on.
create function keep_approved() returns trigger language plpgsql as $$
declare
  was text;
begin
  if tg_table_name = 'determination' then
    if old.state in ('approved', 'rejected') then
      raise exception 'an approved list never changes' using errcode = '42501';
    end if;
    if tg_op = 'DELETE' then return old; end if;
    return new;
  end if;
  select d.state into was from determination d where d.id = case tg_op when 'INSERT' then new.determination_id else old.determination_id end;
  if was in ('approved', 'rejected') then
    raise exception 'an approved list never changes' using errcode = '42501';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $$;
create trigger keep_approved before update or delete on determination for each row execute function keep_approved();
create trigger keep_approved before update or delete on determination_result for each row execute function keep_approved();
create trigger keep_approved before update or delete on determination_fact for each row execute function keep_approved();
create trigger keep_approved before insert or update or delete on determination_hold for each row execute function keep_approved();
create trigger append_only before update or delete on determination_approval for each row execute function refuse_change();

call protect('determination', 'select, insert, update, delete');
call protect('determination_result', 'select, insert, update, delete');
call protect('determination_fact', 'select, insert, update, delete');
call protect('determination_hold', 'select, insert, update, delete');
call protect('determination_approval', 'select, insert');
call protect('entitlement', 'select, insert, update');

-- A run is seen by the social offices of its region, above it and beneath it (beneath: only once approved, and of results only their own rows).
create policy staff_reads on determination for select to pilar_app using (
  (in_social_office() or actor_role() = 'auditor')
  and (region_code >= scope_from() and region_code < scope_to()
    or state = 'approved' and (region_code = '00' or scope_from() >= region_code and scope_from() < region_code || '/')));
create policy office_makes on determination for insert to pilar_app
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and made_by = actor_id());
create policy office_decides on determination for update to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy social_office on determination_result for select to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy social_office on determination_hold to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
create policy social_office on entitlement to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
-- What the rule looked at may be about health: to whoever opened the family. What the annex shows goes through a function of the list's work.
create policy opened on determination_fact for select to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office() and has_opened(family_id));
create policy staff_reads on determination_approval for select to pilar_app
  using (exists (select from determination d where d.id = determination_id));
create policy office_approves on determination_approval for insert to pilar_app
  with check (in_social_office() and account_id = actor_id()
    and exists (select from determination d where d.id = determination_id and d.made_by <> actor_id()));

grant select, insert, update on determination to pilar_app;
grant select on determination_result, determination_fact to pilar_app;
grant select, insert, update, delete on determination_hold to pilar_app;
grant select, insert on determination_approval to pilar_app;
grant select, insert, update on entitlement to pilar_app;
grant usage on sequence determination_number to pilar_app, pilar_system;
call watch('determination', 'id', 'region_code', 'number,programme_code,version,period,state,quota,decree_number');
call watch('determination_hold', 'determination_id,family_id', 'region_code', 'decision');
call watch('determination_approval', 'determination_id,account_id', '', 'decision,role');
