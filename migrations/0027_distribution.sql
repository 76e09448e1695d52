-- Handing out what an approved list entitles to: rounds, their stops in the villages, vouchers, who received, and the stock of goods.
-- Read in src/distribution. Pillars have no policy on any of it: they work through functions that give them the list of their stop.

create sequence distribution_round_number;

create table distribution_round (
  id uuid primary key,
  -- 'SAL-000012'
  number text not null unique check (number ~ '^SAL-[0-9]{6,}$'),
  -- the approved list it hands out
  determination_id uuid not null references determination,
  programme_code text not null references programme,
  period text not null,
  name text not null check (length(name) between 3 and 120),
  -- the whole region of the list, or a part of it
  region_code text collate "C" not null references region,
  -- unless a stop says otherwise
  way text not null check (way in ('bank', 'post_office', 'community_point', 'to_the_door')),
  -- of one entitlement: [{ code, name, nameEn, unit, quantity }]; empty: cash only
  goods jsonb not null default '[]' check (jsonb_typeof(goods) = 'array'),
  opens_on date not null,
  closes_on date not null,
  state text not null check (state in ('planned', 'invited', 'open', 'closed', 'reconciled', 'cancelled')),
  -- what runs in the background, and how far it is; after: the last village or family done
  work text check (work in ('preparing', 'inviting')),
  work_after text collate "C",
  work_done integer not null default 0,
  made_by uuid not null,
  made_at timestamptz not null default acting_now(),
  invited_at timestamptz,
  opened_at timestamptz,
  closed_at timestamptz,
  closed_by uuid,
  reconciled_at timestamptz,
  reconciled_by uuid,
  cancelled_at timestamptz,
  cancelled_by uuid,
  -- why it was closed before its last day, or cancelled
  end_note text check (length(end_note) <= 500),
  version integer not null default 1,
  check (opens_on <= closes_on),
  check ((state = 'cancelled') = (cancelled_at is not null)),
  check (state not in ('closed', 'reconciled') or closed_at is not null)
);
create index distribution_round_region on distribution_round (region_code, opens_on desc);
create index distribution_round_determination on distribution_round (determination_id);
create index distribution_round_work on distribution_round (id) where work is not null;

-- Where and when the families of a village receive: an office, a community point, or a tour from door to door.
create table distribution_stop (
  id uuid primary key,
  round_id uuid not null references distribution_round,
  -- the village it serves
  region_code text collate "C" not null references region,
  way text not null check (way in ('bank', 'post_office', 'community_point', 'to_the_door')),
  place text not null check (length(place) between 2 and 160),
  address text check (length(address) <= 300),
  lat double precision check (lat between -90 and 90),
  lng double precision check (lng between -180 and 180),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  note text check (length(note) <= 500),
  cancelled boolean not null default false,
  made_by uuid not null,
  made_at timestamptz not null default acting_now(),
  version integer not null default 1,
  check (starts_at < ends_at),
  check ((lat is null) = (lng is null))
);
create index distribution_stop_round on distribution_stop (round_id, region_code, starts_at);
create index distribution_stop_region on distribution_stop (region_code, starts_at);

-- Who hands out there: pillars and officers; each with their own device.
create table distribution_stop_person (
  stop_id uuid not null references distribution_stop,
  account_id uuid not null,
  round_id uuid not null,
  region_code text collate "C" not null,
  primary key (stop_id, account_id)
);
create index distribution_stop_person_account on distribution_stop_person (account_id, round_id);

