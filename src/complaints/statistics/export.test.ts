import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { buildApp } from '#src/app.ts'
import { openFileStore } from '#src/platform/files/index.ts'
import { signedIn } from '#test/support/accounts.ts'
import { complaintRow, insertComplaints } from '#test/support/complaint-rows.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { csvLines } from './csv.ts'
import { initials, withoutLongNumbers } from './masked.ts'

const database = await testDatabase({ clock: () => new Date('2026-11-19T02:00:00Z') })
const { db, sql } = database
const app = await buildApp({
  db,
  files: await openFileStore({ dir: await mkdtemp(path.join(tmpdir(), 'pilar-files-')) }),
  baseUrl: 'http://127.0.0.1:3000',
  secret: Buffer.alloc(32, 7),
})
after(() => app.close())
const officer = await signedIn(db, { role: 'officer', regionCode: '32.75' })
const auditor = await signedIn(db, { role: 'auditor', regionCode: '32.75' })
const pillar = await signedIn(db, { role: 'pillar', regionCode: '32.75' })
const elsewhere = await signedIn(db, { role: 'supervisor', regionCode: '33.13' })

const [village = ''] = (
  await sql<{ code: string }>(`select min(code) as code from region where code like '32.75.%' and tier = 'village'`)
).map((row) => row.code)
const download = (url: string, who: { cookie: string } | null) =>
  app.inject({ url: `/api${url}`, headers: { ...(who && { cookie: who.cookie }) } })
const cells = (text: string) =>
  text
    .trim()
    .split('\r\n')
    .map((line) => line.split(';'))

const plain = complaintRow({ region_code: village })
const secret = complaintRow({ region_code: village })
const evil = complaintRow({ region_code: village })
await insertComplaints(database, [plain, secret, evil])
await sql(
  `update complaint set confidential = true, offices = array['32.75/social'], office_id = '32.75/social' where id = $1`,
  [secret.id],
)
await sql(`update complaint set summary = $2 where id = $1`, [
  plain.id,
  'Ibu saya, NIK 9999 0157 0885 9001, telepon 0812-0000-9001; tidak dapat BST',
])
await sql(`update complaint set summary = $2 where id = $1`, [evil.id, '=HYPERLINK("http://a.example";"klik")'])
for (const [id, name] of [
  [plain.id, 'Sumiati Dewi'],
  [secret.id, 'Rahasia Sekali'],
  [evil.id, '@Bagas Prakoso'],
] as const)
  await sql(
    `insert into complaint_person (complaint_id, seq, part, name, nik, phone) values ($1, 0, 'complainant', $2, '9999015708859001', '+6281200009001')`,
    [id, name],
  )

test('a list leaves masked: initials, covered numbers, no word of a confidential case', async () => {
  const res = await download('/complaints/export?format=csv&view=region&status=all', officer)
  assert.equal(res.statusCode, 200, res.body)
  assert.equal(res.headers['content-type'], 'text/csv; charset=utf-8')
  assert.equal(res.headers['content-disposition'], 'attachment; filename="aduan-32.75-2026-11-19.csv"')
  assert.ok(res.body.startsWith('\uFEFFNomor;'))
  const [head = [], ...rows] = cells(res.body)
  assert.equal(rows.length, 3)
  assert.ok(rows.every((row) => row.length === head.length || row.some((cell) => cell.startsWith('"'))))
  assert.ok(!/9999 ?0157|0885 ?9001|9999015708859001|81200009001|0000-9001/.test(res.body), res.body)
  assert.ok(!/Sumiati|Dewi|Rahasia Sekali|R\. S\.|Prakoso/.test(res.body), res.body)
  assert.match(res.body, /S\. D\./)
  assert.match(res.body, /999901\*+9001/)
  assert.match(res.body, /\(rahasia\)/)
  assert.match(res.body, /"Ibu saya, NIK 99/)
  // It was all there to be shown.
  assert.equal((await sql(`select 1 from complaint_person where name = 'Rahasia Sekali'`)).length, 1)
})

test('nothing in a file is a formula', async () => {
  const csv = (await download('/complaints/export?format=csv&view=region&status=all', officer)).body
  assert.match(csv, /"'=HYPERLINK/)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const [line = ''] = csvLines([[text]]).split('\r\n')
      assert.ok(!/^"?[=+\-@\t\r\n]/.test(line), JSON.stringify(line))
      assert.equal(csvLines([[text, 1]]).split('\r\n').length, 2)
    }),
  )
  assert.equal(csvLines([[-3, 0.5, 'a;b', null]]), '-3;0,5;"a;b";\r\n')
  const res = await download('/complaints/export?format=xlsx&view=region&status=all', officer)
  assert.equal(res.statusCode, 200, res.body)
  const sheet = part(res.rawPayload, 'xl/worksheets/sheet1.xml')
  assert.ok(sheet.includes('<row'))
  assert.ok(!/<f[ >]/.test(sheet))
})

