// What page.evaluate runs lives in a browser.
/// <reference lib="dom" />
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { inviteRounds, openRounds, prepareRounds } from '#src/distribution/rounds/index.ts'
import type { Round, StopList } from '#src/distribution/rounds/schema.ts'
import sharp from 'sharp'
import { currentKey, signVoucher } from '#src/distribution/vouchers/index.ts'
import { signingKey } from '#src/distribution/vouchers/keys.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { approvedList, VILLAGES } from '#test/support/distribution.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, type Desk, look, visit } from '#test/support/staff-page.ts'

/*
 * A pillar hands over on a telephone: by the code of an invitation with a line, and in a village without one, where the page was opened
 * anew: to the family, to a proxy, in part, and not at all. Vouchers that do not count are told at once. What was kept on the telephone is
 * sent once when the line is back, what the office refuses stays until it is mended, and the office's page shows all of it.
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
  'Paijem',
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

/** Runs in the page: the proof of a proxy is lost from the telephone. */
async function dropProof(): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const asked = indexedDB.open('pilar-handing-over')
    asked.onsuccess = () => resolve(asked.result)
  })
  await new Promise<void>((resolve) => {
    const tx = db.transaction('records', 'readwrite')
    const records = tx.objectStore('records')
    const all = records.getAll()
    all.onsuccess = () => {
      for (const one of all.result as { proof: Blob | null }[]) if (one.proof) records.put({ ...one, proof: null })
    }
    tx.oncomplete = () => resolve()
  })
  db.close()
}
/** Runs in the page: how much each store of the telephone holds. */
async function countKept(): Promise<Record<string, number>> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const asked = indexedDB.open('pilar-handing-over')
    asked.onsuccess = () => resolve(asked.result)
  })
  const counts: Record<string, number> = {}
  for (const store of db.objectStoreNames)
    counts[store] = await new Promise((resolve) => {
      const asked = db.transaction(store).objectStore(store).count()
      asked.onsuccess = () => resolve(asked.result)
    })
  db.close()
  return counts
}

