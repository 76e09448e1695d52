-- One person, one record: pairs of persons who may be the same, what was decided of them, and the work of finding them..

insert into register_term (key, valid_from, amount, unit, source) values
  ('link_possible', '2020-01-01', 500, 'permille', 'batas sendiri: mulai kemungkinan 50% dua data ditunjukkan sebagai mungkin ganda'),
  ('link_import_by_scan', '2020-01-01', 2000, 'count', 'batas sendiri: impor yang lebih besar diperiksa dengan pencarian seluruh data');

-- The smallest region that holds both places: the tier that sees both.
create function link_region(one text, other text) returns text immutable parallel safe language sql as $$
  select coalesce((select string_agg(a.part, '.' order by a.at)
    from unnest(string_to_array(one, '.')) with ordinality a (part, at)
    where (string_to_array(one, '.'))[1:a.at::integer] = (string_to_array(other, '.'))[1:a.at::integer]), '00')
$$;

create table link_pair (
  -- left_id < right_id: a pair is there once
  left_id uuid not null,
  right_id uuid not null,
  left_region text collate "C" not null,
  right_region text collate "C" not null,
  -- the smallest region that holds both
  region_code text collate "C" not null,
  probability real not null check (probability between 0 and 1),
  -- log2 of the odds
  weight real not null,
  -- field → [agrees | near | differs | unknown, weight]; nothing of what the fields say
  evidence jsonb not null,
  same_nik boolean not null default false,
  same_family boolean not null default false,
  -- merged: by link_merge. different: for good, no scan brings it back.
  state text not null check (state in ('possible', 'merged', 'different')),
  -- the merge that made this pair out of one of the person who was merged
  follows uuid,
  found_at timestamptz not null default acting_now(),
  decided_by uuid,
  decided_at timestamptz,
  reason text check (length(reason) between 5 and 500),
  -- an officer who sees only one of the two asks the tier that sees both
  referred_by uuid,
  referred_at timestamptz,
  primary key (left_id, right_id),
  check (left_id < right_id),
  check ((state = 'possible') = (decided_at is null))
);
create index link_pair_right on link_pair (right_id);
create index link_pair_possible on link_pair (region_code, weight desc, left_id) where state = 'possible';
create index link_pair_decided on link_pair (region_code, decided_at desc) where state <> 'possible';
create index link_pair_left_region on link_pair (left_region) where state = 'possible';
create index link_pair_right_region on link_pair (right_region) where state = 'possible';
create index link_pair_follows on link_pair (follows) where follows is not null;

-- A merge, and what is needed to take it back.
create table link_merge (
  id uuid primary key,
  kept_id uuid not null,
  gone_id uuid not null,
  region_code text collate "C" not null,
  -- the change of the register, whose events a correction takes back
  change_id uuid not null,
  -- assistance that went over to the kept person: [{id, familyId, personId}] as it was
  moved jsonb not null default '[]',
  reason text not null check (length(reason) between 5 and 500),
  merged_by uuid not null,
  merged_at timestamptz not null default acting_now(),
  undone_change_id uuid,
  undone_by uuid,
  undone_at timestamptz,
  undone_reason text check (length(undone_reason) between 5 and 500),
  check (kept_id <> gone_id),
  check ((undone_at is null) = (undone_by is null))
);
create index link_merge_kept on link_merge (kept_id);
create index link_merge_gone on link_merge (gone_id);
create index link_merge_region on link_merge (region_code, merged_at desc);

-- A search through the whole register, in the background. persons up to done_until (in the order of their ids) are done.
create table link_scan (
  id uuid primary key,
  state text not null check (state in ('waiting', 'running', 'done', 'failed')),
  asked_by uuid,
  asked_at timestamptz not null default acting_now(),
  started_at timestamptz,
  finished_at timestamptz,
  persons integer not null default 0,
  done_persons integer not null default 0,
  done_until uuid,
  compared bigint not null default 0,
  found integer not null default 0,
  attempts integer not null default 0
);
comment on table link_scan is 'Reference data: holds nothing about a person.';
create unique index link_scan_one on link_scan ((true)) where state in ('waiting', 'running');

