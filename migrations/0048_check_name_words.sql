-- Cek Bansos by name: a name typed twice, or in two halves, is one word and lists nobody but who has no other (src/distribution/check/look.ts).

drop function check_name(text, text, text[], text[], timestamptz, integer, integer);

-- By village and name: people whose name has all the words typed, as they are heard (groups of search keys, see people/search-keys.ts), and who
-- receive something that is shown. Two different keys of those that tell words apart (`different`) must be the person's; or all they have was typed: they have
-- the words as they were typed and as many keys as somebody of that whole name (`whole`: without and with a birth date), or as many as
-- somebody of one word (1, 3).
-- Ten are looked at, however many there are.
create function check_name(village text, typed text, groups text[], different integer[], words integer[], whole integer[], programmes text[], moment timestamptz,
  shown_days integer, most integer) returns json
language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  today date := (moment at time zone 'Asia/Jakarta')::date;
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  wanted text := '';
  one text;
  people uuid[];
  families uuid[];
  names text[];
begin
  foreach one in array groups loop
    wanted := wanted || format(' and p.search_keys && %L::integer[]', one::integer[]);
  end loop;
  execute format($find$
    select array_agg(coalesce(f.id, $3) order by n.n), array_agg(coalesce(f.family_id, $3) order by n.n), array_agg(f.name order by n.n)
    from generate_series(1, 10) n left join (
      select g.*, row_number() over (order by similarity(g.name, $2) desc, g.id) as n from (
        select p.id, p.family_id, p.name, p.region_code, p.status, p.birth_date, p.search_keys from person p where p.status <> 'merged' %s offset 0) g
      where g.region_code = $1 and g.status = 'active' and (
        (select count(*) from unnest($4) d (key) where d.key = any (g.search_keys)) >= 2
        or cardinality(g.search_keys) = case when g.birth_date is null then 1 else 3 end
        or g.search_keys @> $5 and cardinality(g.search_keys) = case when g.birth_date is null then $6[1] else $6[2] end)) f on f.n = n.n$find$, wanted)
    into people, families, names using village, typed, nobody, different, words, whole;
  return (select json_build_object('people', coalesce(f.people, '[]'), 'village', r.name, 'zone', r.time_zone)
    from (
      select json_agg(json_build_object('name', name_masked(names[c.at]), 'received', c.received) order by c.at) as people
      from (select * from check_received(people, families, programmes, today, today - shown_days, moment) where received is not null order by at limit most) c) f
    left join region r on r.code = village and r.tier = 'village');
end $$;

revoke execute on function check_name(text, text, text[], integer[], integer[], integer[], text[], timestamptz, integer, integer) from public;
grant execute on function check_name(text, text, text[], integer[], integer[], integer[], text[], timestamptz, integer, integer) to pilar_app;