-- What one family receives in a round, copied from the approved list, so that whoever hands out needs nothing of the register.
create table round_entitlement (
  round_id uuid not null references distribution_round,
  family_id uuid not null,
  region_code text collate "C" not null,
  determination_id uuid not null,
  payee_id uuid,
  payee_name text not null check (length(payee_name) <= 120),
  -- of the identity card, masked: to compare with the card that is shown
  nik_masked text,
  address text,
  rt text,
  rw text,
  persons smallint not null default 1,
  amount bigint not null check (amount >= 0),
  goods jsonb not null default '[]' check (jsonb_typeof(goods) = 'array'),
  stop_id uuid references distribution_stop,
  -- the voucher that is valid now, and its short code for those without the picture
  voucher_id uuid,
  voucher_code text,
  -- undelivered: the last try failed; it stays for another one until the round is closed
  state text not null default 'open' check (state in ('open', 'delivered', 'undelivered', 'cancelled')),
  reason text check (reason in ('not_found', 'moved', 'dead', 'double', 'refused', 'not_come', 'no_proof', 'out_of_stock', 'bank_rejected', 'list_changed', 'round_cancelled', 'other')),
  -- the redemption that counts, and what it handed over
  redemption_id uuid,
  given_amount bigint,
  tries smallint not null default 0,
  -- false: no longer this round's to hand out (closed undelivered, or cancelled); another round may
  held boolean not null default true,
  settled_at timestamptz,
  primary key (round_id, family_id),
  foreign key (determination_id, family_id) references entitlement,
  check ((state = 'delivered') = (redemption_id is not null)),
  check ((state in ('undelivered', 'cancelled')) = (reason is not null))
);
-- An entitlement is handed out by one round at a time, and once.
create unique index round_entitlement_once on round_entitlement (determination_id, family_id) where held;
create index round_entitlement_village on round_entitlement (round_id, region_code, family_id);
create index round_entitlement_stop on round_entitlement (stop_id) where stop_id is not null;
create index round_entitlement_family on round_entitlement (family_id);

-- id is the cti of the signed token. Life: active → redeemed, or cancelled (issued again, the round cancelled).
create table voucher (
  id uuid primary key,
  round_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  -- 'K7M3-9QXT', typed where the picture cannot be read
  code text not null,
  -- what the picture holds; printed on the invitation, shown nowhere else
  token text not null,
  -- key that signed it
  kid text,
  state text not null check (state in ('active', 'redeemed', 'cancelled')),
  issued_at timestamptz not null default acting_now(),
  expires_at timestamptz not null,
  cancelled_at timestamptz,
  cancelled_by uuid,
  cancel_reason text check (cancel_reason in ('lost', 'damaged', 'wrong', 'round_cancelled', 'other')),
  foreign key (round_id, family_id) references round_entitlement,
  check ((state = 'cancelled') = (cancelled_at is not null))
);
create unique index voucher_code on voucher (round_id, code);
create unique index voucher_active on voucher (round_id, family_id) where state <> 'cancelled';

-- What happened at the door, as the device tells it. Never changed: only its standing is judged, when others about the same family meet it.
create table redemption (
  -- made by the device, so that what is sent twice is kept once
  id uuid primary key,
  round_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  voucher_id uuid,
  stop_id uuid,
  -- how the family was found
  found_by text not null check (found_by in ('token', 'code', 'search', 'bank')),
  channel text not null default 'field' check (channel in ('field', 'bank')),
  outcome text not null check (outcome in ('received', 'refused')),
  reason text check (reason in ('not_found', 'moved', 'dead', 'double', 'refused', 'not_come', 'no_proof', 'out_of_stock', 'bank_rejected', 'other')),
  note text check (length(note) <= 500),
  received_by text check (received_by in ('self', 'proxy')),
  proxy_name text check (length(proxy_name) <= 120),
  proxy_relation text check (proxy_relation in ('spouse', 'child', 'parent', 'sibling', 'relative', 'neighbour', 'village_officer', 'other')),
  proxy_reason text check (proxy_reason in ('sick', 'elderly', 'disabled', 'working', 'away', 'other')),
  amount bigint not null default 0 check (amount >= 0),
  -- handed over: [{ code, quantity }]
  goods jsonb not null default '[]' check (jsonb_typeof(goods) = 'array'),
  -- the moment it happened: what the device said, but never after it was recorded; device_at: as the device said it
  happened_at timestamptz not null,
  device_at timestamptz not null,
  recorded_at timestamptz not null default acting_now(),
  device_id text not null check (length(device_id) between 1 and 60),
  lat double precision check (lat between -90 and 90),
  lng double precision check (lng between -180 and 180),
  -- metres
  accuracy real check (accuracy >= 0),
  offline boolean not null,
  by_account uuid not null,
  by_role text not null,
  -- received: counts, or double beside the one that counts. void: judged not to have happened. attempt: nothing was handed over
  standing text not null check (standing in ('counts', 'double', 'void', 'attempt')),
  foreign key (round_id, family_id) references round_entitlement,
  check ((outcome = 'refused') = (reason is not null)),
  check ((outcome = 'received') = (received_by is not null)),
  check ((received_by is not distinct from 'proxy') = (proxy_name is not null) and (proxy_name is null) = (proxy_relation is null)),
  check ((outcome = 'refused') = (standing = 'attempt')),
  check (outcome = 'received' or amount = 0 and goods = '[]'),
  check (happened_at <= recorded_at),
  check ((lat is null) = (lng is null))
);
create index redemption_of on redemption (round_id, family_id, happened_at);
create unique index redemption_counts on redemption (round_id, family_id) where standing = 'counts';
create index redemption_stop on redemption (stop_id, recorded_at) where stop_id is not null;
create index redemption_device on redemption (round_id, device_id, happened_at);

