import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { signedIn } from '#test/support/accounts.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { follow, makeLooker, telephone } from '#test/support/citizen-page.ts'
import { startTestServer } from '#test/support/server.ts'

/* A citizen proposes a family and objects to a neighbour, on a telephone without JavaScript. Every page is looked at. */

const server = await startTestServer({ at: '2026-11-19T02:00:00Z' })
const browser = await launchBrowser()
const { look, seen } = await makeLooker(browser)

const [village] = await server.sql<{ code: string }>(
  `select code from region where name = 'Margahayu' and code like '32.75.%'`,
)
const margahayu = village?.code ?? ''
const lurah = await signedIn(server.db, { role: 'officer', regionCode: margahayu, name: 'Suharti' })
const photo = await sharp({ create: { width: 600, height: 400, channels: 3, background: '#777' } })
  .jpeg()
  .toBuffer()

const press = (page: Page, name: string) => follow(page, () => page.getByRole('button', { name, exact: true }).click())
const open = (page: Page, name: string) => follow(page, () => page.getByRole('link', { name }).click())
const go = (page: Page) => press(page, 'Lanjut')
const heading = (page: Page) => page.locator('h1').innerText()
const proposals = async () => Number((await server.sql<{ n: number }>('select count(*)::int as n from proposal'))[0]?.n)

async function findMargahayu(page: Page) {
  await page.getByLabel('Cari desa atau kelurahan').fill('margahayu bekasi')
  await press(page, 'Cari')
  await page.getByLabel('Margahayu').check()
  await go(page)
}

test('a neighbour proposes a family: every page, every mistake kept, one proposal', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  await page.goto(server.url)
  await open(page, 'Usul atau sanggah data')
  await look(page)
  await open(page, 'Mulai')
  await look(page)
  await go(page)
  assert.match(await page.title(), /^Perlu diperbaiki/)
  await look(page)
  await page.getByLabel('Mengusulkan keluarga').check()
  await go(page)
  await look(page)
  await findMargahayu(page)

  await look(page)
  await page.getByLabel('Nomor KK').fill('9999 0101')
  await go(page)
  await look(page)
  assert.equal(await page.getByLabel('Nomor KK').inputValue(), '99990101', 'what was typed wrong is kept')
  await page.getByLabel('Nomor KK').fill('9999010101019001')
  await page.getByLabel('Alamat').fill('Kp. Rawa Bugel, belakang <b>musala</b>')
  await page.getByLabel('RT').fill('003')
  await page.getByLabel('RW').fill('7')
  await go(page)

  assert.equal(await heading(page), 'Anggota keluarga')
  await look(page)
  await go(page)
  await look(page)
  await page.getByLabel('Nama').fill('Darsih')
  await page.getByLabel('Tanggal lahir').fill('1957-08-17')
  await page.getByLabel('Perempuan').check()
  await press(page, 'Simpan dan tambah anggota')
  await page.getByLabel('Nama').fill('Salah Orang')
  await page.getByLabel('NIK').fill('12')
  await press(page, 'Simpan dan tambah anggota')
  assert.equal(await page.getByLabel('NIK').inputValue(), '12')
  await look(page)
  await page.getByLabel('NIK').fill('')
  await press(page, 'Simpan dan tambah anggota')
  await page.getByLabel('Nama').fill('Yanti')
  await page.getByLabel('Hubungan dengan kepala keluarga').selectOption('Anak')
  await press(page, 'Simpan dan tambah anggota')
  await look(page)
  await follow(page, () => page.getByRole('button', { name: 'Hapus Salah Orang' }).click())
  assert.equal(await page.getByText('Salah Orang').count(), 0)
  await page.getByText('Yanti').first().waitFor()
  await look(page)
  await go(page)

  await look(page)
  await page.getByLabel('Cerita Anda').fill('Tolong')
  await go(page)
  assert.equal(await page.getByLabel('Cerita Anda').inputValue(), 'Tolong')
  await look(page)
  await page.getByLabel('Cerita Anda').fill('Janda tua, bekerja memulung, atap rumah bocor.')
  await go(page)

  await look(page)
  await press(page, 'Unggah berkas ini')
  await look(page)
  const file = { name: 'ktp.jpg', mimeType: 'image/jpeg', buffer: photo }
  await page.getByLabel('Pilih foto atau PDF').setInputFiles(file)
  await press(page, 'Unggah berkas ini')
  assert.equal(
    await page.getByLabel('Ini foto apa?').inputValue(),
    'house',
    'the identity card is there, the house next',
  )
  await look(page)
  await go(page)

  await look(page)
  await page.getByLabel('Nama Anda').fill('Nurhayati')
  await page.getByLabel('NIK').fill('99990157')
  await go(page)
  assert.equal(await page.getByLabel('NIK').inputValue(), '99990157')
  await look(page)
  await page.getByLabel('NIK').fill('9999015708859001')
  await go(page)

  assert.equal(await heading(page), 'Periksa jawaban Anda')
  await look(page)
  await open(page, 'Ubah Alasan')
  await page.getByLabel('Cerita Anda').fill('Janda tua, bekerja memulung, atap rumah bocor sejak Januari.')
  await go(page)
  assert.equal(await heading(page), 'Periksa jawaban Anda', 'a changed answer leads back to the answers')
  // What was begun is there when she comes back.
  await page.goto(`${server.url}/usul`)
  await look(page)
  await open(page, 'Lanjutkan usulan itu')
  await press(page, 'Kirim usulan')
  assert.equal(await heading(page), 'Usulan Anda terkirim')
  await look(page)
  const [number = '', secret = ''] = await page.locator('dd').allInnerTexts()
  assert.match(number, /^\w{4}-\w{4}$/)
  assert.match(secret, /^\w{4}-\w{4}$/)
  await page.goBack()
  await page.goto(`${server.url}/usul/alasan`)
  assert.equal(await heading(page), 'Usulan ini sudah terkirim')
  await look(page)
  assert.equal(await proposals(), 1)
  const [kept] = await server.sql<{ payload: { members: { name: string }[]; family: object } }>(
    'select payload from proposal_content',
  )
  assert.deepEqual(
    kept?.payload.members.map((one) => one.name),
    ['Darsih', 'Yanti'],
  )

  await open(page, 'Lihat nomor usulan')
  await open(page, 'Lihat usulan saya')
  await look(page)
  await press(page, 'Unggah berkas ini')
  await look(page)
  await page.getByLabel('Pilih foto atau PDF').setInputFiles(file)
  await press(page, 'Unggah berkas ini')
  await page.getByText('Foto tersimpan').waitFor()
  await page.getByText('Tarik usulan ini').click()
  await press(page, 'Tarik usulan')
  await look(page)
  await page.getByLabel('Mengapa Anda menariknya?').fill('Sudah pindah ke rumah anaknya')
  await press(page, 'Tarik usulan')
  assert.equal(await heading(page), 'Ditarik')
  await look(page)
  // Another telephone: number and secret are enough.
  const other = await (await telephone(browser)).newPage()
  await other.goto(`${server.url}/lacak`)
  await other.getByLabel('Nomor aduan').fill(number.toLowerCase())
  await other.getByLabel('Kode rahasia').fill(secret)
  await press(other, 'Lihat aduan')
  assert.equal(await heading(other), 'Ditarik')
  await context.close()
})

