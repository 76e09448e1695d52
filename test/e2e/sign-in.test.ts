import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generate } from 'otplib'
import type { BrowserContext, Page } from 'playwright-core'
import { makeAccount, makeAssignment } from '#test/support/accounts.ts'
import { assertAccessible } from '#test/support/axe.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { follow } from '#test/support/citizen-page.ts'
import { startTestServer } from '#test/support/server.ts'
import { openReady } from '#test/support/story.ts'

const PASSWORD = 'kuda laut menari pelan'
const server = await startTestServer({ at: new Date() })
// A name and not a number: browsers give passkeys to names only.
const base = server.url.replace('127.0.0.1', 'localhost')
server.app.baseUrl = base
const browser = await launchBrowser()

const without = new WeakSet<Page>()

async function visit(
  options: Parameters<typeof browser.newContext>[0] = {},
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'id-ID', ...options })
  const page = await context.newPage()
  if (options.javaScriptEnabled === false) without.add(page)
  return { context, page }
}
async function signIn(page: Page, username: string, password = PASSWORD) {
  await page.goto(`${base}/masuk`)
  await page.getByLabel('Nama pengguna atau email').fill(username)
  await page.getByLabel('Kata sandi', { exact: true }).fill(password)
  if (without.has(page)) await press(page, 'Masuk')
  else await page.getByRole('button', { name: 'Masuk', exact: true }).click()
}
/** A button of a page without scripts. */
const press = (page: Page, name: string) => follow(page, () => page.getByRole('button', { name, exact: true }).click())
/** axe and the width. Both need scripts, so a page without them is shown again, as it is, where there are. */
async function looksRight(page: Page) {
  if (!without.has(page)) return inspect(page)
  const html = await page.content()
  const { page: second, context } = await visit({ viewport: page.viewportSize() })
  await second.route(page.url(), (route) =>
    route.fulfill({ contentType: 'text/html; charset=utf-8', body: html.replaceAll(/<script[^]*?<\/script>/g, '') }),
  )
  await second.goto(page.url())
  await inspect(second)
  await context.close()
}
async function inspect(page: Page) {
  await assertAccessible(page, page.url(), ['best-practice'])
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.ok(beyond <= 0, `${page.url()}: ${beyond} px too wide`)
}
const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText()

test('an officer signs in without JavaScript, goes where they were going, and signs out', async () => {
  const id = await makeAccount(server.db, {
    username: 'petugas',
    name: 'Rina',
    password: PASSWORD,
    regionCode: '32.75',
  })
  await makeAssignment(server.db, { accountId: id, role: 'officer', regionCode: '32.75' })
  const { page, context } = await visit({ javaScriptEnabled: false })
  await page.goto(`${base}/akun`)
  assert.equal(new URL(page.url()).pathname, '/masuk')
  await looksRight(page)
  await page.getByLabel('Nama pengguna atau email').fill('petugas')
  await page.getByLabel('Kata sandi', { exact: true }).fill('bukan yang ini')
  await press(page, 'Masuk')
  assert.match(await page.getByRole('alert').innerText(), /tidak cocok/)
  assert.equal(await page.getByLabel('Nama pengguna atau email').inputValue(), 'petugas', 'what was typed is kept')
  assert.equal(await page.getByLabel('Kata sandi', { exact: true }).inputValue(), '', 'a password is not')
  await looksRight(page)
  await page.getByLabel('Kata sandi', { exact: true }).fill(PASSWORD)
  await press(page, 'Masuk')
  assert.equal(page.url(), `${base}/akun`)
  assert.match(await page.locator('main').innerText(), /Rina/)
  await looksRight(page)
  const cookie = (await context.cookies()).find((one) => one.name === 'sesi')
  assert.equal(cookie?.httpOnly, true)
  assert.equal(cookie?.sameSite, 'Lax')

  await page.goto(`${base}/masuk`)
  assert.notEqual(new URL(page.url()).pathname, '/masuk', 'who is signed in is not asked again')
  const answer = await context.request.post(`${base}/keluar`, { headers: { origin: base }, maxRedirects: 0 })
  assert.equal(answer.status(), 303)
  await page.goto(`${base}/akun`)
  assert.equal(new URL(page.url()).pathname, '/masuk')
})

test('a temporary password is replaced before anything else, without JavaScript', async () => {
  const id = await makeAccount(server.db, { username: 'baru', password: 'sementara-123-abc', regionCode: '32.75' })
  await makeAssignment(server.db, { accountId: id, role: 'officer', regionCode: '32.75' })
  await server.sql('update account set must_change_password = true where id = $1', [id])
  const { page } = await visit({ javaScriptEnabled: false })
  await signIn(page, 'baru', 'sementara-123-abc')
  assert.equal(await heading(page), 'Buat kata sandi Anda sendiri')
  const type = async (password: string, repeat = password) => {
    await page.getByLabel('Kata sandi baru', { exact: true }).fill(password)
    await page.getByLabel('Kata sandi baru sekali lagi').fill(repeat)
    await press(page, 'Simpan dan masuk')
  }
  await type(PASSWORD, 'yang lain sama sekali')
  assert.match(await page.getByRole('alert').innerText(), /tidak sama/)
  await type('rahasia123456')
  assert.match(await page.getByRole('alert').innerText(), /mudah ditebak/)
  await looksRight(page)
  await type(PASSWORD)
  await page.goto(`${base}/akun`)
  assert.equal(await heading(page), 'Akun saya')
})

