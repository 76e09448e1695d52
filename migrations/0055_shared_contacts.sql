-- A number given for many families may be that of whoever handed over to them: who asks whether it arrived must not ask there.
insert into register_term (key, valid_from, amount, unit, source) values
  ('contact_shared_most', '2020-01-01', 3, 'count', 'belum diverifikasi: satu nomor atau alamat yang dipakai lebih banyak keluarga tidak dikirimi pertanyaan');
