import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Case, Filed, NewComplaint } from '#src/complaints/schema.ts'
import { signedIn } from '#test/support/accounts.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, look, visit } from '#test/support/staff-page.ts'

const VILLAGE = '32.75.01.1002'
const NIK = '9901015708859001'
const server = await startTestServer({ at: '2026-11-19T02:00:00Z' })
const browser = await launchBrowser()
const origin = server.url

const post = async <T>(url: string, payload: object, cookie?: string): Promise<T> => {
  const answer = await server.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { origin, host: new URL(origin).host, ...(cookie && { cookie }) },
  })
  assert.ok(answer.statusCode < 300, `${url}: ${answer.statusCode} ${answer.body}`)
  return answer.json<T>()
}
/** As somebody signed in, so that no limit for strangers is met. */
const clerk = await signedIn(server, { role: 'officer', regionCode: '32.75', name: 'Kerani Kota' })
const file = (body: string, more: Partial<NewComplaint> = {}) =>
  post<Filed>(
    '/api/complaints',
    { regionCode: VILLAGE, class: 'complaint', matter: 'delivery.late', body, ...more },
    clerk.cookie,
  )

const sari = await atDesk(server, browser, { role: 'officer', regionCode: VILLAGE, name: 'Sari Wulandari' })
const tono = await atDesk(server, browser, { role: 'officer', regionCode: VILLAGE, name: 'Tono Hartadi' })

test('an empty queue says what to do', async () => {
  await visit(sari, `${origin}/kerja`)
  await sari.page.getByRole('heading', { name: 'Tidak ada aduan di antrean ini' }).waitFor()
  await look(sari, 'inbox-empty')
})

test('filters live in the address: they survive reloading, going back, and words nobody meant', async () => {
  await file('Beras bulan ini belum datang ke rumah kami.')
  await file('Kartu tertelan mesin sejak dua minggu yang lalu.', { matter: 'delivery.card' })
  await file('Ketua RT meminta uang dari setiap penerima bantuan.', { class: 'oversight', confidential: true })
  const { page } = sari
  await visit(sari, `${origin}/kerja?sort=rubbish&nonsense=1`)
  const rows = page.locator('tbody tr')
  assert.equal(await rows.count(), 3)

  await page.getByRole('button', { name: 'Golongan' }).click()
  await page.getByLabel('Dugaan pelanggaran petugas').check()
  await page.waitForURL(/class=oversight/)
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1)
  assert.match(await rows.innerText(), /Rahasia/)
  await page.reload()
  assert.equal(await rows.count(), 1)

  await page.getByRole('button', { name: 'Hapus saringan Dugaan pelanggaran petugas' }).click()
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 3)
  await page.getByRole('searchbox').fill('kartu terte')
  await page.waitForURL(/q=kartu/)
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1)
  await page.evaluate(() => history.back())
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 3)
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>('input[type=search]')?.value === '')

  await page.getByRole('searchbox').fill('tidakadayangsepertiini')
  await page.getByRole('heading', { name: 'Tidak ada aduan yang cocok' }).waitFor()
  await page.getByRole('main').getByRole('link', { name: 'Hapus semua saringan' }).click()
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 3)
  await look(sari, 'inbox')
})

test('all of it by keyboard', async () => {
  const { page } = sari
  await visit(sari, `${origin}/kerja`)
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  const first = page.locator('tbody tr').first()
  assert.ok(await first.evaluate((row) => row.contains(document.activeElement)))
  await page.keyboard.press('x')
  await page.getByText('1 dipilih').waitFor()
  await page.keyboard.press('x')
  await page.keyboard.press('/')
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'search')
  // A letter typed into a field is a letter.
  await page.keyboard.type('jx?')
  assert.equal(await page.getByRole('searchbox').inputValue(), 'jx?')
  await page.getByRole('searchbox').fill('')
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 3)
  await page.getByRole('searchbox').blur()
  await page.keyboard.press('?')
  await page.getByRole('dialog').getByText('Baris berikutnya').waitFor()
  await look(sari, 'inbox-keys')
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/kerja\/[0-9a-f-]{36}/)
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await page.waitForURL(/\/kerja$/)
})

