import assert from 'node:assert/strict'
import { test } from 'node:test'
import { launchBrowser } from '#test/support/chromium.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, look, visit } from '#test/support/staff-page.ts'

const VILLAGE = '32.75.01.1002'
const NIK = '9901015708859001'
const server = await startTestServer({ at: '2026-11-19T02:00:00Z' })
const browser = await launchBrowser()
const origin = server.url
const story = 'Ibu Tumini seorang janda, tidak pernah menerima bantuan tunai sejak suaminya meninggal.'
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const front = await atDesk(server, browser, { role: 'officer', regionCode: VILLAGE, name: 'Sari Wulandari' })

test('the front office takes a complaint in on one page, and hands over number, secret and receipt', async () => {
  const { page } = front
  await visit(front, `${origin}/kerja/baru`)
  await page.getByRole('button', { name: 'Simpan aduan' }).click()
  // What is missing is said on top and at the field; the place is the village of the office.
  const summary = page.getByRole('alert')
  assert.match(await summary.innerText(), /Pilih perihalnya/)
  await page.getByLabel('Ceritanya').fill(story)
  await page.getByLabel('Nama lengkap').fill('Ni')
  await page.getByLabel('NIK', { exact: false }).first().fill('9901 0157 0885 9001')
  await page.getByLabel('Jenis kelamin').selectOption({ label: 'Laki-laki' })
  await page.getByText('NIK tidak cocok dengan jenis kelamin').waitFor()
  await look(front, 'desk-form')

  await page.getByLabel('Perihal').selectOption({ label: ' – Layak tetapi tidak terdaftar' })
  await page.getByText('Data lain (KK').click()
  await page.getByLabel('RT', { exact: false }).first().fill('satu')
  await page.getByRole('button', { name: 'Simpan aduan' }).click()
  await page.locator('.field.wrong').filter({ hasText: 'RT' }).waitFor()
  assert.equal(await page.getByLabel('Ceritanya').inputValue(), story)
  await page.getByLabel('RT', { exact: false }).first().fill('001')
  await page.getByLabel('Pilih foto atau PDF').setInputFiles([
    { name: 'ktp.png', mimeType: 'image/png', buffer: picture },
    { name: 'bukan gambar.png', mimeType: 'image/png', buffer: Buffer.from('<script>alert(1)</script>') },
  ])

  // The line breaks at the worst moment; the second try files the same complaint, once.
  let lost = true
  await page.route('**/api/complaints', async (route) => {
    if (!lost) return route.continue()
    lost = false
    await route.fetch()
    return route.abort()
  })
  await page.getByRole('button', { name: 'Simpan aduan' }).click()
  await page.getByRole('alert').getByText('Sambungan terputus').waitFor()
  await page.getByRole('button', { name: 'Simpan aduan' }).click()
  await page.getByRole('heading', { name: 'Aduan tercatat' }).waitFor()
  await page.getByRole('alert').getByText('bukan gambar.png').waitFor()
  await look(front, 'desk-done')

  const rows = await server.sql<{ number: string; door: string; files: number }>(
    'select number, door, (select count(*)::int from attachment a where a.complaint_id = c.id) as files from complaint c',
  )
  assert.equal(rows.length, 1, 'filed once')
  assert.deepEqual(rows[0], { number: rows[0]?.number, door: 'desk', files: 1 })
  const [number = '', secret = ''] = await page.locator('.ticket dd').allInnerTexts()
  assert.equal(number, rows[0]?.number)
  const tracked = await server.app.inject({ url: '/api/tracking', headers: { 'x-tracking': `${number} ${secret}` } })
  assert.equal(tracked.statusCode, 200)

  const [tab] = await Promise.all([
    front.context.waitForEvent('page'),
    page.getByRole('button', { name: 'Cetak tanda terima' }).click(),
  ])
  await page.getByRole('link', { name: /TT\// }).waitFor()
  await tab.close()
  const letters = await server.sql('select kind from letter')
  assert.deepEqual(letters, [{ kind: 'receipt' }])
  await page.getByRole('button', { name: 'Daftarkan lagi' }).click()
  assert.equal(await page.getByLabel('Ceritanya').inputValue(), '')
})

test('a similar complaint is shown while typing, and can be joined', async () => {
  const { page } = front
  await page.getByLabel('Perihal').selectOption({ label: ' – Layak tetapi tidak terdaftar' })
  await page.getByLabel('Ceritanya').fill(`${story} Mohon diperiksa.`)
  await page.getByText('Ada aduan yang mirip').waitFor()
  await look(front, 'desk-similar')
  await page.getByRole('button', { name: 'Gabungkan dengan ini' }).click()
  await page.getByText('Akan digabung dengan aduan').waitFor()

  // Leaving asks first while something is unsent.
  page.once('dialog', (dialog) => void dialog.dismiss())
  await page.getByRole('link', { name: 'Beranda' }).click()
  assert.equal(new URL(page.url()).pathname, '/kerja/baru')
  await page.getByRole('button', { name: 'Simpan aduan' }).click()
  await page.getByRole('heading', { name: 'Aduan tercatat' }).waitFor()
  const [joined] = await server.sql<{ state: string }>('select state from complaint where joined_to is not null')
  assert.equal(joined?.state, 'archived')
})

test('back office recommends, the coordinator decides, and the citizen reads those very words', async () => {
  const back = await atDesk(server, browser, { role: 'officer', regionCode: VILLAGE, name: 'Tono Hartadi' })
  const head = await atDesk(server, browser, { role: 'supervisor', regionCode: VILLAGE, name: 'Endang' })
  const [filed] = await server.sql<{ id: string }>("select id from complaint where state = 'received'")
  await visit(back, `${origin}/kerja/${filed?.id}`)
  const act = async (name: string) => {
    await back.page.getByRole('button', { name, exact: true }).click()
  }
  await act('Nyatakan lengkap')
  await back.page.locator('section.act').getByRole('button', { name: 'Nyatakan lengkap' }).click()
  await back.page.getByText('Tersimpan: Nyatakan lengkap.').waitFor()
  await act('Usulkan tindakan')
  const words = 'Ibu sudah diusulkan masuk daftar penerima bulan depan.'
  await back.page.locator('section.act textarea').fill(words)
  await look(back, 'desk-recommend')
  await back.page.locator('section.act').getByRole('button', { name: 'Usulkan tindakan' }).click()
  await back.page.getByText('Usulan Anda menunggu keputusan').waitFor()

  await visit(head, `${origin}/beranda`)
  await look(head, 'home')
  await head.page
    .getByRole('main')
    .getByRole('link', { name: /Usulan menunggu keputusan/ })
    .click()
  await head.page.locator('tbody a').first().click()
  await head.page.getByRole('heading', { level: 2, name: 'Usulan menunggu keputusan' }).waitFor()
  await look(head, 'desk-decide')
  await head.page.getByRole('button', { name: 'Setujui usulan' }).click()
  await head.page.locator('section.act form').getByRole('button', { name: 'Setujui usulan' }).click()
  await head.page.getByText('Tersimpan: Setujui usulan.').waitFor()
  await head.page.locator('.story .answer').filter({ hasText: words }).waitFor()
})

test('a pillar files from the street and follows the case', async () => {
  const pillar = await atDesk(
    server,
    browser,
    { role: 'pillar', regionCode: '32.75.01', pillarKind: 'karang_taruna', name: 'Asep' },
    { width: 360, height: 740 },
  )
  const { page } = pillar
  await visit(pillar, `${origin}/lapangan`)
  await look(pillar, 'field-empty')
  await page.getByRole('link', { name: 'Catat aduan warga' }).click()
  await page.getByRole('combobox', { name: /Desa atau kelurahan/ }).fill('margahayu')
  await page
    .getByRole('option', { name: /Margahayu/ })
    .first()
    .click()
  await page.getByLabel('Ceritanya').fill('Bu Karsih, janda dengan empat anak, terlewat dari daftar BST.')
  await page.getByLabel('Perihal').selectOption({ label: ' – Layak tetapi tidak terdaftar' })
  await page.getByRole('button', { name: 'Tambah orang' }).click()
  await page.getByLabel('Nama lengkap').nth(1).fill('Karsih')
  await page.getByLabel('NIK', { exact: false }).nth(1).fill(NIK)
  await look(pillar, 'field-form')
  await page.getByRole('button', { name: 'Simpan aduan' }).click()
  await page.getByRole('heading', { name: 'Aduan tercatat' }).waitFor()
  await look(pillar, 'field-done')
  const [row] = await server.sql<{ door: string; region_code: string }>(
    'select door, region_code from complaint order by filed_at desc, id desc limit 1',
  )
  assert.deepEqual(row, { door: 'pillar', region_code: VILLAGE })

  await page.getByRole('link', { name: 'Buka aduan' }).click()
  await page.getByRole('button', { name: 'Tindakan lain' }).click()
  await page.getByRole('button', { name: 'Tulis kepada kantor' }).click()
  await page.locator('section.act').getByRole('textbox').fill('Bu Karsih bisa ditemui tiap sore.')
  await page.locator('section.act').getByRole('button', { name: 'Kirim', exact: true }).click()
  await page.locator('.story').getByText('Bu Karsih bisa ditemui tiap sore.').waitFor()
  await look(pillar, 'field-case')
  await page.getByRole('link', { name: 'Kembali ke daftar' }).click()
  await page.getByText('Bu Karsih, janda').waitFor()
  await look(pillar, 'field')
})
