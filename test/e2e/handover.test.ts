import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { inviteRounds, openRounds, prepareRounds } from '#src/distribution/rounds/index.ts'
import type { Round, StopList } from '#src/distribution/rounds/schema.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { approvedList, VILLAGES } from '#test/support/distribution.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, type Desk, look, visit } from '#test/support/staff-page.ts'

/*
 * A pillar hands over on a telephone: by the code of an invitation with a line, from the list without one. What was kept on the
 * telephone is sent when the line is back, and the office's page shows it.
 */
const server = await startTestServer({ at: '2026-11-20T01:45:00Z' })
const browser = await launchBrowser()
after(() => browser.close())
const [village] = VILLAGES
const names = [
  'Ni',
  'Raden Ayu Kusumawardhani Tjokroningrat Soerjodiningrat binti H.',
  'Sumiati',
  'Karsono',
  'Lasmini',
  'Mbok Darmi',
]

async function call<T>(who: Desk, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object): Promise<T> {
  const res = await server.app.inject({
    method,
    url: `/api${url}`,
    headers: { cookie: who.cookie },
    ...(payload && { payload }),
  })
  assert.ok(res.statusCode < 300, `${url}: ${res.body}`)
  return res.json<T>()
}

test('handing over on a telephone, with and without a line', { timeout: 180_000 }, async () => {
  const list = await approvedList(server.sql, { families: 6, villages: [village], names })
  const office = await atDesk(server, browser, { role: 'supervisor', regionCode: '32.75', name: 'Ratna' })
  const bagas = await atDesk(
    server,
    browser,
    { role: 'pillar', regionCode: village, name: 'Bagas' },
    { width: 360, height: 740 },
  )

  const round = await call<Round>(office, 'POST', '/rounds', {
    determinationId: list.determinationId,
    name: 'Sembako November, tahap pertama',
    way: 'community_point',
    opensOn: '2026-11-20',
    closesOn: '2026-11-30',
  })
  await prepareRounds(server.db)
  await visit(office, `${server.url}/penyaluran/${round.id}/jadwal`)
  await look(office, 'penyaluran-jadwal-baru')
  await office.page.getByRole('button', { name: 'Jadwalkan', exact: true }).click()
  await office.page.getByText('1 tempat dibuat untuk 6 keluarga.').waitFor()
  const { items } = await call<StopList>(office, 'GET', `/rounds/${round.id}/stops`)
  assert.deepEqual(
    items[0]?.people.map((one) => one.name),
    ['Bagas'],
  )
  await visit(office, `${server.url}/penyaluran/${round.id}`)
  await office.page.getByRole('button', { name: 'Undang' }).click()
  await office.page.getByText('Kupon sedang ditandatangani').waitFor()
  await inviteRounds(server.db, { secret: server.app.secret, baseUrl: server.url })
  server.clock.set('2026-11-20T02:00:00Z')
  await openRounds(server.db)
  const [voucher] = await server.sql<{ code: string; payee_name: string }>(
    `select v.code, e.payee_name from voucher v join round_entitlement e on e.voucher_id = v.id where e.payee_name = 'Ni'`,
  )
  assert.ok(voucher)

  const { page } = bagas
  await visit(bagas, `${server.url}/lapangan/penyaluran`)
  await look(bagas, 'lapangan-penyaluran')
  const way = await page.getByRole('link', { name: /Kantor Kelurahan/ }).getAttribute('href')
  await visit(bagas, `${server.url}${way}`)
  await page.getByRole('heading', { name: 'Belum (6)' }).waitFor()
  await look(bagas, 'lapangan-tempat')

  const sign = async () => {
    const pad = page.getByRole('img', { name: 'Tanda tangan penerima' })
    await pad.scrollIntoViewIfNeeded()
    const box = await pad.boundingBox()
    assert.ok(box)
    await page.mouse.move(box.x + 40, box.y + 60)
    await page.mouse.down()
    for (let at = 1; at < 12; at++) await page.mouse.move(box.x + 40 + at * 15, box.y + 60 + (at % 2) * 30)
    await page.mouse.up()
  }
  // By the code of the invitation, as it is typed.
  await page.getByLabel('Kode kupon atau nama penerima').fill(voucher.code.toLowerCase())
  await page.getByRole('button', { name: 'Cari' }).click()
  await page.getByRole('heading', { name: 'Ni' }).waitFor()
  await page.getByLabel('Penerima sendiri').check()
  await page.getByRole('button', { name: 'Serahkan dan simpan' }).click()
  await page.getByText('Tanda tangan belum ada.').waitFor()
  await sign()
  await look(bagas, 'lapangan-serah')
  await page.getByRole('button', { name: 'Serahkan dan simpan' }).click()
  await page.getByText('Tersimpan: Ni').waitFor()
  await page.getByRole('heading', { name: 'Belum (5)' }).waitFor()

  // Without a line: kept here, and nobody receives twice.
  await bagas.context.setOffline(true)
  await page.getByRole('button', { name: /Sumiati/ }).click()
  await page.getByLabel('Penerima sendiri').check()
  await sign()
  await page.getByRole('button', { name: 'Serahkan dan simpan' }).click()
  await page.getByText('Disimpan di telepon ini: Sumiati').waitFor()
  await page.getByText('1 catatan menunggu dikirim').waitFor()
  await page.getByRole('heading', { name: 'Belum (4)' }).waitFor()
  await look(bagas, 'lapangan-tanpa-sinyal')
  assert.equal((await server.sql('select 1 from redemption')).length, 1)
  await bagas.context.setOffline(false)
  await page.getByText('Semua catatan sudah terkirim.').waitFor()
  const kept = await server.sql(
    `select d.offline, d.standing, e.payee_name, f.kind from redemption d join round_entitlement e using (round_id, family_id) left join redemption_file f on f.redemption_id = d.id order by d.offline`,
  )
  assert.deepEqual(kept, [
    { offline: false, standing: 'counts', payee_name: 'Ni', kind: 'signature' },
    { offline: true, standing: 'counts', payee_name: 'Sumiati', kind: 'signature' },
  ])

  await visit(office, `${server.url}/penyaluran/${round.id}?wilayah=32.75`)
  await office.page.getByText('2 dari 6 keluarga sudah menerima').waitFor()
  await look(office, 'penyaluran-kemajuan')
  for (const [part, word] of [
    ['jadwal', 'Cetak undangan'],
    ['keluarga', 'Ganti kupon'],
    ['stok', 'Kurang dari nol'],
    ['ganda', 'Tidak ada kasus ganda'],
  ] as const) {
    await visit(office, `${server.url}/penyaluran/${round.id}/${part}`)
    await office.page.getByText(word).first().waitFor()
    if (process.env['PILAR_PICTURES']) await look(office, `penyaluran-${part}`)
  }
})
