-- The programmes Pilar is shipped with, each with its versions. Facts: domain facts 5; what is not verified there is not verified here, and
-- an amount that was not found is 0 and says so. Every rule and example is asked in src/programmes/catalogue/shipped.test.ts.

-- A province's programmes are shipped before its regions are loaded.
set constraints programme_region_code_fkey immediate;
alter table programme drop constraint programme_region_code_fkey;

update programme set name = 'PBI-JKN', full_name = 'Penerima Bantuan Iuran Jaminan Kesehatan Nasional (KIS)' where code = 'PBI_JK';
-- Its two parts are programmes of their own.
update programme set active_to = '2025-12-31' where code = 'UEP_KUBE';
update programme set active_to = '2020-12-31' where code = 'BANSOS_SEMBAKO';
insert into programme (code, name, full_name, region_code, active_from, active_to) values
  ('UEP', 'UEP', 'Usaha Ekonomi Produktif', '36', '2010-01-01', null),
  ('KUBE', 'KUBE', 'Kelompok Usaha Bersama', '00', '2010-01-01', null),
  ('TALI_ASIH', 'Tali Asih', 'Santunan tali asih pejuang, perintis kemerdekaan, dan keluarga pahlawan', '36', '2010-01-01', null),
  ('JSOD', 'JSOD', 'Jaminan Sosial Orang dengan Disabilitas', '36', '2010-01-01', null),
  ('JSLU', 'JSLU', 'Jaminan Sosial Lanjut Usia', '36', '2010-01-01', null),
  ('JSANAK', 'JSANAK', 'Jaminan Sosial Anak', '36', '2010-01-01', null),
  ('JAMSOSRATU', 'Jamsosratu', 'Jaminan Sosial Rakyat Banten Bersatu', '36', '2013-01-01', null),
  ('UPSK', 'UPSK', 'Unit Pelayanan Sosial Keliling', '36', '2010-01-01', null),
  ('COTA', 'COTA', 'Pendampingan Calon Orang Tua Angkat', '36', '2010-01-01', null),
  ('KAKI_PALSU', 'Kaki palsu', 'Alat bantu kaki palsu bagi penyandang disabilitas fisik', '36', '2010-01-01', null),
  ('ALAT_BANTU_DENGAR', 'Alat bantu dengar', 'Alat bantu dengar bagi penyandang disabilitas rungu', '36', '2010-01-01', null),
  ('BIMBINGAN_ODGJ', 'Bimbingan eks ODGJ', 'Bimbingan sosial bagi bekas orang dengan gangguan jiwa', '36', '2010-01-01', null),
  ('KONSELING_PMI', 'Konseling PMI', 'Bimbingan sosial dan konseling psikososial pekerja migran bermasalah sosial', '36', '2010-01-01', null),
  ('KETERAMPILAN_BWBLP', 'Keterampilan BWBLP', 'Bimbingan dan keterampilan bekas warga binaan lembaga pemasyarakatan', '36', '2010-01-01', null),
  ('P2K2', 'P2K2', 'Pertemuan Peningkatan Kemampuan Keluarga', '00', '2016-01-01', null);

create procedure ship(code text, version integer, since date, until date, given jsonb) language sql as $$
  insert into programme_version (programme_code, version, state, valid_from, valid_to, name, full_name, summary, summary_en, legal_basis, owner, regions,
    regions_without, unit, kind, period, rule, goods, delivery, funding, verified, source, published_at)
  select p.code, $2, 'published', $3, $4, p.name, p.full_name, given ->> 'summary', given ->> 'summaryEn', given ->> 'law', given ->> 'owner',
    array(select jsonb_array_elements_text(coalesce(given -> 'regions', jsonb_build_array(p.region_code)))),
    array(select jsonb_array_elements_text(coalesce(given -> 'without', '[]'))),
    given ->> 'unit', given ->> 'kind', given ->> 'period',
    '{"conditions": [], "components": [], "limits": {}, "ranking": []}'::jsonb || (given -> 'rule'),
    coalesce(given -> 'goods', '[]'), array(select jsonb_array_elements_text(coalesce(given -> 'delivery', '[]'))),
    given ->> 'funding', coalesce((given ->> 'verified')::boolean, false), given ->> 'source', now()
  from programme p where p.code = $1
$$;
-- An invented family in a few words: what is not said is what most families are.
create procedure ship_example(code text, version integer, name text, on_day date, family jsonb, members jsonb, expected text, amount bigint default null)
language sql as $$
  insert into programme_example (programme_code, version, position, name, facts, as_of, expected, expected_amount)
  select $1, $2, coalesce((select max(position) from programme_example e where e.programme_code = $1 and e.version = $2), 0) + 1, $3,
    jsonb_build_object('family', '{"region": "99.99.01.1001", "status": "active", "programmes": [], "answers": {}}'::jsonb || $5,
      'members', (select jsonb_agg('{"ppks": [], "disabilities": [], "chronicIllnesses": [], "answers": {}, "health": {}}'::jsonb
        || jsonb_build_object('isHead', at = 1, 'isPayee', at = 1) || m order by at) from jsonb_array_elements($6) with ordinality t (m, at))), $4, $7, $8
$$;
alter table programme_version disable trigger audit_insert;

