-- Other systems ask the register (SPDCI): what each of them may see stands in an agreement, and row security holds them to it.

insert into register_term (key, valid_from, amount, unit, source) values
  ('exchange_page', '2020-01-01', 2000, 'count', 'belum diverifikasi: halaman terbesar, seperti contoh SPDCI v1.0.0'),
  ('exchange_most', '2020-01-01', 50000, 'count', 'belum diverifikasi: lebih dari ini ditolak sebagai too_many_records_found'),
  ('exchange_batch', '2020-01-01', 50, 'count', 'belum diverifikasi: permintaan dalam satu pesan'),
  ('exchange_access_token', '2020-01-01', 1, 'hours', 'belum diverifikasi: umur token akses dari client credentials'),
  ('exchange_keep_calls', '2020-01-01', 90, 'days', 'belum diverifikasi: catatan panggilan; isi permintaan dihapus begitu dijawab');

create table agreement (
  id uuid primary key,
  -- what the consumer calls itself in header.sender_id
  sender_id text not null unique check (sender_id ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{1,98}$'),
  name text not null check (length(name) between 3 and 160),
  purpose text not null check (length(purpose) between 10 and 1000),
  legal_basis text not null check (length(legal_basis) between 5 and 500),
  -- where the agreement is administered: the smallest region that holds all its regions
  region_code text collate "C" not null references region,
  -- 'group.decile', 'member.name' …: exchange/attributes.ts
  fields text[] not null check (cardinality(fields) <= 100),
  query_types text[] not null check (query_types <@ '{idtype-value,expression,predicate}'::text[]),
  -- kinds of events it may subscribe to
  events text[] not null default '{}' check (cardinality(events) <= 100),
  -- health and PPKS 16, 17, 19, 25: never without words of its own
  sealed boolean not null default false,
  sealed_reason text check (length(sealed_reason) between 10 and 1000),
  signature_required boolean not null default true,
  rate_per_minute integer not null default 120 check (rate_per_minute between 1 and 100000),
  -- hosts that callbacks may go to, with a port where it is not the ordinary one
  callback_hosts text[] not null default '{}' check (cardinality(callback_hosts) <= 20),
  callback_uri text check (length(callback_uri) <= 500),
  valid_from date not null,
  -- the last day; null: until revoked
  valid_to date,
  revoked_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default acting_now(),
  check (sealed = (sealed_reason is not null)),
  check (valid_to is null or valid_from <= valid_to)
);
create index agreement_place on agreement (region_code);

create table agreement_region (
  agreement_id uuid not null references agreement,
  region_code text collate "C" not null references region,
  primary key (agreement_id, region_code)
);

-- Public keys of the consumer. Several at a time, so that they can be changed without a break.
create table agreement_key (
  agreement_id uuid not null references agreement,
  key_id text not null check (length(key_id) between 1 and 99),
  algorithm text not null check (algorithm in ('ed25519', 'ES256', 'RS256')),
  -- PEM of the SubjectPublicKeyInfo
  public_key text not null check (length(public_key) <= 2000),
  valid_to timestamptz,
  primary key (agreement_id, key_id)
);

-- Tokens and client secrets by their hash only.
create table agreement_token (
  hash bytea primary key check (length(hash) = 32),
  agreement_id uuid not null references agreement,
  -- secret: changed into access tokens at the token endpoint
  kind text not null check (kind in ('bearer', 'secret', 'access')),
  made_at timestamptz not null default acting_now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index agreement_token_agreement on agreement_token (agreement_id);
create index agreement_token_expiry on agreement_token (expires_at);

-- One message of a consumer; the id is our correlation_id.
create table exchange_call (
  id uuid primary key,
  agreement_id uuid not null references agreement,
  action text not null check (action in ('search', 'subscribe', 'unsubscribe', 'txn-status')),
  asynchronous boolean not null,
  message_id text not null check (length(message_id) <= 200),
  transaction_id text check (length(transaction_id) <= 99),
  body_hash bytea not null check (length(body_hash) = 32),
  at timestamptz not null default acting_now(),
  callback_uri text check (length(callback_uri) <= 500),
  status text not null check (status in ('rcvd', 'pdng', 'succ', 'rjct')),
  -- for each request in it: reference_id, timestamp, status, code, records. No personal data.
  items jsonb not null default '[]',
  records integer not null default 0,
  -- what was asked, until it is answered
  request jsonb,
  answered_at timestamptz,
  delivered_at timestamptz
);
create index exchange_call_message on exchange_call (agreement_id, message_id);
create index exchange_call_transaction on exchange_call (agreement_id, transaction_id);
create index exchange_call_at on exchange_call (agreement_id, at);
create index exchange_call_age on exchange_call (at);

-- Calls of a minute, for the rate.
create table exchange_use (
  agreement_id uuid not null references agreement,
  minute timestamptz not null,
  calls integer not null,
  primary key (agreement_id, minute)
);

create table exchange_subscription (
  code uuid primary key,
  agreement_id uuid not null references agreement,
  reference_id text not null check (length(reference_id) <= 200),
  event_type text not null check (length(event_type) <= 200),
  -- kinds of register_event it hears of
  kinds text[] not null,
  filter_type text not null,
  filter jsonb not null,
  record_type text not null check (record_type in ('Group', 'Member')),
  record_type_given text not null check (length(record_type_given) <= 200),
  -- { start, end, cron }
  frequency jsonb,
  callback_uri text not null check (length(callback_uri) <= 500),
  status text not null check (status in ('subscribe', 'unsubscribe')),
  made_at timestamptz not null default acting_now(),
  ended_at timestamptz,
  told_at timestamptz not null default acting_now(),
  -- the last entry of register_feed it was told of
  after_xid xid8 not null default '0',
  after_id bigint not null default 0
);
create index exchange_subscription_agreement on exchange_subscription (agreement_id, status);

-- Events in the order they came in force, written while anybody is subscribed. Read in the order (xid, id) below the oldest running one.
create table register_feed (
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  subject_id uuid not null,
  seq integer not null,
  kind text not null,
  at timestamptz not null default acting_now(),
  primary key (xid, id)
);
create index register_feed_at on register_feed (at);

-- A batch of events for one subscription; the id is message_id, the same at every try.
create table exchange_notice (
  id uuid primary key,
  code uuid not null references exchange_subscription,
  agreement_id uuid not null references agreement,
  -- [{ subject, seq, kind }]
  events jsonb not null,
  made_at timestamptz not null default acting_now(),
  delivered_at timestamptz
);
create index exchange_notice_code on exchange_notice (code, made_at);

create function feed_register() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from exchange_subscription where status = 'subscribe') then return null; end if;
  if tg_op = 'INSERT' then
    insert into register_feed (subject_id, seq, kind) select subject_id, seq, kind from fresh where state = 'in_force' order by subject_id, seq;
  else
    insert into register_feed (subject_id, seq, kind)
      select n.subject_id, n.seq, n.kind from fresh n join stale o using (subject_id, seq) where n.state = 'in_force' and o.state <> 'in_force' order by 1, 2;
  end if;
  return null;
end $$;
create trigger feed_insert after insert on register_event referencing new table as fresh for each statement execute function feed_register();
create trigger feed_update after update on register_event referencing new table as fresh old table as stale for each statement execute function feed_register();

-- The consumer of the running transaction (db.as({ agreementId, … })): the regions of its agreement while that is in force, else none.
create function scope_agreement() returns uuid stable parallel safe language sql as $$ select nullif(current_setting('app.agreement', true), '')::uuid $$;
create function consumer_regions() returns text[] stable security definer set search_path = public, pg_temp language sql as $$
  select coalesce(array_agg(r.region_code), '{}') from agreement_region r join agreement a on a.id = r.agreement_id
  where a.id = scope_agreement() and a.revoked_at is null and a.valid_from <= acting_now()::date and (a.valid_to is null or acting_now()::date <= a.valid_to)
$$;
create function consumer_sealed() returns boolean stable security definer set search_path = public, pg_temp language sql as $$
  select coalesce((select a.sealed from agreement a where a.id = scope_agreement()), false)
$$;
revoke execute on function consumer_regions(), consumer_sealed() from public;
grant execute on function consumer_regions(), consumer_sealed() to pilar_citizen;
-- '00' ends before '~', every other region before its own '~'
create function lies_within(code text, regions text[]) returns boolean immutable parallel safe language sql as $$
  select exists (select from unnest(regions) r where code collate "C" >= r collate "C" and code collate "C" < (case when r = '00' then '~' else r || '~' end) collate "C")
$$;

create policy consumer on family for select to pilar_citizen using (lies_within(region_code, (select consumer_regions())));
create policy consumer on person for select to pilar_citizen using (lies_within(region_code, (select consumer_regions())));
create policy consumer on person_sealed for select to pilar_citizen
  using ((select consumer_sealed()) and lies_within(region_code, (select consumer_regions())));
create policy consumer on assistance for select to pilar_citizen using (lies_within(region_code, (select consumer_regions())));
create policy consumer on register_event for select to pilar_citizen
  using (lies_within(region_code, (select consumer_regions())) and (not sealed or (select consumer_sealed())));
grant select on family, person, person_sealed, assistance to pilar_citizen;
-- what happened to whom and when; not what was changed, by whom, nor the words beside it
grant select (subject_id, seq, subject, kind, family_id, region_code, effective_on, state, known_at, sealed) on register_event to pilar_citizen;

call protect('agreement', 'select, insert, update');
call protect('agreement_region', 'select, insert, delete');
call protect('agreement_key', 'select, insert, update, delete');
call protect('agreement_token', 'select, insert, update, delete');
call protect('exchange_call', 'select, insert, update, delete');
call protect('exchange_use', 'select, insert, update, delete');
call protect('exchange_subscription', 'select, insert, update');
call protect('register_feed', 'select, insert, delete');
call protect('exchange_notice', 'select, insert, update, delete');

-- Administrators keep the agreements of their region; auditors read them.
create policy administrator on agreement to pilar_app
  using (actor_role() = 'administrator' and region_code >= scope_from() and region_code < scope_to())
  with check (actor_role() = 'administrator' and region_code >= scope_from() and region_code < scope_to());
create policy auditor on agreement for select to pilar_app
  using (actor_role() = 'auditor' and region_code >= scope_from() and region_code < scope_to());
create policy with_agreement on agreement_region to pilar_app
  using (exists (select from agreement a where a.id = agreement_id))
  with check (actor_role() = 'administrator' and region_code >= scope_from() and region_code < scope_to() and exists (select from agreement a where a.id = agreement_id));
create policy with_agreement on agreement_key to pilar_app
  using (exists (select from agreement a where a.id = agreement_id))
  with check (actor_role() = 'administrator' and exists (select from agreement a where a.id = agreement_id));
create policy with_agreement on agreement_token to pilar_app
  using (actor_role() = 'administrator' and exists (select from agreement a where a.id = agreement_id))
  with check (actor_role() = 'administrator' and exists (select from agreement a where a.id = agreement_id));
create policy with_agreement on exchange_call for select to pilar_app using (exists (select from agreement a where a.id = agreement_id));
create policy with_agreement on exchange_subscription for select to pilar_app using (exists (select from agreement a where a.id = agreement_id));
grant select, insert, update on agreement to pilar_app;
grant select, insert, delete on agreement_region to pilar_app;
grant select, insert, update, delete on agreement_key to pilar_app;
grant select, insert, update on agreement_token to pilar_app;
grant select (id, agreement_id, action, asynchronous, at, status, records, answered_at, delivered_at) on exchange_call to pilar_app;
grant select (code, agreement_id, event_type, record_type, status, made_at, ended_at, told_at) on exchange_subscription to pilar_app;

call watch('agreement', 'id', 'region_code', 'fields,query_types,events,sealed,signature_required,rate_per_minute,valid_from,valid_to,revoked_at');
call watch('agreement_region', 'agreement_id,region_code', 'region_code', '');
call watch('agreement_key', 'agreement_id,key_id', '', 'algorithm,valid_to');
