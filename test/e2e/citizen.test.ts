import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import type { Case } from '#src/complaints/schema.ts'
import { signedIn } from '#test/support/accounts.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { follow, makeLooker, telephone } from '#test/support/citizen-page.ts'
import { startTestServer } from '#test/support/server.ts'

/*
 * What a citizen does on the web, on a telephone without JavaScript. Every page on the way is also looked at: weight,
 * axe, 320 px, text twice as large, targets for a thumb.
 */

const server = await startTestServer({ at: '2026-11-19T02:00:00Z' })
const browser = await launchBrowser()
const { look, seen } = await makeLooker(browser)

const [village] = await server.sql<{ code: string }>(
  `select code from region where name = 'Margahayu' and code like '32.75.%'`,
)
const margahayu = village?.code ?? ''
const photo = await sharp({ create: { width: 600, height: 400, channels: 3, background: '#777' } })
  .jpeg()
  .toBuffer()
const camat = await signedIn(server.db, { role: 'officer', regionCode: margahayu.slice(0, 8), name: 'Wulan' })

const press = (page: Page, name: string) => follow(page, () => page.getByRole('button', { name, exact: true }).click())
const open = (page: Page, name: string) => follow(page, () => page.getByRole('link', { name }).click())
const go = (page: Page) => press(page, 'Lanjut')
const heading = (page: Page) => page.locator('h1').innerText()
const filed = async () => Number((await server.sql<{ n: number }>('select count(*)::int as n from complaint'))[0]?.n)

const story = 'Ibu saya seorang janda. Beliau tidak menerima BST sejak April, padahal tetangga yang mampu menerimanya.'

/** From the first page to "Periksa jawaban Anda", without a mistake. */
async function fillIn(
  page: Page,
  given: { body?: string; name?: string | null; about?: string; confidential?: boolean } = {},
) {
  await page.goto(`${server.url}/aduan/baru`)
  await page.getByLabel('Pengaduan').check()
  await go(page)
  await page.getByLabel('Layak tetapi tidak terdaftar').check()
  await page.getByLabel('Bantuan yang mana?').selectOption('BST')
  await go(page)
  await page.getByLabel('Cari desa atau kelurahan').fill('margahayu bekasi')
  await press(page, 'Cari')
  await page.getByLabel('Margahayu').check()
  await go(page)
  await page.getByLabel('Cerita Anda').fill(given.body ?? story)
  await go(page)
  await go(page)
  await page.getByLabel(given.about ?? 'Banyak orang').check()
  await go(page)
  if (given.confidential) await page.getByLabel('Rahasiakan cerita saya').check()
  if (given.name === null) await page.getByLabel('Jangan tanyakan nama saya').check()
  await go(page)
  if (given.name === null) return
  await page.getByLabel('Nama Anda').fill(given.name ?? 'Nurhayati')
  await go(page)
}

/** Sends what `fillIn` prepared; number and secret as the confirmation shows them. */
async function sendIt(page: Page): Promise<{ number: string; secret: string }> {
  await press(page, 'Kirim aduan')
  assert.equal(await heading(page), 'Aduan Anda terkirim')
  const [number = '', secret = ''] = await page.locator('dd').allInnerTexts()
  assert.match(number, /^\w{4}-\w{4}$/)
  assert.match(secret, /^\w{4}-\w{4}$/)
  return { number, secret }
}

const acts = async (number: string, act: string, payload: object = {}) => {
  const headers = { cookie: camat.cookie }
  const found = await server.app.inject({ method: 'GET', url: `/api/complaints/by-number/${number}`, headers })
  const { id } = found.json<{ id: string }>()
  const done = await server.app.inject({ method: 'POST', url: `/api/complaints/${id}/${act}`, headers, payload })
  assert.ok(done.statusCode < 300, done.body)
  return done.json<Case>()
}

