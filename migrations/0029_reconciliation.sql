-- The end of a distribution: reconciliation, handover minutes (BAST), files for bank and post, asking afterwards, signs of fraud.
-- Read in src/distribution/{reconciliation,papers,payments,asking,signs}.

-- Dated limits. Who needs another number adds a row with a later day.
create table distribution_term (
  key text not null check (key ~ '^[a-z_]{3,40}$'),
  valid_from date not null,
  amount integer not null check (amount between 0 and 10000000),
  unit text not null check (unit in ('seconds', 'metres', 'count', 'hours', 'days', 'hour_of_day', 'bytes')),
  source text not null,
  primary key (key, valid_from)
);
comment on table distribution_term is 'Reference data: holds nothing about a person.';
grant select on distribution_term to pilar_app, pilar_citizen, pilar_system;
insert into distribution_term (key, valid_from, amount, unit, source) values
  ('fast_handovers', '2020-01-01', 10, 'count', 'belum diverifikasi: sekian penyerahan dari satu perangkat …'),
  ('fast_seconds', '2020-01-01', 60, 'seconds', 'belum diverifikasi: … dalam sekian detik dianggap terlalu cepat'),
  ('same_signature', '2020-01-01', 2, 'count', 'belum diverifikasi: tanda tangan yang persis sama pada sekian penyerahan'),
  ('same_photo', '2020-01-01', 2, 'count', 'belum diverifikasi: foto yang persis sama pada sekian penyerahan'),
  ('same_proxy', '2020-01-01', 5, 'count', 'belum diverifikasi: satu orang mewakili sekian keluarga'),
  ('far_stop', '2020-01-01', 2000, 'metres', 'belum diverifikasi: jarak dari tempat penyerahan'),
  ('far_village', '2020-01-01', 15000, 'metres', 'belum diverifikasi: jarak dari titik desa, kalau tempat penyerahan tanpa titik'),
  ('hours_from', '2020-01-01', 6, 'hour_of_day', 'belum diverifikasi: penyerahan sebelum jam ini di luar jam'),
  ('hours_to', '2020-01-01', 20, 'hour_of_day', 'belum diverifikasi: penyerahan sejak jam ini di luar jam'),
  ('stop_grace', '2020-01-01', 3, 'hours', 'belum diverifikasi: sebelum mulai dan sesudah selesainya jadwal tempat penyerahan'),
  ('asking_open', '2020-01-01', 30, 'days', 'belum diverifikasi: pertanyaan setelah penyaluran dapat dijawab selama sekian hari'),
  ('asking_most', '2020-01-01', 20000, 'count', 'belum diverifikasi: paling banyak yang ditanya dalam satu sampel'),
  ('asking_small', '2020-01-01', 5, 'count', 'belum diverifikasi: jawaban desa dengan lebih sedikit jawaban tidak ditampilkan'),
  ('result_bytes', '2020-01-01', 10000000, 'bytes', 'belum diverifikasi: berkas hasil bank paling besar');

-- Reconciliation ------------------------------------------------------------------------------------------------------------------
-- queued → made (as often as asked) → settled, with the round reconciled.
create table round_reconciliation (
  round_id uuid primary key references distribution_round,
  region_code text collate "C" not null references region,
  state text not null check (state in ('queued', 'made', 'settled')),
  asked_at timestamptz not null default acting_now(),
  asked_by uuid,
  made_at timestamptz,
  milliseconds integer,
  -- entitlements of the approved list in the round's region: those the round holds, those other rounds hold, and those nobody holds
  listed integer not null default 0,
  held_elsewhere integer not null default 0,
  missing integer not null default 0,
  settled_at timestamptz,
  settled_by uuid,
  check ((state = 'settled') = (settled_at is not null))
);
create index round_reconciliation_queued on round_reconciliation (asked_at) where state = 'queued';

