import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { createDemonstration } from '#src/demonstration/index.ts'
import { assertAccessible } from '#test/support/axe.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { follow } from '#test/support/citizen-page.ts'
import { startTestServer } from '#test/support/server.ts'
import { openReady, storyPeople } from '#test/support/story.ts'

/*
 * The article the mission comes from: complaints reach Karang Taruna, are settled in the village or referred upwards,
 * and the one who complained learns what became of it. Kelurahan Margahayu, Bekasi Timur.
 *
 * With PILAR_PICTURES=<folder> the same story is told in the demonstration and photographed for the README.
 */

const pictures = process.env['PILAR_PICTURES']
const begin = '2026-11-19T02:00:00Z' // Thursday, 09.00 WIB
const server = await startTestServer({ at: begin })
const margahayu = '32.75.01.1002'
if (pictures) {
  await mkdir(pictures, { recursive: true })
  await createDemonstration({ appUrl: server.appUrl, secret: Buffer.alloc(32, 7), now: new Date(begin) })
}
const browser = await launchBrowser()

const people = {
  bagas: { role: 'pillar', regionCode: margahayu, name: 'Bagas Prakoso' },
  sari: { role: 'officer', regionCode: margahayu, name: 'Sari Wulandari' },
  wulan: { role: 'officer', regionCode: '32.75.01', name: 'Wulan Permatasari' },
  dimas: { role: 'officer', regionCode: '32.75', name: 'Dimas Ardiansyah' },
  ratna: { role: 'supervisor', regionCode: '32.75', name: 'Ratna Kusumaningtyas' },
} as const
const { accounts, at, signIn } = await storyPeople(server, browser, people)
const open = (page: Page, address: string) => openReady(page, server.url + address)
const axe = (page: Page) => assertAccessible(page, page.url())

let shots = 0
async function picture(page: Page, name: string) {
  shots++
  if (pictures) await page.screenshot({ path: path.join(pictures, `${name}.png`) })
}

/** Chooses an act (the primary button or one of the menu), fills its form and sends it. */
async function act(page: Page, word: string, text?: string) {
  const primary = page.getByRole('button', { name: word, exact: true })
  if ((await primary.count()) === 0) {
    await page.getByRole('button', { name: 'Tindakan lain' }).click()
    await page.getByRole('button', { name: word, exact: true }).click()
  } else await primary.first().click()
  const panel = page.locator('section.act')
  await panel.waitFor()
  if (text) await panel.locator('textarea').fill(text)
  await panel.locator('form button.btn-primary, form button[type=submit], form .btn').first().click()
  await panel.waitFor({ state: 'detached' })
}
/** Where the case stands, in the database: what a page says may be said of something else. */
async function reaches(state: string, regionCode: string) {
  const [row] = await server.sql<{ state: string; office_id: string }>(
    'select state, office_id from complaint where id = $1',
    [id],
  )
  assert.deepEqual(row, { state, office_id: `${regionCode}/social` })
}
const shows = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()

const body =
  'Ibu Sumiati seorang janda dengan tiga anak. Sejak suaminya meninggal ia hanya berjualan gorengan. Ia tidak menerima BST, padahal tetangganya yang mampu menerima.'
let number = ''
let secret = ''
let id = ''

test('a Karang Taruna member files for a widow whom BST missed', async () => {
  const page = await at('bagas', { width: 360, height: 740 })
  await open(page, `/lapangan/baru`)
  await page.locator('[name="body"]').fill(body)
  await page.locator('[name="class"]').selectOption('complaint')
  await page.locator('[name="matter"]').selectOption('enrolment.not_listed')
  await page.locator('[name="programmeCode"]').selectOption('BST')
  await page.locator('[name="complainant.name"]').fill('Bagas Prakoso')
  await page.locator('[name="complainant.phone"]').fill('0812 0000 9001')
  const concerned = page.locator('[name="concerned.0.name"]')
  if ((await concerned.count()) === 0)
    await page
      .getByRole('button', { name: /Tambah/ })
      .first()
      .click()
  await concerned.fill('Sumiati')
  await page.locator('[name="concerned.0.nik"]').fill('9999015708859001')
  await axe(page)
  await page.getByRole('button', { name: 'Simpan aduan' }).click()
  await shows(page, 'Aduan tercatat')
  ;[number = '', secret = ''] = await page.locator('.ticket dd').allInnerTexts()
  assert.match(number, /^\w{4}-\w{4}$/)
  await picture(page, 'story-1')
  const [row] = await server.sql<{ id: string; office_id: string; door: string }>(
    'select id, office_id, door from complaint where number = $1',
    [number],
  )
  assert.deepEqual([row?.office_id, row?.door], [`${margahayu}/social`, 'pillar'])
  id = row?.id ?? ''
  await page.context().close()
})