test('a daughter files for her mother: every page, every mistake kept, one complaint', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  await page.goto(`${server.url}/aduan/baru`)
  await look(page)
  await go(page)
  assert.match(await page.title(), /^Perlu diperbaiki/)
  await look(page)
  await page.getByLabel('Pengaduan').check()
  await go(page)

  await look(page)
  await go(page)
  await look(page)
  await page.getByLabel('Layak tetapi tidak terdaftar').check()
  await page.getByLabel('Bantuan yang mana?').selectOption('BST')
  await go(page)

  await look(page)
  await go(page)
  await look(page)
  assert.equal(await heading(page), 'Di mana masalahnya terjadi?')
  // Step by step from the province.
  await page.getByLabel('Atau pilih provinsi').selectOption('Jawa Barat')
  await go(page)
  await page.getByLabel('Kabupaten atau kota di').selectOption('Kota Bekasi')
  await go(page)
  await look(page)
  await page.getByLabel('Kecamatan di').selectOption('Bekasi Timur')
  await go(page)
  await look(page)
  await page.getByLabel('Durenjaya').check()
  await go(page)
  // Changed her mind: back, and by searching this time.
  await page.goBack()
  await page.goto(`${server.url}/aduan/baru/tempat`)
  await page.getByText('Durenjaya, Bekasi Timur').waitFor()
  await page.getByLabel('Cari desa atau kelurahan').fill('zzzzqqqq')
  await press(page, 'Cari')
  await page.getByText('Tidak ada desa atau kelurahan bernama').waitFor()
  await page.getByLabel('Cari desa atau kelurahan').fill('margahayu bekasi')
  await go(page)
  await look(page)
  await page.getByLabel('Margahayu').check()
  await go(page)

  await look(page)
  await page.getByLabel('Cerita Anda').fill('Tolong')
  await go(page)
  await look(page)
  assert.equal(await page.getByLabel('Cerita Anda').inputValue(), 'Tolong')
  const endless = 'Sangat panjang. '.repeat(500)
  await page.getByLabel('Cerita Anda').fill(endless)
  await go(page)
  assert.equal(await page.getByLabel('Cerita Anda').inputValue(), endless, 'even what the draft cannot keep')
  await page.getByLabel('Cerita Anda').fill(`${story}\n\nAlamatnya di belakang <b>masjid</b> 😀.`)
  await go(page)

  await look(page)
  await page
    .getByLabel('Pilih foto atau PDF')
    .setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') })
  await press(page, 'Unggah berkas ini')
  await page.getByRole('alert').getByText('bukan foto JPG, PNG, WebP, dan bukan PDF').waitFor()
  await look(page)
  for (const name of ['rumah.jpg', '<img src=x onerror=1>.jpg']) {
    await page
      .getByLabel(/Pilih foto atau PDF|Tambah satu lagi/)
      .setInputFiles({ name, mimeType: 'image/jpeg', buffer: photo })
    await press(page, 'Unggah berkas ini')
    await page.getByText('Berkas tersimpan').waitFor()
  }
  await look(page)
  await follow(page, () =>
    page
      .getByRole('button', { name: /^Hapus/ })
      .nth(1)
      .click(),
  )
  assert.equal(await page.getByRole('button', { name: /^Hapus/ }).count(), 1)
  // A file chosen, and the wrong one of the two buttons: it is taken along.
  await page.getByLabel('Tambah satu lagi').setInputFiles({ name: 'dapur.jpg', mimeType: 'image/jpeg', buffer: photo })
  await go(page)

  await look(page)
  await page.getByLabel('Orang lain').check()
  await go(page)
  await look(page)
  await page.getByLabel('NIK').fill('99.9901 570885')
  await page.getByLabel('Alamat').fill('Gang Melati 4')
  await page.getByLabel('RT').fill('tiga')
  await go(page)
  await look(page)
  assert.deepEqual(await page.getByRole('alert').locator('a').allInnerTexts(), [
    'Tulis nama orang yang mengalami, boleh nama panggilan',
    'NIK terdiri dari 16 angka. Yang Anda tulis 12 angka. Periksa lagi, atau kosongkan.',
    'RT paling banyak tiga angka, misalnya 003',
  ])
  assert.equal(await page.getByLabel('Alamat').inputValue(), 'Gang Melati 4')
  await page.reload()
  assert.equal(await page.getByLabel('NIK').inputValue(), '999901570885', 'a reload loses nothing and sends nothing')
  await page.getByLabel('Nama orang yang mengalami').fill('Sumiati')
  await page.getByLabel('Hubungan Anda').fill('anak')
  await page.getByLabel('NIK').fill('9999 0157 0885 9001')
  await page.getByLabel('RT').fill('003')
  await go(page)
  await look(page)
  await go(page)
  await look(page)
  await go(page)
  await look(page)
  await page.getByLabel('Nama Anda').fill('Nurhayati')
  await page.getByLabel('Nomor telepon').fill('0812.0000.9001')
  await go(page)

  assert.equal(await heading(page), 'Periksa jawaban Anda')
  await look(page)
  const answers = await page.locator('dl').innerText()
  for (const said of [
    'BST',
    'Margahayu, Bekasi Timur, Kota Bekasi',
    '<b>masjid</b> 😀',
    'rumah.jpg',
    'dapur.jpg',
    'Sumiati',
    'RT 003',
    '0812 0000 9001',
  ])
    assert.ok(answers.includes(said), said)
  await open(page, 'Ubah Cerita')
  assert.match(await page.getByLabel('Cerita Anda').inputValue(), /masjid/)
  await go(page)
  assert.equal(await heading(page), 'Periksa jawaban Anda', 'a change leads back to the answers')

  const before = await filed()
  // Without JavaScript nothing stops a second press; both requests go out.
  await page.getByRole('button', { name: 'Kirim aduan' }).dblclick()
  await page.getByText('Tulis nomor dan kode rahasia').waitFor()
  assert.equal(await filed(), before + 1)
  await look(page)
  const told = await page.locator('main').innerText()
  assert.match(told, /Kecamatan Bekasi Timur/)
  assert.match(told, /Belum ada petugas di Puskesos Kelurahan Margahayu/)
  assert.match(told, /Selasa, 24 November 2026 pukul 16\.00 WIB/)
  const [number] = await page.locator('dd').allInnerTexts()
  await page.reload()
  assert.deepEqual((await page.locator('dd').allInnerTexts())[0], number, 'a reload shows the same number')
  await page.goBack()
  await page.goto(`${server.url}/aduan/baru/periksa`)
  assert.equal(await heading(page), 'Aduan ini sudah terkirim')
  await look(page)

  const pdf = await context.newPage()
  await pdf.goto(`${server.url}/aduan/terkirim`)
  const sheet = await pdf.pdf({ preferCSSPageSize: true })
  assert.equal([...sheet.toString('latin1').matchAll(/\/Type\s*\/Page\b/g)].length, 1, 'prints on one sheet')
  await page.goto(`${server.url}/aduan/terkirim`)
  await press(page, 'Selesai, hapus dari perangkat ini')
  await page.goto(`${server.url}/aduan/terkirim`)
  assert.equal(await heading(page), 'Nomor aduan tidak ditampilkan lagi')
  await look(page)
  await context.close()
})

