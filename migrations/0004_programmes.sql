-- The catalogue of assistance programmes, as far as complaints need it. Rules and amounts come with the programmes themselves.
create table programme (
  code text primary key check (code ~ '^[A-Z0-9_]{2,30}$'),
  name text not null,
  full_name text not null,
  -- who runs it: the nation, or a region of its own
  region_code text collate "C" not null references region deferrable initially deferred,
  active_from date,
  active_to date
);
comment on table programme is 'Reference data: holds nothing about a person. Named in domain facts 5.';
grant select on programme to pilar_app, pilar_citizen, pilar_system;
insert into programme (code, name, full_name, region_code, active_from, active_to) values
  ('PKH', 'PKH', 'Program Keluarga Harapan', '00', '2007-01-01', null),
  ('SEMBAKO', 'Sembako/BPNT', 'Program Sembako (Bantuan Pangan Non Tunai)', '00', '2017-01-01', null),
  ('BST', 'BST', 'Bantuan Sosial Tunai', '00', '2020-04-01', null),
  ('BANSOS_SEMBAKO', 'Bansos Sembako', 'Bantuan Sosial Sembako Jabodetabek', '00', '2020-04-01', null),
  ('PBI_JK', 'PBI-JK', 'Penerima Bantuan Iuran Jaminan Kesehatan (KIS)', '00', '2014-01-01', null),
  ('KIP', 'KIP', 'Kartu Indonesia Pintar', '00', '2014-01-01', null),
  ('BLT_BBM', 'BLT BBM', 'Bantuan Langsung Tunai BBM', '00', '2022-09-01', null),
  ('BLT_DESA', 'BLT Dana Desa', 'Bantuan Langsung Tunai Dana Desa', '00', '2020-04-01', null),
  ('ATENSI', 'ATENSI', 'Asistensi Rehabilitasi Sosial', '00', '2020-01-01', null),
  ('PENA', 'PENA', 'Pahlawan Ekonomi Nusantara', '00', '2022-01-01', null),
  ('RUTILAHU', 'Rutilahu', 'Rehabilitasi Rumah Tidak Layak Huni', '00', '2010-01-01', null),
  ('PERMAKANAN', 'Permakanan', 'Bantuan Permakanan lansia dan penyandang disabilitas', '00', '2022-01-01', null),
  ('YAPI', 'YAPI', 'Bantuan Yatim Piatu', '00', '2022-01-01', null),
  ('UEP_KUBE', 'UEP/KUBE', 'Usaha Ekonomi Produktif dan Kelompok Usaha Bersama', '00', '2010-01-01', null);
