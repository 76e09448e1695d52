-- Keys of vouchers, and what anybody may check of a person's assistance (Cek Bansos). Read in src/distribution/vouchers and check.

insert into register_term (key, valid_from, amount, unit, source) values
  ('voucher_key_signs', '2020-01-01', 180, 'days', 'belum diverifikasi: satu kunci menandatangani kupon setengah tahun'),
  ('voucher_key_trusted', '2020-01-01', 400, 'days', 'belum diverifikasi: kupon dari kunci lama masih dipercaya sekian hari sesudahnya'),
  ('check_shown', '2020-01-01', 60, 'days', 'belum diverifikasi: bantuan yang belum disalurkan tetap tampil sekian hari sesudah masanya'),
  ('check_matches', '2020-01-01', 5, 'count', 'belum diverifikasi: paling banyak sekian orang ditampilkan untuk satu nama di satu desa'),
  ('check_question_open', '2020-01-01', 1, 'hours', 'belum diverifikasi: pertanyaan pembuktian dapat dijawab selama sekian jam');

-- The amount of a dated limit as it stands at the transaction's moment; null where there is none.
create function register_term_now(key text) returns integer stable language sql as $$
  select t.amount from register_term t where t.key = $1 and t.valid_from <= acting_now()::date order by t.valid_from desc limit 1
$$;

-- Public keys only: the private ones follow from the secret of the installation and the generation.
create table voucher_key (
  generation integer primary key check (generation >= 1),
  -- first eight bytes of the sha256 of the key, base64url
  kid text not null unique,
  -- JWK: { kty, crv, x, y }
  public_key jsonb not null,
  signs_from timestamptz not null,
  signs_to timestamptz not null,
  -- until then what it signed is believed
  trusted_to timestamptz not null,
  revoked_at timestamptz,
  check (signs_from < signs_to and signs_to <= trusted_to)
);
comment on table voucher_key is 'Reference data: holds nothing about a person.';
grant select on voucher_key to pilar_app, pilar_citizen;
grant select, insert, update on voucher_key to pilar_system;

-- What Cek Bansos tells ---------------------------------------------------------------------------------------------------------

-- Programmes anybody may see a person receive. Only those named here: to receive one of the others tells of illness, disability, childhood,
-- imprisonment or another plight (PPKS), and a programme nobody has thought about yet is not shown.
create table check_programme (
  programme_code text not null check (programme_code ~ '^[A-Z0-9_]{2,30}$'),
  valid_from date not null,
  shown boolean not null,
  source text not null,
  primary key (programme_code, valid_from)
);
comment on table check_programme is 'Reference data: holds nothing about a person.';
grant select on check_programme to pilar_app, pilar_citizen, pilar_system;
insert into check_programme (programme_code, valid_from, shown, source)
select code, '2020-01-01', shown, source from (values
  (array['PKH', 'SEMBAKO', 'BST', 'BANSOS_SEMBAKO', 'BLT_BBM', 'BLT_DESA', 'PBI_JK'], true, 'tampil di Cek Bansos Kemensos atau diumumkan di desa'),
  (array['KIP', 'PENA', 'RUTILAHU', 'UEP_KUBE', 'UEP', 'KUBE', 'JAMSOSRATU'], true, 'belum diverifikasi: tidak mengungkap kondisi pribadi'),
  (array['ATENSI', 'YAPI', 'PERMAKANAN', 'JSOD', 'JSLU', 'JSANAK', 'UPSK', 'COTA', 'KAKI_PALSU', 'ALAT_BANTU_DENGAR', 'BIMBINGAN_ODGJ', 'KONSELING_PMI',
    'KETERAMPILAN_BWBLP', 'TALI_ASIH'], false, 'mengungkap usia, disabilitas, kesehatan atau masalah sosial: UU 27/2022 pasal 4')
) v (codes, shown, source) cross join unnest(codes) code;

-- Tries are counted by everybody together: under keyed hashes, for the length of a window. Each process adds what it counted and reads
-- what others did (src/distribution/check/meter.ts).
create table check_count (
  key text primary key,
  hits integer not null,
  changed_at timestamptz not null,
  ends_at timestamptz not null
);
create index check_count_changed on check_count (changed_at);
create index check_count_ends on check_count (ends_at);
call protect('check_count', 'select, insert, update, delete');

alter table public_limit drop constraint public_limit_key_check;
alter table public_limit add constraint public_limit_key_check check (key ~ '^[a-z_]{3,40}$');
insert into public_limit (key, valid_from, hits, seconds) values
  -- tries of one network before a question is asked with each
  ('check_free', '2020-01-01', 5, 900),
  -- tries of one network, questions answered or not: telephones of a whole town may share one address
  ('check_network', '2020-01-01', 300, 3600),
  -- tries about people of one kecamatan before a question is asked with each, and in all
  ('check_area', '2020-01-01', 3000, 3600),
  ('check_area_most', '2020-01-01', 30000, 3600);

-- Waiting lists are looked up by family.
create index determination_result_waiting on determination_result (family_id) where reason = 'quota';

-- A name nobody could be found by: 'Sumiati Wulandari' → 'S*** W***'.
create function name_masked(name text) returns text immutable parallel safe language sql as $$
  select regexp_replace(btrim(name), '(\S)\S*', '\1***', 'g')