test('following a complaint: wrong numbers, a question, an answer, open again with a photo, satisfied', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  await fillIn(page, { name: 'Nur', body: `${story} Rumahnya di ujung gang.` })
  if ((await heading(page)) === 'Apakah ini masalah yang sama?') {
    await page.getByLabel('Aduan saya berbeda').check()
    await go(page)
  }
  const { number, secret } = await sendIt(page)
  const elsewhere = await telephone(browser)
  const other = await elsewhere.newPage()
  await other.goto(`${server.url}/lacak/aduan`)
  assert.equal(await heading(other), 'Lacak aduan')
  await look(other)

  const tries: [number: string, secret: string, said: RegExp][] = [
    ['', secret, /Tulis nomor aduan/],
    [number.slice(0, 6), secret, /terdiri dari 8 huruf dan angka/],
    [`${number.slice(0, 8)}O`, secret, /Tanda “O” tidak pernah ada/],
    [swapped(number), secret, /salah tulis atau tertukar/],
    [number, '', /Tulis kode rahasia/],
    [number, 'ABCD-EFGH', /tidak cocok/],
    [number, '漢字-漢字漢字', /Kode rahasia terdiri dari 8/],
  ]
  for (const [typedNumber, typedSecret, said] of tries) {
    await other.getByLabel('Nomor aduan').fill(typedNumber)
    await other.getByLabel('Kode rahasia').fill(typedSecret)
    await press(other, 'Lihat aduan')
    assert.match(await other.getByRole('alert').innerText(), said)
    assert.equal(await other.getByLabel('Nomor aduan').inputValue(), typedNumber, 'what was typed is still there')
  }
  await look(other)
  await other.getByLabel('Nomor aduan').fill(number.toLowerCase().replace('-', ' '))
  await other.getByLabel('Kode rahasia').fill(` ${secret.replace('-', '')} `)
  await press(other, 'Lihat aduan')
  assert.equal(await heading(other), 'Aduan Anda sudah diterima')
  assert.ok(!other.url().includes(number), 'no number in the address')
  await look(other)

  await acts(number, 'verify')
  await acts(number, 'ask-completion', { body: 'Sejak kapan Ibu Sumiati tinggal di sini?' })
  await other.reload()
  assert.equal(await heading(other), 'Kami menunggu jawaban Anda')
  await look(other)
  await open(other, 'Jawab pertanyaan')
  await other.getByText('Sejak kapan Ibu Sumiati tinggal di sini?').waitFor()
  await press(other, 'Kirim')
  await other.getByRole('alert').getByText('Tulis pesan, atau pilih foto atau surat').waitFor()
  await look(other)
  await elsewhere.clearCookies({ name: 'lacak' }) // half an hour over one sentence
  await other.getByLabel('Pesan Anda').fill('Sejak 1998.')
  await press(other, 'Kirim')
  await other.getByRole('alert').getByText('Tulisan Anda masih ada').waitFor()
  assert.equal(await other.getByLabel('Pesan Anda').inputValue(), 'Sejak 1998.')
  await look(other)
  await other.getByLabel('Nomor aduan').fill(number)
  await other.getByLabel('Kode rahasia').fill(secret)
  await press(other, 'Kirim')
  await other.getByText('Balasan Anda sudah dikirim').waitFor()
  assert.equal(await heading(other), 'Aduan Anda sudah diperiksa dan lengkap')

  await acts(number, 'note', { body: 'Catatan dalam: jangan tampil' })
  await acts(number, 'answer', { body: 'Ibu Sumiati sudah diusulkan. Tunggu bulan depan.' })
  await other.reload()
  assert.equal(await heading(other), 'Aduan Anda sudah dijawab')
  const shown = await other.locator('main').innerText()
  assert.match(shown, /Jawaban dari Kecamatan Bekasi Timur\s+Ibu Sumiati sudah diusulkan/)
  assert.doesNotMatch(shown, /Catatan dalam|Wulan/, 'no internal note and no name of an officer')
  await look(other)

  await open(other, 'Belum, buka lagi')
  await look(other)
  await press(other, 'Buka lagi aduan')
  await other.getByRole('alert').getByText('Tulis apa yang belum selesai').waitFor()
  await other.getByLabel('Apa yang belum selesai?').fill('Bulan depan terlalu lama, beras sudah habis.')
  await other
    .getByLabel('Foto atau surat')
    .setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('not a photo') })
  await press(other, 'Buka lagi aduan')
  await other.getByRole('alert').getByText('Aduan sudah dibuka lagi, tetapi berkasnya belum terkirim').waitFor()
  await look(other)
  await other
    .getByLabel('Foto atau surat')
    .setInputFiles({ name: 'dapur kosong.jpg', mimeType: 'image/jpeg', buffer: photo })
  await press(other, 'Kirim')
  await other.getByText('Aduan Anda dibuka lagi', { exact: true }).first().waitFor()
  const link = other.getByRole('link', { name: 'dapur kosong.jpg' })
  const picture = await elsewhere.request.get(new URL((await link.getAttribute('href')) ?? '', other.url()).href)
  assert.equal(picture.headers()['content-type'], 'image/jpeg')
  assert.equal(picture.headers()['cache-control'], 'private, no-store')
  await look(other)

  await acts(number, 'answer', { body: 'Bantuan beras sudah diantar hari ini.' })
  await other.goto(`${server.url}/lacak/aduan`)
  await press(other, 'Ya, saya puas')
  await other.getByText('Terima kasih atas tanggapan Anda').waitFor()
  assert.equal(await heading(other), 'Aduan Anda sudah selesai')
  await look(other)
  await press(other, 'Tutup aduan di perangkat ini')
  await other.getByText('Aduan sudah ditutup di perangkat ini').waitFor()
  await other.goto(`${server.url}/lacak/aduan`)
  assert.equal(await heading(other), 'Lacak aduan')
  await elsewhere.close()
  await context.close()
})

