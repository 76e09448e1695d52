-- New versions of what is shipped, from the first stage of 2027 on; those before stay for the lists they made. Facts: domain facts 1.7, 1.1 and 5; what is
-- not verified there is not verified here. Asked in src/programmes/catalogue/catalogue.test.ts.

alter table programme_version disable trigger audit_insert;
alter table programme_version disable trigger audit_update;

-- The next version of a programme: the one before with what is given, ending it the day before.
create procedure ship_next(code text, since date, given jsonb) language sql as $$
  insert into programme_version (programme_code, version, state, valid_from, valid_to, name, full_name, summary, summary_en, legal_basis, owner, regions,
    regions_without, unit, kind, period, rule, goods, steps, delivery, funding, verified, source, published_at)
  select v.programme_code, v.version + 1, 'published', $2, null, v.name, v.full_name, coalesce(given ->> 'summary', v.summary),
    coalesce(given ->> 'summaryEn', v.summary_en), coalesce(given ->> 'law', v.legal_basis), v.owner, v.regions, v.regions_without, v.unit, v.kind, v.period,
    v.rule || coalesce(given -> 'rule', '{}'), v.goods, v.steps, v.delivery, v.funding, coalesce((given ->> 'verified')::boolean, v.verified), given ->> 'source', now()
  from programme_version v where v.programme_code = $1 and v.state = 'published' and v.valid_to is null
    -- Where an office has written or published one of its own meanwhile, theirs stays.
    and v.made_by is null and not exists (select from programme_version n where n.programme_code = $1 and (n.version > v.version or n.state = 'draft'));
  update programme_version v set valid_to = $2 - 1 where v.programme_code = $1 and v.state = 'published' and v.valid_to is null
    and exists (select from programme_version n where n.programme_code = $1 and n.version = v.version + 1 and n.valid_from = $2 and n.made_by is null);
  insert into programme_example (programme_code, version, position, name, facts, as_of, expected, expected_amount)
  select e.programme_code, n.version, e.position, e.name, e.facts, $2 + 30, e.expected, e.expected_amount
  from programme_version n join programme_example e on e.programme_code = n.programme_code and e.version = n.version - 1
  where n.programme_code = $1 and n.valid_from = $2 and n.made_by is null
$$;
create procedure ship_next_example(code text, since date, name text, family jsonb, members jsonb, expected text, amount bigint default null) language sql as $$
  insert into programme_example (programme_code, version, position, name, facts, as_of, expected, expected_amount)
  select v.programme_code, v.version, coalesce((select max(position) from programme_example e where e.programme_code = v.programme_code and e.version = v.version), 0) + 1, $3,
    jsonb_build_object('family', '{"region": "99.99.01.1001", "status": "active", "programmes": [], "answers": {}}'::jsonb || $4,
      'members', (select jsonb_agg('{"ppks": [], "disabilities": [], "chronicIllnesses": [], "answers": {}, "health": {}}'::jsonb
        || jsonb_build_object('isHead', at = 1, 'isPayee', at = 1) || m order by at) from jsonb_array_elements($5) with ordinality t (m, at))), $2 + 30, $6, $7
  from programme_version v where v.programme_code = $1 and v.valid_from = $2 and v.made_by is null
$$;

