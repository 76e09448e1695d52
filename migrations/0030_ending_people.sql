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

-- Who recorded some handovers, for the social offices of their village.
create function handover_people(round uuid, redemptions uuid[]) returns table (redemption_id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select d.id, c.name from redemption d join account c on c.id = d.by_account
  where d.round_id = $1 and d.id = any ($2) and in_social_office() and d.region_code >= scope_from() and d.region_code < scope_to()
$$;
revoke execute on function handover_people(uuid, uuid[]) from public;
grant execute on function handover_people(uuid, uuid[]) to pilar_app;

-- When a round was last looked through for signs, and when somebody last asked for it.
create table sign_look (
  round_id uuid primary key references distribution_round,
  region_code text collate "C" not null,
  asked_at timestamptz not null default acting_now(),
  looked_at timestamptz
);
create index sign_look_waiting on sign_look (asked_at) where looked_at is null;
call protect('sign_look', 'select, insert, update');
create policy social_office on sign_look to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to())
  with check (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select, insert, update (asked_at, looked_at) on sign_look to pilar_app;
