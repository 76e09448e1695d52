-- The account of a family that was dissolved gives way where the family its people live in now has one in use: it ended for that alone, and is in
-- use again when the joining is taken back. Read in src/distribution/payments/follow.ts.
alter table family_account add column yielded_to uuid;
alter table family_account add constraint family_account_yielded_check check (yielded_to is null or ended_on is not null);
