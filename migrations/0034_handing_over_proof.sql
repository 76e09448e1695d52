-- Handing over: part of what a family is entitled to says why the rest was not, a proxy is proved by a photo, and a signature is known by its shape.

alter table redemption add short_reason text check (short_reason in ('out_of_stock', 'damaged', 'declined', 'other'));
alter table redemption add constraint redemption_short_of_received check (short_reason is null or outcome = 'received');
comment on column redemption.short_reason is 'why less was handed over than the family is entitled to';

-- A signature drawn on the screen: 32 points along its strokes, centred and scaled (src/distribution/handover/signature-mark.ts).
alter table redemption_file add mark bytea check (mark is null or kind = 'signature' and length(mark) = 64);

alter table distribution_term drop constraint distribution_term_unit_check;
alter table distribution_term add constraint distribution_term_unit_check
  check (unit in ('seconds', 'metres', 'count', 'hours', 'days', 'hour_of_day', 'bytes', 'percent'));
insert into distribution_term (key, valid_from, amount, unit, source) values
  ('near_signature', '2020-01-01', 15, 'percent', 'belum diverifikasi: tanda tangan yang bentuknya berbeda paling banyak sekian persen dianggap hampir sama');
alter table delivery_sign drop constraint delivery_sign_kind_check;
alter table delivery_sign add constraint delivery_sign_kind_check
  check (kind in ('fast_device', 'same_signature', 'near_signature', 'same_photo', 'same_proxy', 'far', 'dead', 'odd_hours'));

insert into register_term (key, valid_from, amount, unit, source) values
  ('handing_over_proxy_proof', '2020-01-01', 1, 'count', 'belum diverifikasi: sekian foto bukti wakil pada penyerahan yang diwakili; 0: tidak wajib'),
  ('handing_over_list_kept', '2020-01-01', 7, 'days', 'belum diverifikasi: daftar sebuah tempat penyerahan disimpan di telepon petugas paling lama sekian hari');