create function only_its_standing() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or to_jsonb(old) - 'standing' <> to_jsonb(new) - 'standing' then
    raise exception 'redemption is append-only' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger append_only before update or delete on redemption for each row execute function only_its_standing();

-- Photo, signature and proof of a proxy; they may come after the redemption, when the line is back.
create table redemption_file (
  redemption_id uuid not null references redemption,
  kind text not null check (kind in ('photo', 'signature', 'proof')),
  round_id uuid not null,
  region_code text collate "C" not null,
  -- sha256 of the content: the same signature twice has the same
  file_id text not null,
  name text not null check (length(name) between 1 and 120),
  media_type text not null,
  bytes integer not null,
  by_account uuid not null,
  at timestamptz not null default acting_now(),
  primary key (redemption_id, kind)
);
create index redemption_file_content on redemption_file (round_id, kind, file_id);
create trigger append_only before update or delete on redemption_file for each row execute function refuse_change();

-- Two redemptions of one entitlement: both are kept, one case is opened, a supervisor judges.
create table redemption_conflict (
  id uuid primary key,
  round_id uuid not null,
  family_id uuid not null,
  region_code text collate "C" not null,
  -- how many received redemptions have met
  redemptions integer not null check (redemptions >= 2),
  state text not null check (state in ('open', 'resolved')),
  opened_at timestamptz not null default acting_now(),
  -- how: received_twice (both happened; what is too much is asked back), mistake (the others did not happen), fraud (goes on outside)
  resolution text check (resolution in ('received_twice', 'mistake', 'fraud')),
  -- the one that counts, as judged
  counted_id uuid references redemption,
  note text check (length(note) <= 1000),
  resolved_by uuid,
  resolved_at timestamptz,
  unique (round_id, family_id),
  foreign key (round_id, family_id) references round_entitlement,
  check (state = 'open' or resolution is not null and resolved_by is not null and resolved_at is not null)
);
create index redemption_conflict_region on redemption_conflict (region_code, opened_at) where state = 'open';

-- Goods -------------------------------------------------------------------------------------------------------------------------
create table stock_place (
  id uuid primary key,
  round_id uuid not null references distribution_round,
  region_code text collate "C" not null references region,
  name text not null check (length(name) between 2 and 160),
  -- the stop whose handing over takes from it
  stop_id uuid references distribution_stop,
  made_by uuid not null,
  made_at timestamptz not null default acting_now()
);
create index stock_place_round on stock_place (round_id, region_code);
create unique index stock_place_stop on stock_place (stop_id) where stop_id is not null;