test('who objects to a neighbour is not told to the village', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  await page.goto(`${server.url}/usul/jenis`)
  await page.getByLabel('Menyanggah').check()
  await go(page)
  await look(page)
  await go(page)
  await look(page)
  await page.getByLabel('Sudah mampu').check()
  await go(page)
  await findMargahayu(page)
  await look(page)
  await go(page)
  await look(page)
  await page.getByLabel('Nama').fill('Haji Fulan')
  await go(page)
  assert.equal(await heading(page), 'Apa yang Anda tahu?', 'nobody is asked for the members of somebody else')
  await look(page)
  await page.getByLabel('Cerita Anda').fill('Punya dua toko dan mobil, masih menerima bantuan.')
  await go(page)
  await go(page)
  await page.getByText('Nama Anda tidak diperlihatkan').waitFor()
  await look(page)
  await page.getByLabel('Nama Anda').fill('Saksi Diam')
  await page.getByLabel('NIK').fill('9999015708859002')
  await go(page)
  await look(page)
  await press(page, 'Kirim usulan')
  assert.equal(await heading(page), 'Usulan Anda terkirim')

  const [row] = await server.sql<{ id: string }>(`select id from proposal where kind = 'remove'`)
  const answer = await server.app.inject({
    method: 'GET',
    url: `/api/proposals/${row?.id}`,
    headers: { cookie: lurah.cookie },
  })
  assert.equal(answer.statusCode, 200, answer.body)
  assert.match(answer.body, /Haji Fulan/, 'the village reads whom it is about')
  assert.doesNotMatch(answer.body, /Saksi Diam/)
  await context.close()
  assert.ok(seen().length > 15)
})
