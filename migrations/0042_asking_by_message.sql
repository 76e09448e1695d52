-- Asking afterwards by message: why nothing was sent to a family, and visits instead of messages.

-- Of a draw by message: the family gave no contact or did not agree, or the installation had no channel for it. Null: a message was queued.
alter table delivery_question add column unsent text check (unsent in ('no_contact', 'no_channel')),
  add constraint visited_since check (visit_since is null or door = 'visit');

-- As in 0029, but the door is the question's: whom no message reaches is visited instead.
create or replace function my_questions(family uuid default null)
returns table (asking_id uuid, family_id uuid, round_id uuid, region_code text, round_name text, programme_code text, period text, payee_name text,
  address text, rt text, rw text, state text, closes_on date)
language sql stable security definer set search_path = public, pg_temp as $$
  select q.asking_id, q.family_id, q.round_id, q.region_code, r.name, r.programme_code, r.period, e.payee_name, e.address, e.rt, e.rw, q.state, a.closes_on
  from delivery_question q join delivery_asking a on a.id = q.asking_id join distribution_round r on r.id = q.round_id
  join round_entitlement e on e.round_id = q.round_id and e.family_id = q.family_id
  where actor_role() in ('pillar', 'officer', 'supervisor') and (actor_role() = 'pillar' or in_social_office())
    and q.region_code >= scope_from() and q.region_code < scope_to()
    and q.door = 'visit' and q.state <> 'answered' and a.closes_on >= acting_now()::date and ($1 is null or q.family_id = $1)
    and not exists (select from distribution_stop_person p where p.round_id = q.round_id and p.account_id = actor_id())
    and not exists (select from redemption d where d.round_id = q.round_id and d.family_id = q.family_id and d.by_account = actor_id())
$$;
