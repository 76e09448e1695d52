-- The moment a case climbs to the next tier by itself: its deadline first, then some working days after each climb.
alter table complaint add column climbs_at timestamptz;
create index complaint_climbs on complaint (climbs_at) where climbs_at is not null;
grant update (climbs_at) on complaint to pilar_app, pilar_citizen;
drop index complaint_due;

-- Finds the likely duplicates of a complaint just filed and keeps them.
create function keep_similar(case_id uuid) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
  insert into complaint_similar (complaint_id, other_id, score)
  select c.id, s.id, s.score
  from complaint c cross join lateral similar_complaints(c.region_code, c.matter, c.programme_code, c.body, 6) s
  where c.id = $1 and s.id <> c.id and not c.confidential
  on conflict do nothing
$$;
revoke execute on function keep_similar(uuid) from public;
grant execute on function keep_similar(uuid) to pilar_app, pilar_citizen, pilar_system;