test('the Puskesos verifies it, cannot settle it, and refers it to the kecamatan', async () => {
  await server.clock.advanceTo('2026-11-19T04:00:00Z')
  const page = await at('sari')
  await open(page, `/kerja`)
  await shows(page, number)
  await picture(page, 'story-2')
  await page.getByText(number).first().click()
  await page.waitForURL(`**/kerja/${id}`)
  await axe(page)
  await act(page, 'Nyatakan lengkap')
  await reaches('verified', margahayu)
  await picture(page, 'story-3')
  await act(page, 'Rujuk ke tingkat atas', 'Kuota BST tidak dapat kami ubah; data penerima dikelola kota.')
  await reaches('referred', '32.75.01')
  await shows(page, 'Kecamatan Bekasi Timur')
  await page.context().close()
})

test('the kecamatan takes it up and refers it to the SLRT of the city', async () => {
  await server.clock.advanceTo('2026-11-20T03:00:00Z')
  const page = await at('wulan')
  await open(page, `/kerja/${id}`)
  await act(page, 'Terima rujukan')
  await act(page, 'Rujuk ke tingkat atas', 'Sudah dikunjungi, benar janda dengan tiga anak. Mohon keputusan dinas.')
  await reaches('referred', '32.75')
  await shows(page, /Dinas Sosial Kota Bekasi/)
  await page.context().close()
})

test("the city's social office answers", async () => {
  await server.clock.advanceTo('2026-11-23T03:00:00Z')
  const page = await at('dimas')
  await open(page, `/kerja/${id}`)
  await act(page, 'Terima rujukan')
  await act(
    page,
    'Tanggapi',
    'Ibu Sumiati kami masukkan ke daftar usulan penerima. Petugas akan datang ke rumah minggu ini.',
  )
  await reaches('answered', '32.75')
  await picture(page, 'story-4')
  const { answered_by } =
    (await server.sql<{ answered_by: string }>('select answered_by from complaint where id = $1', [id]))[0] ?? {}
  assert.equal(answered_by, accounts.get('dimas'))
  assert.equal(await page.getByRole('button', { name: 'Sahkan jawaban' }).count(), 0, 'who answered does not verify')
  await page.context().close()
})

test("the widow's daughter follows by number on a telephone without JavaScript, and reopens with a photo", async () => {
  await server.clock.advanceTo('2026-11-26T03:00:00Z')
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 360, height: 740 },
    locale: 'id-ID',
  })
  const page = await context.newPage()
  await page.goto(`${server.url}/lacak`)
  await page.locator('[name="number"]').fill(number.toLowerCase().replace('-', ' '))
  await page.locator('[name="secret"]').fill(secret)
  await follow(page, () => page.getByRole('button', { name: 'Lihat aduan' }).click())
  await shows(page, 'Ibu Sumiati kami masukkan ke daftar usulan')
  assert.ok(!page.url().includes(number), 'nothing of the case stands in the address')
  assert.ok(!(await page.content()).includes('Dimas'), 'offices by name, people never')
  await picture(page, 'story-5')
  const notSettled = page.getByRole('link', { name: /belum|tidak/i }).first()
  await follow(page, () => notSettled.click())
  await page.locator('[name="body"]').fill('Sudah seminggu belum ada petugas yang datang ke rumah ibu saya.')
  const photo = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#8a6d4f' } })
    .jpeg()
    .withExif({ IFD0: { Copyright: 'Rumah Sumiati' } })
    .toBuffer()
  await page.locator('[name="file"]').setInputFiles({ name: 'rumah ibu.jpg', mimeType: 'image/jpeg', buffer: photo })
  await follow(page, () => page.getByRole('button', { name: 'Buka lagi aduan' }).click())
  const [row] = await server.sql<{ state: string; reopened: number; files: number }>(
    'select state, reopened, (select count(*)::int from attachment where complaint_id = id_) files from (select *, id as id_ from complaint) c where id = $1',
    [id],
  )
  assert.deepEqual(row, { state: 'contested', reopened: 1, files: 1 })
  await picture(page, 'story-6')
  await context.close()
})