-- PKH. Four stages a year; of elders: 70 and over in 2021, 60 and over in other years (the latter not verified).
create procedure ship_pkh(version integer, since date, until date, elder integer, verified_age text) language sql as $$
  call ship('PKH', $1, $2, $3, jsonb_build_object(
    'summary', 'Bantuan tunai bersyarat empat kali setahun bagi keluarga dengan ibu hamil, anak usia dini, anak sekolah, penyandang disabilitas berat, atau lanjut usia. Paling banyak empat orang dalam satu keluarga dihitung. Batas desil, dan orang mana yang dihitung bila lebih dari empat, belum diverifikasi; beratnya disabilitas dan kehamilan keberapa tidak ada dalam data.',
    'summaryEn', 'Conditional cash four times a year for families with a pregnant mother, small or school children, severely disabled or old members; at most four persons count. The decile limit, and who counts when there are more than four, are not verified; the register does not hold how severe a disability is or which pregnancy it is.',
    'law', 'Permensos 1/2018', 'owner', 'ministry', 'unit', 'family', 'kind', 'cash', 'period', 'quarter', 'delivery', '["bank", "post_office"]'::jsonb,
    'funding', 'APBN', 'source', 'nominal per tahap: tempo.co, poskota 2 Jan 2025, tribunnews 9 Des 2021; usia lansia: ' || $5 || '; desil dan peraturan belum diverifikasi',
    'rule', jsonb_build_object(
      'conditions', jsonb_build_array(
        jsonb_build_object('code', 'decile', 'name', 'Desil 1 sampai 4', 'nameEn', 'Decile 1 to 4', 'cel', 'family.decile <= 4'),
        jsonb_build_object('code', 'component', 'name', 'Ada anggota yang termasuk komponen PKH', 'nameEn', 'A member belongs to a component of PKH',
          'cel', 'members.exists(m, m.age <= 6 || m.age >= ' || $4 || ' || size(m.disabilities) > 0 || (has(m.pregnant) && m.pregnant)'
            || ' || (m.age <= 21 && m.schooling == ''attending'' && m.schoolLevel in [''primary'', ''junior'', ''senior'']))')),
      'components', jsonb_build_array(
        jsonb_build_object('code', 'pregnant', 'name', 'Ibu hamil atau nifas', 'nameEn', 'Pregnant or just given birth', 'per', 'person', 'when', 'm.pregnant', 'amount', '750000'),
        jsonb_build_object('code', 'early', 'name', 'Anak usia dini (0 sampai 6 tahun)', 'nameEn', 'Small child (0 to 6)', 'per', 'person', 'most', 2,
          'when', 'm.age <= 6 && !(has(m.schoolLevel) && m.schoolLevel == ''primary'')', 'amount', '750000'),
        jsonb_build_object('code', 'primary', 'name', 'Anak SD atau sederajat', 'nameEn', 'Child at primary school', 'per', 'person',
          'when', 'm.age <= 21 && m.schooling == ''attending'' && m.schoolLevel == ''primary''', 'amount', '225000'),
        jsonb_build_object('code', 'junior', 'name', 'Anak SMP atau sederajat', 'nameEn', 'Child at junior high school', 'per', 'person',
          'when', 'm.age <= 21 && m.schooling == ''attending'' && m.schoolLevel == ''junior''', 'amount', '375000'),
        jsonb_build_object('code', 'senior', 'name', 'Anak SMA atau sederajat', 'nameEn', 'Child at senior high school', 'per', 'person',
          'when', 'm.age <= 21 && m.schooling == ''attending'' && m.schoolLevel == ''senior''', 'amount', '500000'),
        jsonb_build_object('code', 'disability', 'name', 'Penyandang disabilitas berat', 'nameEn', 'Severely disabled', 'per', 'person',
          'when', 'size(m.disabilities) > 0 && !(has(m.age) && m.age >= ' || $4 || ')', 'amount', '600000'),
        jsonb_build_object('code', 'elder', 'name', 'Lanjut usia (' || $4 || ' tahun ke atas)', 'nameEn', 'Old (' || $4 || ' and over)', 'per', 'person',
          'when', 'm.age >= ' || $4, 'amount', '600000')),
      'limits', '{"persons": 4}'::jsonb,
      'ranking', '[{"cel": "family.decile", "direction": "asc"}, {"cel": "size(members)", "direction": "desc"}]'::jsonb)));
  call ship_example('PKH', $1, 'Janda dengan satu balita dan satu anak SD, desil 1', $2 + 30, '{"decile": 1}',
    '[{"age": 38, "sex": "female"}, {"age": 3}, {"age": 9, "schooling": "attending", "schoolLevel": "primary"}]', 'in', 975000);
  call ship_example('PKH', $1, 'Lima anak kecil dan seorang kakek: empat orang dihitung, balita paling banyak dua', $2 + 30, '{"decile": 2}',
    '[{"age": 80}, {"age": 1}, {"age": 2}, {"age": 3}, {"age": 16, "schooling": "attending", "schoolLevel": "senior"}, {"age": 13, "schooling": "attending", "schoolLevel": "junior"}]', 'in', 2600000);
  call ship_example('PKH', $1, 'Kakek 65 tahun tinggal sendiri', $2 + 30, '{"decile": 2}', '[{"age": 65}]',
    case when $4 <= 65 then 'in' else 'out' end, case when $4 <= 65 then 600000 end);
  call ship_example('PKH', $1, 'Keluarga mampu dengan balita', $2 + 30, '{"decile": 7}', '[{"age": 30}, {"age": 2}]', 'out');
  call ship_example('PKH', $1, 'Suami istri tanpa anak', $2 + 30, '{"decile": 3}', '[{"age": 30, "schooling": "finished"}, {"age": 28, "schooling": "finished"}]', 'out');
  call ship_example('PKH', $1, 'Desil belum diketahui', $2 + 30, '{}', '[{"age": 30}, {"age": 2}]', 'waiting');
  call ship_example('PKH', $1, 'Anak 10 tahun, belum diketahui apakah bersekolah', $2 + 30, '{"decile": 2}', '[{"age": 40}, {"age": 10}]', 'waiting');