-- One row for each thing that happened to goods. received: to; moved: from and to; handed_out, returned (to whoever sent them), damaged: from.
create table stock_movement (
  id uuid primary key,
  round_id uuid not null references distribution_round,
  region_code text collate "C" not null,
  kind text not null check (kind in ('received', 'moved', 'handed_out', 'returned', 'damaged')),
  item text not null check (length(item) between 1 and 40),
  unit text not null check (length(unit) between 1 and 20),
  -- below zero: takes back what a redemption handed out that was judged not to have happened
  quantity bigint not null check (quantity > 0 or quantity < 0 and kind = 'handed_out'),
  from_place uuid references stock_place,
  to_place uuid references stock_place,
  redemption_id uuid references redemption,
  -- number of a delivery note, of minutes of damage
  ref text check (length(ref) <= 80),
  note text check (length(note) <= 500),
  happened_on date not null,
  by_account uuid,
  at timestamptz not null default acting_now(),
  check ((kind = 'received') = (from_place is null)),
  check ((kind in ('received', 'moved')) = (to_place is not null)),
  check (from_place is distinct from to_place),
  check ((kind = 'handed_out') = (redemption_id is not null))
);
create index stock_movement_round on stock_movement (round_id, at);
create index stock_movement_from on stock_movement (from_place, item) where from_place is not null;
create index stock_movement_to on stock_movement (to_place, item) where to_place is not null;
create index stock_movement_redemption on stock_movement (redemption_id) where redemption_id is not null;
create trigger append_only before update or delete on stock_movement for each row execute function refuse_change();

-- Kept with the movements: received + moved_in = moved_out + handed_out + returned + damaged + balance.
create table stock_balance (
  place_id uuid not null references stock_place,
  item text not null,
  unit text not null,
  round_id uuid not null,
  region_code text collate "C" not null,
  received bigint not null default 0,
  moved_in bigint not null default 0,
  moved_out bigint not null default 0,
  handed_out bigint not null default 0,
  returned bigint not null default 0,
  damaged bigint not null default 0,
  -- below zero: more was handed out than was written down as received
  balance bigint not null generated always as (received + moved_in - moved_out - handed_out - returned - damaged) stored,
  primary key (place_id, item)
);
create index stock_balance_round on stock_balance (round_id);

create function balance_stock() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into stock_balance as b (place_id, item, unit, round_id, region_code, received, moved_in, moved_out, handed_out, returned, damaged)
  select p.id, m.item, min(m.unit), p.round_id, p.region_code,
    coalesce(sum(m.quantity) filter (where m.kind = 'received'), 0),
    coalesce(sum(m.quantity) filter (where m.kind = 'moved' and p.id = m.to_place), 0),
    coalesce(sum(m.quantity) filter (where m.kind = 'moved' and p.id = m.from_place), 0),
    coalesce(sum(m.quantity) filter (where m.kind = 'handed_out'), 0),
    coalesce(sum(m.quantity) filter (where m.kind = 'returned'), 0),
    coalesce(sum(m.quantity) filter (where m.kind = 'damaged'), 0)
  from new_rows m join stock_place p on p.id in (m.from_place, m.to_place)
  group by p.id, m.item order by p.id, m.item
  on conflict (place_id, item) do update set received = b.received + excluded.received, moved_in = b.moved_in + excluded.moved_in,
    moved_out = b.moved_out + excluded.moved_out, handed_out = b.handed_out + excluded.handed_out,
    returned = b.returned + excluded.returned, damaged = b.damaged + excluded.damaged;
  return null;
end $$;
create trigger balanced after insert on stock_movement referencing new table as new_rows for each statement execute function balance_stock();

-- Progress ------------------------------------------------------------------------------------------------------------------------
-- Kept when an entitlement of a round changes, never counted when read. dimension all: key ''; reason: of undelivered ones.
create table distribution_count (
  round_id uuid not null,
  dimension text not null check (dimension in ('all', 'village', 'stop', 'reason')),
  key text collate "C" not null,
  total integer not null,
  delivered integer not null,
  undelivered integer not null,
  cancelled integer not null,
  invited integer not null,
  -- rupiah: entitled to, and handed over
  amount bigint not null,
  given bigint not null,
  primary key (round_id, dimension, key)
);

