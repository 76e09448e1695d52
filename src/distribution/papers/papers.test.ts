import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { pagesOf } from '#test/support/pdf-text.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { makeRound } from '#test/support/rounds.ts'
import type { HandoverPaper, HandoverPapers } from './schema.ts'
import { countPages, handoverSheet, type Sheet, type SheetRow } from './sheet.ts'

const A = '32.75.01.1002'
const STOP = '01930000-0000-7000-8000-000000000001'
const { db, sql, ownerUrl } = await testDatabase({ clock: () => new Date('2026-11-21T02:00:00Z') })
const app = await testApp(db)
const village = await signedIn(db, { role: 'officer', regionCode: A, name: 'Endang Contoh' })
const elsewhere = await signedIn(db, { role: 'officer', regionCode: '32.75.01.1003' })

const round = await makeRound(sql, {
  region: '32.75',
  goods: [{ code: 'rice', name: 'Beras', quantity: 10 }],
  stops: [{ id: STOP, village: A, way: 'community_point' }],
  families: [
    { village: A, stop: STOP, state: 'delivered', name: 'Sumiati' },
    { village: A, stop: STOP, state: 'delivered', name: 'Tarno', handovers: [{ proxy: 'Bu Lurah', amount: 250_000 }] },
    {
      village: A,
      stop: STOP,
      state: 'undelivered',
      reason: 'moved',
      name: 'Rohani',
      handovers: [{ outcome: 'refused' }],
    },
    { village: A, state: 'open', name: 'Belum Dicatat' },
    { village: A, state: 'cancelled', name: 'Tidak Lagi' },
  ],
})
const call = (method: 'GET' | 'POST', url: string, payload?: object, who = village) =>
  app.inject({
    method,
    url: `/api/${url}`,
    headers: { host: 'localhost', cookie: who.cookie },
    ...(payload && { payload }),
  })

test('minutes of a village: everybody with what became of them, sums, a code anybody can check', async () => {
  const made = await call('POST', `rounds/${round.id}/minutes`, { regionCode: A })
  assert.equal(made.statusCode, 201, made.body)
  const paper = made.json<HandoverPaper>()
  assert.deepEqual([paper.listed, paper.received, paper.given, paper.pages], [4, 2, 550_000, 1])
  assert.match(paper.number, /^001\/BAST\/32\.75\.01\.1002\/XI\/2026$/)
  const pdf = await call('GET', `rounds/${round.id}/minutes/${paper.id}`)
  assert.equal(pdf.headers['content-type'], 'application/pdf')
  const pages = pagesOf(pdf.rawPayload)
  assert.equal(pages.length, 1)
  const [text = ''] = pages
  for (const part of [
    'Sumiati',
    'Diterima sendiri',
    'Bu Lurah (tetangga)',
    'Rp 250.000',
    'Beras 10 kg',
    'Rohani',
    'Pindah',
    'Belum ada catatan',
    '999901******9001',
    '2 keluarga, 1 di antaranya diwakili',
    'Rp 550.000 dari Rp 1.200.000',
    'Barang: Beras',
    'Endang Contoh',
    paper.code,
    'Halaman 1 dari 1',
  ])
    assert.ok(text.includes(part), `${part} in ${text}`)
  assert.ok(!text.includes('Tidak Lagi'))
  const checked = await app.inject({ method: 'GET', url: `/api/letters/${paper.code}` })
  assert.deepEqual([checked.statusCode, checked.json<{ kind: string; number: string }>().kind], [200, 'handover'])

  const stop = (await call('POST', `rounds/${round.id}/minutes`, { regionCode: A, stopId: STOP })).json<HandoverPaper>()
  assert.deepEqual([stop.listed, stop.place], [3, 'Balai desa'])
  const list = (await call('GET', `rounds/${round.id}/minutes`)).json<HandoverPapers>()
  assert.deepEqual(
    list.villages.map((one) => [one.code, one.total, one.papers.length, one.stops.length]),
    [[A, 4, 2, 1]],
  )
})

