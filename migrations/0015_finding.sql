-- Finding people and families. Decision 0021.

insert into register_term (key, valid_from, amount, unit, source) values
  ('searches_an_hour', '2020-01-01', 240, 'count', 'belum diverifikasi: cukup untuk satu loket sehari penuh, terlalu sedikit untuk menyalin daftar'),
  ('search_pages', '2020-01-01', 5, 'count', 'belum diverifikasi: yang tidak ada di lima halaman pertama dicari dengan kata yang lebih tepat');

-- The beginning of a number is looked for whatever the order of letters of the database is.
drop index person_nik;
create index person_nik on person (nik text_pattern_ops) where nik is not null;
drop index family_kk;
create index family_kk on family (kk_number text_pattern_ops) where kk_number is not null;

-- New rows wait in the index's list until it is this long, and every search reads that list.
alter index person_search set (gin_pending_list_limit = 256);
alter index family_search set (gin_pending_list_limit = 256);

-- People who have a number of every group, within [low, high) and the scope of whoever asks; those with more of the numbers in
-- `exact`, then with a name more like `typed`, first. Operators on arrays are not leakproof, so below row security no index serves
-- them; here the scope is applied by hand, and the caller joins the ids to what row security lets it see. The statement is put
-- together from numbers only. Region and index are kept apart, else the planner reads a whole kecamatan.
create function find_people(groups text[], exact integer[], typed text, low text, high text, most integer) returns table (id uuid)
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare
  one text;
  wanted text := '';
begin
  if not coalesce(in_social_office(), false) or cardinality(groups) = 0 then return; end if;
  foreach one in array groups loop
    wanted := wanted || format(' and p.search_keys && %L::integer[]', one::integer[]);
  end loop;
  return query execute format($find$
    select f.id from (
      select p.id, p.region_code, p.name, p.search_keys from person p where p.status <> 'merged' %s offset 0) f
    where f.region_code >= greatest($1 collate "C", scope_from()) and f.region_code < least($2 collate "C", scope_to())
    order by (select count(*) from unnest($3) k where k = any (f.search_keys)) desc, similarity(f.name, $4) desc, f.id
    limit $5$find$, wanted) using low, high, exact, typed, most;
end $$;

create function find_families(groups text[], low text, high text, most integer) returns table (id uuid)
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare
  one text;
  wanted text := '';
begin
  if not coalesce(in_social_office(), false) or cardinality(groups) = 0 then return; end if;
  foreach one in array groups loop
    wanted := wanted || format(' and f.search_keys && %L::integer[]', one::integer[]);
  end loop;
  return query execute format($find$
    select h.id from (
      select f.id, f.region_code from family f where f.status not in ('merged', 'dissolved') %s offset 0) h
    where h.region_code >= greatest($1 collate "C", scope_from()) and h.region_code < least($2 collate "C", scope_to())
    order by h.region_code, h.id limit $3$find$, wanted) using low, high, most;
end $$;

-- People whose NIK, and families whose card number, begins and ends so.
create function find_by_number(first text, last text, most integer) returns table (person_id uuid, family_id uuid)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if not coalesce(in_social_office(), false) or first !~ '^[0-9]{6,16}$' or last !~ '^[0-9]{0,10}$' then return; end if;
  return query execute format($find$
    (select p.id, null::uuid from person p where p.nik like %1$L and p.status <> 'merged'
      and p.region_code >= scope_from() and p.region_code < scope_to() limit $1)
    union all
    (select null::uuid, f.id from family f where f.kk_number like %1$L and f.status not in ('merged', 'dissolved')
      and f.region_code >= scope_from() and f.region_code < scope_to() limit $1)$find$, first || '%' || last) using most;
end $$;

-- One search more of this account in the running hour; the seconds to wait where there have been enough.
create function count_search(most integer) returns integer
language sql volatile security definer set search_path = public, pg_temp as $$
  insert into throttle as t (key, window_start, hits)
  values ('search:' || encode(sha256(convert_to(actor_id()::text, 'UTF8')), 'hex'), acting_now(), 1)
  on conflict (key) do update set
    hits = case when t.window_start + interval '1 hour' <= acting_now() then 1 else t.hits + 1 end,
    window_start = case when t.window_start + interval '1 hour' <= acting_now() then acting_now() else t.window_start end
  returning case when hits > most then greatest(1, ceil(extract(epoch from window_start + interval '1 hour' - acting_now())))::integer end
$$;

revoke execute on function find_people(text[], integer[], text, text, text, integer), find_families(text[], text, text, integer),
  find_by_number(text, text, integer), count_search(integer) from public;
grant execute on function find_people(text[], integer[], text, text, text, integer), find_families(text[], text, text, integer),
  find_by_number(text, text, integer), count_search(integer) to pilar_app;
