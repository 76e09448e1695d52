-- Messages: how families can be reached, what is sent to them, what came of it, and what they answered by a button.

-- How a family can be reached ---------------------------------------------------------------------------------------------------------
create table family_contact (
  family_id uuid not null,
  id uuid not null unique,
  -- where the family lived when it was given
  region_code text collate "C" not null references region,
  kind text not null check (kind in ('whatsapp', 'email')),
  value text not null check (case kind when 'whatsapp' then value ~ '^\+[1-9][0-9]{7,14}$' else length(value) <= 200 and value ~ '^[^@[:space:]]+@[^@[:space:]]+$' and value = lower(value) end),
  -- whose it is; null: told for the family, or a neighbour's
  person_id uuid,
  -- they said that they may be written to; null: for people only, no message goes there by itself
  agreed_at timestamptz,
  source text not null check (source in ('desk', 'handover', 'citizen')),
  -- the handover or case it was given with
  source_ref text check (length(source_ref) <= 100),
  recorded_by uuid,
  recorded_at timestamptz not null default acting_now(),
  -- null: in use
  ended_at timestamptz,
  ended_by uuid,
  -- wrong: somebody else's; stopped: they asked for no more messages; replaced: a newer one was given
  end_reason text check (end_reason in ('wrong', 'changed', 'stopped', 'replaced')),
  primary key (family_id, id),
  check ((ended_at is null) = (end_reason is null))
);
create unique index family_contact_in_use on family_contact (family_id, kind, value) where ended_at is null;
create index family_contact_value on family_contact (value) where ended_at is null;
call protect('family_contact', 'select, insert, update, delete');
create policy opened on family_contact to pilar_app
  using (in_social_office() and has_opened(family_id) and exists (select from family f where f.id = family_id))
  with check (in_social_office() and has_opened(family_id) and region_code >= scope_from() and region_code < scope_to());
-- The value itself comes through reveal_contact only.
grant select (family_id, id, region_code, kind, person_id, agreed_at, source, source_ref, recorded_by, recorded_at, ended_at, ended_by, end_reason),
  insert, update (agreed_at, ended_at, ended_by, end_reason) on family_contact to pilar_app;
call watch('family_contact', 'family_id,id', 'region_code', 'kind,agreed_at,source,ended_at,end_reason');

create function contact_mask(kind text, value text) returns text immutable parallel safe language sql as $$
  select case $1 when 'whatsapp' then repeat('*', greatest(length($2) - 3, 0)) || right($2, 3)
    else left($2, 1) || '***' || substr($2, position('@' in $2)) end
$$;
create function family_contacts(family uuid) returns table (id uuid, masked text) language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, contact_mask(c.kind, c.value) from family_contact c join family f on f.id = c.family_id
  where c.family_id = $1 and in_social_office() and f.region_code >= scope_from() and f.region_code < scope_to() and has_opened($1)
$$;
-- The value in full, and in the same breath the record of who saw it and why.
create function reveal_contact(family uuid, contact uuid, why text) returns text language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  found family_contact;
  place text;
begin
  select f.region_code into place from family f
  where f.id = $1 and in_social_office() and f.region_code >= scope_from() and f.region_code < scope_to() and has_opened($1);
  select c.* into found from family_contact c where c.family_id = $1 and c.id = $2;
  if place is null or found.id is null then return null; end if;
  perform record_act('reveal', 'family_contact', $1::text || '/' || $2::text, place, '{"field": "value"}', $3);
  return found.value;
end $$;
revoke execute on function family_contacts(uuid), reveal_contact(uuid, uuid, text) from public;
grant execute on function family_contacts(uuid), reveal_contact(uuid, uuid, text) to pilar_app;

-- What is sent ------------------------------------------------------------------------------------------------------------------------
create table message_term (
  key text not null check (key ~ '^[a-z_]{3,40}$'),
  valid_from date not null,
  amount integer not null check (amount between 0 and 100000),
  unit text not null check (unit in ('hour_of_day', 'count', 'days', 'minutes')),
  source text not null,
  primary key (key, valid_from)
);
comment on table message_term is 'Reference data: holds nothing about a person.';
grant select on message_term to pilar_app, pilar_citizen, pilar_system;
insert into message_term (key, valid_from, amount, unit, source) values
  ('send_from', '2020-01-01', 8, 'hour_of_day', 'belum diverifikasi: pesan tidak dikirim sebelum jam ini, menurut jam setempat'),
  ('send_until', '2020-01-01', 20, 'hour_of_day', 'belum diverifikasi: pesan tidak dikirim sejak jam ini, menurut jam setempat'),
  ('tries', '2020-01-01', 5, 'count', 'belum diverifikasi: percobaan sebuah pesan sebelum dianggap tidak terkirim'),
  ('try_again', '2020-01-01', 5, 'minutes', 'belum diverifikasi: jeda sebelum percobaan kedua, lalu dua kali lebih lama setiap kali'),
  ('keep_address', '2020-01-01', 14, 'days', 'belum diverifikasi: alamat dihapus dari pesan sekian hari setelah pesan berakhir');

