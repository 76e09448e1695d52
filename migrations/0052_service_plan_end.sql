-- A published plan of a service is taken back from a day on: it is never deleted, cases begun by it keep it, and the plan before it comes into force
-- again. Read in src/programmes/services/plan-end.ts.
create table service_plan_end (
  programme_code text not null,
  valid_from date not null,
  -- the first day no case is begun by it; not after the day it begins: it never comes into force
  ends_on date not null,
  reason text not null check (length(reason) between 5 and 300),
  made_by uuid not null,
  made_at timestamptz not null default acting_now(),
  primary key (programme_code, valid_from),
  foreign key (programme_code, valid_from) references service_plan
);
create trigger append_only before update or delete on service_plan_end for each row execute function refuse_change();
call protect('service_plan_end', 'select');
create policy staff_reads on service_plan_end for select to pilar_app using (true);
create policy owner_ends on service_plan_end for insert to pilar_app
  with check (owns_programme(programme_code) and actor_role() = 'supervisor' and made_by = actor_id() and ends_on >= acting_now()::date - 1);
grant select, insert on service_plan_end to pilar_app;
call watch('service_plan_end', 'programme_code,valid_from', '', 'ends_on');

-- Whether cases are begun by a plan on a day, as far as it was not taken back.
create function plan_counts(programme text, plan_from date, day date) returns boolean language sql stable as $$
  select plan_from <= day and not exists (select from service_plan_end e where e.programme_code = programme and e.valid_from = plan_from and e.ends_on <= day)
$$;
