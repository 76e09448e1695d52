-- Keys of vouchers, and what anybody may check of a person's assistance (Cek Bansos). Read in src/distribution/vouchers and check.

insert into register_term (key, valid_from, amount, unit, source) values
  ('voucher_key_signs', '2020-01-01', 180, 'days', 'belum diverifikasi: satu kunci menandatangani kupon setengah tahun'),
  ('voucher_key_trusted', '2020-01-01', 400, 'days', 'belum diverifikasi: kupon dari kunci lama masih dipercaya sekian hari sesudahnya'),
  ('check_shown', '2020-01-01', 60, 'days', 'belum diverifikasi: bantuan yang belum disalurkan tetap tampil sekian hari sesudah masanya'),
  ('check_matches', '2020-01-01', 5, 'count', 'belum diverifikasi: paling banyak sekian orang ditampilkan untuk satu nama di satu desa'),
  ('check_question_open', '2020-01-01', 1, 'hours', 'belum diverifikasi: pertanyaan pembuktian dapat dijawab selama sekian jam');

-- The amount of a dated limit as it stands at the transaction's moment; null where there is none.
create function register_term_now(key text) returns integer stable language sql as $$
  select t.amount from register_term t where t.key = $1 and t.valid_from <= acting_now()::date order by t.valid_from desc limit 1
$$;

-- Public keys only: the private ones follow from the secret of the installation and the generation.
create table voucher_key (
  generation integer primary key check (generation >= 1),
  -- first eight bytes of the sha256 of the key, base64url
  kid text not null unique,
  -- JWK: { kty, crv, x, y }
  public_key jsonb not null,
  signs_from timestamptz not null,
  signs_to timestamptz not null,
  -- until then what it signed is believed
  trusted_to timestamptz not null,
  revoked_at timestamptz,
  check (signs_from < signs_to and signs_to <= trusted_to)
);
comment on table voucher_key is 'Reference data: holds nothing about a person.';
grant select on voucher_key to pilar_app, pilar_citizen;
grant select, insert, update on voucher_key to pilar_system;
