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

-- One counter for everything that happens to a case; a citizen does not see internal events, so max(seq) would not do.
alter table complaint add column last_seq integer not null default 0;
grant update (last_seq) on complaint to pilar_app, pilar_citizen;

-- A filing that carries a key and is repeated finds what it made; strangers' keys help nobody, the whole request must fit.
create policy public_key on idempotency_key to pilar_citizen using (scope = 'public') with check (scope = 'public');
grant select, insert on idempotency_key to pilar_citizen;

-- One more or one fewer case joined to this one. Past row security: the citizen who joins does not see the other case.
create function count_joined(primary_id uuid, by integer) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  seq integer;
begin
  update complaint set joined_count = joined_count + count_joined.by, last_seq = last_seq + 1, version = version + 1, changed_at = acting_now()
  where id = primary_id and joined_to is null returning last_seq into seq;
  if seq is null then return false; end if;
  insert into complaint_event (complaint_id, seq, kind, by_role, public, data)
  values (primary_id, seq, case when count_joined.by > 0 then 'supported' else 'separated' end, 'system', count_joined.by > 0, '{}');
  return true;
end $$;
revoke execute on function count_joined(uuid, integer) from public;
grant execute on function count_joined(uuid, integer) to pilar_app, pilar_citizen, pilar_system;

-- What the office told the case this one is joined to: its public answers, for the citizen who joined.
create function joined_answers(case_id uuid) returns setof complaint_event
language sql stable security definer set search_path = public, pg_temp as $$
  select e.* from complaint c join complaint_event e on e.complaint_id = c.joined_to
  where c.id = case_id and c.id = scope_complaint() and e.public and e.kind in ('answered', 'closed', 'closed_automatically', 'referred_up', 'referred_sideways',
    'referred_automatically', 'rejected')
  order by e.seq
$$;
revoke execute on function joined_answers(uuid) from public;
grant execute on function joined_answers(uuid) to pilar_citizen;