-- The words of a message: of WhatsApp also the name under which the provider approved them. The newest whose day has come is in use.
create table message_template (
  key text not null check (key ~ '^[a-z_]{3,60}$'),
  channel text not null check (channel in ('whatsapp', 'email')),
  locale text not null check (locale in ('id', 'en')),
  valid_from date not null,
  -- of WhatsApp: the approved template
  provider_name text check (provider_name ~ '^[a-z0-9_]{1,60}$'),
  -- of e-mail
  subject text check (length(subject) between 3 and 200),
  -- {name} stands for a parameter; of WhatsApp the parameters are sent in the order they stand here
  body text not null check (length(body) between 10 and 1024),
  -- of WhatsApp: in this order under the message, [{"key": "yes", "title": "Sudah"}], at most three; titles of at most 20
  buttons jsonb not null default '[]' check (jsonb_typeof(buttons) = 'array' and jsonb_array_length(buttons) <= 3),
  verified boolean not null,
  source text not null,
  primary key (key, channel, locale, valid_from),
  check (channel <> 'whatsapp' or provider_name is not null),
  check (channel <> 'email' or subject is not null)
);
comment on table message_template is 'Reference data: holds nothing about a person.';
grant select on message_template to pilar_app, pilar_citizen, pilar_system;

create table message (
  id uuid primary key,
  region_code text collate "C" not null references region,
  channel text not null check (channel in ('whatsapp', 'email')),
  -- what it is about: a subject of the module that asked for it
  topic text not null check (topic ~ '^[a-z_]{3,60}$'),
  subject_id text not null check (length(subject_id) <= 100),
  template text not null,
  locale text not null check (locale in ('id', 'en')),
  -- whom it goes to and what is put into its words; taken away some days after its end
  address text,
  params jsonb not null default '{}',
  -- key of a button → what comes back when it is pressed
  buttons jsonb not null default '{}',
  not_before timestamptz not null,
  expires_at timestamptz not null,
  -- sending: given to the provider, the answer is not known yet; undelivered: the provider says it does not arrive
  state text not null check (state in ('waiting', 'sending', 'sent', 'delivered', 'read', 'undelivered', 'failed', 'expired', 'cancelled')),
  tries integer not null default 0,
  provider_id text unique,
  fault text check (fault ~ '^[a-z0-9_]{2,60}$'),
  queued_at timestamptz not null default acting_now(),
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  ended_at timestamptz,
  unique (topic, subject_id, template),
  check (address is not null or state not in ('waiting', 'sending'))
);
create index message_due on message (not_before) where state in ('waiting', 'sending');
create index message_region on message (region_code, queued_at);
create index message_kept on message (ended_at) where address is not null and ended_at is not null;
call protect('message', 'select, insert, update');
create policy social_office on message for select to pilar_app
  using (in_social_office() and region_code >= scope_from() and region_code < scope_to());
grant select (id, region_code, channel, topic, subject_id, template, locale, not_before, expires_at, state, tries, fault, queued_at, sent_at, delivered_at, read_at, ended_at)
  on message to pilar_app;
call watch('message', 'id', 'region_code', 'channel,topic,template,state,fault');

-- What a provider said of what was sent, in whatever order it came; also of a message whose number is not known yet.
create table message_status (
  provider_id text not null check (length(provider_id) <= 200),
  status text not null check (status in ('sent', 'delivered', 'read', 'failed')),
  -- the id we gave along with it
  message_id uuid,
  fault text,
  at timestamptz not null,
  received_at timestamptz not null default acting_now(),
  primary key (provider_id, status)
);
create index message_status_received on message_status (received_at);
call protect('message_status', 'select, insert, delete');
call watch('message_status', 'provider_id,status', '', 'status,fault');

-- What came in. Its words are not kept: a button has its answer where it belongs, anything else is led on to a door that can take it.
create table message_inbound (
  provider_id text primary key check (length(provider_id) <= 200),
  channel text not null check (channel in ('whatsapp', 'email')),
  -- keyed hash of the number or address
  sender_hash text not null,
  kind text not null check (kind in ('button', 'text', 'other')),
  -- failed: could not be worked, told to the sender
  outcome text not null check (outcome in ('waiting', 'answered', 'stopped', 'led_on', 'quiet', 'failed')),
  topic text,
  subject_id text,
  received_at timestamptz not null default acting_now(),
  worked_at timestamptz
);
create index message_inbound_sender on message_inbound (sender_hash, received_at);
call protect('message_inbound', 'select, insert, update, delete');
call watch('message_inbound', 'provider_id', '', 'kind,outcome,topic');

