-- Messages at work: which channel rests and why, what a process had in its hands when it died, what came in and is not worked yet.

-- The moment from which a message may be asked for again, or is given up: a process that died says nothing of what it sent.
alter table message add column asked_at timestamptz;
create index message_expiring on message (expires_at) where state = 'waiting';
-- Who answers: their language, and what still waits for them.
create index message_address on message (address, queued_at) where address is not null;
create policy overseers on message for select to pilar_app
  using (actor_role() in ('administrator', 'auditor') and region_code >= scope_from() and region_code < scope_to());

insert into message_term (key, valid_from, amount, unit, source) values
  ('outcome_unknown', '2020-01-01', 30, 'minutes', 'belum diverifikasi: sebuah pesan yang nasibnya tidak diketahui dianggap gagal (WhatsApp) atau dikirim lagi (surel, bernomor tetap) sekian menit kemudian'),
  ('lead_on_again', '2020-01-01', 1, 'days', 'belum diverifikasi: pengirim yang sama diarahkan paling banyak sekali dalam sekian hari'),
  ('keep_inbound', '2020-01-01', 30, 'days', 'belum diverifikasi: catatan pesan masuk dihapus sesudah sekian hari; penyedia mengulang kiriman sampai tujuh hari');

create function message_term_of(term text) returns integer stable language sql as $$
  select amount from message_term where key = $1 and valid_from <= acting_now()::date order by valid_from desc limit 1
$$;
-- The first moment from `wanted` on at which messages go out where that zone holds.
create function message_moment(zone text, wanted timestamptz) returns timestamptz stable language sql as $$
  select case
    when opens >= closes then $2
    when extract(hour from here) < opens then (date_trunc('day', here) + make_interval(hours => opens)) at time zone $1
    when extract(hour from here) >= closes then (date_trunc('day', here) + make_interval(days => 1, hours => opens)) at time zone $1
    else $2 end
  from (select $2 at time zone $1 as here, message_term_of('send_from') as opens, message_term_of('send_until') as closes) t
$$;

-- A provider may want fewer at a time for a while, or take nothing more until somebody acts.
create table message_channel (
  channel text primary key check (channel in ('whatsapp', 'email')),
  paused_until timestamptz,
  -- until an administrator starts it again, or Pilar is started with other settings
  stopped_at timestamptz,
  fault text check (fault ~ '^[a-z0-9_]{2,60}$'),
  -- keyed hash of the settings that were refused
  settings text,
  check (stopped_at is null or fault is not null and settings is not null)
);
call protect('message_channel', 'select, update');
create policy staff on message_channel for select to pilar_app using (actor_role() in ('administrator', 'auditor', 'supervisor', 'officer'));
grant select (channel, paused_until, stopped_at, fault) on message_channel to pilar_app;
insert into message_channel (channel) values ('whatsapp'), ('email');
call watch('message_channel', 'channel', '', 'stopped_at,fault');

-- Ids of a provider are kept as keyed hashes only: those of WhatsApp hold the number they went to. What a status says is settled in its
-- message, which is watched; statuses themselves, three for each message, are not.
alter table message_status add column worked_at timestamptz;
grant update (worked_at) on message_status to pilar_system;
create index message_status_waiting on message_status (received_at) where worked_at is null;
drop trigger audit_insert on message_status;
drop trigger audit_update on message_status;
drop trigger audit_delete on message_status;

-- What is needed to work what came in: gone once it was worked. Its words are never here.
create table message_inbound_held (
  provider_id text primary key references message_inbound,
  -- whom to answer; null where the provider does not tell
  sender text check (sender ~ '^\+[1-9][0-9]{5,14}$'),
  act text not null check (act in ('press', 'stop', 'lead_on')),
  -- of a button
  topic text,
  button text,
  token text,
  said_at timestamptz not null,
  -- what is answered, once that is settled: said again if it could not be sent
  answer text check (length(answer) <= 4096),
  tries integer not null default 0,
  not_before timestamptz not null default acting_now(),
  check (act <> 'press' or topic is not null and button is not null and token is not null)
);
create index message_inbound_held_due on message_inbound_held (not_before);
call protect('message_inbound_held', 'select, insert, update, delete');
