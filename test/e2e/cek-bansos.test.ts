import assert from 'node:assert/strict'
import { test } from 'node:test'
import { personKeys } from '#src/people/search-keys.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { follow, makeLooker, telephone } from '#test/support/citizen-page.ts'
import { startTestServer } from '#test/support/server.ts'

const VILLAGE = '32.75.01.1002'
const NIK = '9901014101909001'
const server = await startTestServer({ at: '2026-11-22T02:00:00Z' })
const browser = await launchBrowser()
const { look } = await makeLooker(browser)
const { sql } = server
const [family, person, list, round] = [1, 2, 3, 4].map((at) => `00000000-0000-7000-8000-00000000000${at}`)
const NAME = 'Sumiati Wulandari'
await sql(`insert into family (id, region_code, status, valid_from, known_from, last_seq) values ($1, $2, 'active', '2026-01-01', now(), 1)`, [family, VILLAGE]) // prettier-ignore
await sql(
  `insert into person (id, family_id, region_code, nik, name, status, search_keys, valid_from, known_from, last_seq) values ($1, $2, $3, $4, $5, 'active', $6, '2026-01-01', now(), 1)`,
  [person, family, VILLAGE, NIK, NAME, personKeys({ name: NAME, regionCode: VILLAGE })],
)
await sql(
  `insert into determination (id, number, programme_code, version, period, period_from, period_to, as_of, known_at, region_code, state, made_by, made_role)
   select $1, 'PEN-999999', 'SEMBAKO', max(version), '2026-T4', '2026-10-01', '2026-12-31', '2026-09-30', now(), '32.75', 'made', $1, 'officer' from programme_version where programme_code = 'SEMBAKO'`,
  [list],
)
await sql(
  `insert into entitlement (determination_id, family_id, region_code, programme_code, period, period_from, period_to, payee_name, amount, persons)
   values ($1, $2, $3, 'SEMBAKO', '2026-T4', '2026-10-01', '2026-12-31', 'X', 600000, 1)`,
  [list, family, VILLAGE],
)
await sql(
  `insert into assistance (family_id, id, region_code, programme_code, period_from, source) select $1, gen_random_uuid(), $2, code, '2026-01-01', 'import' from unnest(array['PBI_JK', 'ATENSI']) code`,
  [family, VILLAGE],
)
await sql(
  `insert into distribution_round (id, number, determination_id, programme_code, period, name, region_code, way, opens_on, closes_on, state, made_by)
   values ($1, 'SAL-999999', $2, 'SEMBAKO', '2026-T4', 'Sembako', '32.75', 'community_point', '2026-11-23', '2026-12-05', 'invited', $1)`,
  [round, list],
)
await sql(
  `insert into distribution_stop (id, round_id, region_code, way, place, address, starts_at, ends_at, made_by)
   values ($1, $1, $2, 'community_point', 'Balai RW 04', 'Jl. Melati 4', '2026-11-24T02:00Z', '2026-11-24T05:00Z', $1)`,
  [round, VILLAGE],
)
await sql(`insert into round_entitlement (round_id, family_id, region_code, determination_id, payee_name, amount) values ($1, $2, $3, $4, 'X', 600000)`, [round, family, VILLAGE, list]) // prettier-ignore

test('checked without JavaScript by NIK and by name, a question after a few tries, a complaint with the programme filled in', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  const press = (name: string) => follow(page, () => page.getByRole('button', { name, exact: true }).click())
  const open = (name: string | RegExp) => follow(page, () => page.getByRole('link', { name }).first().click())
  const text = () => page.locator('main').innerText()

  await page.goto(server.url)
  await open(/^Cek bansos/)
  await look(page)
  await page.getByLabel('NIK').fill('9901 0141')
  await press('Cek')
  assert.match(await page.getByRole('alert').innerText(), /16 angka/)
  assert.equal(await page.getByLabel('NIK').inputValue(), '9901 0141', 'what was typed stays')
  await look(page)
  await page.getByLabel('NIK').fill('9901 0141 0190 9001')
  await press('Cek')
  const said = await text()
  for (const part of [
    'S*** W***, Margahayu',
    'Sembako/BPNT',
    'PBI-JKN',
    'Terdaftar sebagai penerima',
    'Selasa, 24 November 2026, pukul 09.00 sampai 12.00 WIB',
    'Balai RW 04, Jl. Melati 4',
  ])
    // prettier-ignore
    assert.ok(said.includes(part), `${part}: ${said}`)
  assert.doesNotMatch(said, /Sumiati|9901|ATENSI/)
  assert.doesNotMatch(page.url(), /9901/)
  await look(page)
  await page.emulateMedia({ media: 'print' })
  assert.ok(await page.getByText('Balai RW 04').isVisible())
  await page.emulateMedia({ media: 'screen' })

  await open('Periksa lagi')
  await open('Tidak tahu NIK?')
  await page.getByLabel('Cari desa').fill('margahayu bekasi')
  await press('Cari')
  await look(page)
  await open('Margahayu')
  await page.getByLabel('Nama lengkap').fill('soemiati')
  await press('Cek')
  assert.match(await text(), /Tidak ada penerima dengan nama itu yang dapat kami tampilkan di Margahayu/)
  await look(page)
  await open('Periksa lagi')
  await page.getByLabel('Nama lengkap').fill('soemiati woelandari')
  await press('Cek')
  assert.match(await text(), /Ditemukan 1 orang/)
  await look(page)

  for (let at = 0; at < 2; at++) {
    await page.goto(`${server.url}/cek-bansos`)
    await page.getByLabel('NIK').fill('9901014101909002')
    await press('Cek')
    assert.match(await text(), /Saat ini tidak ada di daftar/)
  }
  await page.goto(`${server.url}/cek-bansos`)
  await page.getByLabel('NIK').fill(NIK)
  await press('Cek')
  assert.equal(await page.getByLabel('NIK').inputValue(), NIK)
  assert.match(await text(), /Satu pertanyaan dulu/)
  await look(page)
  await page.getByLabel(/\?$/).fill('gajah')
  await press('Cek')
  assert.match(await page.getByRole('alert').innerText(), /belum tepat/)
  await page.getByLabel(/\?$/).fill(answered(await page.locator('label[for=answer]').innerText()))
  await press('Cek')
  assert.match(await text(), /S\*\*\* W\*\*\*, Margahayu/)

  await press('Sampaikan aduan tentang Sembako/BPNT')
  assert.equal(await page.locator('#programmeCode').inputValue(), 'SEMBAKO')
})

/** As somebody who reads. */
function answered(question: string): string {
  const numbers = 'nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas'.split(' ')
  const value = (words: string) =>
    words.endsWith(' belas') ? 10 + numbers.indexOf(words.slice(0, -6)) : numbers.indexOf(words)
  const days = 'Senin Selasa Rabu Kamis Jumat Sabtu Minggu'.split(' ')
  const [, one = '', sign, other = ''] = /^Berapa (.+) (ditambah|dikurangi) (.+)\?$/.exec(question) ?? []
  if (sign) return String(sign === 'ditambah' ? value(one) + value(other) : value(one) - value(other))
  const [, day] = /sesudah hari (\w+)\?$/.exec(question) ?? []
  if (day) return days[(days.indexOf(day) + 1) % 7] ?? ''
  return 'kambing ayam kucing sapi kuda bebek'.split(' ').find((animal) => question.includes(animal)) ?? ''
}