-- Asking afterwards -------------------------------------------------------------------------------------------------------------------
-- Whom no message reaches is visited instead: the door of a question may differ from the door of its draw.
alter table delivery_question add column door text check (door in ('message', 'visit')), add column visit_since timestamptz;
update delivery_question q set door = a.door from delivery_asking a where a.id = q.asking_id and q.state <> 'answered';
alter table delivery_question disable trigger answered_once;
update delivery_question q set door = a.door from delivery_asking a where a.id = q.asking_id and q.door is null;
alter table delivery_question enable trigger answered_once;
alter table delivery_question alter column door set not null;

insert into distribution_term (key, valid_from, amount, unit, source) values
  ('asking_remind', '2020-01-01', 3, 'days', 'belum diverifikasi: yang belum menjawab diingatkan satu kali setelah sekian hari');

insert into message_template (key, channel, locale, valid_from, provider_name, subject, body, buttons, verified, source) values
  ('delivery_question', 'whatsapp', 'id', '2020-01-01', 'pilar_tanya_penerimaan', null,
    'Kami ingin memastikan bantuan {programme} periode {period} sampai kepada yang berhak. Apakah keluarga Anda sudah menerimanya? Jawab dengan tombol di bawah, atau buka {link} paling lambat {until}. Jawaban Anda tidak dibacakan kepada petugas yang menyerahkan. Balas BERHENTI bila tidak ingin dihubungi lagi.',
    '[{"key": "received", "title": "Sudah diterima"}, {"key": "not_received", "title": "Belum diterima"}]', false, 'belum diverifikasi: kata-kata harus disetujui penyedia WhatsApp lebih dahulu'),
  ('delivery_question', 'whatsapp', 'en', '2020-01-01', 'pilar_tanya_penerimaan', null,
    'We would like to make sure that the assistance {programme} for {period} reached those it is for. Has your family received it? Answer with a button below, or open {link} by {until}. Your answer is not read out to whoever handed it over. Reply STOP if you do not want to be written to again.',
    '[{"key": "received", "title": "Received"}, {"key": "not_received", "title": "Not received"}]', false, 'belum diverifikasi: kata-kata harus disetujui penyedia WhatsApp lebih dahulu'),
  ('delivery_question', 'email', 'id', '2020-01-01', null, 'Apakah bantuan {programme} sudah Anda terima?',
    E'Kami ingin memastikan bantuan {programme} periode {period} sampai kepada yang berhak.\n\nMohon jawab tiga pertanyaan singkat di {link} paling lambat {until}.\n\nJawaban Anda tidak dibacakan kepada petugas yang menyerahkan. Kami tidak pernah meminta kata sandi, PIN, atau uang.', '[]', false, 'belum diverifikasi: kata-kata dari Pilar'),
  ('delivery_question', 'email', 'en', '2020-01-01', null, 'Have you received the assistance {programme}?',
    E'We would like to make sure that the assistance {programme} for {period} reached those it is for.\n\nPlease answer three short questions at {link} by {until}.\n\nYour answer is not read out to whoever handed it over. We never ask for a password, a PIN or money.', '[]', false, 'belum diverifikasi: kata-kata dari Pilar'),
  ('delivery_question_again', 'whatsapp', 'id', '2020-01-01', 'pilar_tanya_penerimaan_lagi', null,
    'Kami belum mendapat jawaban tentang bantuan {programme} periode {period}. Apakah keluarga Anda sudah menerimanya? Jawab dengan tombol di bawah, atau buka {link} paling lambat {until}. Ini pengingat terakhir. Balas BERHENTI bila tidak ingin dihubungi lagi.',
    '[{"key": "received", "title": "Sudah diterima"}, {"key": "not_received", "title": "Belum diterima"}]', false, 'belum diverifikasi: kata-kata harus disetujui penyedia WhatsApp lebih dahulu'),
  ('delivery_question_again', 'whatsapp', 'en', '2020-01-01', 'pilar_tanya_penerimaan_lagi', null,
    'We have not heard from you about the assistance {programme} for {period}. Has your family received it? Answer with a button below, or open {link} by {until}. This is the last reminder. Reply STOP if you do not want to be written to again.',
    '[{"key": "received", "title": "Received"}, {"key": "not_received", "title": "Not received"}]', false, 'belum diverifikasi: kata-kata harus disetujui penyedia WhatsApp lebih dahulu'),
  ('delivery_question_again', 'email', 'id', '2020-01-01', null, 'Pengingat: apakah bantuan {programme} sudah Anda terima?',
    E'Kami belum mendapat jawaban Anda tentang bantuan {programme} periode {period}.\n\nMohon jawab tiga pertanyaan singkat di {link} paling lambat {until}. Ini pengingat terakhir.', '[]', false, 'belum diverifikasi: kata-kata dari Pilar'),
  ('delivery_question_again', 'email', 'en', '2020-01-01', null, 'Reminder: have you received the assistance {programme}?',
    E'We have not heard from you about the assistance {programme} for {period}.\n\nPlease answer three short questions at {link} by {until}. This is the last reminder.', '[]', false, 'belum diverifikasi: kata-kata dari Pilar');
