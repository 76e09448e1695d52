-- Counts of what changed in the register, whatever the number of rows.
--
-- A plan without parameters is kept by the connection as it was first made: for one row, or for none, since an upsert that only
-- inserts tells this trigger too. Kept, it would pair old and new rows by reading all of the ones for each of the others. So the
-- statements are planned anew each time; the branches for updates of count_families() and count_persons() are not called any more.
-- Argument: the column that counts beside region and status.
create function count_changed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from new_rows) then return null; end if;
  execute format($statement$
    insert into register_count_delta (region_code, dimension, month, key, n)
    select region_code, dimension, '-infinity', key, sum(d) from (
      select n.region_code, c.dimension, c.key, 1 d from new_rows n join old_rows o using (id) cross join lateral %1$s_counts(n) c
      where (n.region_code, n.status, n.%2$I) is distinct from (o.region_code, o.status, o.%2$I)
      union all
      select o.region_code, c.dimension, c.key, -1 from new_rows n join old_rows o using (id) cross join lateral %1$s_counts(o) c
      where (n.region_code, n.status, n.%2$I) is distinct from (o.region_code, o.status, o.%2$I)) changed
    group by 1, 2, 4 having sum(d) <> 0$statement$, tg_table_name, tg_argv[0]);
  execute format($statement$
    insert into register_count_delta (region_code, within, dimension, month, key, n)
    select case side when '%1$s_in' then n.region_code else o.region_code end,
      case when o.status = n.status then common_region(o.region_code, n.region_code) end, side,
      date_trunc('month', n.known_from at time zone r.time_zone)::date, movement_reason(e.kind, o.status, n.status), count(*)
    from new_rows n join old_rows o using (id) join region r on r.code = n.region_code
    left join lateral causing_kind(n.id, n.known_from) e (kind) on true cross join unnest(array['%1$s_in', '%1$s_out']) side
    where ((n.status = 'active') <> (o.status = 'active') and side = case n.status when 'active' then '%1$s_in' else '%1$s_out' end)
      or n.status = 'active' and o.status = 'active' and n.region_code <> o.region_code
    group by 1, 2, 3, 4, 5$statement$, tg_table_name);
  if tg_table_name = 'person' then
    execute $statement$
      insert into register_sealed_stale (region_code)
      select distinct left(s.region_code, 5) from new_rows n join old_rows o using (id) join person_sealed s on s.person_id = n.id
      where n.status is distinct from o.status and s.ppks <> '{}'$statement$;
  end if;
  return null;
end $$;
drop trigger counted_update on family;
drop trigger counted_update on person;
create trigger counted_update after update on family referencing new table as new_rows old table as old_rows
  for each statement execute function count_changed('decile');
create trigger counted_update after update on person referencing new table as new_rows old table as old_rows
  for each statement execute function count_changed('ppks');

-- The audit pairs old and new rows in the same way; its statements have parameters, so being told is enough.
alter function audit_rows() set plan_cache_mode = force_custom_plan;