test('columns are hidden and stay hidden; views are saved, renamed, deleted and brought back', async () => {
  const { page } = sari
  await visit(sari, `${origin}/kerja?class=oversight`)
  await page.getByRole('button', { name: 'Tata daftar' }).click()
  await page.getByLabel('Keadaan', { exact: true }).uncheck()
  await page.getByLabel('Perihal').check()
  await page.keyboard.press('Escape')
  const heads = () => page.locator('thead th').allInnerTexts()
  assert.ok((await heads()).includes('Perihal') && !(await heads()).includes('Keadaan'))
  await visit(sari, `${origin}/kerja`)
  await page.getByRole('columnheader', { name: 'Perihal' }).waitFor()
  assert.ok(!(await heads()).includes('Keadaan'))
  await page.evaluate(() => localStorage.clear())

  await visit(sari, `${origin}/kerja?class=oversight`)
  const menu = page.getByRole('button', { name: 'Tampilan', exact: true }).first()
  await menu.click()
  await page.getByLabel('Nama tampilan').fill('Pungutan')
  await page.getByRole('button', { name: 'Simpan tampilan ini' }).click()
  await page.getByRole('link', { name: 'Pungutan' }).waitFor()
  await page.getByRole('button', { name: 'Ganti nama Pungutan' }).click()
  await page.getByLabel('Nama tampilan').first().fill('Dugaan pungutan')
  await page.getByRole('button', { name: 'Simpan', exact: true }).click()
  await page.getByRole('link', { name: 'Dugaan pungutan' }).waitFor()
  await page.getByRole('button', { name: 'Hapus Dugaan pungutan' }).click()
  await page.getByText('Tampilan Dugaan pungutan dihapus.').waitFor()
  await page.getByRole('button', { name: 'Urungkan' }).first().click()
  await page.getByText('Tampilan Dugaan pungutan disimpan.').waitFor()
  await menu.click()
  await page.getByRole('link', { name: 'Dugaan pungutan' }).waitFor()
  await look(sari, 'inbox-views')
  const kept = await server.sql<{ query: object }>('select query from saved_view')
  assert.deepEqual(kept, [{ query: { class: ['oversight'] } }])
})

test('bulk assignment tells exactly what was done and what was refused, and can be undone', async () => {
  const { page } = sari
  const moved = await file('Bantuan anak sekolah belum cair sejak semester lalu.')
  await visit(sari, `${origin}/kerja?sort=filed`)
  // Another tab must not see it go: what is refused is then a surprise, as in life.
  await sari.context.route('**/api/events*', (route) => route.abort())
  await visit(sari, `${origin}/kerja?sort=filed`)
  await post(`/api/complaints/${moved.id}/refer-up`, { reason: 'Di luar wewenang kami.' }, tono.cookie)
  const boxes = page.locator('tbody input[type=checkbox]')
  await boxes.first().click()
  await boxes.last().click({ modifiers: ['Shift'] })
  await page.getByText('4 dipilih').waitFor()
  await page.getByLabel('Tugaskan kepada').selectOption({ label: 'Tono Hartadi' })
  await page.getByRole('button', { name: 'Tugaskan', exact: true }).click()
  await page.getByText('3 aduan ditugaskan kepada Tono Hartadi.').waitFor()
  const refused = page.getByRole('status').filter({ hasText: '1 tidak dapat ditugaskan' })
  assert.match(await refused.innerText(), new RegExp(`${moved.number}: dipegang kantor lain`))
  const assigned = () =>
    server.sql<{ count: number }>('select count(*)::int as count from complaint where assignee_id = $1', [
      tono.accountId,
    ])
  assert.equal((await assigned())[0]?.count, 3)
  await look(sari, 'inbox-bulk')
  await page.getByRole('button', { name: 'Urungkan' }).first().click()
  await page.getByText('3 aduan kembali ke petugas semula.').waitFor()
  assert.equal((await assigned())[0]?.count, 0)
  await sari.context.unroute('**/api/events*')
})