create function round_facts(e round_entitlement) returns table (dimension text, key text) immutable parallel safe language sql as $$
  select f.dimension, f.key from unnest(array['all', 'village', 'stop', 'reason'],
    array['', e.region_code, coalesce(e.stop_id::text, ''), case e.state when 'undelivered' then e.reason end]) f (dimension, key) where f.key is not null
$$;
create function count_round() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into distribution_count as c (round_id, dimension, key, total, delivered, undelivered, cancelled, invited, amount, given)
    select e.round_id, f.dimension, f.key, count(*), count(*) filter (where e.state = 'delivered'), count(*) filter (where e.state = 'undelivered'),
      count(*) filter (where e.state = 'cancelled'), count(e.voucher_id), sum(e.amount), coalesce(sum(e.given_amount), 0)
    from new_rows e cross join lateral round_facts(e) f group by 1, 2, 3 order by 1, 2, 3
    on conflict (round_id, dimension, key) do update set total = c.total + excluded.total, delivered = c.delivered + excluded.delivered,
      undelivered = c.undelivered + excluded.undelivered, cancelled = c.cancelled + excluded.cancelled, invited = c.invited + excluded.invited,
      amount = c.amount + excluded.amount, given = c.given + excluded.given;
  else
    insert into distribution_count as c (round_id, dimension, key, total, delivered, undelivered, cancelled, invited, amount, given)
    select * from (
      select round_id, dimension, key, sum(n) total, sum(n * (state = 'delivered')::int) delivered, sum(n * (state = 'undelivered')::int) undelivered,
        sum(n * (state = 'cancelled')::int) cancelled, sum(n * (voucher_id is not null)::int) invited, sum(n * amount) amount, sum(n * coalesce(given_amount, 0)) given
      from (
        select e.round_id, f.dimension, f.key, 1 n, e.state, e.voucher_id, e.amount, e.given_amount from new_rows e cross join lateral round_facts(e) f
        union all
        select e.round_id, f.dimension, f.key, -1, e.state, e.voucher_id, e.amount, e.given_amount from old_rows e cross join lateral round_facts(e) f) changed
      group by 1, 2, 3) k
    where (total, delivered, undelivered, cancelled, invited, amount, given) <> (0, 0, 0, 0, 0, 0, 0) order by 1, 2, 3
    on conflict (round_id, dimension, key) do update set total = c.total + excluded.total, delivered = c.delivered + excluded.delivered,
      undelivered = c.undelivered + excluded.undelivered, cancelled = c.cancelled + excluded.cancelled, invited = c.invited + excluded.invited,
      amount = c.amount + excluded.amount, given = c.given + excluded.given;
  end if;
  return null;
end $$;
create trigger counted_insert after insert on round_entitlement referencing new table as new_rows for each statement execute function count_round();
create trigger counted_update after update on round_entitlement referencing new table as new_rows old table as old_rows for each statement execute function count_round();