-- dimension all: key ''. way: of the stop, else of the round. reason: 'undelivered:dead', 'cancelled:list_changed'.
create table reconciliation_sum (
  round_id uuid not null references round_reconciliation,
  dimension text not null check (dimension in ('all', 'village', 'way', 'reason')),
  key text collate "C" not null,
  total integer not null,
  delivered integer not null,
  undelivered integer not null,
  open integer not null,
  cancelled integer not null,
  -- rupiah: what the list gives those not cancelled, and what was handed over
  planned bigint not null,
  given bigint not null,
  primary key (round_id, dimension, key),
  check (total = delivered + undelivered + open + cancelled)
);

-- What does not agree. key: the family, or 'village:item' of stock. Never removed: what is no longer so is 'gone'.
create table reconciliation_difference (
  round_id uuid not null references round_reconciliation,
  kind text not null check (kind in ('open', 'missing', 'without_entitlement', 'amount', 'goods', 'double', 'paid_not_received', 'disputed', 'stock', 'stock_below_zero')),
  key text collate "C" not null check (length(key) <= 120),
  region_code text collate "C" not null,
  family_id uuid,
  -- rupiah, or a quantity of goods
  planned bigint,
  found bigint,
  detail jsonb not null default '{}',
  state text not null check (state in ('open', 'explained', 'gone')),
  -- of an entitlement still open: why it stays undelivered
  reason text check (reason in ('not_found', 'moved', 'dead', 'double', 'refused', 'not_come', 'no_proof', 'out_of_stock', 'other')),
  note text check (length(note) between 5 and 500),
  explained_by uuid,
  explained_at timestamptz,
  found_at timestamptz not null default acting_now(),
  primary key (round_id, kind, key),
  check ((state = 'explained') <= (note is not null and explained_by is not null and explained_at is not null)),
  check (kind = 'open' or reason is null),
  check (kind <> 'open' or state <> 'explained' or reason is not null)
);
create index reconciliation_difference_village on reconciliation_difference (round_id, region_code, kind, key) where state <> 'gone';

-- What somebody answered for a difference, whatever became of it.
create function keep_difference() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (old.round_id, old.kind, old.key) is distinct from (new.round_id, new.kind, new.key) then
    raise exception 'a difference is never removed' using errcode = '42501';
  end if;
  if actor_role() is distinct from 'system' and exists (select from round_reconciliation r where r.round_id = old.round_id and r.state = 'settled') then
    raise exception 'the round is reconciled' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_difference before delete or update on reconciliation_difference for each row execute function keep_difference();

call protect('round_reconciliation', 'select, insert, update');
call protect('reconciliation_sum', 'select, insert, delete');
call protect('reconciliation_difference', 'select, insert, update');
create policy through_round on round_reconciliation for select to pilar_app
  using ((in_social_office() or actor_role() = 'auditor') and exists (select from distribution_round r where r.id = round_id));
create policy office_leads on round_reconciliation for insert to pilar_app
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy office_asks on round_reconciliation for update to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select, insert, update (state, asked_at, asked_by, settled_at, settled_by) on round_reconciliation to pilar_app;
create policy through_round on reconciliation_sum for select to pilar_app
  using ((in_social_office() or actor_role() = 'auditor') and exists (select from distribution_round r where r.id = round_id));
grant select on reconciliation_sum to pilar_app;
create policy social_office on reconciliation_difference to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select, update (state, reason, note, explained_by, explained_at) on reconciliation_difference to pilar_app;
call watch('round_reconciliation', 'round_id', 'region_code', 'state,listed,missing');

-- The one way an ended round decides entitlements: what stayed open becomes undelivered with the reason given, nothing is held any more,
-- and the list learns what became of each. Answers how many of the list changed.
create function settle_reconciled(round uuid) returns integer language plpgsql set search_path = public, pg_temp as $$
declare
  changed integer;
