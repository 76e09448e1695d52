-- Names of those who acted at the end of a round, for the offices that see the round: nobody else's name comes out.
create function ending_people(round uuid) returns table (account_id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.name from account c
  where (in_social_office() or actor_role() = 'auditor')
    and exists (select from distribution_round r where r.id = $1 and (r.region_code >= scope_from() and r.region_code < scope_to()
      or r.region_code = '00' or scope_from() >= r.region_code and scope_from() < r.region_code || '/'))
    and c.id in (
      select r.settled_by from round_reconciliation r where r.round_id = $1
      union select d.explained_by from reconciliation_difference d where d.round_id = $1 and d.explained_by is not null
      union select p.issued_by from handover_paper p where p.round_id = $1
      union select unnest(array[p.made_by, p.released_by, p.discarded_by]) from payment_file p where p.round_id = $1
      union select a.made_by from delivery_asking a where a.round_id = $1
      union select s.judged_by from delivery_sign s where s.round_id = $1)
$$;
revoke execute on function ending_people(uuid) from public;
grant execute on function ending_people(uuid) to pilar_app;
