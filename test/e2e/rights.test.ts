import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { launchBrowser } from '#test/support/chromium.ts'
import { follow, makeLooker, telephone } from '#test/support/citizen-page.ts'
import { signedIn } from '#test/support/accounts.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, look as lookAtDesk, visit } from '#test/support/staff-page.ts'

const VILLAGE = '32.75.01.1002'
const NIK = '9999014108859001'
const server = await startTestServer({ at: '2026-11-19T02:00:00Z' })
const browser = await launchBrowser()
const { look } = await makeLooker(browser)
const clerk = await signedIn(server, { role: 'supervisor', regionCode: VILLAGE })
const sent = {
  method: 'POST',
  headers: { cookie: clerk.cookie, origin: server.url, host: new URL(server.url).host },
} as const
const registered = await server.app.inject({
  ...sent,
  url: '/api/register/families',
  payload: {
    effectiveOn: '2026-01-05',
    source: 'civil_registry',
    sourceRef: 'KK-1',
    regionCode: VILLAGE,
    family: { kkNumber: '9999011001269001', address: 'Gang Melati 4', rt: '3', rw: '4' },
    members: [
      { name: 'Sumiati', relationship: 'head', nik: NIK, birthDate: '1985-08-01', sex: 'female' },
      { name: 'Adi', relationship: 'child', birthDate: '2012-03-03' },
    ],
  },
})
assert.equal(registered.statusCode, 201, registered.body)
const family = `/api/register/families/${registered.json<{ familyId: string }>().familyId}`
for (const [url, payload] of [
  [`${family}/open`, { reason: 'Mencatat nomor keluarga', work: 'service' }],
  [`${family}/contacts`, { id: randomUUID(), kind: 'whatsapp', value: '0812 0000 9001', agreed: true }],
] as const)
  assert.equal((await server.app.inject({ ...sent, url, payload })).statusCode, 200)

test('asked without JavaScript, verified at the desk, read and taken along', async () => {
  const context = await telephone(browser)
  const page = await context.newPage()
  const press = (name: string) => follow(page, () => page.getByRole('button', { name, exact: true }).click())
  const open = (name: string) => follow(page, () => page.getByRole('link', { name, exact: true }).click())

  await page.goto(`${server.url}/data-saya`)
  await look(page)
  await open('Minta melihat data saya')
  await press('Lanjut')
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Melihat data saya').check()
  await press('Lanjut')
  await page.getByLabel('Cari desa atau kelurahan').fill('margahayu bekasi')
  await press('Cari')
  await page.getByLabel('Margahayu').first().check()
  await look(page)
  await press('Lanjut')
  await page.getByLabel('Nama lengkap').fill('Sumiati')
  await page.getByLabel('NIK').fill('9999')
  await press('Lanjut')
  assert.equal(await page.getByLabel('Nama lengkap').inputValue(), 'Sumiati', 'what was typed stays')
  await page.getByLabel('NIK').fill('9999 0141 0885 9001')
  await look(page)
  await press('Lanjut')
  await look(page)
  assert.ok(!page.url().includes('9999'), 'nothing personal in the address')
  await press('Kirim permintaan')
  assert.equal(await page.locator('h1').innerText(), 'Permintaan terkirim')
  await page.getByText('Minggu, 22 November 2026, 09.00 WIB').waitFor()
  await look(page)
  await open('Buka permintaan')
  await page.getByText('Paling lambat dijawab Minggu, 22 November 2026').waitFor()
  await look(page)

  const desk = await atDesk(server, browser, { role: 'officer', regionCode: VILLAGE, name: 'Sari' })
  await visit(desk, `${server.url}/permintaan-data`)
  await desk.page.getByText('72 jam lagi').waitFor()
  await lookAtDesk(desk, 'rights-list')
  await desk.page.getByRole('link', { name: /Sumiati/ }).click()
  await desk.page.getByText('999901******9001').waitFor()
  await desk.page.getByLabel('Sumiati, lahir 1985').check()
  await desk.page.getByLabel('KTP asli di tangan saya').check()
  await lookAtDesk(desk, 'rights-request')
  await desk.page.getByRole('button', { name: 'Pastikan dan jawab' }).click()
  await desk.page.getByRole('heading', { level: 1, name: 'Sudah dijawab' }).waitFor()
  await visit(desk, `${server.url}/permintaan-data/baru`)
  await lookAtDesk(desk, 'rights-desk')

  await page.reload()
  await open('Lihat data saya')
  await page.getByText('Gang Melati 4').waitFor()
  await page.getByText(NIK).waitFor()
  await page.getByText(/Di kantor, .*19 November 2026/).waitFor()
  assert.ok(!/812.?0000/.test(await page.innerText('body')), 'a number is shown in part')
  await look(page)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Unduh data saya' }).click(),
  ])
  const exported = JSON.parse(await readFile(await download.path(), 'utf8')) as { person: { facts: { name: string } } }
  assert.equal(exported.person.facts.name, 'Sumiati')
})

test('retention is read by an administrator', async () => {
  const desk = await atDesk(server, browser, { role: 'administrator', regionCode: '00', name: 'Dian' })
  await visit(desk, `${server.url}/kelola/retensi`)
  await desk.page.getByText('Belum ada laporan').waitFor()
  await lookAtDesk(desk, 'retention')
})
