-- Accounts from a file are taken over by somebody who did not load it. What was taken before stays as it is.
create function keep_account_import() returns trigger language plpgsql as $$
begin
  if new.state = 'taken' and old.state <> 'taken' and new.ended_by is not distinct from old.made_by then
    raise exception 'accounts from a file are taken over by another person' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_account_import before update on account_import for each row execute function keep_account_import();