begin
  update round_entitlement e set state = 'undelivered', reason = d.reason, settled_at = acting_now()
  from reconciliation_difference d
  where d.round_id = $1 and d.kind = 'open' and d.state = 'explained' and e.round_id = $1 and e.family_id = d.family_id and e.state = 'open';
  if exists (select from round_entitlement e where e.round_id = $1 and e.state = 'open') then
    raise exception 'an entitlement is still open' using errcode = '23514', constraint = 'entitlements_open';
  end if;
  update round_entitlement e set held = false where e.round_id = $1 and e.state = 'undelivered' and e.held;
  update entitlement n set state = e.state from round_entitlement e
  where e.round_id = $1 and e.state in ('delivered', 'undelivered') and n.determination_id = e.determination_id and n.family_id = e.family_id
    and n.state <> e.state and n.state <> 'cancelled'
    -- a later round may have brought what this one could not
    and (e.state = 'delivered' or n.state <> 'delivered');
  get diagnostics changed = row_count;
  return changed;
end $$;
revoke execute on function settle_reconciled(uuid) from public;
grant execute on function settle_reconciled(uuid) to pilar_system;

-- Handover minutes ----------------------------------------------------------------------------------------------------------------
create table handover_paper (
  round_id uuid not null references distribution_round,
  id uuid not null,
  -- a village, or one stop of it
  region_code text collate "C" not null references region,
  stop_id uuid references distribution_stop,
  number text not null,
  code text not null unique,
  office_id text collate "C" not null,
  -- rows on the list, received and not, rupiah handed over
  listed integer not null,
  received integer not null,
  given bigint not null,
  pages integer not null,
  issued_at timestamptz not null default acting_now(),
  issued_by uuid not null,
  file_id text not null,
  sha256 text not null,
  bytes bigint not null,
  primary key (round_id, id)
);
create index handover_paper_region on handover_paper (round_id, region_code, issued_at);
create trigger append_only before update or delete on handover_paper for each row execute function refuse_change();
call protect('handover_paper', 'select, insert');
create policy social_office on handover_paper to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and issued_by = actor_id());
grant select, insert on handover_paper to pilar_app;
call watch('handover_paper', 'round_id,id', 'region_code', 'number,office_id,listed,received,given,pages');

create or replace function verify_letter(code text) returns table (kind text, number text, office_name text, issued_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select l.kind, l.number, o.name, l.issued_at from letter_code k join letter l on l.complaint_id = k.complaint_id and l.id = k.letter_id
  join office o on o.id = l.office_id where k.code = $1
  union all
  select p.kind, p.number, o.name, p.issued_at from meeting_paper p join office o on o.id = p.office_id where p.code = $1
  union all
  select 'handover', p.number, o.name, p.issued_at from handover_paper p join office o on o.id = p.office_id where p.code = $1
$$;

-- Accounts of families, and payment files -----------------------------------------------------------------------------------------
-- Personal financial data (UU 27/2022 Pasal 4): only whoever opened the family sees it, masked; the number in full only by a logged act.
create table family_account (
  family_id uuid not null,
  id uuid not null,
  region_code text collate "C" not null references region,
  bank text not null check (length(bank) between 2 and 40),
  number text not null check (number ~ '^[0-9]{5,20}$'),
  holder text not null check (length(holder) between 2 and 120),
  since date not null,
  source text not null check (source in ('family', 'bank', 'office')),
  -- null: the one in use
  ended_on date,
  made_by uuid not null,
  made_at timestamptz not null default acting_now(),
  primary key (family_id, id),
  check (ended_on >= since)
);
create unique index family_account_in_use on family_account (family_id) where ended_on is null;
create index family_account_number on family_account (number);
call protect('family_account', 'select, insert, update');
create policy opened on family_account to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to() and has_opened(family_id))
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and has_opened(family_id));
-- The number itself comes through reveal_account only.
grant select (family_id, id, region_code, bank, holder, since, source, ended_on, made_by, made_at), insert, update (ended_on) on family_account to pilar_app;
call watch('family_account', 'family_id,id', 'region_code', 'bank,since,source,ended_on');

create function account_mask(number text) returns text immutable parallel safe language sql as $$
  select repeat('*', greatest(length($1) - 4, 0)) || right($1, 4)
$$;
create function family_accounts(family uuid) returns table (id uuid, masked text) language sql stable security definer set search_path = public, pg_temp as $$
  select a.id, account_mask(a.number) from family_account a
  where a.family_id = $1 and in_social_office() and a.region_code >= scope_from() and a.region_code < scope_to() and has_opened($1)