test('who may not, and what cannot be', async () => {
  const path = `rounds/${round.id}/minutes`
  assert.equal((await call('POST', path, { regionCode: A }, elsewhere)).statusCode, 404)
  assert.equal((await call('POST', path, { regionCode: '32.75' })).statusCode, 404)
  assert.equal((await call('POST', path, { regionCode: A, stopId: round.id })).statusCode, 404)
  const papers = await sql<{ id: string }>('select id from handover_paper')
  assert.equal(papers.length, 2)
  assert.equal((await call('GET', `${path}/${papers[0]?.id}`, undefined, elsewhere)).statusCode, 404)
  await assert.rejects(sql('update handover_paper set pages = 9'), /append-only/)
})

test('thousands of rows stream; the number of pages told on the first is the number there are, whatever the length', async () => {
  const sheet = (rows: number, sums = 4): Sheet => ({
    office: 'Puskesos Contoh',
    address: 'Jalan Contoh 1',
    number: '001/BAST/X/XI/2026',
    title: 'Berita Acara Serah Terima Bantuan',
    opening: 'Telah diserahkan.',
    rows,
    sums: Array.from({ length: sums }, (_, at): [string, string] => [`Jumlah ${at}`, String(at)]),
    closing: 'Demikian.',
    signers: [['Petugas', '']],
    code: 'AAAA-BBBB-CCCC',
    url: 'http://localhost/verifikasi/AAAA-BBBB-CCCC',
  })
  const row: SheetRow = {
    name: 'Raden Ajeng Kusumaningtyas Wulandari Purbowinoto Hadiningratan Sastroamidjojo',
    about: '999901******9001 · RT 001/RW 002',
    received: false,
    result: 'Tidak diterima',
    remark: 'x'.repeat(400),
    what: '–',
  }
  async function* rowsOf(count: number) {
    for (let from = 0; from < count; from += 500) yield Array.from({ length: Math.min(500, count - from) }, () => row)
  }
  for (const count of [0, 1, 8, 9, 10, 21, 22, 23, 24, 49, 50, 51, 52, 53, 80, 300]) {
    const { pdf, write } = handoverSheet(sheet(count, count % 13))
    const [written, bytes] = await Promise.all([write(rowsOf(count)), buffer(pdf)])
    assert.equal(written.pages, countPages(sheet(count, count % 13)), `${count} rows`)
    assert.equal((bytes.toString('latin1').match(/\/Type \/Page\n/g) ?? []).length, written.pages)
  }
  const { pdf, write } = handoverSheet(sheet(2_000))
  let bytes = 0
  pdf.on('data', (chunk: Buffer) => (bytes += chunk.length))
  const done = new Promise((resolve) => pdf.on('end', resolve))
  const written = await write(rowsOf(2_000))
  await done
  assert.deepEqual([written.rows, written.pages > 68], [2_000, true])
  assert.ok(bytes > 200_000 && bytes < 20_000_000, `${bytes} bytes`)
})

test('sums and rows of minutes are of one moment: what is handed over while they are written is in neither', async () => {
  // Whoever holds the numbers of the office keeps the paper between its sums and its rows.
  const holder = new pg.Client({ connectionString: ownerUrl })
  await holder.connect()
  await holder.query(`begin; select from letter_sequence where office_id like '${A}%' for update`)
  const waits = async () =>
    (await sql(`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)).length >
    0
  const coming = call('POST', `rounds/${round.id}/minutes`, { regionCode: A }).then((answer) => answer)
  for (let tries = 0; tries < 300 && !(await waits()); tries++) await sleep(20)
  await sql(`update round_entitlement set state = 'undelivered', reason = 'not_come' where round_id = $1 and payee_name = 'Belum Dicatat'`, [round.id]) // prettier-ignore
  await holder.query('rollback')
  await holder.end()
  const made = await coming
  assert.equal(made.statusCode, 201, made.body)
  const text = pagesOf((await call('GET', `rounds/${round.id}/minutes/${made.json<HandoverPaper>().id}`)).rawPayload).join(' ') // prettier-ignore
  assert.equal(text.match(/Belum ada catatan/g)?.length, 2, 'in the sums and in the row alike')
})