-- Judges what is known of some families of a round, whatever order it came in: of the received redemptions that are not void the earliest
-- counts (or the one a supervisor chose), the others are double and make one conflict; without one the last attempt says why not.
-- Writes the standing, the entitlement of the round and of the list, the voucher and the conflict. Returns the conflicts that are new or open again.
create function settle_redemptions(round uuid, families uuid[]) returns table (conflict_id uuid, family_id uuid)
language plpgsql set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  -- One at a time for a family, in one order.
  perform from round_entitlement e where e.round_id = round and e.family_id = any (families) order by e.family_id for update;

  -- First those that no longer count: only one may.
  with judged as (
    select r.id, r.standing, row_number() over (partition by r.family_id order by (r.id = c.counted_id) is true desc, r.happened_at, r.id) as place
    from redemption r left join redemption_conflict c on c.round_id = r.round_id and c.family_id = r.family_id
    where r.round_id = round and r.family_id = any (families) and r.standing in ('counts', 'double')
  ) update redemption r set standing = 'double' from judged j where r.id = j.id and j.place > 1 and j.standing <> 'double';
  with judged as (
    select r.id, r.standing, row_number() over (partition by r.family_id order by (r.id = c.counted_id) is true desc, r.happened_at, r.id) as place
    from redemption r left join redemption_conflict c on c.round_id = r.round_id and c.family_id = r.family_id
    where r.round_id = round and r.family_id = any (families) and r.standing in ('counts', 'double')
  ) update redemption r set standing = 'counts' from judged j where r.id = j.id and j.place = 1 and j.standing <> 'counts';

  update round_entitlement e
  set state = w.state, reason = w.reason, redemption_id = w.redemption_id, given_amount = w.amount, tries = w.tries, settled_at = acting_now()
  from (
    select x.family_id, case when s.id is not null then 'delivered' when t.reason is not null then 'undelivered' else 'open' end as state,
      case when s.id is null then t.reason end as reason, s.id as redemption_id, s.amount, t.tries
    from unnest(families) x (family_id)
    left join redemption s on s.round_id = round and s.family_id = x.family_id and s.standing = 'counts'
    cross join lateral (
      select (array_agg(r.reason order by r.happened_at desc, r.id desc))[1] as reason, least(count(*), 1000)::smallint as tries
      from redemption r where r.round_id = round and r.family_id = x.family_id and r.standing = 'attempt') t
  ) w
  where e.round_id = round and e.family_id = w.family_id and e.state <> 'cancelled'
    and (e.state, e.reason, e.redemption_id, e.given_amount, e.tries) is distinct from (w.state, w.reason, w.redemption_id, w.amount, w.tries);

  update entitlement n set state = e.state from round_entitlement e
  where e.round_id = round and e.family_id = any (families) and e.state <> 'cancelled'
    and n.determination_id = e.determination_id and n.family_id = e.family_id and n.state <> e.state and n.state <> 'cancelled';

  update voucher v set state = case when e.state = 'delivered' then 'redeemed' else 'active' end from round_entitlement e
  where e.round_id = round and e.family_id = any (families) and v.id = e.voucher_id and v.state <> 'cancelled'
    and v.state <> case when e.state = 'delivered' then 'redeemed' else 'active' end;

  -- What was handed over without a line comes in late: a later round that took the family over has nothing left to hand out.
  with over as (
    update round_entitlement o set state = 'cancelled', reason = 'double', held = false, settled_at = acting_now() from round_entitlement e
    where e.round_id = round and e.family_id = any (families) and e.state = 'delivered' and not e.held
      and o.determination_id = e.determination_id and o.family_id = e.family_id and o.round_id <> round and o.state in ('open', 'undelivered')
    returning o.round_id, o.family_id, o.voucher_id
  ) update voucher v set state = 'cancelled', cancelled_at = acting_now(), cancel_reason = 'other' from over where v.id = over.voucher_id and v.state = 'active';

  return query
  insert into redemption_conflict as c (id, round_id, family_id, region_code, redemptions, state)
  select gen_random_uuid(), round, e.family_id, e.region_code, s.n, 'open'
  from (select r.family_id, count(*)::int n from redemption r
        where r.round_id = round and r.family_id = any (families) and r.outcome = 'received' group by 1 having count(*) > 1) s
  join round_entitlement e on e.round_id = round and e.family_id = s.family_id
  order by e.family_id
  on conflict (round_id, family_id) do update set redemptions = excluded.redemptions, state = 'open' where c.redemptions < excluded.redemptions
  returning c.id, c.family_id;
end $$;