test('a supervisor sets up an authenticator app, then needs its code', async () => {
  const id = await makeAccount(server.db, { username: 'pengawas', password: PASSWORD, regionCode: '32.75' })
  await makeAssignment(server.db, { accountId: id, role: 'supervisor', regionCode: '32.75' })
  const { page } = await visit()
  await signIn(page, 'pengawas')
  await page.waitForURL('**/akun')
  await page.getByText('Satu langkah lagi sebelum bekerja').waitFor()
  await looksRight(page)
  await page.goto(`${base}/akun/kode`)
  await page.getByRole('button', { name: 'Pasang aplikasi kode' }).click()
  await page.getByRole('img', { name: /QR/ }).waitFor()
  await looksRight(page)
  const secret = (await page.locator('code').innerText()).replaceAll(' ', '')
  const code = (steps = 0) => generate({ secret, epoch: Math.floor(server.clock.now().getTime() / 1000) + steps * 30 })
  await page.getByLabel('Enam angka dari aplikasi').fill('000000')
  await page.getByRole('button', { name: 'Selesai pasang' }).click()
  await page.getByRole('alert').waitFor()
  assert.equal((await page.locator('code').innerText()).replaceAll(' ', ''), secret, 'the same picture after a slip')
  await page.getByLabel('Enam angka dari aplikasi').fill(await code())
  await page.getByRole('button', { name: 'Selesai pasang' }).click()
  await page.getByRole('heading', { name: 'Kode cadangan' }).waitFor()
  const codes = await page.locator('main ol li').allInnerTexts()
  assert.equal(codes.length, 10)
  await looksRight(page)

  const next = await visit({ javaScriptEnabled: false })
  await signIn(next.page, 'pengawas')
  assert.equal(await heading(next.page), 'Masukkan kode')
  await looksRight(next.page)
  await next.page.getByLabel('Kode', { exact: true }).fill(await code())
  await press(next.page, 'Lanjut')
  assert.match(await next.page.getByRole('alert').innerText(), /sudah pernah dipakai/)
  await next.page.getByLabel('Kode', { exact: true }).fill(codes[3] ?? '')
  await press(next.page, 'Lanjut')
  await next.page.goto(`${base}/akun`)
  assert.match(await next.page.locator('main').innerText(), /9 kode cadangan tersisa/)
})

test('a passkey is made on one page and signs in on another', async () => {
  const id = await makeAccount(server.db, { username: 'kunci', name: 'Dewi', password: PASSWORD, regionCode: '32.75' })
  await makeAssignment(server.db, { accountId: id, role: 'administrator', regionCode: '32.75' })
  const { page, context } = await visit({ viewport: { width: 1280, height: 800 } })
  const device = await context.newCDPSession(page)
  await device.send('WebAuthn.enable')
  await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await signIn(page, 'kunci')
  await page.waitForURL('**/akun')
  await openReady(page, `${base}/akun/kunci`)
  await page.getByLabel('Nama kunci sandi').fill('Laptop kantor')
  await page.getByRole('button', { name: 'Tambah kunci sandi' }).click()
  await page.getByText('Kunci sandi sudah ditambahkan.').waitFor()
  await page.getByRole('region', { name: 'Laptop kantor' }).waitFor()
  await looksRight(page)

  await context.clearCookies()
  await page.goto(`${base}/masuk`, { waitUntil: 'networkidle' })
  await page.getByRole('button', { name: 'Masuk dengan kunci sandi' }).click()
  await page.waitForURL('**/kelola/akun')
  assert.equal(await heading(page), 'Akun petugas')
  await looksRight(page)
})

test('an administrator makes an account, gives a role, and the person signs in', async () => {
  const id = await makeAccount(server.db, {
    username: 'admin',
    password: PASSWORD,
    regionCode: '32.75',
    demonstration: true,
  })
  await makeAssignment(server.db, { accountId: id, role: 'administrator', regionCode: '32.75' })
  const { page } = await visit({ viewport: { width: 1280, height: 800 } })
  await signIn(page, 'admin')
  await page.getByRole('link', { name: 'Akun baru' }).click()
  await page.getByLabel('Nama', { exact: true }).fill('Tini Suhartini')
  await page.getByLabel('Nama pengguna').fill('tini')
  await looksRight(page)
  await page.getByRole('button', { name: 'Buat akun' }).click()
  await page.getByRole('heading', { name: 'Kata sandi sementara' }).waitFor()
  const temporary = /[a-z2-9]{4}(-[a-z2-9]{4}){3}/.exec(await page.locator('main').innerText())?.[0]
  assert.ok(temporary)
  await looksRight(page)
  await page.getByRole('link', { name: 'Beri tugas' }).click()
  await page.getByRole('combobox', { name: 'Wilayah tugas' }).fill('pekayonjaya')
  await page.getByRole('option', { name: /Pekayonjaya/ }).click()
  await page.getByLabel('Peran').selectOption('Pilar sosial')
  await page.getByLabel('Jenis pilar').selectOption('Karang Taruna')
  await looksRight(page)
  await page.getByRole('button', { name: 'Beri tugas ini' }).click()
  await page.getByText('Tugas sudah diberikan.').waitFor()
  assert.match(await page.getByRole('list').filter({ hasText: 'Karang Taruna' }).first().innerText(), /Pekayonjaya/)
  await looksRight(page)

  const tini = await visit({ javaScriptEnabled: false })
  await signIn(tini.page, 'tini', temporary)
  assert.equal(await heading(tini.page), 'Buat kata sandi Anda sendiri')
})