$$;
call ship_pkh(1, '2020-01-01', '2020-12-31', 60, 'belum diverifikasi');
call ship_pkh(2, '2021-01-01', '2021-12-31', 70, 'retizen.republika, tribunnews');
call ship_pkh(3, '2022-01-01', null, 60, 'belum diverifikasi');
drop procedure ship_pkh(integer, date, date, integer, text);

-- Sembako/BPNT.
create procedure ship_sembako(version integer, since date, until date, rupiah integer) language sql as $$
  call ship('SEMBAKO', $1, $2, $3, jsonb_build_object(
    'summary', 'Bantuan pangan bulanan melalui kartu (KKS). Batas desil belum diverifikasi.',
    'summaryEn', 'Monthly food assistance on a card (KKS). The decile limit is not verified.',
    'owner', 'ministry', 'unit', 'family', 'kind', 'cash', 'period', 'month', 'delivery', '["bank", "post_office"]'::jsonb, 'funding', 'APBN',
    'source', 'nominal Rp150.000 menjadi Rp200.000 pada tahun 2020: en.antaranews 145574; bulan perubahan, desil, dan bank belum diverifikasi',
    'rule', jsonb_build_object(
      'conditions', '[{"code": "decile", "name": "Desil 1 sampai 4", "nameEn": "Decile 1 to 4", "cel": "family.decile <= 4"}]'::jsonb,
      'components', jsonb_build_array(jsonb_build_object('code', 'food', 'name', 'Bantuan pangan sebulan', 'nameEn', 'Food for a month', 'per', 'family',
        'when', 'true', 'amount', $4::text)),
      'ranking', '[{"cel": "family.decile", "direction": "asc"}, {"cel": "size(members)", "direction": "desc"}]'::jsonb)));
  call ship_example('SEMBAKO', $1, 'Keluarga desil 1', $2 + 10, '{"decile": 1}', '[{"age": 41}]', 'in', $4);
  call ship_example('SEMBAKO', $1, 'Keluarga desil 4', $2 + 10, '{"decile": 4}', '[{"age": 41}, {"age": 9}]', 'in', $4);
  call ship_example('SEMBAKO', $1, 'Keluarga desil 5', $2 + 10, '{"decile": 5}', '[{"age": 41}]', 'out');
  call ship_example('SEMBAKO', $1, 'Desil belum diketahui', $2 + 10, '{}', '[{"age": 41}]', 'waiting');
$$;
call ship_sembako(1, '2020-01-01', '2020-02-29', 150000);
call ship_sembako(2, '2020-03-01', null, 200000);
drop procedure ship_sembako(integer, date, date, integer);

-- Jabodetabek got parcels at the door, the rest of the nation money.
create function jabodetabek() returns jsonb immutable language sql as $$ select '["31", "32.01", "32.16", "32.71", "32.75", "32.76", "36.03", "36.71", "36.74"]'::jsonb $$;
create procedure ship_covid(code text, version integer, since date, until date, rupiah integer, given jsonb) language sql as $$
  call ship($1, $2, $3, $4, $6 || jsonb_build_object('owner', 'ministry', 'unit', 'family', 'period', 'month', 'funding', 'APBN',
    'rule', jsonb_build_object(
      'conditions', '[{"code": "no_pkh", "name": "Tidak menerima PKH", "nameEn": "Does not receive PKH", "cel": "!(''PKH'' in family.programmes)"},
        {"code": "no_sembako", "name": "Tidak menerima Sembako", "nameEn": "Does not receive Sembako", "cel": "!(''SEMBAKO'' in family.programmes)"}]'::jsonb,
      'components', jsonb_build_array(jsonb_build_object('code', 'month', 'name', 'Bantuan sebulan', 'nameEn', 'For a month', 'per', 'family',
        'when', 'true', 'amount', $5::text)),
      'ranking', '[{"cel": "family.decile", "direction": "asc"}]'::jsonb)));
  call ship_example($1, $2, 'Keluarga tanpa bantuan lain', $3 + 10, '{"decile": 3}', '[{"age": 41}, {"age": 12}]', 'in', $5);
  call ship_example($1, $2, 'Desil belum diketahui, tanpa bantuan lain', $3 + 10, '{}', '[{"age": 29}]', 'in', $5);
  call ship_example($1, $2, 'Sudah menerima PKH', $3 + 10, '{"decile": 1, "programmes": ["PKH"]}', '[{"age": 41}, {"age": 12}]', 'out');