-- Who sees what -------------------------------------------------------------------------------------------------------------------
call protect('distribution_round', 'select, insert, update');
call protect('distribution_stop', 'select, insert, update');
call protect('distribution_stop_person', 'select, insert, delete');
call protect('round_entitlement', 'select, insert, update');
call protect('voucher', 'select, insert, update');
call protect('redemption', 'select, insert, update');
call protect('redemption_file', 'select, insert');
call protect('redemption_conflict', 'select, insert, update');
call protect('stock_place', 'select, insert');
call protect('stock_movement', 'select, insert');
call protect('stock_balance', 'select');
call protect('distribution_count', 'select');
grant usage on sequence distribution_round_number to pilar_app, pilar_system;
grant execute on function settle_redemptions(uuid, uuid[]) to pilar_system;
revoke execute on function settle_redemptions(uuid, uuid[]) from public;

-- A round is seen by the social offices of its region, above it and beneath it; what is in it, by region.
create policy staff_reads on distribution_round for select to pilar_app using (
  (in_social_office() or actor_role() = 'auditor')
  and (region_code >= scope_from() and region_code < scope_to()
    or region_code = '00' or scope_from() >= region_code and scope_from() < region_code || '/'));
create policy office_makes on distribution_round for insert to pilar_app
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and made_by = actor_id());
create policy office_leads on distribution_round for update to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select, insert on distribution_round to pilar_app;
grant update (name, opens_on, closes_on, state, work, work_after, work_done, invited_at, opened_at, closed_at, closed_by, reconciled_at, reconciled_by,
  cancelled_at, cancelled_by, end_note, version) on distribution_round to pilar_app;

create policy social_office on distribution_stop to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select, insert on distribution_stop to pilar_app;
grant update (way, place, address, lat, lng, starts_at, ends_at, note, cancelled, version) on distribution_stop to pilar_app;
create policy social_office on distribution_stop_person to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy own on distribution_stop_person for select to pilar_app using (account_id = actor_id());
grant select, insert, delete on distribution_stop_person to pilar_app;
create policy social_office on round_entitlement to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select, update (stop_id) on round_entitlement to pilar_app;
create policy social_office on voucher for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select (id, round_id, family_id, region_code, code, kid, state, issued_at, expires_at, cancelled_at, cancelled_by, cancel_reason) on voucher to pilar_app;
create policy social_office on redemption for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy own on redemption for select to pilar_app using (by_account = actor_id());
grant select on redemption to pilar_app;
create policy social_office on redemption_file for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy own on redemption_file for select to pilar_app using (by_account = actor_id());
grant select on redemption_file to pilar_app;
create policy social_office on redemption_conflict to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select, update (state, resolution, counted_id, note, resolved_by, resolved_at) on redemption_conflict to pilar_app;
create policy social_office on stock_place to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
create policy social_office on stock_movement to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to() and by_account = actor_id());
create policy social_office on stock_balance for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select, insert on stock_place, stock_movement to pilar_app;
grant select on stock_balance to pilar_app;
create policy through_round on distribution_count for select to pilar_app
  using ((in_social_office() or actor_role() = 'auditor') and exists (select from distribution_round r where r.id = round_id));
grant select on distribution_count to pilar_app;

call watch('distribution_round', 'id', 'region_code', 'number,determination_id,programme_code,period,state,way,opens_on,closes_on');
call watch('distribution_stop', 'id', 'region_code', 'round_id,way,starts_at,ends_at,cancelled');
call watch('distribution_stop_person', 'stop_id,account_id', 'region_code', 'round_id');
call watch('redemption', 'id', 'region_code', 'round_id,family_id,outcome,standing,channel,offline,amount');
call watch('redemption_file', 'redemption_id,kind', 'region_code', 'media_type,bytes');
call watch('redemption_conflict', 'id', 'region_code', 'round_id,family_id,state,resolution,redemptions');
call watch('stock_place', 'id', 'region_code', 'round_id,stop_id');
call watch('stock_movement', 'id', 'region_code', 'round_id,kind,item,quantity,from_place,to_place');

