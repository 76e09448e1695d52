-- A voucher is bound to its round, its family and the person who receives for the family. When the register says that somebody else receives, what
-- is still to be handed out goes to them, and the voucher made for the former one is worth nothing. Read in src/distribution/{handover,vouchers}.

alter table voucher add column payee_id uuid;
grant select (payee_id) on voucher to pilar_app;
alter table voucher drop constraint voucher_cancel_reason_check;
alter table voucher add constraint voucher_cancel_reason_check
  check (cancel_reason in ('lost', 'damaged', 'wrong', 'round_cancelled', 'withdrawn', 'payee_changed', 'other'));
-- Vouchers made before know it from the list they were made for.
update voucher v set payee_id = e.payee_id from round_entitlement e where e.round_id = v.round_id and e.family_id = v.family_id;

-- Entitlements of running rounds follow who receives for the family, as the register says now; a person who was one with another stays
-- themselves. Answers how many vouchers are worth nothing from now on. Those families have none until they are invited again.
create function follow_payees(families uuid[]) returns integer language plpgsql set search_path = public, pg_temp as $$
declare
  voided integer;
begin
  with changed as (
    select e.round_id, e.family_id, p.id as payee_id, left(p.name, 120) as name,
      case when length(p.nik) = 16 then left(p.nik, 6) || '******' || right(p.nik, 4) end as nik, coalesce(o.merged_into = p.id, false) as same
    from round_entitlement e join distribution_round d on d.id = e.round_id join family f on f.id = e.family_id
    join person p on p.id = coalesce(f.payee_id, f.head_id) left join person o on o.id = e.payee_id
    where e.family_id = any ($1) and e.held and e.state in ('open', 'undelivered') and d.state in ('planned', 'invited', 'open')
      and e.payee_id <> p.id and p.status = 'active'
    order by e.family_id, e.round_id for update of e
  ), void as (
    update voucher v set state = 'cancelled', cancelled_at = acting_now(), cancel_reason = 'payee_changed' from changed c
    where v.round_id = c.round_id and v.family_id = c.family_id and v.state = 'active' and not c.same returning 1
  ), kept as (
    update voucher v set payee_id = c.payee_id from changed c where v.round_id = c.round_id and v.family_id = c.family_id and v.state = 'active' and c.same
  ), followed as (
    update round_entitlement e set payee_id = c.payee_id, payee_name = c.name, nik_masked = c.nik,
      voucher_id = case when c.same then e.voucher_id end, voucher_code = case when c.same then e.voucher_code end
    from changed c where e.round_id = c.round_id and e.family_id = c.family_id
  ) select count(*) into voided from void;
  return voided;
end $$;
revoke execute on function follow_payees(uuid[]) from public;
grant execute on function follow_payees(uuid[]) to pilar_system;

-- A telephone knows the vouchers that are worth nothing since somebody else receives, to say so without a line.
drop function stop_list(uuid);
create function stop_list(stop uuid)
returns table (family_id uuid, payee_name text, nik_masked text, address text, rt text, rw text, persons smallint, amount bigint, goods jsonb,
  voucher_id uuid, voucher_code text, state text, reason text, tries smallint, redemption_id uuid, redeemed_at timestamptz, on_hold boolean, former jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select e.family_id, e.payee_name, e.nik_masked, e.address, e.rt, e.rw, e.persons, e.amount, e.goods, e.voucher_id, e.voucher_code,
    case when x.elsewhere then 'cancelled' else e.state end, case when x.elsewhere then 'double' else e.reason end, e.tries, e.redemption_id, d.happened_at, e.on_hold,
    (select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'code', v.code) order by v.id), '[]') from voucher v
      where v.round_id = e.round_id and v.family_id = e.family_id and v.cancel_reason = 'payee_changed')
  from my_stops($1) m join round_entitlement e on e.stop_id = m.stop_id left join redemption d on d.id = e.redemption_id
  cross join lateral (select e.state = 'undelivered' and exists (select from entitlement n
    where n.determination_id = e.determination_id and n.family_id = e.family_id and n.state = 'delivered') as elsewhere) x
  where m.round_state in ('invited', 'open')
$$;
revoke execute on function stop_list(uuid) from public;
grant execute on function stop_list(uuid) to pilar_app, pilar_system;
create index if not exists voucher_family on voucher (round_id, family_id);