$$;
call ship_covid('BANSOS_SEMBAKO', 1, '2020-04-01', '2020-06-30', 600000, jsonb_build_object(
  'summary', 'Paket sembako senilai Rp300.000 dua kali sebulan, diantar sampai ke rumah keluarga terdampak pandemi di Jabodetabek. Siapa yang terdampak tidak ada dalam data; syarat di sini belum diverifikasi.',
  'summaryEn', 'Parcels worth Rp300,000 twice a month, brought to the door of families hit by the pandemic in Greater Jakarta. Who was hit is not in the register; the conditions here are not verified.',
  'kind', 'goods', 'regions', jabodetabek(), 'delivery', '["to_the_door"]'::jsonb,
  'goods', '[{"code": "parcel", "name": "Paket sembako Rp300.000", "nameEn": "Food parcel worth Rp300,000", "unit": "paket", "quantity": 2}]'::jsonb,
  'source', 'en.antaranews 146177; syarat belum diverifikasi'));
call ship_covid('BANSOS_SEMBAKO', 2, '2020-07-01', '2020-12-31', 300000, jsonb_build_object(
  'summary', 'Paket sembako senilai Rp300.000 sebulan, diantar sampai ke rumah di Jabodetabek. Nilai dan syarat periode ini belum diverifikasi.',
  'summaryEn', 'A parcel worth Rp300,000 a month, brought to the door in Greater Jakarta. Value and conditions of this time are not verified.',
  'kind', 'goods', 'regions', jabodetabek(), 'delivery', '["to_the_door"]'::jsonb,
  'goods', '[{"code": "parcel", "name": "Paket sembako Rp300.000", "nameEn": "Food parcel worth Rp300,000", "unit": "paket", "quantity": 1}]'::jsonb,
  'source', 'belum diverifikasi'));
call ship_covid('BST', 1, '2020-04-01', '2020-06-30', 600000, jsonb_build_object(
  'summary', 'Uang tunai Rp600.000 sebulan selama tiga bulan, di luar Jabodetabek, bagi keluarga yang tidak menerima PKH atau Sembako. Syarat belum diverifikasi.',
  'summaryEn', 'Rp600,000 a month for three months outside Greater Jakarta, for families without PKH or Sembako. The conditions are not verified.',
  'kind', 'cash', 'without', jabodetabek(), 'delivery', '["post_office", "community_point", "to_the_door"]'::jsonb,
  'source', 'medcom 18 Mei 2020, voinews; syarat belum diverifikasi'));
call ship_covid('BST', 2, '2020-07-01', '2020-12-31', 300000, jsonb_build_object(
  'summary', 'Uang tunai Rp300.000 sebulan di luar Jabodetabek. Nilai dan syarat periode ini belum diverifikasi.',
  'summaryEn', 'Rp300,000 a month outside Greater Jakarta. Amount and conditions of this time are not verified.',
  'kind', 'cash', 'without', jabodetabek(), 'delivery', '["post_office", "community_point", "to_the_door"]'::jsonb, 'source', 'belum diverifikasi'));
call ship_covid('BST', 3, '2021-01-01', '2021-12-31', 300000, jsonb_build_object(
  'summary', 'Uang tunai Rp300.000 sebulan bagi keluarga yang tidak menerima PKH atau Sembako. Wilayah dan syarat belum diverifikasi.',
  'summaryEn', 'Rp300,000 a month for families without PKH or Sembako. Regions and conditions are not verified.',
  'kind', 'cash', 'delivery', '["post_office", "community_point", "to_the_door"]'::jsonb,
  'source', 'nominal: exbulletin 10 Jul 2021; wilayah dan syarat belum diverifikasi'));
drop procedure ship_covid(text, integer, date, date, integer, jsonb);
drop function jabodetabek();

call ship('BLT_BBM', 1, '2022-09-01', '2022-12-31', '{
  "summary": "Rp600.000 bagi keluarga dalam data kesejahteraan sosial, dibayarkan dua kali Rp300.000 (September dan Desember 2022). Bawa undangan, KTP, dan KK.",
  "summaryEn": "Rp600,000 for families of the register, paid twice Rp300,000 (September and December 2022). Bring the invitation, identity card and family card.",
  "owner": "ministry", "unit": "family", "kind": "cash", "period": "once", "delivery": ["post_office", "community_point", "to_the_door"], "funding": "APBN",
  "verified": true, "source": "kompas.tv 327978",
  "rule": {"conditions": [{"code": "registered", "name": "Terdaftar dan aktif dalam data", "nameEn": "In the register", "cel": "family.status == ''active''"}],
    "components": [{"code": "fuel", "name": "Bantuan pengalihan subsidi BBM", "nameEn": "Fuel assistance", "per": "family", "when": "true", "amount": "600000"}],
    "ranking": [{"cel": "family.decile", "direction": "asc"}]}}');
call ship_example('BLT_BBM', 1, 'Keluarga yang terdaftar', '2022-09-10', '{"decile": 6}', '[{"age": 41}]', 'in', 600000);
call ship_example('BLT_BBM', 1, 'Keluarga yang sudah lulus dari data', '2022-09-10', '{"status": "graduated"}', '[{"age": 41}]', 'out');