/** One file of a zip archive. */
function part(zip: Buffer, name: string): string {
  for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4, 'latin1')) {
    const length = zip.readUInt16LE(at + 28)
    if (zip.toString('utf8', at + 46, at + 46 + length) !== name) continue
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const bytes = zip.subarray(start, start + zip.readUInt32LE(at + 20))
    return (zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : bytes).toString()
  }
  throw new Error(`no ${name} in the archive`)
}

test('who may take a list, and that it is written down', async () => {
  assert.equal((await download('/complaints/export?format=csv', null)).statusCode, 401)
  assert.equal((await download('/complaints/export?format=csv', pillar)).statusCode, 403)
  assert.equal(
    cells((await download('/complaints/export?format=csv&view=region&status=all', elsewhere)).body).length,
    1,
  )
  const audited = await download('/complaints/export?format=csv&view=region&status=all', auditor)
  assert.equal(audited.statusCode, 200)
  assert.ok(!/S\. D\./.test(audited.body), 'an auditor sees no people')
  await download('/complaints/export?format=csv&view=region&q=sumiati', officer)
  const entries = await sql<{ actor_role: string; detail: { format: string; filters: object } }>(
    `select actor_role, detail from audit_entry where act = 'export' and subject = 'complaint' order by id`,
  )
  assert.equal(entries.filter((one) => one.actor_role === 'auditor').length, 1)
  assert.deepEqual(entries.at(-1)?.detail, { format: 'csv', filters: { view: 'region', q: true } })
  assert.ok(!JSON.stringify(entries).includes('sumiati'))
})

test('nonsense is refused before a download begins', async () => {
  for (const query of ['', '?format=pdf', '?format=csv&state=x', '?format=csv&after=abc', '?format=csv&from=32'])
    assert.equal((await download(`/complaints/export${query}`, officer)).statusCode, 400, query)
  for (const query of ['', '?format=csv&from=2026', '?format=doc'])
    assert.equal((await download(`/statistics/32.75/export${query}`, officer)).statusCode, 400, query)
  assert.equal((await download('/statistics/33.13/export?format=csv', officer)).statusCode, 404)
})

test('the figures of a page as a file', async () => {
  const csv = await download('/statistics/32.75/export?format=csv', officer)
  assert.equal(csv.statusCode, 200, csv.body)
  assert.match(csv.body, /\r\nRingkasan;Masuk;Nilai;3\r\n/)
  assert.match(csv.body, new RegExp(`\r\nPer wilayah;${village.slice(0, 8)} [^;]+;Masuk;3\r\n`))
  const xlsx = await download('/statistics/32.75/export?format=xlsx&from=2026-01&to=2026-06', officer)
  assert.equal(xlsx.statusCode, 200)
  assert.match(part(xlsx.rawPayload, 'xl/workbook.xml'), /Ringkasan/)
  assert.match(String(xlsx.headers['content-disposition']), /angka-aduan-32\.75-2026-01-2026-06\.xlsx/)
})

test('a list too long for a workbook says so; as CSV it has every row once', async () => {
  await insertComplaints(
    database,
    Array.from({ length: 2500 }, () => complaintRow({ region_code: village })),
  )
  await sql(`insert into statistics_rule values ('2026-11-01', 5, 1000, 'uji')`)
  const refused = await download('/complaints/export?format=xlsx&view=region&status=all', officer)
  assert.equal(refused.statusCode, 413)
  assert.equal(refused.json<{ code: string }>().code, 'export_too_long')
  assert.match(refused.json<{ title: string }>().title, /1\.?000 baris/)
  const rows = cells((await download('/complaints/export?format=csv&view=region&status=all', officer)).body).slice(1)
  assert.equal(rows.length, 2503)
  assert.equal(new Set(rows.map((row) => row[0])).size, 2503)
})

test('names and long numbers', () => {
  assert.equal(initials('siti Nur Aminah'), 'S. N. A.')
  assert.equal(initials('Supardi'), 'S.')
  assert.equal(initials("Ma'ruf bin  Ahmad"), 'M. B. A.')
  assert.equal(initials('—'), null)
  assert.equal(initials(null), null)
  assert.equal(withoutLongNumbers('NIK 9999015708859001 dan 0812 0000 9001'), 'NIK 99************** dan 08** **** ****')
  assert.equal(withoutLongNumbers('bantuan 300.000 tahun 2026, RT 03 RW 05'), 'bantuan 300.000 tahun 2026, RT 03 RW 05')
})