-- PKH: school from 6 to 21, and everybody counts once, by their highest component.
call ship_next('PKH', '2027-01-01', '{
  "summary": "Bantuan tunai bersyarat empat kali setahun bagi keluarga dengan ibu hamil, anak usia dini, anak sekolah (6 sampai 21 tahun), penyandang disabilitas berat, atau lanjut usia. Seorang dihitung sekali, menurut komponen dengan nominal tertinggi; paling banyak empat orang dalam satu keluarga. Batas desil, dan orang serta komponen mana yang dihitung, belum diverifikasi; beratnya disabilitas dan kehamilan keberapa tidak ada dalam data.",
  "summaryEn": "Conditional cash four times a year for families with a pregnant mother, small children, children at school (6 to 21), severely disabled or old members. A person counts once, by the highest component; at most four persons of a family. The decile limit, and which persons and components count, are not verified; the register does not hold how severe a disability is or which pregnancy it is.",
  "source": "nominal: tempo.co, poskota 2 Jan 2025, tribunnews 9 Des 2021; sekolah 6-21 tahun, paling banyak 4 orang: retizen.republika, tribunnews; lansia 60 tahun, desil, sekali seorang, dan peraturan belum diverifikasi",
  "rule": {
    "conditions": [
      {"code": "decile", "name": "Desil 1 sampai 4", "nameEn": "Decile 1 to 4", "cel": "family.decile <= 4"},
      {"code": "component", "name": "Ada anggota yang termasuk komponen PKH", "nameEn": "A member belongs to a component of PKH",
        "cel": "members.exists(m, m.age <= 6 || m.age >= 60 || size(m.disabilities) > 0 || (has(m.pregnant) && m.pregnant) || (m.age >= 6 && m.age <= 21 && m.schooling == ''attending'' && m.schoolLevel in [''primary'', ''junior'', ''senior'']))"}],
    "components": [
      {"code": "pregnant", "name": "Ibu hamil atau nifas", "nameEn": "Pregnant or just given birth", "per": "person", "when": "m.pregnant", "amount": "750000"},
      {"code": "early", "name": "Anak usia dini (0 sampai 6 tahun, belum sekolah)", "nameEn": "Small child (0 to 6, not at school yet)", "per": "person", "most": 2, "amount": "750000",
        "when": "m.age <= 6 && !(m.age == 6 && has(m.schooling) && m.schooling == ''attending'' && has(m.schoolLevel) && m.schoolLevel in [''primary'', ''junior'', ''senior'']) && !(has(m.pregnant) && m.pregnant)"},
      {"code": "primary", "name": "Anak SD atau sederajat", "nameEn": "Child at primary school", "per": "person", "amount": "225000",
        "when": "m.age >= 6 && m.age <= 21 && m.schooling == ''attending'' && m.schoolLevel == ''primary'' && size(m.disabilities) == 0 && !(has(m.pregnant) && m.pregnant)"},
      {"code": "junior", "name": "Anak SMP atau sederajat", "nameEn": "Child at junior high school", "per": "person", "amount": "375000",
        "when": "m.age >= 6 && m.age <= 21 && m.schooling == ''attending'' && m.schoolLevel == ''junior'' && size(m.disabilities) == 0 && !(has(m.pregnant) && m.pregnant)"},
      {"code": "senior", "name": "Anak SMA atau sederajat", "nameEn": "Child at senior high school", "per": "person", "amount": "500000",
        "when": "m.age >= 6 && m.age <= 21 && m.schooling == ''attending'' && m.schoolLevel == ''senior'' && size(m.disabilities) == 0 && !(has(m.pregnant) && m.pregnant)"},
      {"code": "disability", "name": "Penyandang disabilitas berat", "nameEn": "Severely disabled", "per": "person", "amount": "600000",
        "when": "size(m.disabilities) > 0 && !(has(m.pregnant) && m.pregnant) && !(has(m.age) && (m.age >= 60 || m.age < 6 || (m.age == 6 && !(has(m.schooling) && m.schooling == ''attending'' && has(m.schoolLevel) && m.schoolLevel in [''primary'', ''junior'', ''senior'']))))"},
      {"code": "elder", "name": "Lanjut usia (60 tahun ke atas)", "nameEn": "Old (60 and over)", "per": "person", "when": "m.age >= 60 && !(has(m.pregnant) && m.pregnant)", "amount": "600000"}]}}');
call ship_next_example('PKH', '2027-01-01', 'Anak 6 tahun di SD dihitung sekali, sebagai anak sekolah', '{"decile": 2}',
  '[{"age": 34}, {"age": 6, "schooling": "attending", "schoolLevel": "primary"}]', 'in', 225000);
call ship_next_example('PKH', '2027-01-01', 'Anak 5 tahun yang tercatat di SD dihitung sekali, sebagai anak usia dini', '{"decile": 2}',
  '[{"age": 34}, {"age": 5, "schooling": "attending", "schoolLevel": "primary"}]', 'in', 750000);
