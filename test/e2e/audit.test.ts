// What page.evaluate runs lives in a browser.
/// <reference lib="dom" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordAct, sealAudit } from '#src/platform/audit/index.ts'
import { emit } from '#src/platform/events/index.ts'
import { signedIn } from '#test/support/accounts.ts'
import { assertAccessible } from '#test/support/axe.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { startTestServer } from '#test/support/server.ts'
import { openReady } from '#test/support/story.ts'

const server = await startTestServer({ at: new Date() })
const browser = await launchBrowser()
const auditor = await signedIn(server.db, { role: 'auditor', regionCode: '32.75', name: 'Ratna' })
const officer = await signedIn(server.db, { role: 'officer', regionCode: '32.75.05.1003', name: 'Petugas Margahayu' })

const look = (n: number, reason: string) =>
  server.db.as({ ...officer.actor, at: new Date() }, async (tx) => {
    await recordAct(tx, {
      act: 'look',
      subject: 'complaint_person',
      subjectId: `kasus-${n}/1`,
      regionCode: '32.75.05.1003',
      detail: { field: 'nik' },
      reason,
    })
    await emit(tx, {
      kind: 'complaint.seen',
      subject: 'complaint',
      subjectId: `kasus-${n}`,
      regionCode: '32.75.05.1003',
    })
  })
for (let n = 0; n < 55; n++) await look(n, 'Mencocokkan kartu keluarga')
await sealAudit(server.db)

async function visit(width: number, address = '/audit') {
  const context = await browser.newContext({ viewport: { width, height: 800 }, locale: 'id-ID' })
  const [name = '', value = ''] = auditor.cookie.split('=')
  await context.addCookies([{ name, value, url: server.url }])
  const page = await context.newPage()
  await openReady(page, `${server.url}${address}`)
  return page
}

test('the auditor reads what happened in words, filters it, verifies the chain, and sees what is new without reloading', async () => {
  const page = await visit(1280)
  await page.getByText('Membuka data orang dalam aduan').first().waitFor()
  const rows = page.locator('tbody tr')
  assert.equal(await rows.count(), 50)
  await page.getByText('Langsung', { exact: true }).waitFor()

  await page.getByRole('button', { name: 'Periksa rantai' }).click()
  await page.getByText('Rantai utuh').waitFor()

  await look(100, 'Menjawab telepon pelapor')
  await page.getByRole('button', { name: 'Tampilkan' }).click()
  await page.getByText('Alasan: Menjawab telepon pelapor').waitFor()

  await page.getByRole('link', { name: 'kasus-7/1' }).click()
  await page.waitForURL(/subjectId=kasus-7/)
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1)

  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 })
    await assertAccessible(page, `${width} px`)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scrolling')
  }
})

test('a broken chain is said in words, with its place', async () => {
  const page = await visit(1280)
  await server.sql(`alter table audit_entry disable trigger user;
    update audit_entry set reason = 'lain' where id = (select entry_id from audit_seal where position = 40);
    alter table audit_entry enable trigger user`)
  await page.getByRole('button', { name: 'Periksa rantai' }).click()
  await page.getByText('Rantai putus', { exact: true }).waitFor()
  await page.getByText('Catatan di sini tidak sama dengan saat disegel. Posisi 40').waitFor()
})

test('figures of messages open the rows they count, without an address', async () => {
  for (const [place, state, fault] of [
    [1, 'delivered', null],
    [2, 'delivered', null],
    [3, 'undelivered', 'not_reachable'],
  ] as const)
    await server.sql(
      `insert into message (id, region_code, channel, topic, subject_id, template, locale, address, not_before, expires_at, state, fault, sent_at, ended_at)
       values (gen_random_uuid(), '32.75.05.1003', 'whatsapp', 'delivery_question', $1, 'delivery_question', 'id', '+6281200009001', now(), now(), $2, $3, now(), now())`,
      [String(place), state, fault],
    )
  await server.sql(
    `update message_channel set stopped_at = now(), fault = 'token', settings = 'x' where channel = 'whatsapp'`,
  )
  const page = await visit(360, '/kelola/pesan')
  await page.getByText('Token akses ditolak').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Jalankan lagi' }).count(), 0, 'not the auditor')
  await assertAccessible(page, 'messages')
  await page.getByRole('link', { name: 'Sampai', exact: true }).click()
  await page.waitForURL(/state=delivered/)
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 2)
  await page.getByRole('link', { name: 'Kembali ke ringkasan' }).click()
  await page.getByRole('link', { name: 'Nomor atau alamat tidak dapat menerima' }).click()
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1)
  assert.doesNotMatch(await page.content(), /62812/)
  await assertAccessible(page, 'rows of messages')
})

test('the page says that it is cut off, comes back by itself, and ends with the session', async () => {
  const page = await visit(1280)
  await page.getByText('Langsung', { exact: true }).waitFor()
  await page.context().setOffline(true)
  await page.evaluate(() => window.dispatchEvent(new Event('offline')))
  // Chromium leaves a stream that is open alone when it is set offline: the server cuts it.
  server.app.server.closeAllConnections()
  await page.getByText('Menyambung lagi').waitFor()
  await look(101, 'Selama halaman terputus')
  await page.context().setOffline(false)
  await page.getByText('Langsung', { exact: true }).waitFor({ timeout: 60_000 })
  await page.getByText('Ada catatan baru').waitFor()
  await server.sql(`update session set ended_at = now() where id = '${auditor.sessionId}'`)
  await page.getByText('Sesi berakhir').waitFor()
})
