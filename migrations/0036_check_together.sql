-- Cek Bansos asks about everybody who waits at once (src/distribution/check/gather.ts, decision 0026): to set up the statement costs ten times
-- what one more person in it does. The programmes that are shown, and their names, are read with the limits, not for each person.

drop function check_nik(text, timestamptz, integer);
drop function check_name(text, text, text[], timestamptz, integer, integer);
drop function check_received(uuid, uuid, date, date, timestamptz);

-- What these families, and these people of them, receive of the programmes named; `received` is null for nothing. A programme may come more than
-- once: the first by `place` counts. Called by the two functions beneath only, with their rights.
create function check_received(people uuid[], families uuid[], programmes text[], today date, shown_since date, moment timestamptz)
returns table (at bigint, received json) language plpgsql stable rows 10 as $$
begin
  return query with who as (
    select u.at, u.person_id, u.family_id from unnest(people, families) with ordinality u (person_id, family_id, at)),
  told as (
    select s.at, json_agg(json_build_object('code', s.code, 'place', s.place, 'standing', s.standing, 'handed', s.handed,
        'from', s.period_from, 'to', s.period_to)) as receives,
      bool_or(s.handed in ('open', 'undelivered')) as is_coming
    from (
      select w.at, e.programme_code as code, 1 as place, 'listed' as standing, e.state as handed, e.period_from, e.period_to
      from who w join entitlement e on e.family_id = w.family_id
      where e.state <> 'cancelled' and e.programme_code = any (programmes)
        and (e.period_to >= today or e.state <> 'delivered' and e.period_to >= shown_since)
      union all
      select w.at, a.programme_code, 2, 'listed', null, a.period_from, a.period_to
      from who w join assistance a on a.family_id = w.family_id
      where (a.person_id is null or a.person_id = w.person_id) and a.programme_code = any (programmes)
        and a.period_from <= today and (a.period_to is null or a.period_to >= today)
      union all
      select w.at, d.programme_code, 3, 'waiting', null, d.period_from, d.period_to
      from who w join determination_result r on r.family_id = w.family_id and r.reason = 'quota' join determination d on d.id = r.determination_id
      where d.state = 'approved' and d.period_to >= today and d.programme_code = any (programmes)
    ) s group by s.at)
  select w.at, case when t.receives is not null then json_build_object('receives', t.receives, 'coming', c.coming) end
  from who w left join told t on t.at = w.at left join lateral (
    -- Where and when it is handed out next, soonest first.
    select json_agg(json_build_object('code', d.programme_code, 'place', s.place, 'address', case when s.way <> 'to_the_door' then s.address end,
      'way', s.way, 'startsAt', s.starts_at, 'endsAt', s.ends_at) order by s.starts_at) as coming
    from round_entitlement e join distribution_round d on d.id = e.round_id
    join distribution_stop s on s.round_id = e.round_id and s.region_code = e.region_code and (e.stop_id is null or s.id = e.stop_id)
    where t.is_coming and e.family_id = w.family_id and e.held and e.state in ('open', 'undelivered') and d.state in ('invited', 'open')
      and not s.cancelled and s.ends_at > moment) c on true
  order by w.at;
end $$;

-- By NIK, many at once: an array in the order asked, null alike for a number nobody has and for somebody who receives nothing that is shown, after the
-- same statement. Two people may have one number until somebody has looked: who receives something is answered for.
create function check_niks(asked text[], programmes text[], moment timestamptz, shown_days integer) returns json
language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  today date := (moment at time zone 'Asia/Jakarta')::date;
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  ats bigint[];
  people uuid[];
  families uuid[];
  names text[];
  villages text[];
begin
  select array_agg(u.at order by u.at, p.id), array_agg(coalesce(p.id, nobody) order by u.at, p.id), array_agg(coalesce(p.family_id, nobody) order by u.at, p.id),
    array_agg(p.name order by u.at, p.id), array_agg(p.region_code order by u.at, p.id)
    into ats, people, families, names, villages
  from unnest(asked) with ordinality u (nik, at) left join person p on p.nik = u.nik and p.status = 'active';
  return (select json_agg(s.told order by s.at) from (
    select distinct on (ats[c.at]) ats[c.at] as at, case when c.received is not null then
      json_build_object('received', c.received, 'name', name_masked(names[c.at]), 'village', v.name, 'zone', v.time_zone) end as told
    from check_received(people, families, programmes, today, today - shown_days, moment) c
    left join region v on v.code = villages[c.at] and c.received is not null
    order by ats[c.at], c.received is null, c.at) s);
end $$;

-- By village and name: people whose name has all the words typed, as they are heard (groups of search keys, see people/search-keys.ts), and who
-- receive something that is shown. Ten are looked at, however many there are.
create function check_name(village text, typed text, groups text[], programmes text[], moment timestamptz, shown_days integer, most integer) returns json
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
    select array_agg(coalesce(f.id, $4) order by n.n), array_agg(coalesce(f.family_id, $4) order by n.n), array_agg(f.name order by n.n)
    from generate_series(1, 10) n left join (
      select g.*, row_number() over (order by similarity(g.name, $2) desc, g.id) as n from (
        select p.id, p.family_id, p.name, p.region_code, p.status from person p where p.status <> 'merged' %s offset 0) g
      where g.region_code = $1 and g.status = 'active' and ($3 > 1 or btrim(g.name) !~ '\s')) f on f.n = n.n$find$, wanted)
    into people, families, names using village, typed, cardinality(groups), nobody;
  return (select json_build_object('people', coalesce(f.people, '[]'), 'village', r.name, 'zone', r.time_zone)
    from (
      select json_agg(json_build_object('name', name_masked(names[c.at]), 'received', c.received) order by c.at) as people
      from (select * from check_received(people, families, programmes, today, today - shown_days, moment) where received is not null order by at limit most) c) f
    left join region r on r.code = village and r.tier = 'village');
end $$;

revoke execute on function check_received(uuid[], uuid[], text[], date, date, timestamptz), check_niks(text[], text[], timestamptz, integer),
  check_name(text, text, text[], text[], timestamptz, integer, integer) from public;
grant execute on function check_niks(text[], text[], timestamptz, integer), check_name(text, text, text[], text[], timestamptz, integer, integer) to pilar_app;
