-- What a programme is, from when: each edit is a new version, and lists decided keep theirs. Read in src/programmes/catalogue and rules.

-- A version is written as a draft, published by somebody, and never changes afterwards; only the end of its time may be set.
create table programme_version (
  programme_code text not null references programme,
  version integer not null check (version >= 1),
  state text not null check (state in ('draft', 'published', 'withdrawn')),
  -- the days it is in force; of two published versions the one that begins later wins from its day on
  valid_from date not null,
  valid_to date,
  name text not null check (length(name) between 2 and 80),
  full_name text not null check (length(full_name) between 2 and 200),
  -- what people are told about it, in a sentence or two
  summary text check (length(summary) <= 1000),
  summary_en text check (length(summary_en) <= 1000),
  legal_basis text check (length(legal_basis) <= 300),
  owner text not null check (owner in ('ministry', 'province', 'regency', 'village')),
  -- where it runs: codes of regions (of any tier; '00' the whole nation), without these
  regions text[] not null default '{00}',
  regions_without text[] not null default '{}',
  -- who is entitled
  unit text not null check (unit in ('person', 'family', 'group')),
  -- contribution: paid for them to another (health insurance)
  kind text not null check (kind in ('cash', 'goods', 'service', 'contribution')),
  -- what one entitlement is for; case: until a service is finished
  period text not null check (period in ('once', 'month', 'two_months', 'quarter', 'half_year', 'year', 'case')),
  -- eligibility, amounts, limits, order: src/programmes/rules/definition.ts
  rule jsonb not null check (jsonb_typeof(rule) = 'object'),
  -- for goods: [{ code, name, nameEn, unit, quantity }] of one entitlement
  goods jsonb not null default '[]' check (jsonb_typeof(goods) = 'array'),
  -- for services: the steps, their forms and outcomes: src/programmes/services
  steps jsonb not null default '{}' check (jsonb_typeof(steps) = 'object'),
  delivery text[] not null default '{}' check (delivery <@ '{bank,post_office,community_point,to_the_door,at_service}'::text[]),
  funding text check (length(funding) <= 120),
  -- false: not checked against the text of the law; told wherever it is shown
  verified boolean not null,
  source text not null check (length(source) <= 300),
  made_by uuid,
  made_at timestamptz not null default acting_now(),
  published_by uuid,
  published_at timestamptz,
  primary key (programme_code, version),
  check (valid_to is null or valid_from <= valid_to),
  check ((state = 'draft') = (published_at is null))
);
create unique index programme_version_draft on programme_version (programme_code) where state = 'draft';

create function keep_published() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.state = 'draft' then
    return old;
  end if;
  if tg_op = 'DELETE' or old.state <> 'draft'
    and (to_jsonb(old) - '{state,valid_to}'::text[] <> to_jsonb(new) - '{state,valid_to}'::text[] or new.state = 'draft') then
    raise exception 'a published programme version never changes' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_published before update or delete on programme_version for each row execute function keep_published();

-- What a rule must answer before it can be published: an invented family, a day, and what is expected of them.
create table programme_example (
  programme_code text not null,
  version integer not null,
  position integer not null,
  name text not null check (length(name) between 2 and 120),
  -- invented: src/programmes/rules/facts.ts
  facts jsonb not null,
  as_of date not null,
  expected text not null check (expected in ('in', 'out', 'waiting')),
  -- rupiah; null: not said
  expected_amount bigint,
  primary key (programme_code, version, position),
  foreign key (programme_code, version) references programme_version
);

alter table programme_version enable row level security;
alter table programme_example enable row level security;
comment on table programme_version is 'Reference data: holds nothing about a person. Drafts are seen by staff, the rest by everybody.';
comment on table programme_example is 'Reference data: invented families, nothing about a person.';
create policy system on programme_version to pilar_system using (true) with check (true);
create policy system on programme_example to pilar_system using (true) with check (true);
create policy public_reads on programme_version for select to pilar_citizen using (state <> 'draft');
create policy staff_reads on programme_version for select to pilar_app using (state <> 'draft' or actor_role() in ('officer', 'supervisor', 'auditor'));
create policy staff_reads on programme_example for select to pilar_app using (actor_role() in ('officer', 'supervisor', 'auditor'));
-- A programme is edited by the social office of the region that owns it.
create function owns_programme(code text) returns boolean stable language sql as $$
  select in_social_office() and exists (select from programme p where p.code = $1
    and case p.region_code when '00' then scope_from() = '00' else p.region_code = scope_from() end)
$$;
create policy owner_writes on programme_version for insert to pilar_app with check (owns_programme(programme_code) and made_by = actor_id());
create policy owner_edits on programme_version for update to pilar_app using (owns_programme(programme_code)) with check (owns_programme(programme_code));
create policy owner_drops on programme_version for delete to pilar_app using (owns_programme(programme_code) and state = 'draft');
create policy owner_writes on programme_example to pilar_app using (owns_programme(programme_code)) with check (owns_programme(programme_code));
grant select on programme_version, programme_example to pilar_app;
grant select on programme_version to pilar_citizen;
grant insert, update, delete on programme_version, programme_example to pilar_app;
grant select, insert, update, delete on programme_version, programme_example to pilar_system;
grant insert, update on programme to pilar_app, pilar_system;
call watch('programme_version', 'programme_code,version', '', 'state,valid_from,valid_to,verified');
