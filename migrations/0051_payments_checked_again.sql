-- Money goes where it is due at the moment a file is released: rows are checked again, and what a bank says late is never refused.
-- Read in src/distribution/payments/{payable,making,results,follow}.ts.

-- A bank may pay at its second try what it had called failed, while the family is in another file already: then it is paid there, and both are
-- known. One that waits for its answer is still in one file only.
drop index payment_row_once;
create unique index payment_row_once on payment_row (round_id, family_id) where status = 'sent';
create index payment_row_family on payment_row (family_id) where status in ('sent', 'paid');
-- Of those paid, how many had been put into another file meanwhile.
alter table payment_result add column elsewhere integer not null default 0;
alter table reconciliation_difference drop constraint reconciliation_difference_kind_check;
alter table reconciliation_difference add constraint reconciliation_difference_kind_check check (kind in
  ('open', 'missing', 'without_entitlement', 'amount', 'goods', 'double', 'double_round', 'doubtful_time', 'paid_not_received', 'paid_again', 'disputed', 'stock',
   'stock_below_zero'));

-- An account goes with its family: to another region, and to the family its people live in now; back when that is taken back. came_from: families
-- that were dissolved into the one that has it, the first one first.
alter table family_account add column came_from uuid[] not null default '{}';
create index family_account_came_from on family_account using gin (came_from) where came_from <> '{}';
-- It keeps its name in the audit log when it moves.
drop trigger audit_insert on family_account;
drop trigger audit_update on family_account;
drop trigger audit_delete on family_account;
call watch('family_account', 'id', 'region_code', 'family_id,bank,since,source,ended_on');
update family_account a set region_code = f.region_code from family f where f.id = a.family_id and f.region_code <> a.region_code;

create or replace function reveal_account(family uuid, account uuid, why text) returns text language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  found family_account;
begin
  select a.* into found from family_account a
  where a.family_id = $1 and a.id = $2 and in_social_office() and a.region_code >= scope_from() and a.region_code < scope_to() and has_opened($1);
  if found.id is null then return null; end if;
  perform record_act('reveal', 'family_account', $2::text, found.region_code, '{}'::jsonb, $3);
  return found.number;
end $$;

-- Signs of fraud: one who hands out too fast, whatever devices are named; and what came in after a round was looked through.
alter table delivery_sign drop constraint delivery_sign_kind_check;
alter table delivery_sign add constraint delivery_sign_kind_check
  check (kind in ('fast_device', 'fast_person', 'same_signature', 'near_signature', 'same_photo', 'same_proxy', 'far', 'dead', 'odd_hours'));
create index redemption_recorded on redemption (round_id, recorded_at);
create index redemption_file_at on redemption_file (round_id, at);
