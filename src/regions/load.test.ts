import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fullTestDatabase, testDatabase, TEST_REGENCIES } from '#test/support/postgres.ts'
import { parseCsv } from './csv.ts'
import { loadRegions } from './load.ts'
import { dataSet, readTree } from './tree.ts'

describe('the whole tree', async () => {
  const database = await fullTestDatabase()
  const one = async <Row extends Record<string, unknown>>(text: string, values: unknown[] = []) =>
    (await database.sql<Row>(text, values))[0]

  test('as many of each tier as the data set has', async () => {
    const rows = await database.sql<{ tier: string; count: number }>('select tier, count(*) from region group by tier')
    // Version 4.0.1 of the data set, after the decree of 2025: eight districts more than its forerunner.
    assert.deepEqual(Object.fromEntries(rows.map((row) => [row.tier, row.count])), {
      nation: 1,
      province: 38,
      regency: 514,
      district: 7285,
      village: 83_762,
    })
  })

  test('programmes belong to regions there are: those that were shipped, and whatever comes', async () => {
    const key = await one<{ convalidated: boolean }>(
      `select convalidated from pg_constraint where conname = 'programme_region_code_fkey'`,
    )
    assert.equal(key?.convalidated, true)
    await assert.rejects(
      database.sql(
        `insert into programme (code, name, full_name, region_code) values ('NOWHERE', 'N', 'Nowhere', '98')`,
      ),
      /programme_region_code_fkey/,
    )
    const places = await one<{ unknown: string[] }>(
      `select array(select distinct place from programme_version, unnest(regions || regions_without) place
         where not exists (select from region r where r.code = place)) as unknown`,
    )
    assert.deepEqual(places?.unknown, [], 'where a version runs')
  })

  test('where regions lie: all provinces, nearly all regencies, some districts', async () => {
    const rows = await database.sql<{ tier: string; count: number }>(
      'select tier, count(lat) from region where lat between -11.1 and 6.1 and lon between 94.9 and 141.1 group by tier',
    )
    assert.deepEqual(Object.fromEntries(rows.map((row) => [row.tier, row.count])), {
      province: 38,
      regency: 500,
      district: 951,
    })
    const karanganyar = await one<{ lat: number; lon: number }>(`select lat, lon from region where code = '33.13'`)
    assert.ok(Math.abs((karanganyar?.lat ?? 0) + 7.6) < 0.1 && Math.abs((karanganyar?.lon ?? 0) - 110.95) < 0.1)
  })

  test('kinds, time zones and names', async () => {
    const of = (code: string) =>
      one(`select kind, name, time_zone zone, path_name path, parent_code parent from region where code = $1`, [code])
    assert.deepEqual(await of('32.75.01.1002'), {
      kind: 'kelurahan',
      name: 'Margahayu',
      zone: 'Asia/Jakarta',
      path: 'Margahayu, Bekasi Timur, Kota Bekasi, Jawa Barat',
      parent: '32.75.01',
    })
    assert.deepEqual(await of('32'), {
      kind: 'provinsi',
      name: 'Jawa Barat',
      zone: 'Asia/Jakarta',
      path: 'Jawa Barat',
      parent: '00',
    })
    const kinds = await database.sql<{ tier: string; kind: string; papua: boolean; count: number }>(
      `select tier, kind, code >= '91' papua, count(*) from region group by 1, 2, 3 order by 1, 2, 3`,
    )
    const count = (kind: string, papua?: boolean) =>
      kinds
        .filter((row) => row.kind === kind && (papua === undefined || row.papua === papua))
        .reduce((sum, row) => sum + row.count, 0)
    assert.deepEqual([count('kota'), count('kabupaten')], [98, 416])
    assert.deepEqual([count('kelurahan'), count('desa'), count('desa_adat')], [8496, 75_252, 14])
    assert.equal(count('distrik', false), 0)
    assert.equal(count('kecamatan', true), 0)
    assert.ok(count('distrik', true) > 700)

    const zones = await database.sql<{ zone: string; provinces: string[] }>(
      `select time_zone zone, array_agg(code order by code) provinces from region where tier = 'province' group by 1 order by 1`,
    )
    assert.deepEqual(Object.fromEntries(zones.map((row) => [row.zone, row.provinces.join(' ')])), {
      'Asia/Jakarta': '11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62',
      'Asia/Makassar': '51 52 53 63 64 65 71 72 73 74 75 76',
      'Asia/Jayapura': '81 82 91 92 93 94 95 96',
    })
    const across = await one(
      `select count(*) n from region r join region p on p.code = r.parent_code where p.tier <> 'nation' and p.time_zone <> r.time_zone`,
    )
    assert.equal(across?.['n'], 0)
  })

  test('names with apostrophes and commas arrive whole', async () => {
    const name = async (code: string) => (await one(`select name from region where code = $1`, [code]))?.['name']
    assert.equal(await name('11.01.07.2015'), "Sawang Ba'u")
    assert.equal(await name('35.29.22'), "Ra'as")
    assert.equal(await name('12.07.28.1007'), 'Lubuk Pakam I,II')
    assert.equal(await name('91.20.07.2005'), 'Teuw')
  })

  test('six kecamatan are called Karanganyar', async () => {
    const rows = await database.sql(
      `select code from region where tier = 'district' and name = 'Karanganyar' order by code`,
    )
    assert.deepEqual(
      rows.map((row) => row['code']),
      ['33.03.11', '33.05.20', '33.13.09', '33.21.09', '33.26.07', '35.21.17'],
    )
  })

  test('every region has a social office; regencies and provinces the other agencies too', async () => {
    const counts = await database.sql<{ agency: string; tiers: string[]; count: number }>(
      `select agency, array_agg(distinct tier order by tier) tiers, count(*) from office group by agency order by count(*) desc`,
    )
    assert.equal(counts[0]?.agency, 'social')
    assert.equal(counts[0]?.count, 91_600)
    assert.equal(counts.length, 8)
    for (const row of counts.slice(1)) assert.deepEqual([row.tiers.join(), row.count], ['province,regency', 552])
    const names = await database.sql<{ id: string; name: string }>(
      `select id, name from office where id = any ($1) or id like '32.75/%' or id like '36/%' order by id collate "C"`,
      [['00/social', '32.75.01/social', '32.75.01.1002/social', '33.13.01.2001/social']],
    )
    assert.deepEqual(Object.fromEntries(names.map((row) => [row.id, row.name])), {
      '00/social': 'Kementerian Sosial',
      '32.75.01.1002/social': 'Puskesos Kelurahan Margahayu',
      '32.75.01/social': 'Kecamatan Bekasi Timur',
      '32.75/civil_registry': 'Dinas Kependudukan dan Pencatatan Sipil (Disdukcapil) Kota Bekasi',
      '32.75/education': 'Dinas Pendidikan Kota Bekasi',
      '32.75/health': 'Dinas Kesehatan Kota Bekasi',
      '32.75/health_insurance': 'BPJS Kesehatan Cabang Kota Bekasi',
      '32.75/housing': 'Dinas Perumahan Rakyat dan Kawasan Permukiman (DPRKP) Kota Bekasi',
      '32.75/manpower': 'Dinas Tenaga Kerja (Disnaker) Kota Bekasi',
      '32.75/social': 'Dinas Sosial Kota Bekasi (SLRT)',
      '32.75/women_children': 'DP3A dan UPTD PPA Kota Bekasi',
      '33.13.01.2001/social': 'Puskesos Desa Ngepungsari',
      '36/civil_registry': 'Dinas Kependudukan dan Pencatatan Sipil (Disdukcapil) Provinsi Banten',
      '36/education': 'Dinas Pendidikan Provinsi Banten',
      '36/health': 'Dinas Kesehatan Provinsi Banten',
      '36/health_insurance': 'BPJS Kesehatan Wilayah Provinsi Banten',
      '36/housing': 'Dinas Perumahan Rakyat dan Kawasan Permukiman (DPRKP) Provinsi Banten',
      '36/manpower': 'Dinas Tenaga Kerja (Disnaker) Provinsi Banten',
      '36/social': 'Dinas Sosial Provinsi Banten',
      '36/women_children': 'DP3A Provinsi Banten',
    })
  })

  test('the audit log has one line for it, not 96,000', async () => {
    assert.deepEqual(
      await one(
        `select act, subject, (detail ->> 'rows')::int count from audit_entry where subject in ('region', 'office') and id > 1`,
      ),
      {
        act: 'load',
        subject: 'region',
        count: 91_599,
      },
    )
  })
})