/** The first two different neighbours exchanged. */
function swapped(number: string): string {
  const at = [...number].findIndex((one, index) => index < 3 && one !== number[index + 1])
  return `${number.slice(0, at)}${number[at + 1]}${number[at]}${number.slice(at + 2)}`
}

test('the same problem as somebody else: shown before sending, joined on request, and withdrawn again', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  await fillIn(page, { name: 'Siti' })
  assert.equal(await heading(page), 'Apakah ini masalah yang sama?')
  const text = await page.locator('main').innerText()
  assert.doesNotMatch(text, /janda|Nurhayati|Sumiati/, 'neither text nor names of others')
  await look(page)
  await go(page)
  await page.getByRole('alert').getByText('Pilih apakah aduan Anda sama').waitFor()
  await look(page)
  await page.getByLabel('Saya juga mengalami, gabungkan').first().check()
  await go(page)
  assert.match(await page.locator('dl').innerText(), /Digabung dengan aduan serupa/)
  await sendIt(page)
  await look(page)
  await open(page, 'Lihat aduan saya')
  assert.equal(await heading(page), 'Aduan Anda ditangani bersama aduan lain yang serupa')
  await look(page)

  await fillIn(page, {
    name: null,
    confidential: true,
    body: 'Petugas pembagian tidak ramah kepada orang tua di sini.',
  })
  assert.equal(await heading(page), 'Periksa jawaban Anda', 'a confidential complaint is compared with nothing')
  await sendIt(page)
  const [kept] = await server.sql<{ anonymous: boolean; confidential: boolean; people: number }>(
    `select anonymous, confidential, (select count(*)::int from complaint_person p where p.complaint_id = c.id) as people from complaint c order by id desc limit 1`,
  )
  assert.deepEqual(kept, { anonymous: true, confidential: true, people: 0 })
  await open(page, 'Lihat aduan saya')
  await open(page, 'Cabut aduan')
  await look(page)
  await press(page, 'Ya, cabut aduan')
  await page.getByRole('alert').getByText('Tulis alasannya').waitFor()
  await page.getByLabel('Mengapa Anda mencabutnya?').fill('sudah beres')
  await page.getByRole('button', { name: 'Ya, cabut aduan' }).dblclick()
  await page.getByText('Aduan Anda sudah dicabut').waitFor()
  assert.equal(await heading(page), 'Aduan ini sudah dicabut')
  await look(page)
  await context.close()
})

