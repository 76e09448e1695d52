-- Plans of services are written on a page: a draft, tried on examples, published by somebody else. Read in src/programmes/services.

-- Who wrote a plan and who published it; null: shipped. The examples it was tried on.
alter table service_plan
  add made_by uuid,
  add published_by uuid,
  add published_at timestamptz,
  add examples jsonb not null default '[]' check (jsonb_typeof(examples) = 'array'),
  add check ((made_by is null) = (published_by is null) and made_by <> published_by);
alter table service_plan enable row level security;
create policy system on service_plan to pilar_system using (true) with check (true);
create policy staff_reads on service_plan for select to pilar_app using (true);
call watch('service_plan', 'programme_code,valid_from', '', 'verified');

-- One draft at a time for each programme. What is wrong in it is told where it is shown, so that it can be kept half-written.
create table service_plan_draft (
  programme_code text primary key references programme,
  valid_from date not null,
  definition jsonb not null check (jsonb_typeof(definition) = 'object'),
  examples jsonb not null check (jsonb_typeof(examples) = 'array'),
  verified boolean not null,
  source text not null check (length(source) <= 300),
  made_by uuid not null,
  made_at timestamptz not null default acting_now()
);
call protect('service_plan_draft', 'select');
create policy staff_reads on service_plan_draft for select to pilar_app using (actor_role() in ('officer', 'supervisor', 'auditor'));
-- Whoever writes it is its author.
create policy owner_writes on service_plan_draft for insert to pilar_app with check (owns_programme(programme_code) and made_by = actor_id());
create policy owner_edits on service_plan_draft for update to pilar_app
  using (owns_programme(programme_code)) with check (owns_programme(programme_code) and made_by = actor_id());
create policy owner_drops on service_plan_draft for delete to pilar_app using (owns_programme(programme_code));
grant select, insert, update, delete on service_plan_draft to pilar_app;
call watch('service_plan_draft', 'programme_code', '', 'valid_from,verified');

-- What is published is what the draft says, by a head of the office that owns the programme who did not write it.
create policy publishes on service_plan for insert to pilar_app with check (
  owns_programme(programme_code) and actor_role() = 'supervisor' and published_by = actor_id()
  and exists (select from service_plan_draft d where d.programme_code = service_plan.programme_code and d.made_by = service_plan.made_by
    and d.valid_from = service_plan.valid_from and d.definition = service_plan.definition));
grant insert on service_plan to pilar_app;

-- A service that came from a complaint; the complaint learns what becomes of it.
create table complaint_service (
  complaint_id uuid not null references complaint deferrable initially deferred,
  service_id uuid not null unique references service_case deferrable initially deferred,
  at timestamptz not null default acting_now(),
  primary key (complaint_id, service_id)
);
create trigger append_only before update or delete on complaint_service for each row execute function refuse_change();
call protect('complaint_service', 'select, insert');
-- Both ends must be visible: that there is a confidential service says something about health.
create policy with_both on complaint_service for select to pilar_app
  using (exists (select from complaint c where c.id = complaint_id) and exists (select from service_case s where s.id = service_id));
grant select on complaint_service to pilar_app;
call watch('complaint_service', 'complaint_id,service_id');

alter table complaint_event drop constraint complaint_event_kind_check;
alter table complaint_event add constraint complaint_event_kind_check check (kind in ('filed', 'routed', 'verified', 'completion_asked', 'completed',
  'assigned', 'answered', 'referred_up', 'referred_sideways', 'sent_down', 'referral_accepted', 'referral_declined', 'referral_revoked',
  'referral_lapsed', 'referred_automatically', 'rejected', 'joined', 'separated', 'closed', 'closed_automatically', 'withdrawn',
  'withdrawn_automatically', 'reopened', 'satisfied', 'citizen_replied', 'replied', 'evidence_added', 'noted', 'recommended',
  'recommendation_returned', 'recommendation_approved', 'answer_verified', 'answer_returned', 'reclassified', 'reminded', 'overdue',
  'letter_issued', 'supported', 'proposal_opened', 'proposal_news', 'service_opened', 'service_news'));
-- The ready answer waits inside until an officer sends it.
alter table complaint_event add constraint service_news_inside check (not public or kind <> 'service_news');