$$;
-- The number in full, and in the same breath the record of who saw it and why.
create function reveal_account(family uuid, account uuid, why text) returns text language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  found family_account;
begin
  select a.* into found from family_account a
  where a.family_id = $1 and a.id = $2 and in_social_office() and a.region_code >= scope_from() and a.region_code < scope_to() and has_opened($1);
  if found.id is null then return null; end if;
  perform record_act('reveal', 'family_account', $1::text || '/' || $2::text, found.region_code, '{}'::jsonb, $3);
  return found.number;
end $$;
revoke execute on function family_accounts(uuid), reveal_account(uuid, uuid, text) from public;
grant execute on function family_accounts(uuid), reveal_account(uuid, uuid, text) to pilar_app;

create sequence payment_file_number;
-- Made by one, released by another; what is in it never changes.
create table payment_file (
  round_id uuid not null references distribution_round,
  id uuid not null unique,
  -- 'BYR-000001'
  number text not null unique,
  region_code text collate "C" not null references region,
  way text not null check (way in ('bank', 'post_office')),
  bank text,
  state text not null check (state in ('made', 'released', 'discarded')),
  row_count integer not null check (row_count > 0),
  amount bigint not null check (amount > 0),
  bytes bigint not null,
  -- of the whole file
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  made_by uuid not null,
  made_at timestamptz not null default acting_now(),
  released_by uuid,
  released_at timestamptz,
  discarded_by uuid,
  discarded_at timestamptz,
  discard_reason text check (length(discard_reason) between 5 and 500),
  primary key (round_id, id),
  constraint released_by_another check (released_by <> made_by),
  check ((state = 'released') = (released_by is not null)),
  check ((state = 'discarded') = (discarded_by is not null and discard_reason is not null))
);
create table payment_row (
  file_id uuid not null references payment_file (id),
  row_no integer not null,
  round_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  account_id uuid,
  bank text,
  -- as it was when the file was made
  number text,
  holder text not null,
  amount bigint not null check (amount > 0),
  checksum text not null,
  status text not null check (status in ('sent', 'paid', 'failed', 'discarded')),
  reason text check (length(reason) <= 200),
  paid_on date,
  bank_ref text check (length(bank_ref) <= 60),
  settled_at timestamptz,
  result_id uuid,
  primary key (file_id, row_no),
  foreign key (round_id, family_id) references round_entitlement
);
-- One family is in one running file of a round.
create unique index payment_row_once on payment_row (round_id, family_id) where status in ('sent', 'paid');
create function keep_payment() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then raise exception 'a payment file never changes' using errcode = '42501'; end if;
  if tg_table_name = 'payment_file' then
    if old.state <> 'made' or to_jsonb(old) - '{state,released_by,released_at,discarded_by,discarded_at,discard_reason}'::text[]
      <> to_jsonb(new) - '{state,released_by,released_at,discarded_by,discarded_at,discard_reason}'::text[] then
      raise exception 'a payment file never changes' using errcode = '42501';
    end if;
  elsif to_jsonb(old) - '{status,reason,paid_on,bank_ref,settled_at,result_id}'::text[] <> to_jsonb(new) - '{status,reason,paid_on,bank_ref,settled_at,result_id}'::text[]
    or old.status = 'paid' or old.status = 'discarded' then
    raise exception 'a payment file never changes' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_payment before update or delete on payment_file for each row execute function keep_payment();
create trigger keep_payment before update or delete on payment_row for each row execute function keep_payment();