-- New or changed, to be compared with everybody at once.
create table link_waiting (
  person_id uuid primary key,
  since timestamptz not null default acting_now()
);
-- Imports whose people have been put into link_waiting.
create table link_import (import_id uuid primary key);
comment on table link_import is 'Reference data: holds nothing about a person.';

-- What was learned: how often each level of each field comes about, the newest row counts.
create table link_model (
  id uuid primary key,
  learned_at timestamptz not null default acting_now(),
  persons integer not null,
  model jsonb not null
);
comment on table link_model is 'Reference data: probabilities of levels of likeness, nothing about a person.';

call protect('link_pair', 'select, insert, update, delete');
call protect('link_merge', 'select, insert, update');
call protect('link_waiting', 'select, insert, update, delete');
create policy social_office on link_pair to pilar_app
  using (left_region >= scope_from() and left_region < scope_to() and right_region >= scope_from() and right_region < scope_to() and in_social_office())
  with check (left_region >= scope_from() and left_region < scope_to() and right_region >= scope_from() and right_region < scope_to() and in_social_office());
create policy social_office on link_merge to pilar_app
  using (region_code >= scope_from() and region_code < scope_to() and in_social_office())
  with check (region_code >= scope_from() and region_code < scope_to() and in_social_office());
grant select, insert, update, delete on link_pair to pilar_app;
grant select, insert, update on link_merge to pilar_app;
grant select, insert, update on link_scan to pilar_app, pilar_system;
grant select, insert on link_import, link_model to pilar_system;
call watch('link_pair', 'left_id,right_id', 'region_code', 'state,follows');
call watch('link_merge', 'id', 'region_code', 'kept_id,gone_id,change_id,undone_change_id');

-- Pairs of which the actor's region holds only one: that there is one, and the tier that sees both. Nothing of the other.
create function link_pairs_beyond() returns table (person_id uuid, region_code text, common text, found_at timestamptz, referred_at timestamptz, key text)
  stable security definer set search_path = public, pg_temp language sql as $$
  select case when left_region >= scope_from() and left_region < scope_to() then left_id else right_id end,
    case when left_region >= scope_from() and left_region < scope_to() then left_region else right_region end,
    region_code, found_at, referred_at, encode(sha256(convert_to(left_id::text || right_id::text, 'UTF8')), 'hex')
  from link_pair
  where state = 'possible' and in_social_office() and scope_from() <> '00'
    and ((left_region >= scope_from() and left_region < scope_to()) <> (right_region >= scope_from() and right_region < scope_to()))
    and (left_region >= scope_from() and left_region < scope_to() or right_region >= scope_from() and right_region < scope_to())
  order by found_at desc limit 200
$$;
-- Asks the tier that sees both to decide; answers whether there was such a pair.
create function refer_link_pair(key text) returns boolean volatile security definer set search_path = public, pg_temp language sql as $$
  with told as (
    update link_pair set referred_by = actor_id(), referred_at = acting_now()
    where state = 'possible' and in_social_office() and referred_at is null
      and ((left_region >= scope_from() and left_region < scope_to()) <> (right_region >= scope_from() and right_region < scope_to()))
      and encode(sha256(convert_to(left_id::text || right_id::text, 'UTF8')), 'hex') = key
    returning 1)
  select exists (select from told)
$$;
revoke execute on function link_pairs_beyond(), refer_link_pair(text) from public;
grant execute on function link_pairs_beyond(), refer_link_pair(text) to pilar_app;

-- Reports: numbers that stand twice, and dead persons still in receipt.
create index person_dead on person (region_code, died_on) where status = 'dead' and died_on is not null;