test('a case: acts say who reads what, errors keep every word, and nothing overtakes in silence', async () => {
  const filed = await file('Nenek saya tidak terdaftar padahal hidup sendiri.', {
    complainant: { name: 'Dewi', nik: NIK, phone: '081234567890' },
  })
  const { page } = sari
  await sari.context.route('**/api/events*', (route) => route.abort())
  await visit(sari, `${origin}/kerja/${filed.id}`)
  await page.getByRole('heading', { name: `Aduan ${filed.number}` }).waitFor()
  await look(sari, 'case')

  // The one next act is the primary button; the others are one key away.
  await page.getByRole('button', { name: 'Nyatakan lengkap' }).waitFor()
  await page.keyboard.press('a')
  assert.equal(
    await page.evaluate(() => document.activeElement?.textContent),
    await page.locator('.act-choice').first().textContent(),
  )
  await page.getByRole('button', { name: 'Tulis kepada pelapor' }).click()
  const panel = page.locator('section.act')
  await panel.getByText('Dibaca pelapor').waitFor()
  await panel.getByRole('textbox').fill('Kami sedang memeriksa datanya.')

  // Meanwhile a colleague does something: 409, the newest state, and the words still there.
  await page.getByRole('button', { name: 'Tutup' }).first().click()
  await page.getByRole('button', { name: 'Nyatakan lengkap' }).click()
  await post(`/api/complaints/${filed.id}/note`, { body: 'Sudah saya telepon.' }, tono.cookie)
  await panel.getByRole('button', { name: 'Nyatakan lengkap' }).click()
  await panel.getByText('Aduan ini baru saja diubah orang lain').waitFor()
  await page.getByText('Sudah saya telepon.').waitFor()
  await panel.getByRole('button', { name: 'Nyatakan lengkap' }).click()
  await page.getByText('Tersimpan: Nyatakan lengkap.').waitFor()

  await page.keyboard.press('a')
  await page.getByRole('button', { name: 'Tulis kepada pelapor' }).click()
  assert.equal(await panel.getByRole('textbox').inputValue(), 'Kami sedang memeriksa datanya.', 'typed before')

  // The line is down: nothing is lost.
  await sari.context.route('**/reply', (route) => route.abort())
  await panel.getByRole('button', { name: /Kirim kepada pelapor/ }).click()
  await panel.getByText('Sambungan terputus').waitFor()
  assert.equal(await panel.getByRole('textbox').inputValue(), 'Kami sedang memeriksa datanya.')
  await look(sari, 'case-act-public')
  await sari.context.unroute('**/reply')
  await panel.getByRole('button', { name: /Kirim kepada pelapor/ }).click()
  await page.getByText('Tersimpan: Tulis kepada pelapor.').waitFor()

  // A reason that is too short is refused at its field.
  await page.keyboard.press('a')
  await page.getByRole('button', { name: 'Nyatakan tidak dapat diproses' }).click()
  await panel.getByRole('textbox').fill('ya')
  await panel.getByRole('button', { name: 'Nyatakan tidak dapat diproses' }).click()
  await panel.locator('.field.wrong .fault').waitFor()
  assert.equal(await panel.getByRole('textbox').inputValue(), 'ya')
  await panel.getByRole('textbox').fill('')
  await page.keyboard.press('Escape')

  // What stays inside looks and is called otherwise, and does not reach the citizen.
  await page.keyboard.press('a')
  await page.getByRole('button', { name: 'Tulis catatan dalam kantor' }).click()
  await panel.getByText('Hanya di dalam kantor').waitFor()
  await panel.getByRole('textbox').fill('Rumahnya dekat balai warga.')
  await look(sari, 'case-act-internal')
  await panel.getByRole('button', { name: 'Simpan catatan' }).click()
  await page.locator('.story .internal').filter({ hasText: 'Rumahnya dekat balai warga.' }).waitFor()
  const tracking = await server.app.inject({
    url: '/api/tracking',
    headers: { 'x-tracking': `${filed.number} ${filed.secret}` },
  })
  assert.match(tracking.body, /Kami sedang memeriksa datanya/)
  assert.doesNotMatch(tracking.body, /balai warga|telepon/)
  await sari.context.unroute('**/api/events*')
})