call ship('PBI_JK', 1, '2020-01-01', null, '{
  "summary": "Iuran jaminan kesehatan Rp42.000 tiap orang tiap bulan dibayarkan langsung ke BPJS Kesehatan; tidak ada uang yang diterima. Nominal dan batas desil belum diverifikasi.",
  "summaryEn": "The contribution to health insurance, Rp42,000 a person and month, is paid straight to BPJS; nobody is handed money. Amount and decile limit are not verified.",
  "law": "Permensos 21/2019 (perubahan data)", "owner": "ministry", "unit": "person", "kind": "contribution", "period": "month", "funding": "APBN",
  "source": "perubahan data: Permensos 21/2019 (fdokumen); nominal dan desil belum diverifikasi",
  "rule": {"conditions": [{"code": "decile", "name": "Desil 1 sampai 5", "nameEn": "Decile 1 to 5", "cel": "family.decile <= 5"}],
    "components": [{"code": "contribution", "name": "Iuran sebulan", "nameEn": "Contribution for a month", "per": "person", "when": "true", "amount": "42000"}],
    "ranking": [{"cel": "family.decile", "direction": "asc"}]}}');
call ship_example('PBI_JK', 1, 'Keluarga tiga orang, desil 5', '2026-02-01', '{"decile": 5}', '[{"age": 41}, {"age": 39}, {"age": 6}]', 'in', 126000);
call ship_example('PBI_JK', 1, 'Keluarga desil 6', '2026-02-01', '{"decile": 6}', '[{"age": 41}]', 'out');
call ship_example('PBI_JK', 1, 'Desil belum diketahui', '2026-02-01', '{}', '[{"age": 41}]', 'waiting');

call ship('ATENSI', 1, '2021-01-01', null, '{
  "summary": "Asistensi rehabilitasi sosial bagi PPKS melalui keluarga, masyarakat, balai, atau LKS: pemenuhan kebutuhan hidup layak, perawatan sosial, dukungan keluarga, terapi, pelatihan, bantuan dan asistensi sosial, dukungan aksesibilitas. Menurut rencana tiap orang; tidak ada nominal tetap.",
  "summaryEn": "Social rehabilitation for persons in need of social services, in seven direct components by a plan for each person; there is no fixed amount.",
  "law": "Permensos 7/2021 (BN 2021/1007), mengganti 16/2020", "owner": "ministry", "unit": "person", "kind": "service", "period": "case",
  "delivery": ["at_service"], "funding": "APBN", "verified": true, "source": "Permensos 7/2021: kemensos.go.id, gerakinklusi, dinsos.riau",
  "rule": {"conditions": [{"code": "ppks", "name": "Ada anggota yang termasuk PPKS", "nameEn": "A member is in need of social services", "cel": "members.exists(m, size(m.ppks) > 0)"}],
    "ranking": [{"cel": "family.decile", "direction": "asc"}]}}');
call ship_example('ATENSI', 1, 'Lanjut usia terlantar', '2026-02-01', '{}', '[{"age": 78, "ppks": [8]}]', 'in', 0);
call ship_example('ATENSI', 1, 'Tidak ada PPKS', '2026-02-01', '{"decile": 1}', '[{"age": 41}]', 'out');

call ship('PENA', 1, '2022-01-01', null, '{
  "summary": "Bantuan usaha Rp6.000.000 bagi penerima PKH berusia 25 sampai 45 tahun yang punya rintisan usaha (makanan dan minuman, kerajinan, jasa, pertanian, peternakan) dan bersedia keluar dari PKH. Rintisan usaha diperiksa petugas.",
  "summaryEn": "Rp6,000,000 for recipients of PKH aged 25 to 45 with a business begun, who agree to leave PKH. Officers look at the business.",
  "owner": "ministry", "unit": "person", "kind": "cash", "period": "once", "delivery": ["bank"], "funding": "APBN",
  "verified": true, "source": "ayobogor (2024); cara penyaluran belum diverifikasi",
  "rule": {"conditions": [
      {"code": "pkh", "name": "Menerima PKH", "nameEn": "Receives PKH", "cel": "''PKH'' in family.programmes"},
      {"code": "age", "name": "Ada anggota berusia 25 sampai 45 tahun", "nameEn": "A member is 25 to 45", "cel": "members.exists(m, m.age >= 25 && m.age <= 45)"}],
    "components": [{"code": "business", "name": "Bantuan usaha", "nameEn": "For the business", "per": "person", "most": 1, "when": "m.age >= 25 && m.age <= 45", "amount": "6000000"}],
    "ranking": [{"cel": "family.decile", "direction": "asc"}]}}');
call ship_example('PENA', 1, 'Penerima PKH berusia 33 dan 31 tahun', '2024-03-01', '{"programmes": ["PKH"]}', '[{"age": 33}, {"age": 31}]', 'in', 6000000);
call ship_example('PENA', 1, 'Bukan penerima PKH', '2024-03-01', '{}', '[{"age": 33}]', 'out');
call ship_example('PENA', 1, 'Penerima PKH berusia 50 tahun', '2024-03-01', '{"programmes": ["PKH"]}', '[{"age": 50}]', 'out');