describe('loading again', async () => {
  const database = await testDatabase()
  const again = () => loadRegions(database.ownerUrl, { only: TEST_REGENCIES })
  const rowVersions = () =>
    database.sql(
      `select (select md5(string_agg(code || xmin::text, ',' order by code)) from region) regions,
              (select md5(string_agg(id || xmin::text, ',' order by id)) from office) offices,
              (select count(*) from audit_entry) audited, (select count(*) from holiday) holidays`,
    )

  test('changes nothing', async () => {
    const before = await rowVersions()
    assert.ok(Number(before[0]?.['holidays']) > 20)
    const first = await again()
    assert.deepEqual(await rowVersions(), before)
    assert.deepEqual(await again(), first)
  })

  test('a newer data set renames and adds, and leaves what people wrote and what it does not know', async () => {
    const { sql } = database
    await sql(`update region set name = 'Margahaju', path_name = 'x', search_name = 'x' where code = '32.75.01.1002'`)
    await sql(`update office set name = 'Puskesos Kelurahan Margahaju' where id = '32.75.01.1002/social'`)
    await sql(`update region set name = 'Duren Djaja' where code = '32.75.01.1003'`)
    await sql(`update office set name = 'Puskesos Melati', phone = '021 5550100' where id = '32.75.01.1003/social'`)
    await sql(`delete from office where region_code = '32.75.01.1004'`)
    await sql(`delete from region where code = '32.75.01.1004'`)
    await sql(`insert into region (code, parent_code, tier, kind, name, path_name, time_zone, search_name)
      values ('99', '00', 'province', 'provinsi', 'Nusa Antah', 'Nusa Antah', 'Asia/Jakarta', 'nusaantah')`)
    await again()
    const offices = await sql(
      `select id, name, phone from office where region_code = any ('{32.75.01.1002,32.75.01.1003,32.75.01.1004}') order by id`,
    )
    assert.deepEqual(offices, [
      { id: '32.75.01.1002/social', name: 'Puskesos Kelurahan Margahayu', phone: null },
      { id: '32.75.01.1003/social', name: 'Puskesos Melati', phone: '021 5550100' },
      { id: '32.75.01.1004/social', name: 'Puskesos Kelurahan Arenjaya', phone: null },
    ])
    const [margahayu] = await sql(`select name, path_name from region where code = '32.75.01.1002'`)
    assert.equal(margahayu?.['path_name'], 'Margahayu, Bekasi Timur, Kota Bekasi, Jawa Barat')
    assert.equal((await sql(`select 1 from region where code = '99'`)).length, 1)
  })

  test('two processes at once take turns', async () => {
    const results = await Promise.all([again(), again(), again()])
    assert.deepEqual(results[1], results[0])
    assert.deepEqual(results[2], results[0])
  })

  test('a holiday an administrator removed does not come back', async () => {
    const { sql } = database
    const [first] = await sql<{ day: string }>(
      `delete from holiday where day = (select min(day) from holiday) returning day`,
    )
    assert.ok(first)
    await again()
    assert.deepEqual(await sql('select day from holiday where day = $1', [first.day]), [])
    assert.ok((await sql('select 1 from holiday')).length > 20)
  })
})

test('the tree as the data set gives it: parents first, every path from its parents', async () => {
  const rows = await readTree((await dataSet()).folder)
  const seen = new Map([['00', '']])
  for (const row of rows) {
    const above = seen.get(row.parentCode)
    assert.notEqual(above, undefined, row.code)
    assert.equal(row.pathName, above ? `${row.name}, ${above}` : row.name)
    seen.set(row.code, row.pathName)
  }
  assert.ok(rows.every((row) => /^[a-z0-9]+$/.test(row.searchName)))
})

test('CSV with quotes, commas and doubled quotes', () => {
  assert.deepEqual(parseCsv('a,b\r\n1,"x, ""y"""\n2,\n'), [
    { a: '1', b: 'x, "y"' },
    { a: '2', b: '' },
  ])
  assert.deepEqual(parseCsv(''), [])
})