test('handing over on a telephone, with and without a line', { timeout: 180_000 }, async () => {
  const list = await approvedList(server.sql, { families: 7, waiting: 2, villages: [village], names })
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
  await office.page.getByText('1 tempat dibuat untuk 7 keluarga.').waitFor()
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
  const vouchers = await server.sql<{ code: string; token: string; payee_name: string }>(
    `select v.code, v.token, e.payee_name from voucher v join round_entitlement e on e.voucher_id = v.id`,
  )
  const voucher = vouchers.find((one) => one.payee_name === 'Ni')
  assert.ok(voucher)
  const tokenOf = (name: string) => vouchers.find((one) => one.payee_name === name)?.token ?? ''
  const key = await server.db.asSystem('test: sign', (tx) => currentKey(tx, server.app.secret))
  const signed = (more: { expiresAt?: string; roundId?: string }, by = key) =>
    signVoucher(by, {
      id: randomUUID(),
      issuer: 'contoh',
      issuedAt: '2026-11-01T00:00:00.000Z',
      notBefore: '2026-11-01T00:00:00.000Z',
      expiresAt: '2026-12-01T00:00:00.000Z',
      roundId: round.id,
      bearer: 'AAAAAAAAAAAAAAAA',
      programme: 'SEMBAKO',
      sequence: 1,
      ...more,
    })
  const stranger = signingKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
  const wrong: [string, string][] = [
    [signed({ expiresAt: '2026-11-19T00:00:00.000Z' }), 'Kupon ini sudah lewat masa berlakunya.'],
    [tokenOf('Sumiati').slice(0, -7), 'Gambar kupon rusak atau terpotong.'],
    [signed({}, stranger), 'Kupon ini tidak asli.'],
    [signed({ roundId: randomUUID() }), 'Kupon ini untuk putaran lain'],
    ['AAAA-2222', 'Kode ini tidak ada di putaran ini.'],
  ]

  const { page } = bagas
  // The telephone's clock, which tells whether a voucher still counts.
  await bagas.context.clock.setFixedTime('2026-11-20T02:10:00Z')
  // What an older version has kept goes.
  await page.goto(`${server.url}/pilar.svg`)
  await page.evaluate(async () => void (await caches.open('pilar-lapangan-0')))
  await visit(bagas, `${server.url}/lapangan/penyaluran`)
  await look(bagas, 'lapangan-penyaluran')
  const way = await page.getByRole('link', { name: /Kantor Kelurahan/ }).getAttribute('href')
  await visit(bagas, `${server.url}${way}`)
  await page.getByRole('heading', { name: 'Belum (7)' }).waitFor()
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
  await page.getByRole('heading', { name: 'Belum (6)' }).waitFor()

  // The telephone is ready before the pillar goes where there is no line.
  await page.getByText('Siap dipakai tanpa sinyal').waitFor()
  const kept = () => page.evaluate(async () => (await (await caches.open((await caches.keys())[0] ?? '')).keys()).map((one) => new URL(one.url).pathname)) // prettier-ignore
  assert.equal((await page.evaluate(() => caches.keys())).length, 1)
  const paths = await kept()
  assert.ok(paths.length > 50 && !paths.some((one) => one.startsWith('/api') || /penyaluran/.test(one)), paths.join())
  await bagas.context.setOffline(true)
  await page.reload()
  await page.getByRole('heading', { name: 'Belum (6)' }).waitFor()
  await page
    .getByText(/Daftar diambil/)
    .first()
    .waitFor()
  await look(bagas, 'lapangan-buka-tanpa-sinyal')

  // What does not count is told by the telephone itself.
  const find = page.getByLabel('Kode kupon atau nama penerima')
  for (const [text, sentence] of wrong) {
    await find.fill(text)
    const began = performance.now()
    await page.getByRole('button', { name: 'Cari' }).click()
    await page.getByText(sentence).waitFor()
    assert.ok(performance.now() - began < 1000, `${sentence}: ${Math.round(performance.now() - began)} ms`)
  }

  const take = async (name: RegExp, who: string) => {
    await page.getByRole('button', { name }).click()
    await page.getByRole('radio', { name: who }).check()
  }
  const save = (name: string) =>
    Promise.all([
      page.getByText(`Disimpan di telepon ini: ${name}`).waitFor(),
      page.getByRole('button', { name: /Serahkan dan simpan|Simpan alasan/ }).click(),
    ])
  // To herself, by the picture of her invitation.
  await find.fill(tokenOf('Sumiati'))
  await page.getByRole('button', { name: 'Cari' }).click()
  await page.getByLabel('Penerima sendiri').check()
  await sign()
  await save('Sumiati')
  await page.getByText('1 catatan menunggu dikirim').waitFor()
  await page.getByRole('heading', { name: 'Belum (5)' }).waitFor()
  // Shown again: nobody receives twice.
  await find.fill(tokenOf('Sumiati'))
  await page.getByRole('button', { name: 'Cari' }).click()
  await page.getByText(/Sumiati: Sudah diserahkan/).waitFor()
  // To a proxy, with the photo of their card.
  await take(/Karsono/, 'Diwakili')
  await page.getByLabel('Nama wakil').fill('Tukiyem')
  await page.getByLabel('Hubungan').selectOption('child')
  await page.getByLabel('Mengapa diwakili?').selectOption('sick')
  await sign()
  await page.getByRole('button', { name: 'Serahkan dan simpan' }).click()
  await page.getByText('Foto KTP wakil belum ada.').waitFor()
  const photo = {
    name: 'ktp.jpg',
    mimeType: 'image/jpeg',
    buffer: await sharp({ create: { width: 900, height: 560, channels: 3, background: '#7a9' } })
      .jpeg()
      .toBuffer(),
  }
  await page.getByLabel('Foto KTP wakil').setInputFiles(photo)
  await page.getByRole('img', { name: 'Foto KTP wakil' }).waitFor()
  await save('Karsono')
  // In part.
  await take(/Lasmini/, 'Penerima sendiri')
  await page.getByLabel('Tidak semuanya diserahkan').check()
  await page.getByLabel(/Uang yang diserahkan/).fill('150.000')
  await page.getByLabel(/Beras yang diserahkan/).fill('99')
  await sign()
  await page.getByRole('button', { name: 'Serahkan dan simpan' }).click()
  await page.getByText('Isi angka bulat dari 0 sampai 10.').waitFor()
  await look(bagas, 'lapangan-sebagian')
  await page.getByLabel(/Beras yang diserahkan/).fill('6')
  await page.getByLabel('Stok kurang').check()
  // She gives a number, if she likes: mistyped it is told here, and her leave is asked and not assumed.
  const number = page.getByLabel(/Nomor WhatsApp keluarga/)
  await number.fill('0812')
  await page.getByRole('button', { name: 'Serahkan dan simpan' }).click()
  await page.getByText('Nomor ini tidak lengkap.').waitFor()
  await number.fill('0812-0000-9001')
  await page.getByRole('button', { name: 'Serahkan dan simpan' }).click()
  await page.getByText('Pilih salah satu.').waitFor()
  await look(bagas, 'lapangan-nomor')
  await page.getByLabel('Ya, keluarga setuju menerima pesan').check()
  await save('Lasmini')
  // Not at all.
  await take(/Mbok Darmi/, 'Tidak diserahkan')
  await page.getByLabel('Tidak datang').check()
  await save('Mbok Darmi')
  await page.getByText('4 catatan menunggu dikirim').waitFor()
  await look(bagas, 'lapangan-tanpa-sinyal')

  // Everything outlives another opening of the page; pages that need a line say so.
  await page.reload()
  await page.getByText('4 catatan menunggu dikirim').waitFor()
  await page.getByRole('heading', { name: 'Belum (3)' }).waitFor()
  await page.goto(`${server.url}/lapangan/pemutakhiran`)
  await page.getByText('Halaman ini perlu sinyal').waitFor()
  await page.getByRole('link', { name: 'Buka penyerahan bantuan' }).click()
  await page.getByText('Daftar tersimpan di telepon ini').waitFor()
  await page.getByText('4 dari 7 sudah menerima').waitFor()
  await look(bagas, 'lapangan-daftar-tanpa-sinyal')
  await page.getByRole('link', { name: /Kantor Kelurahan/ }).click()
  await page.getByRole('heading', { name: 'Belum (3)' }).waitFor()
  assert.equal((await server.sql('select 1 from redemption')).length, 1)

  // Meanwhile a second telephone handed over to Sumiati, and the photo of the proxy is lost from this one: one record makes a case, one is
  // refused and stays.
  await call(bagas, 'POST', `/rounds/${round.id}/redemptions`, {
    id: randomUUID(),
    stopId: items[0]?.id,
    token: tokenOf('Sumiati'),
    outcome: 'received',
    receivedBy: 'self',
    happenedAt: '2026-11-20T01:59:00Z',
    deviceId: 'telepon-lain',
    offline: true,
  })
  await page.evaluate(dropProof)
  await page.reload()
  await page.getByText('4 catatan menunggu dikirim').waitFor()
  await bagas.context.setOffline(false)
  await page.getByText('Tidak terkirim: Foto KTP wakil belum ada.').waitFor()
  await page.getByText('1 catatan menunggu dikirim').waitFor()
  await page.getByText('Kupon ini tercatat juga di tempat lain.').waitFor()
  assert.equal(
    await page.getByRole('button', { name: /Lasmini|Sumiati|Karsono/ }).count(),
    0,
    'who has received is not on the list',
  )
  await look(bagas, 'lapangan-ditolak')
  await page.getByRole('button', { name: 'Perbaiki catatan' }).click()
  assert.equal(await page.getByLabel('Nama wakil').inputValue(), 'Tukiyem')
  await page.getByLabel('Foto KTP wakil').setInputFiles(photo)
  await page.getByRole('img', { name: 'Foto KTP wakil' }).waitFor()
  await page.getByRole('button', { name: 'Serahkan dan simpan' }).click()
  await page.getByText('Semua catatan sudah terkirim.').waitFor()
  await page.getByRole('button', { name: 'Kirim sekarang' }).waitFor({ state: 'detached' })
  const rows = await server.sql(
    `select e.payee_name as name, d.offline, d.outcome, d.standing, d.received_by as who, d.amount::int, d.short_reason as short, array(select f.kind from redemption_file f where f.redemption_id = d.id order by 1) as files
     from redemption d join round_entitlement e using (round_id, family_id) order by d.offline, e.payee_name, d.happened_at`,
  )
  const row = { offline: true, outcome: 'received', standing: 'counts', who: 'self', amount: 200_000, short: null, files: ['signature'] } // prettier-ignore
  assert.deepEqual(rows, [
    { ...row, name: 'Ni', offline: false },
    { ...row, name: 'Karsono', who: 'proxy', files: ['proof', 'signature'] },
    { ...row, name: 'Lasmini', amount: 150_000, short: 'out_of_stock' },
    { ...row, name: 'Mbok Darmi', outcome: 'refused', standing: 'attempt', who: null, amount: 0, files: [] },
    { ...row, name: 'Sumiati', files: [] },
    { ...row, name: 'Sumiati', standing: 'double' },
  ])
  // Given without a line, hers reached the office with its record; nobody else was asked for more than they gave.
  assert.deepEqual(
    await server.sql(
      `select e.payee_name as name, c.value, c.agreed_at = d.happened_at as agreed, c.source from family_contact c
       join redemption d on d.id::text = c.source_ref join round_entitlement e on e.round_id = d.round_id and e.family_id = c.family_id`,
    ),
    [{ name: 'Lasmini', value: '+6281200009001', agreed: true, source: 'handover' }],
  )

  // Signing out takes the list away.
  await page.getByRole('button', { name: 'Menu' }).click()
  await Promise.all([page.waitForURL(/masuk/), page.getByRole('button', { name: 'Keluar' }).click()])
  assert.deepEqual(await page.evaluate(countKept), { records: 0, lists: 0, self: 0 })

  await visit(office, `${server.url}/penyaluran/${round.id}?wilayah=32.75`)
  await office.page.getByText('4 dari 7 keluarga sudah menerima').waitFor()
  await look(office, 'penyaluran-kemajuan')
  for (const [part, word] of [
    ['jadwal', 'Cetak undangan'],
    ['keluarga', 'Ganti kupon'],
    ['stok', 'Kurang dari nol'],
    ['ganda', 'Sumiati'],
  ] as const) {
    await visit(office, `${server.url}/penyaluran/${round.id}/${part}`)
    await office.page.getByText(word).first().waitFor()
    if (process.env['PILAR_PICTURES']) await look(office, `penyaluran-${part}`)
  }

  // One who was not met has died since: a colleague asks, the office confirms, and nothing is left to hand over.
  const [gone] = await server.sql<{ family_id: string }>(
    `select family_id from round_entitlement where payee_name = 'Paijem'`,
  )
  const dimas = await atDesk(server, browser, { role: 'officer', regionCode: '32.75', name: 'Dimas' })
  await call(dimas, 'POST', `/entitlements/${list.determinationId}/${gone?.family_id ?? ''}/withdrawal`, {
    reason: 'dead_no_heir',
    note: 'Akta kematian 474/12/2026',
  })
  await visit(office, `${server.url}/penyaluran/${round.id}/perubahan`)
  await look(office, 'penyaluran-perubahan')
  // It waits where the office begins its day, and on the page of all rounds.
  await visit(office, `${server.url}/beranda`)
  await office.page.getByRole('link', { name: 'Pencabutan hak menunggu keputusan' }).click()
  await office.page.getByText('Akta kematian 474/12/2026').waitFor()
  await look(office, 'penyaluran-pencabutan')
  await office.page.getByRole('button', { name: 'Setujui pencabutan hak Paijem' }).click()
  await office.page.getByText('Keputusan tercatat.').waitFor()
  await office.page.getByText('Tidak ada yang menunggu keputusan Anda').waitFor()
  await visit(office, `${server.url}/penyaluran/${round.id}?wilayah=32.75`)
  await office.page.getByText('4 dari 6 keluarga sudah menerima').waitFor()

  // The place goes to the next who waits: the office proposes, the ministry approves, and the round has them.
  await visit(office, `${server.url}/penetapan/${list.determinationId}/tambahan`)
  await office.page.getByText('Menggantikan Paijem').waitFor()
  await look(office, 'penetapan-tambahan')
  await office.page.getByRole('button', { name: 'Usulkan Warga Uji 8' }).click()
  await office.page.getByText('Usulan tercatat dan menunggu orang kedua.').waitFor()
  await office.page.getByRole('heading', { name: 'Tidak ada tempat kosong' }).waitFor()
  const ministry = await atDesk(server, browser, { role: 'supervisor', regionCode: '00', name: 'Darmawan' })
  await visit(ministry, `${server.url}/penetapan`)
  await ministry.page.getByRole('link', { name: '1 tambahan daftar menunggu keputusan Anda' }).click()
  await look(ministry, 'penetapan-tambahan-semua')
  await ministry.page.getByRole('button', { name: 'Setujui tambahan Warga Uji 8' }).click()
  await ministry.page.getByText('Keputusan tercatat.').waitFor()
  await ministry.context.close()
  await inviteRounds(server.db, { secret: server.app.secret, baseUrl: server.url })
  await visit(office, `${server.url}/penyaluran/${round.id}?wilayah=32.75`)
  await office.page.getByText('4 dari 7 keluarga sudah menerima').waitFor()
  await office.context.close()
  await dimas.context.close()
})
