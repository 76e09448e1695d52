import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import { recogniseTable } from '#src/people/imports/file/table.ts'
import { importJobs } from '#src/people/imports/index.ts'
import { startJobs } from '#src/platform/jobs/index.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, look, visit } from '#test/support/staff-page.ts'

const margahayu = '32.75.01.1002'
const server = await startTestServer()
const { app, db, appUrl } = server
const browser = await launchBrowser()
after(() => browser.close())
const queue = await startJobs({ appUrl, db, jobs: importJobs, files: app.files })
after(() => queue.stop())

// The fourth line lost the end of its number in a spreadsheet, the fifth has no name.
const file = [
  'id_keluarga;no_kk;nik;nama;hub_kepala_keluarga;jenis_kelamin;tanggal_lahir;alamat;rt;rw;id_wilayah;desil_nasional;PKH;Ket.',
  'K1;9975010101209001;9975015708859001;Sumiati;Kepala Keluarga;P;17/08/1985;Gang Mawar 3;02;05;3275011002;2;YA;',
  'K1;9975010101209001;9975011202129002;Budi;Anak;L;12/02/2012;Gang Mawar 3;02;05;3275011002;2;TIDAK;',
  'K2;9975010101209002;9,97501E+15;Painem;Kepala Keluarga;P;01/06/1960;Gang Mawar 7;02;05;3275011002;3;YA;pindahan',
  'K3;9975010101209003;9975010106709004;;Kepala Keluarga;L;01/06/1970;Gang Melati 1;02;05;3275011002;4;TIDAK;',
  '',
].join('\r\n')

test('a file of a kelurahan: recognised, tried, loaded, and its failed rows handed back', async () => {
  const desk = await atDesk(server, browser, { role: 'officer', regionCode: margahayu })
  const { page } = desk
  await visit(desk, `${server.url}/impor`)
  await page.getByRole('link', { name: 'Impor berkas' }).click()
  const [input, send] = [page.getByLabel('Berkas CSV atau XLSX'), page.getByRole('button', { name: 'Kirim berkas' })]
  await input.setInputFiles({ name: 'kosong.csv', mimeType: 'text/csv', buffer: Buffer.from('nik;nama\r\n') })
  await send.click()
  await page.getByRole('link', { name: 'Tidak ada baris data di berkas ini.' }).waitFor()
  await look(desk, 'impor-baru')
  await input.setInputFiles({ name: 'margahayu.csv', mimeType: 'text/csv', buffer: Buffer.from(file) })
  await send.click()

  await page.getByRole('heading', { name: 'Kolom berkas' }).waitFor()
  const chosen = page.locator('#mapping option:checked')
  assert.deepEqual(await chosen.allTextContents(), [
    'ID keluarga',
    'Nomor KK',
    'NIK',
    'Nama anggota keluarga',
    'Hubungan dengan kepala keluarga',
    'Jenis kelamin',
    'Tanggal lahir',
    'Alamat',
    'RT',
    'RW',
    'Kode wilayah desa',
    'Desil',
    'Menerima PKH',
    'Tidak dipakai',
  ])
  assert.doesNotMatch(await page.locator('#mapping').innerText(), /9975015708859001/, 'samples are masked')
  await look(desk, 'impor-kolom')
  await page.getByRole('button', { name: 'Periksa semua baris' }).click()

  await page.getByRole('heading', { name: 'Hasil pemeriksaan' }).waitFor()
  await page.getByText('Baris yang tidak dapat dimuat: 2').waitFor()
  assert.deepEqual(await page.locator('.counts td').allTextContents(), ['1', '0', '0', '2', '0', '0'])
  const held = () => server.sql<{ name: string }>(`select name from person where region_code = $1`, [margahayu])
  assert.deepEqual(await held(), [], 'nothing is loaded by trying')
  await page.setViewportSize({ width: 360, height: 740 })
  await look(desk, 'impor-diperiksa')
  await page.getByRole('button', { name: 'Muat ke dalam data' }).click()

  await page.getByRole('heading', { name: 'Hasil pemuatan' }).waitFor()
  assert.deepEqual((await held()).map(({ name }) => name).toSorted(), ['Budi', 'Sumiati'])
  await look(desk, 'impor-selesai')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Unduh baris gagal' }).click(),
  ])
  assert.match(download.suggestedFilename(), /^IMP-\d{6}-gagal\.xlsx$/)
  const failed = await download.path()
  assert.equal((await readFile(failed)).subarray(0, 2).toString(), 'PK')
  const { rows, form } = await recogniseTable(() => Promise.resolve(createReadStream(failed)), { rows: 10 })
  assert.deepEqual([rows, form.headers.slice(-2)], [2, ['Baris asal', 'Alasan']])

  await page.getByRole('link', { name: 'Semua impor' }).click()
  await page.getByRole('link', { name: 'margahayu.csv' }).waitFor()
  await look(desk, 'impor')
  await desk.context.close()
})