-- The stops somebody hands out at, while their round is invited, open or just closed (what was done without a line still comes in).
create function my_stops(stop uuid default null)
returns table (stop_id uuid, round_id uuid, region_code text, way text, place text, address text, lat double precision, lng double precision,
  starts_at timestamptz, ends_at timestamptz, note text, number text, round_name text, round_state text, programme_code text, goods jsonb,
  opens_on date, closes_on date, total integer, delivered integer, undelivered integer, cancelled integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id, s.round_id, s.region_code, s.way, s.place, s.address, s.lat, s.lng, s.starts_at, s.ends_at, s.note, r.number, r.name, r.state, r.programme_code,
    r.goods, r.opens_on, r.closes_on, coalesce(c.total, 0), coalesce(c.delivered, 0), coalesce(c.undelivered, 0), coalesce(c.cancelled, 0)
  from distribution_stop_person p join distribution_stop s on s.id = p.stop_id join distribution_round r on r.id = s.round_id
  left join distribution_count c on c.round_id = r.id and c.dimension = 'stop' and c.key = s.id::text
  where p.account_id = actor_id() and actor_role() in ('pillar', 'officer', 'supervisor') and s.region_code >= scope_from() and s.region_code < scope_to()
    and not s.cancelled and r.state in ('invited', 'open', 'closed') and ($1 is null or s.id = $1)
$$;
-- The list of a stop for whoever hands out there: what is needed at the door, and nothing else of the family.
create function stop_list(stop uuid)
returns table (family_id uuid, payee_name text, nik_masked text, address text, rt text, rw text, persons smallint, amount bigint, goods jsonb,
  voucher_id uuid, voucher_code text, state text, reason text, tries smallint, redemption_id uuid, redeemed_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select e.family_id, e.payee_name, e.nik_masked, e.address, e.rt, e.rw, e.persons, e.amount, e.goods, e.voucher_id, e.voucher_code, e.state, e.reason, e.tries,
    e.redemption_id, d.happened_at
  from my_stops($1) m join round_entitlement e on e.stop_id = m.stop_id left join redemption d on d.id = e.redemption_id
  where m.round_state in ('invited', 'open')
$$;
-- Who can be asked to hand out in a village: its pillars and its own officers.
create function handers_of(village text) returns table (account_id uuid, name text, role text, pillar_kind text)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct on (c.name, c.id) c.id, c.name, a.role, a.pillar_kind
  from assignment a join account c on c.id = a.account_id
  where in_social_office() and $1 collate "C" >= scope_from() and $1 collate "C" < scope_to()
    and (a.role = 'pillar' and ($1 = a.region_code or starts_with($1, a.region_code || '.'))
      or a.role in ('officer', 'supervisor') and a.region_code in ($1, left($1, 8)) and split_part(a.office_id, '/', 2) = 'social')
    and a.ended_at is null and c.active and a.valid_from <= acting_now()::date and (a.valid_to is null or a.valid_to >= acting_now()::date)
  order by c.name, c.id, length(a.region_code) desc limit 300
$$;
-- Names of those who hand out at a stop, for the officers of the village.
create function stop_people(stop uuid) returns table (account_id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.name from distribution_stop_person p join account c on c.id = p.account_id
  where p.stop_id = $1 and (in_social_office() and p.region_code >= scope_from() and p.region_code < scope_to() or actor_role() = 'system')
$$;
revoke execute on function my_stops(uuid), stop_list(uuid), handers_of(text), stop_people(uuid) from public;
grant execute on function my_stops(uuid), stop_list(uuid), handers_of(text), stop_people(uuid) to pilar_app, pilar_system;

insert into register_term (key, valid_from, amount, unit, source) values
  ('handing_over_late', '2020-01-01', 7, 'days', 'belum diverifikasi: catatan penyerahan tanpa sinyal diterima sampai sekian hari sesudah putaran ditutup'),
  ('voucher_grace', '2020-01-01', 1, 'days', 'belum diverifikasi: kupon berlaku sampai sekian hari sesudah hari terakhir putaran');