test('it is settled: answered anew, verified by somebody else, and the citizen is satisfied', async () => {
  await server.clock.advanceTo('2026-11-27T03:00:00Z')
  const page = await at('dimas')
  await open(page, `/kerja/${id}`)
  await act(page, 'Tanggapi', 'Petugas sudah datang hari ini. BST dibayarkan mulai bulan depan.')
  await page.context().close()

  const second = await at('ratna')
  await open(second, `/kerja/${id}`)
  await act(second, 'Sahkan jawaban')
  await second.context().close()

  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 360, height: 740 },
    locale: 'id-ID',
  })
  const phone = await context.newPage()
  await phone.goto(`${server.url}/lacak`)
  await phone.locator('[name="number"]').fill(number)
  await phone.locator('[name="secret"]').fill(secret)
  await follow(phone, () => phone.getByRole('button', { name: 'Lihat aduan' }).click())
  await shows(phone, 'BST dibayarkan mulai bulan depan')
  await follow(phone, () => phone.locator('form[action="?/satisfied"] button').click())
  assert.match(phone.url(), /\/lacak\/aduan/)
  const [row] = await server.sql<{ state: string; satisfied: boolean }>(
    'select state, satisfied from complaint where id = $1',
    [id],
  )
  assert.deepEqual(row, { state: 'closed', satisfied: true })
  await context.close()
})

test('the statistics show it', async () => {
  const supervisor = await signIn('ratna')
  const page = await at('ratna')
  const res = await server.app.inject({ url: '/api/statistics/32.75', headers: { cookie: supervisor.cookie } })
  const figures = res.json<{ totals: { filed: number } }>()
  const [counted] = await server.sql<{ n: number }>(
    `select count(*)::int n from complaint where region_code like '32.75%'`,
  )
  assert.equal(figures.totals.filed, counted?.n)
  await open(page, `/pantau/32.75`)
  await page.locator('main').getByText('Kota Bekasi').first().waitFor({ state: 'attached' })
  await axe(page)
  await picture(page, 'story-7')
  await page.context().close()
})

test('a second story: the village lets the deadline pass, and the case climbs by itself', async () => {
  server.clock.set('2026-11-30T02:00:00Z')
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 360, height: 740 },
    locale: 'id-ID',
  })
  const filed = await server.app.inject({
    method: 'POST',
    url: '/api/complaints',
    payload: {
      regionCode: margahayu,
      class: 'complaint',
      matter: 'delivery.late',
      programmeCode: 'SEMBAKO',
      body: 'Beras bulan ini belum dibagikan di RW kami, sudah lewat tiga minggu.',
    },
  })
  const late = filed.json<{ id: string; number: string; secret: string; respondBy: string }>()
  assert.equal(late.respondBy, '2026-12-03T09:00:00.000Z', 'three working days, at closing time')
  await server.clock.advanceTo('2026-12-02T10:00:00Z')
  const reminded = await server.sql(
    `select 1 from complaint_event where complaint_id = $1 and kind = 'reminded' and not public`,
    [late.id],
  )
  assert.equal(reminded.length, 1, 'the office is reminded before')
  await server.clock.advanceTo('2026-12-03T10:00:00Z')

  const page = await at('wulan')
  await open(page, `/kerja/${late.id}`)
  await shows(page, 'Kecamatan Bekasi Timur')
  await picture(page, 'story-8')
  const [row] = await server.sql<{ office_id: string; overdue: boolean; state: string }>(
    'select office_id, overdue, state from complaint where id = $1',
    [late.id],
  )
  assert.deepEqual(row, { office_id: '32.75.01/social', overdue: true, state: 'received' })
  await page.context().close()

  const phone = await context.newPage()
  await phone.goto(`${server.url}/lacak`)
  await phone.locator('[name="number"]').fill(late.number)
  await phone.locator('[name="secret"]').fill(late.secret)
  await follow(phone, () => phone.getByRole('button', { name: 'Lihat aduan' }).click())
  await shows(phone, /Kecamatan Bekasi Timur/)
  await context.close()
  assert.equal(shots, 8)
})
