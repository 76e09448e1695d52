import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn } from '#test/support/accounts.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, look, visit } from '#test/support/staff-page.ts'

const VILLAGE = '32.75.01.1002'
const server = await startTestServer({ at: '2026-11-19T02:00:00Z' })
const browser = await launchBrowser()
const clerk = await signedIn(server, { role: 'supervisor', regionCode: VILLAGE })

const people = [
  ['Nurhayati', '9975014508859001'],
  ['Nur Hayati Kusumaningrum Prawirodirdjo Tjokroaminoto Wirahadikusumah', '9975015203719002'],
  ['Sukirman', '9975010101609003'],
]
const families: string[] = []
for (const [name, nik = ''] of people) {
  const res = await server.app.inject({
    method: 'POST',
    url: '/api/register/families',
    headers: { cookie: clerk.cookie, origin: server.url, host: new URL(server.url).host },
    payload: {
      effectiveOn: '2026-01-05',
      source: 'office',
      regionCode: VILLAGE,
      family: { address: 'Jl. Melati No. 3', rt: '003', rw: '005' },
      members: [{ name, nik, relationship: 'head' }],
    },
  })
  assert.equal(res.statusCode, 201, res.body)
  families.push(res.json<{ familyId: string }>().familyId)
}

test('somebody is found in the old spelling, and their family opened with a reason, by keyboard', async () => {
  const desk = await atDesk(server, browser, { role: 'officer', regionCode: VILLAGE, name: 'Sari Wulandari' })
  const { page } = desk
  await visit(desk, `${server.url}/keluarga`)
  await page.getByRole('heading', { name: 'Mulai dengan mencari' }).waitFor()
  await look(desk, 'finding-start')

  await page.keyboard.type('Noerhajati rt 3')
  await page.keyboard.press('Enter')
  const rows = page.locator('[data-row]')
  await rows.first().waitFor()
  assert.equal(await rows.count(), 2)
  assert.match(await rows.first().innerText(), /Nurhayati[\s\S]*997501\*{6}9001[\s\S]*RT 003/)
  assert.equal(new URL(page.url()).search, '')
  await look(desk, 'finding-found')

  await page.getByLabel('Siapa yang dicari?').blur()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await look(desk, 'finding-open')
  await page.getByLabel('Untuk pekerjaan apa?').selectOption('service')
  await page.getByLabel('Alasan').fill('Warga datang ke loket menanyakan bantuannya')
  const [answer] = await Promise.all([
    page.waitForResponse(new RegExp(`/api/register/families/${families[0]}/open$`)),
    page.getByRole('button', { name: 'Buka data' }).click(),
  ])
  assert.equal(answer.status(), 200)
  const [opened] = await server.sql<{ work: string }>(
    'select work from family_opening where account_id = $1 and family_id = $2',
    [desk.accountId, families[0]],
  )
  assert.equal(opened?.work, 'service')
})

test('on a telephone, nothing found says what to do', async () => {
  const desk = await atDesk(server, browser, { role: 'officer', regionCode: VILLAGE }, { width: 360, dark: true })
  const { page } = desk
  await visit(desk, `${server.url}/keluarga`)
  const ask = async (q: string) => {
    await page.getByLabel('Siapa yang dicari?').fill(q)
    await page.keyboard.press('Enter')
  }
  await ask('Wiryodikromo 1950')
  await page.getByRole('heading', { name: 'Tidak ada yang cocok' }).waitFor()
  await ask('rt 3 rw 5')
  await page.getByText('Agar lebih tepat, tambahkan nama.').waitFor()
  await ask('nur hayati kusumaningrum')
  await page.locator('[data-row]').first().waitFor()
  await look(desk, 'finding-found-dark')
})
