-- The rows behind the counts of coming and going: who came into a region of the register in a month, and who left it, each time, as the
-- triggers of 0018 and 0020 counted it. They write one number where a row of now is made another; here the rows of now are read again from what
-- was believed of them, so that nothing more has to be kept. `subject`: family or person. Only ids come out.
create function register_moves(subject text, region text, of_month date)
returns table (id uuid, way text, region_code text, at timestamptz, effective_on date, reason text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  own text collate "C" := region;
  past text collate "C" := case region when '00' then '~' else region || '~' end;
begin
  if subject not in ('family', 'person') or actor_role() is null or not (in_social_office() or actor_role() = 'system')
    or not (own >= scope_from() and own < scope_to()) then
    return;
  end if;
  return query execute format($statement$
    with held as not materialized (
      select id, region_code, valid_from, known_from, 'infinity'::timestamptz as known_to, status from %1$s
      union all
      select %1$s_id, region_code, valid_from, known_from, known_to, state ->> 'status' from %1$s_past where valid_to = 'infinity'
    ), changed as (
      select id, known_from as at from held
      where region_code >= $1 and region_code < $2 and known_from >= $3 - interval '2 days' and known_from < $3 + interval '1 month 2 days'
      union
      select id, known_to from held
      where region_code >= $1 and region_code < $2 and known_to >= $3 - interval '2 days' and known_to < $3 + interval '1 month 2 days'
    ), told as (
      select c.id, c.at, n.valid_from, o.status as was, n.status as now, o.region_code as came_from, n.region_code as went_to,
        o.status = 'active' and n.status = 'active' and o.region_code <> n.region_code and counts_there($1, common_region(o.region_code, n.region_code)) as moved
      from changed c join held n on n.id = c.id and n.known_from = c.at join region r on r.code = n.region_code
        left join held o on o.id = c.id and o.known_to = c.at
      where date_trunc('month', c.at at time zone r.time_zone)::date = $3
    ), went as (
      select t.*, 'in' as way, went_to as place from told t where now = 'active' and (was is distinct from 'active' or moved)
      union all
      select t.*, 'out', came_from from told t where was = 'active' and (now <> 'active' or moved)
    )
    select id, way, place, at, valid_from, movement_reason(causing_kind(id, at), was, now) from went where place >= $1 and place < $2
  $statement$, subject) using own, past, of_month;
end $$;
revoke execute on function register_moves(text, text, date) from public;
grant execute on function register_moves(text, text, date) to pilar_app, pilar_system;