test('the longest story, the longest answer and a long way still load on a slow line', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  const endless = 'Kalimat yang sangat panjang tentang bantuan yang tidak kunjung datang. '.repeat(70)
  await fillIn(page, { name: 'Raden Ajeng Siti Nurhaliza Kusumaningtyas Prawirodirdjo', body: endless })
  await look(page)
  const { number } = await sendIt(page)
  await acts(number, 'verify')
  for (let n = 0; n < 12; n++) await acts(number, 'reply', { body: `${n}. ${endless.slice(0, 400)}` })
  await acts(number, 'answer', { body: endless })
  await open(page, 'Lihat aduan saya')
  await look(page)
  await open(page, 'Lihat seluruh perjalanan')
  assert.equal(await page.locator('.story > li').count(), 16, 'filed, routed, verified, twelve messages, answered')
  assert.ok((await page.locator('main').innerText()).includes('0. Kalimat yang sangat panjang'))
  await context.close()
})

test('whoever is anonymous sends no name, even one typed before', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  await fillIn(page, {
    name: 'Darmi',
    about: 'Saya sendiri',
    body: 'Kartu saya tertelan mesin di bank dan belum diganti.',
  })
  await open(page, 'Ubah Siapa yang boleh tahu')
  await page.getByLabel('Jangan tanyakan nama saya').check()
  await go(page)
  assert.doesNotMatch(await page.locator('dl').innerText(), /Darmi/)
  await sendIt(page)
  const people = await server.sql(
    `select name from complaint_person p join complaint c on c.id = p.complaint_id where c.body like 'Kartu saya tertelan%' and p.name is not null`,
  )
  assert.deepEqual(people, [])
  await context.close()
})