-- Capital for businesses.
create procedure ship_capital(code text, given jsonb) language sql as $$
  call ship($1, 1, '2020-01-01', null, $2 || '{"kind": "cash", "period": "once", "delivery": ["bank", "community_point"],
    "rule": {"conditions": [
        {"code": "decile", "name": "Desil 1 sampai 4", "nameEn": "Decile 1 to 4", "cel": "family.decile <= 4"},
        {"code": "age", "name": "Ada anggota berusia 18 sampai 59 tahun", "nameEn": "A member is 18 to 59", "cel": "members.exists(m, m.age >= 18 && m.age <= 59)"}],
      "components": [{"code": "capital", "name": "Modal usaha (nominal tidak ditemukan)", "nameEn": "Capital (amount not found)", "per": "family", "when": "true", "amount": "0"}],
      "ranking": [{"cel": "family.decile", "direction": "asc"}]}}');
  call ship_example($1, 1, 'Keluarga desil 2 dengan orang dewasa usia kerja', '2026-02-01', '{"decile": 2}', '[{"age": 44}]', 'in', 0);
  call ship_example($1, 1, 'Lanjut usia sendiri', '2026-02-01', '{"decile": 2}', '[{"age": 77}]', 'out');
$$;
call ship_capital('UEP', '{"owner": "province", "unit": "family", "funding": "APBD Provinsi Banten",
  "summary": "Modal usaha bagi keluarga penerima manfaat, 2.720 keluarga di Banten. Nominal tidak ditemukan dan tertulis 0; syarat belum diverifikasi.",
  "summaryEn": "Capital for a business of one’s own, 2,720 families in Banten. The amount was not found and is 0; the conditions are not verified.",
  "source": "Dinsos Banten (2.720 KPM); nominal tidak ditemukan, syarat belum diverifikasi"}');
call ship_capital('KUBE', '{"owner": "ministry", "unit": "group", "funding": "APBN",
  "summary": "Modal usaha bagi kelompok sekitar sepuluh keluarga, sekitar Rp20.000.000 untuk satu kelompok (belum diverifikasi). Nominal tiap keluarga tidak ditemukan dan tertulis 0.",
  "summaryEn": "Capital for a group of some ten families, some Rp20,000,000 for a group (not verified). The amount for a family was not found and is 0.",
  "source": "belum diverifikasi"}');
drop procedure ship_capital(text, jsonb);

-- Social security of the province of Banten: names are known, amounts are not.
create procedure ship_banten(code text, given jsonb, rule jsonb) language sql as $$
  call ship($1, 1, '2020-01-01', null, '{"owner": "province", "unit": "person", "kind": "cash", "period": "year", "delivery": ["bank"], "funding": "APBD Provinsi Banten",
    "source": "nama: Dinsos Banten; nominal tidak ditemukan, kepanjangan dan syarat belum diverifikasi"}'::jsonb || $2 || jsonb_build_object('rule', $3
    || '{"components": [{"code": "allowance", "name": "Santunan (nominal tidak ditemukan)", "nameEn": "Allowance (amount not found)", "per": "family", "when": "true", "amount": "0"}]}'::jsonb))
$$;
call ship_banten('JSOD', '{"summary": "Jaminan sosial bagi penyandang disabilitas di Banten. Nominal tidak ditemukan dan tertulis 0.", "summaryEn": "For persons with a disability in Banten. The amount was not found and is 0."}',
  '{"conditions": [{"code": "disability", "name": "Ada penyandang disabilitas", "nameEn": "A member has a disability", "cel": "members.exists(m, size(m.disabilities) > 0)"}], "ranking": [{"cel": "family.decile", "direction": "asc"}]}');
call ship_example('JSOD', 1, 'Penyandang disabilitas netra', '2026-02-01', '{}', '[{"age": 33, "disabilities": ["visual"]}]', 'in', 0);
call ship_example('JSOD', 1, 'Tanpa disabilitas', '2026-02-01', '{}', '[{"age": 33}]', 'out');
call ship_banten('JSLU', '{"summary": "Jaminan sosial bagi lanjut usia di Banten. Nominal tidak ditemukan dan tertulis 0.", "summaryEn": "For old people in Banten. The amount was not found and is 0."}',
  '{"conditions": [{"code": "elder", "name": "Ada lanjut usia (60 tahun ke atas)", "nameEn": "A member is 60 or over", "cel": "members.exists(m, m.age >= 60)"}], "ranking": [{"cel": "family.decile", "direction": "asc"}]}');
call ship_example('JSLU', 1, 'Nenek 71 tahun', '2026-02-01', '{}', '[{"age": 71}]', 'in', 0);
call ship_example('JSLU', 1, 'Pasangan muda', '2026-02-01', '{}', '[{"age": 25}, {"age": 24}]', 'out');
call ship_banten('JSANAK', '{"summary": "Jaminan sosial bagi anak yang membutuhkan pelayanan sosial di Banten. Nominal tidak ditemukan dan tertulis 0.", "summaryEn": "For children in need of social services in Banten. The amount was not found and is 0."}',
  '{"conditions": [{"code": "child", "name": "Ada anak yang termasuk PPKS", "nameEn": "A child is in need of social services", "cel": "members.exists(m, m.age < 18 && size(m.ppks) > 0)"}], "ranking": [{"cel": "family.decile", "direction": "asc"}]}');