-- What came back from the bank. The same file again is the same result.
create table payment_result (
  id uuid primary key,
  file_id uuid not null references payment_file (id),
  round_id uuid not null,
  region_code text collate "C" not null,
  name text not null check (length(name) <= 120),
  sha256 text not null,
  row_count integer not null,
  paid integer not null,
  failed integer not null,
  repeated integer not null,
  faults integer not null,
  imported_by uuid not null,
  imported_at timestamptz not null default acting_now(),
  unique (file_id, sha256)
);
create table payment_fault (
  result_id uuid not null references payment_result,
  line integer not null,
  region_code text collate "C" not null,
  code text not null check (code in ('unknown_row', 'wrong_checksum', 'unknown_status', 'wrong_amount', 'wrong_date', 'contradicts', 'twice', 'no_reason')),
  ref text check (length(ref) <= 80),
  primary key (result_id, line)
);
create trigger append_only before update or delete on payment_result for each row execute function refuse_change();
create trigger append_only before update or delete on payment_fault for each row execute function refuse_change();
call protect('payment_file', 'select, insert, update');
call protect('payment_row', 'select, insert, update');
call protect('payment_result', 'select, insert');
call protect('payment_fault', 'select, insert');
create policy social_office on payment_file to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy social_office on payment_row for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy social_office on payment_result for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy social_office on payment_fault for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant usage on sequence payment_file_number to pilar_system;
grant select, update (state, released_by, released_at, discarded_by, discarded_at, discard_reason) on payment_file to pilar_app;
grant select (file_id, row_no, round_id, family_id, region_code, bank, holder, amount, status, reason, paid_on, bank_ref, settled_at) on payment_row to pilar_app;
grant select on payment_result, payment_fault to pilar_app;
call watch('payment_file', 'round_id,id', 'region_code', 'number,way,state,row_count,amount,sha256,released_by');
call watch('payment_result', 'id', 'region_code', 'file_id,row_count,paid,failed,repeated,faults');

-- Asking afterwards ---------------------------------------------------------------------------------------------------------------
create table delivery_asking (
  round_id uuid not null references distribution_round,
  id uuid not null unique,
  region_code text collate "C" not null references region,
  door text not null check (door in ('message', 'visit')),
  -- how many were wanted, out of how many delivered; with the seed the same draw can be made again
  size integer not null check (size > 0),
  population integer not null,
  seed text not null check (seed ~ '^[0-9a-z-]{1,40}$'),
  closes_on date not null,
  made_by uuid not null,
  made_at timestamptz not null default acting_now(),
  primary key (round_id, id)
);
create table delivery_question (
  asking_id uuid not null references delivery_asking (id),
  family_id uuid not null,
  round_id uuid not null,
  region_code text collate "C" not null,
  -- sha256 of the code that opens it
  code_hash text not null unique,
  -- what the records say was handed over
  expected bigint not null,
  state text not null check (state in ('waiting', 'answered', 'not_met')),
  received boolean,
  amount bigint check (amount between 0 and 100000000000),
  cut boolean,
  cut_amount bigint check (cut_amount between 0 and 100000000000),
  note text check (length(note) <= 1000),
  channel text check (channel in ('message', 'visit')),
  answered_at timestamptz,
  by_account uuid,
  disputed boolean not null default false,
  -- the complaint it opened; a plain id, complaints come after distribution
  complaint_id uuid,
  primary key (asking_id, family_id),
  foreign key (round_id, family_id) references round_entitlement,
  check ((state = 'answered') = (received is not null and channel is not null)),
  check (state <> 'answered' or received or coalesce(amount, 0) = 0),
  check ((complaint_id is not null) <= disputed)
);
create index delivery_question_round on delivery_question (round_id, family_id);
create index delivery_question_waiting on delivery_question (region_code, asking_id) where state <> 'answered';
create function answered_once() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state = 'answered' and to_jsonb(old) - 'complaint_id' <> to_jsonb(new) - 'complaint_id' then
    raise exception 'an answer stays as it was given' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger answered_once before update or delete on delivery_question for each row execute function answered_once();
create trigger append_only before update or delete on delivery_asking for each row execute function refuse_change();
call protect('delivery_asking', 'select, insert');
call protect('delivery_question', 'select, insert, update');
create policy social_office on delivery_asking to pilar_app
  using (in_social_office() and (region_code >= scope_from() and region_code < scope_to() or scope_from() >= region_code and scope_from() < region_code || '/'))
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and made_by = actor_id());
grant select, insert on delivery_asking to pilar_app;
create policy social_office on delivery_question for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select on delivery_question to pilar_app;
call watch('delivery_asking', 'round_id,id', 'region_code', 'door,size,population,closes_on');
call watch('delivery_question', 'asking_id,family_id', 'region_code', 'state,received,cut,channel,disputed,complaint_id');