$$;

-- What a family, and this person of it, receives of programmes anybody may see; null for nothing. A programme may come more than once: the first
-- by `place` counts. Called by the two functions beneath only, with their rights. Each statement is planned once for a connection (generic
-- plans): planning takes ten times as long as running.
create function check_received(family uuid, person uuid, today date, shown_since date, moment timestamptz) returns json
language plpgsql stable as $$
declare
  receives json;
  coming json;
begin
  select json_agg(json_build_object('code', s.programme_code, 'name', p.name, 'place', s.place, 'standing', s.standing, 'handed', s.handed,
    'from', s.period_from, 'to', s.period_to)) into receives
  from (
    select e.programme_code, 1 as place, e.period_from, e.period_to, 'listed' as standing, e.state as handed
    from entitlement e where e.family_id = family and e.state <> 'cancelled'
      and (e.period_to >= today or e.state <> 'delivered' and e.period_to >= shown_since)
    union all
    select a.programme_code, 2, a.period_from, a.period_to, 'listed', null
    from assistance a where a.family_id = family and (a.person_id is null or a.person_id = person)
      and a.period_from <= today and (a.period_to is null or a.period_to >= today)
    union all
    select d.programme_code, 3, d.period_from, d.period_to, 'waiting', null
    from determination_result w join determination d on d.id = w.determination_id
    where w.family_id = family and w.reason = 'quota' and d.state = 'approved' and d.period_to >= today
  ) s join programme p on p.code = s.programme_code
  where (select c.shown from check_programme c where c.programme_code = s.programme_code and c.valid_from <= today order by c.valid_from desc limit 1);
  if receives is null then return null; end if;
  -- Where and when it is handed out next, soonest first.
  select json_agg(json_build_object('code', d.programme_code, 'place', s.place, 'address', case when s.way <> 'to_the_door' then s.address end,
    'way', s.way, 'startsAt', s.starts_at, 'endsAt', s.ends_at) order by s.starts_at) into coming
  from round_entitlement e join distribution_round d on d.id = e.round_id
  join distribution_stop s on s.round_id = e.round_id and s.region_code = e.region_code and (e.stop_id is null or s.id = e.stop_id)
  where e.family_id = family and e.held and e.state in ('open', 'undelivered') and d.state in ('invited', 'open') and not s.cancelled and s.ends_at > moment;
  return json_build_object('receives', receives, 'coming', coming);
end $$;

-- By NIK: null alike for a number nobody has and for somebody who receives nothing that is shown, after the same statements. Two people may
-- have one number until somebody has looked: who receives something is answered for.
create function check_nik(asked text, moment timestamptz, shown_days integer) returns json
language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  today date := (moment at time zone 'Asia/Jakarta')::date;
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  one record;
  received json;
begin
  for one in
    select coalesce(p.id, nobody) as id, coalesce(p.family_id, nobody) as family_id, p.name, p.region_code
    from (select 1) always left join person p on p.nik = asked and p.status = 'active' limit 3
  loop
    received := check_received(one.family_id, one.id, today, today - shown_days, moment);
    if received is not null then
      return (select json_build_object('received', received, 'name', name_masked(one.name), 'village', r.name, 'zone', r.time_zone) from region r where r.code = one.region_code);
    end if;
  end loop;
  return null;
end $$;

-- By village and name: people whose name has all the words typed, as they are heard (groups of search keys, see people/search-keys.ts), and who
-- receive something that is shown. Ten are looked at, however many there are.
create function check_name(village text, typed text, groups text[], moment timestamptz, shown_days integer, most integer) returns json
language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  today date := (moment at time zone 'Asia/Jakarta')::date;
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  wanted text := '';
  one text;
  people json[] := '{}';
  received json;
  candidate record;
begin
  foreach one in array groups loop
    wanted := wanted || format(' and p.search_keys && %L::integer[]', one::integer[]);
  end loop;
  for candidate in execute format($find$
    select coalesce(f.id, $5) as id, coalesce(f.family_id, $5) as family_id, name_masked(f.name) as name
    from generate_series(1, 10) n left join (
      select g.*, row_number() over (order by similarity(g.name, $2) desc, g.id) as n from (
        select p.id, p.family_id, p.name, p.region_code, p.status from person p where p.status <> 'merged' %s offset 0) g
      where g.region_code = $1 and g.status = 'active' and ($3 > 1 or btrim(g.name) !~ '\s')) f on f.n = n.n
    order by n.n$find$, wanted) using village, typed, cardinality(groups), most, nobody
  loop
    received := check_received(candidate.family_id, candidate.id, today, today - shown_days, moment);
    if received is not null and cardinality(people) < most then
      people := people || json_build_object('name', candidate.name, 'received', received);
    end if;
  end loop;
  return (select json_build_object('people', to_json(people), 'village', r.name, 'zone', r.time_zone)
    from (select 1) x left join region r on r.code = village and r.tier = 'village');
end $$;

revoke execute on function check_received(uuid, uuid, date, date, timestamptz), check_nik(text, timestamptz, integer),
  check_name(text, text, text[], timestamptz, integer, integer) from public;
grant execute on function check_nik(text, timestamptz, integer), check_name(text, text, text[], timestamptz, integer, integer) to pilar_app;