call ship_next_example('PKH', '2027-01-01', 'Anak 6 tahun dengan disabilitas di SD dihitung sekali', '{"decile": 2}',
  '[{"age": 34}, {"age": 6, "schooling": "attending", "schoolLevel": "primary", "disabilities": ["physical"]}]', 'in', 600000);
call ship_next_example('PKH', '2027-01-01', 'Anak SMA dengan disabilitas dihitung sekali', '{"decile": 3}',
  '[{"age": 44}, {"age": 17, "schooling": "attending", "schoolLevel": "senior", "disabilities": ["hearing"]}]', 'in', 600000);
call ship_next_example('PKH', '2027-01-01', 'Ibu hamil yang masih di SMA dihitung sekali', '{"decile": 1}',
  '[{"age": 22}, {"age": 18, "sex": "female", "pregnant": true, "schooling": "attending", "schoolLevel": "senior"}]', 'in', 750000);
call ship_next_example('PKH', '2027-01-01', 'Nenek dengan disabilitas dihitung sekali, sebagai lanjut usia', '{"decile": 1}',
  '[{"age": 71, "disabilities": ["physical"]}]', 'in', 600000);
call ship_next_example('PKH', '2027-01-01', 'Mahasiswa 22 tahun yang tercatat di SMA', '{"decile": 2}',
  '[{"age": 45, "schooling": "finished"}, {"age": 22, "schooling": "attending", "schoolLevel": "senior"}]', 'out');

-- Sembako names its legal basis.
call ship_next('SEMBAKO', '2027-01-01', '{
  "law": "Permensos 5/2021 (belum diverifikasi)",
  "summary": "Bantuan pangan bulanan melalui kartu (KKS). Dasar hukum dan batas desil belum diverifikasi; sebagian pengumuman menyebut sampai desil 5.",
  "summaryEn": "Monthly food assistance on a card (KKS). The legal basis and the decile limit are not verified; some notices say up to decile 5.",
  "source": "nominal: en.antaranews 145574; Permensos 5/2021, desil, dan bank belum diverifikasi"}');

-- ATENSI: up to decile 5, not verified; who is in no data yet is not left out for that.
call ship_next('ATENSI', '2027-01-01', '{
  "summary": "Asistensi rehabilitasi sosial bagi PPKS melalui keluarga, masyarakat, balai, atau LKS: pemenuhan kebutuhan hidup layak, perawatan sosial, dukungan keluarga, terapi, pelatihan, bantuan dan asistensi sosial, dukungan aksesibilitas. Menurut rencana tiap orang; tidak ada nominal tetap. Batas desil 1 sampai 5 belum diverifikasi; yang desilnya belum diketahui tetap dilayani.",
  "summaryEn": "Social rehabilitation for persons in need of social services, in seven direct components by a plan for each person; there is no fixed amount. The limit of deciles 1 to 5 is not verified; whose decile is unknown is served all the same.",
  "verified": false, "source": "Permensos 7/2021: kemensos.go.id, gerakinklusi, dinsos.riau; batas desil belum diverifikasi",
  "rule": {"conditions": [
    {"code": "ppks", "name": "Ada anggota yang termasuk PPKS", "nameEn": "A member is in need of social services", "cel": "members.exists(m, size(m.ppks) > 0)"},
    {"code": "decile", "name": "Desil 1 sampai 5, atau belum diketahui", "nameEn": "Decile 1 to 5, or not known yet", "cel": "!has(family.decile) || family.decile <= 5"}]}}');
call ship_next_example('ATENSI', '2027-01-01', 'Penyandang disabilitas terlantar, desil 5', '{"decile": 5}', '[{"age": 40, "ppks": [9]}]', 'in', 0);
call ship_next_example('ATENSI', '2027-01-01', 'PPKS dalam keluarga desil 8', '{"decile": 8}', '[{"age": 40, "ppks": [9]}]', 'out');

drop procedure ship_next(text, date, jsonb);
drop procedure ship_next_example(text, date, text, jsonb, jsonb, text, bigint);
alter table programme_version enable trigger audit_insert;
alter table programme_version enable trigger audit_update;