test('a masked number is shown for a reason, and the look is written down', async () => {
  const filed = await file('Bantuan PKH saya berhenti tanpa pemberitahuan.', {
    complainant: { name: 'Ni', nik: NIK },
  })
  const { page } = sari
  await visit(sari, `${origin}/kerja/${filed.id}`)
  const people = page.getByRole('region', { name: 'Orang' })
  await people.getByText('990101******9001').waitFor()
  assert.ok(!(await page.content()).includes(NIK), 'not even in the source')
  await people.getByRole('button', { name: 'Tampilkan NIK' }).click()
  await people.getByLabel(/Untuk apa NIK ini dibuka/).fill('x')
  await people.getByRole('button', { name: 'Tampilkan', exact: true }).click()
  await people.locator('.fault').waitFor()
  await people.getByLabel(/Untuk apa NIK ini dibuka/).fill('Mencocokkan dengan KTP di loket')
  await people.getByRole('button', { name: 'Tampilkan', exact: true }).click()
  await people.getByText(NIK).waitFor()
  const looks = await server.sql<{ reason: string }>(
    "select reason from audit_entry where act = 'look' and subject = 'complaint_person' and subject_id like $1",
    [`${filed.id}%`],
  )
  assert.deepEqual(looks, [{ reason: 'Mencocokkan dengan KTP di loket' }])
})

test('two officers at one case: the other sees it at once, and keeps what was typed', async () => {
  const filed = await file('Uang bantuan lansia dipotong agen penyalur.')
  await visit(sari, `${origin}/kerja/${filed.id}`)
  await visit(tono, `${origin}/kerja`)
  const rows = tono.page.locator('tbody tr')
  await rows.filter({ hasText: filed.number }).waitFor()
  const before = await rows.count()

  await sari.page.getByRole('button', { name: 'Nyatakan lengkap' }).click()
  await sari.page.locator('section.act').getByRole('button', { name: 'Nyatakan lengkap' }).click()
  await sari.page.getByText('Tersimpan: Nyatakan lengkap.').waitFor()
  // In place, without a reload.
  await rows.filter({ hasText: filed.number }).getByText('Sudah diperiksa').waitFor()

  // A new one announces itself, and comes when it is asked for.
  const fresh = await file('Bantuan sembako bulan ini kurang dua kilogram.')
  const button = tono.page.getByRole('button', { name: '1 aduan baru – tampilkan' })
  await button.waitFor()
  assert.equal(await rows.count(), before)
  await button.click()
  await rows.filter({ hasText: fresh.number }).waitFor()

  await sari.page.keyboard.press('a')
  await sari.page.getByRole('button', { name: 'Tulis catatan dalam kantor' }).click()
  const words = sari.page.locator('section.act').getByRole('textbox')
  await words.fill('Setengah kalimat')
  const held = await post<Case>(`/api/complaints/${filed.id}/reply`, { body: 'Mohon menunggu.' }, tono.cookie)
  await sari.page.getByText('Tono Hartadi baru saja mengubah aduan ini: Pesan kepada pelapor').waitFor()
  await sari.page.locator('.story').getByText('Mohon menunggu.').waitFor()
  assert.equal(await words.inputValue(), 'Setengah kalimat')
  assert.ok(held.version > 2)
  await words.fill('')
})

test('on a telephone, and in the dark', async () => {
  const [filed] = await server.sql<{ id: string }>('select id from complaint order by filed_at desc limit 1')
  const small = await atDesk(
    server,
    browser,
    { role: 'supervisor', regionCode: VILLAGE, name: 'Raden Ayu Kusumawardhani Tjokroningrat Soerjodiningrat' },
    { width: 360, height: 740, dark: true },
  )
  for (const [address, name] of [
    ['/beranda', 'home'],
    ['/kerja', 'inbox'],
    [`/kerja/${filed?.id}`, 'case'],
  ] as const) {
    await visit(small, `${origin}${address}`)
    await look(small, `${name}-dark`)
  }
  const auditor = await atDesk(server, browser, { role: 'auditor', regionCode: '00', name: 'Auditor' })
  await visit(auditor, `${origin}/kerja`)
  assert.equal(await auditor.page.locator('tbody input[type=checkbox]').count(), 0, 'an auditor changes nothing')
  await look(auditor, 'inbox-auditor')
})