test('a browser without cookies, and answers older than a day', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  await page.goto(`${server.url}/aduan/baru`)
  await page.getByLabel('Saran').check()
  await go(page)
  await context.clearCookies()
  await page.reload()
  assert.equal(await heading(page), 'Perangkat Anda menolak cookie')
  await look(page)

  await page.goto(`${server.url}/aduan/baru`)
  await page.getByLabel('Saran').check()
  await go(page)
  await page.getByLabel('Bantuan terlambat').check()
  await go(page)
  server.clock.set('2026-11-20T03:00:00Z')
  await page.getByLabel('Cari desa atau kelurahan').fill('margahayu bekasi')
  await press(page, 'Cari')
  assert.equal(await heading(page), 'Isian aduan tidak ada lagi')
  await look(page)
  await page.goto(`${server.url}/aduan/baru`)
  await page.getByLabel('Saran').check()
  await go(page)
  await page.goto(`${server.url}/aduan/baru/cerita`)
  await page.getByLabel('Cerita Anda').fill('Sebaiknya dibagi dua hari supaya tidak antre.')
  server.clock.set('2026-11-21T04:00:00Z')
  await go(page)
  await page.getByText('Isian halaman sebelumnya sudah dihapus').waitFor()
  await page.goto(`${server.url}/aduan/baru/cerita`)
  assert.match(await page.getByLabel('Cerita Anda').inputValue(), /dibagi dua hari/, 'what was just typed is kept')
  await context.close()
})

test('too many wrong numbers: says when to try again, and a letter that is not real', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  await page.goto(`${server.url}/lacak`)
  for (let n = 0; n < 11; n++) {
    await page.getByLabel('Nomor aduan').fill('2222-2222')
    await page.getByLabel('Kode rahasia').fill('ABCD-EFGH')
    await press(page, 'Lihat aduan')
  }
  assert.match(await page.getByRole('alert').innerText(), /Coba lagi 1[45] menit lagi/)
  await look(page)

  await page.goto(`${server.url}/verifikasi`)
  await look(page)
  await page.getByLabel('Kode pemeriksaan').fill('abc')
  await press(page, 'Periksa surat')
  await page.getByRole('alert').getByText('terdiri dari 12 huruf dan angka').waitFor()
  await look(page)
  await page.getByLabel('Kode pemeriksaan').fill('abcd efgh jkmn')
  await press(page, 'Periksa surat')
  assert.equal(await heading(page), 'Kode ini tidak ada pada kami')
  await look(page)
  await context.close()
})

test('the other pages for citizens, in both languages', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  for (const language of ['id', 'en'])
    for (const path of ['/', '/bantuan', '/privasi', '/tentang', '/aduan/baru', '/lacak', '/verifikasi']) {
      await page.goto(`${server.url}/bahasa?ke=${language}&kembali=${path}`)
      assert.equal(await page.locator('html').getAttribute('lang'), language)
      await look(page)
    }
  await context.close()
})

test('what the pages weigh', () => {
  const heaviest = seen()[0]
  assert.ok(seen().length > 40, 'pages were looked at')
  console.log(`# heaviest of ${seen().length} pages: ${heaviest?.name}, ${heaviest?.bytes} bytes, no script`)
})