call ship_example('JSANAK', 1, 'Anak terlantar 9 tahun', '2026-02-01', '{}', '[{"age": 60}, {"age": 9, "ppks": [2]}]', 'in', 0);
call ship_example('JSANAK', 1, 'Anak yang dirawat baik', '2026-02-01', '{}', '[{"age": 40}, {"age": 9}]', 'out');
call ship_banten('TALI_ASIH', '{"period": "once", "summary": "Santunan bagi pejuang, perintis kemerdekaan, dan keluarga pahlawan. Siapa mereka tidak ada dalam data: yang tercatat dalam daftar Dinas Sosial. Nominal tidak ditemukan dan tertulis 0.", "summaryEn": "For veterans, pioneers of independence and families of heroes. Who they are is not in the register: those on the list of the social office. The amount was not found and is 0."}',
  '{"conditions": [{"code": "listed", "name": "Tercatat dalam daftar tali asih", "nameEn": "On the list of recipients", "cel": "''TALI_ASIH'' in family.programmes"}]}');
call ship_example('TALI_ASIH', 1, 'Janda perintis kemerdekaan yang tercatat', '2026-02-01', '{"programmes": ["TALI_ASIH"]}', '[{"age": 90}]', 'in', 0);
call ship_example('TALI_ASIH', 1, 'Tidak tercatat', '2026-02-01', '{}', '[{"age": 90}]', 'out');
drop procedure ship_banten(text, jsonb, jsonb);
create procedure ship_jamsosratu(version integer, since date, until date, rupiah integer, given jsonb) language sql as $$
  call ship('JAMSOSRATU', $1, $2, $3, $5 || jsonb_build_object('owner', 'province', 'unit', 'family', 'kind', 'cash', 'period', 'year', 'delivery', '["bank"]'::jsonb,
    'funding', 'APBD Provinsi Banten', 'rule', jsonb_build_object(
      'conditions', '[{"code": "decile", "name": "Desil 1 sampai 3 (belum diverifikasi)", "nameEn": "Decile 1 to 3 (not verified)", "cel": "family.decile <= 3"},
        {"code": "no_pkh", "name": "Tidak menerima PKH (belum diverifikasi)", "nameEn": "Does not receive PKH (not verified)", "cel": "!(''PKH'' in family.programmes)"}]'::jsonb,
      'components', jsonb_build_array(jsonb_build_object('code', 'year', 'name', 'Bantuan setahun', 'nameEn', 'For a year', 'per', 'family', 'when', 'true', 'amount', $4::text)),
      'ranking', '[{"cel": "family.decile", "direction": "asc"}]'::jsonb)));
  call ship_example('JAMSOSRATU', $1, 'Rumah tangga sangat miskin', $2 + 30, '{"decile": 1}', '[{"age": 41}]', 'in', $4);
  call ship_example('JAMSOSRATU', $1, 'Sudah menerima PKH', $2 + 30, '{"decile": 1, "programmes": ["PKH"]}', '[{"age": 41}]', 'out');
$$;
call ship_jamsosratu(1, '2015-01-01', '2015-12-31', 2250000, '{"summary": "Rp2.250.000 setahun bagi rumah tangga sangat miskin di Banten, tiga kali Rp750.000; 49.000 rumah tangga pada 2015. Syarat belum diverifikasi.",
  "summaryEn": "Rp2,250,000 a year for the poorest households in Banten, three times Rp750,000; 49,000 households in 2015. The conditions are not verified.", "source": "banten.antaranews 24007 (2015); syarat belum diverifikasi"}');
call ship_jamsosratu(2, '2016-01-01', null, 0, '{"summary": "Bagi rumah tangga sangat miskin di Banten. Nominal sesudah 2015 tidak ditemukan dan tertulis 0; syarat belum diverifikasi.",
  "summaryEn": "For the poorest households in Banten. The amount after 2015 was not found and is 0; the conditions are not verified.", "source": "nominal sesudah 2015 tidak ditemukan; syarat belum diverifikasi"}');
drop procedure ship_jamsosratu(integer, date, date, integer, jsonb);

-- Services: who may apply. Their steps: src/programmes/services.
create procedure ship_service(code text, given jsonb, condition jsonb, fits jsonb) language sql as $$
  call ship($1, 1, '2020-01-01', null, '{"owner": "province", "unit": "person", "kind": "service", "period": "case", "delivery": ["at_service"], "funding": "APBD Provinsi Banten",
    "source": "Dinsos Banten; syarat belum diverifikasi"}'::jsonb || $2 || jsonb_build_object('rule', jsonb_build_object('conditions', jsonb_build_array($3),
      'ranking', '[{"cel": "family.decile", "direction": "asc"}]'::jsonb)));
  call ship_example($1, 1, 'Keluarga yang dituju', '2026-02-01', coalesce($4 -> 'family', '{}'), $4 -> 'members', 'in', 0);
  call ship_example($1, 1, 'Orang dewasa tanpa kebutuhan itu', '2026-02-01', '{}', '[{"age": 40, "sex": "male", "relationship": "head", "maritalStatus": "single"}]', 'out');