-- Whom somebody may visit and ask: families of their region whom they did not serve themselves.
create function my_questions(family uuid default null)
returns table (asking_id uuid, family_id uuid, round_id uuid, region_code text, round_name text, programme_code text, period text, payee_name text,
  address text, rt text, rw text, state text, closes_on date)
language sql stable security definer set search_path = public, pg_temp as $$
  select q.asking_id, q.family_id, q.round_id, q.region_code, r.name, r.programme_code, r.period, e.payee_name, e.address, e.rt, e.rw, q.state, a.closes_on
  from delivery_question q join delivery_asking a on a.id = q.asking_id join distribution_round r on r.id = q.round_id
  join round_entitlement e on e.round_id = q.round_id and e.family_id = q.family_id
  where actor_role() in ('pillar', 'officer', 'supervisor') and (actor_role() = 'pillar' or in_social_office())
    and q.region_code >= scope_from() and q.region_code < scope_to()
    and a.door = 'visit' and q.state <> 'answered' and a.closes_on >= acting_now()::date and ($1 is null or q.family_id = $1)
    and not exists (select from distribution_stop_person p where p.round_id = q.round_id and p.account_id = actor_id())
    and not exists (select from redemption d where d.round_id = q.round_id and d.family_id = q.family_id and d.by_account = actor_id())
$$;
revoke execute on function my_questions(uuid) from public;
grant execute on function my_questions(uuid) to pilar_app;

-- Signs of fraud ------------------------------------------------------------------------------------------------------------------
create table delivery_sign (
  round_id uuid not null references distribution_round,
  kind text not null check (kind in ('fast_device', 'same_signature', 'same_photo', 'same_proxy', 'far', 'dead', 'odd_hours')),
  -- device, hash of the content, village …: what makes it one sign
  key text collate "C" not null check (length(key) <= 160),
  region_code text collate "C" not null,
  -- the handovers behind it, and what was measured
  redemptions uuid[] not null,
  detail jsonb not null default '{}',
  state text not null check (state in ('open', 'dismissed', 'case', 'gone')),
  note text check (length(note) between 5 and 500),
  judged_by uuid,
  judged_at timestamptz,
  complaint_id uuid,
  found_at timestamptz not null default acting_now(),
  primary key (round_id, kind, key),
  check (state not in ('dismissed', 'case') or note is not null and judged_by is not null),
  check ((state = 'case') <= (complaint_id is not null))
);
create index delivery_sign_region on delivery_sign (round_id, region_code) where state <> 'gone';
call protect('delivery_sign', 'select, insert, update');
create policy social_office on delivery_sign to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select, update (state, note, judged_by, judged_at, complaint_id) on delivery_sign to pilar_app;
call watch('delivery_sign', 'round_id,kind,key', 'region_code', 'state,complaint_id');

-- Complaints about a delivery -----------------------------------------------------------------------------------------------------
create table complaint_delivery (
  complaint_id uuid not null references complaint deferrable initially deferred,
  round_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  cause text not null check (cause in ('not_received', 'less', 'cut', 'sign', 'tied')),
  tied_at timestamptz not null default acting_now(),
  tied_by uuid,
  primary key (complaint_id, round_id, family_id),
  foreign key (round_id, family_id) references round_entitlement
);
create index complaint_delivery_of on complaint_delivery (round_id, family_id);
create trigger append_only before update or delete on complaint_delivery for each row execute function refuse_change();
call protect('complaint_delivery', 'select, insert');
create policy with_complaint on complaint_delivery for select to pilar_app using (exists (select from complaint c where c.id = complaint_id));
create policy ties on complaint_delivery for insert to pilar_app with check (
  in_social_office() and region_code >= scope_from() and region_code < scope_to() and tied_by = actor_id()
  and exists (select from complaint c where c.id = complaint_id));
grant select, insert on complaint_delivery to pilar_app;
call watch('complaint_delivery', 'complaint_id,round_id,family_id', 'region_code', 'cause');