$$;
call ship_service('UPSK', '{"summary": "Petugas berkeliling ke rumah: deteksi dini kedisabilitasan, pelayanan kesehatan, dan pelayanan psikologis bagi penyandang disabilitas.", "summaryEn": "A mobile unit visits: early detection of disability, health and psychological care for persons with a disability."}',
  '{"code": "need", "name": "Ada anak balita atau penyandang disabilitas", "nameEn": "A small child or a member with a disability", "cel": "members.exists(m, m.age <= 5 || size(m.disabilities) > 0)"}',
  '{"members": [{"age": 30}, {"age": 2}]}');
call ship_service('COTA', '{"summary": "Pendampingan calon orang tua angkat sampai keputusan. Dasar hukum belum diverifikasi.", "summaryEn": "Guidance of adoption candidates up to the decision. The legal basis is not verified.", "law": "PP 54/2007, Permensos 110/HUK/2009 (belum diverifikasi)", "unit": "family"}',
  '{"code": "couple", "name": "Ada pasangan menikah", "nameEn": "A married couple", "cel": "members.exists(m, m.maritalStatus == ''married'')"}',
  '{"members": [{"age": 38, "maritalStatus": "married"}, {"age": 36, "maritalStatus": "married"}]}');
call ship_service('KAKI_PALSU', '{"summary": "Pengukuran, pembuatan, dan pemasangan kaki palsu bagi penyandang disabilitas fisik (tuna daksa).", "summaryEn": "A prosthetic leg, measured, made and fitted, for persons with a physical disability."}',
  '{"code": "physical", "name": "Ada penyandang disabilitas fisik", "nameEn": "A member has a physical disability", "cel": "members.exists(m, ''physical'' in m.disabilities)"}',
  '{"members": [{"age": 50, "disabilities": ["physical"]}]}');
call ship_service('ALAT_BANTU_DENGAR', '{"summary": "Pengukuran dan pemasangan alat bantu dengar bagi penyandang disabilitas rungu.", "summaryEn": "A hearing aid, measured and fitted, for persons who are hard of hearing."}',
  '{"code": "hearing", "name": "Ada penyandang disabilitas rungu", "nameEn": "A member is hard of hearing", "cel": "members.exists(m, ''hearing'' in m.disabilities)"}',
  '{"members": [{"age": 12, "disabilities": ["hearing"]}]}');
call ship_service('BIMBINGAN_ODGJ', '{"summary": "Bimbingan sosial bagi bekas orang dengan gangguan jiwa agar kembali menjalankan fungsi sosialnya.", "summaryEn": "Guidance for people who have recovered from a mental illness."}',
  '{"code": "mental", "name": "Ada penyandang disabilitas mental", "nameEn": "A member has a mental disability", "cel": "members.exists(m, ''mental'' in m.disabilities)"}',
  '{"members": [{"age": 45, "disabilities": ["mental"]}]}');
call ship_service('KONSELING_PMI', '{"summary": "Bimbingan sosial dan konseling psikososial bagi pekerja migran bermasalah sosial dalam empat tahap: bimbingan, eksplorasi masalah, eksplorasi alternatif pemecahan masalah, motivasi.", "summaryEn": "Counselling of migrant workers in trouble, in four stages: guidance, exploring the problem, exploring ways out, motivation."}',
  '{"code": "migrant", "name": "Ada pekerja migran bermasalah sosial", "nameEn": "A member is a migrant worker in trouble", "cel": "members.exists(m, 20 in m.ppks)"}',
  '{"members": [{"age": 29, "ppks": [20]}]}');
call ship_service('KETERAMPILAN_BWBLP', '{"summary": "Bimbingan dan pelatihan keterampilan bagi bekas warga binaan, bersama Balai Pemasyarakatan.", "summaryEn": "Guidance and training of skills for former prisoners, with the probation office."}',
  '{"code": "former_prisoner", "name": "Ada bekas warga binaan lembaga pemasyarakatan", "nameEn": "A member is a former prisoner", "cel": "members.exists(m, 15 in m.ppks)"}',
  '{"members": [{"age": 34, "ppks": [15]}]}');
call ship_service('P2K2', '{"owner": "ministry", "unit": "group", "period": "month", "delivery": ["community_point"], "funding": "APBN", "summary": "Pertemuan kelompok bulanan penerima PKH: pengasuhan dan pendidikan anak, ekonomi, perlindungan anak, kesehatan dan gizi, kesejahteraan sosial, pencegahan stunting.", "summaryEn": "Monthly group meetings of recipients of PKH: raising children, money, protection of children, health and food, care for the old and disabled, stunting.", "source": "modul: retizen, garuda, aswajanews"}',
  '{"code": "pkh", "name": "Menerima PKH", "nameEn": "Receives PKH", "cel": "''PKH'' in family.programmes"}',
  '{"family": {"programmes": ["PKH"]}, "members": [{"age": 34}]}');
drop procedure ship_service(text, jsonb, jsonb, jsonb);

alter table programme_version enable trigger audit_insert;
drop procedure ship_example(text, integer, text, date, jsonb, jsonb, text, bigint);
drop procedure ship(text, integer, date, date, jsonb);
