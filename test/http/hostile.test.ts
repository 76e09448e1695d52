import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'

/* Texts and requests meant to do harm, or typed by accident: refused with the field's name, or kept and shown harmlessly. */

const { db, sql } = await testDatabase()
const app = await testApp(db)
const village = '32.75.01.1002'
const officer = await signedIn(db, { role: 'officer', regionCode: village })
const complaint = (over: object = {}) => ({
  regionCode: village,
  class: 'complaint',
  matter: 'delivery.late',
  body: 'Bantuan belum sampai di kampung kami.',
  ...over,
})
const file = (payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: '/api/complaints', payload, headers })
type Problem = { code: string; errors?: { field: string; message: string }[] }

test('ten megabytes of text are refused before they are read into anything', async () => {
  const res = await file(complaint({ body: 'a'.repeat(10 * 1024 * 1024) }))
  assert.equal(res.statusCode, 413)
  assert.equal(res.json<Problem>().code, 'body_too_large')
  const long = await file(complaint({ body: 'a'.repeat(5001) }))
  assert.deepEqual([long.statusCode, long.json<Problem>().errors?.[0]?.field], [400, 'body'])
})

test('NUL is refused by the name of its field, wherever it stands', async () => {
  for (const [payload, field] of [
    [complaint({ body: 'Bantuan\0belum sampai' }), 'body'],
    [complaint({ complainant: { name: 'Su\0miati' } }), 'complainant.name'],
    [complaint({ concerned: [{ address: '\0' }] }), 'concerned.0.address'],
  ] as const) {
    const res = await file(payload)
    assert.deepEqual([res.statusCode, res.json<Problem>().errors?.[0]?.field], [400, field], res.body)
  }
  assert.equal(
    (await app.inject({ url: '/api/complaints?q=%00', headers: { cookie: officer.cookie } })).statusCode,
    400,
  )
})

test('emoji and other scripts stay as they are; marks that turn the direction of writing do not', async () => {
  const body = '👩‍👧‍👧 belum dapat 🍚 — ᮘᮔ᮪ᮒᮥᮃᮔ᮪ ꦧꦤ꧀ꦠꦸꦮꦤ꧀ \u202Egpj.exe\u202C selesai'
  const res = await file(complaint({ body }))
  assert.equal(res.statusCode, 201, res.body)
  const [row] = await sql<{ body: string }>('select body from complaint where id = $1', [res.json<{ id: string }>().id])
  assert.equal(row?.body, body.replaceAll(/[\u202E\u202C]/g, ''))
})

test('a script in a text is text: stored as typed, sent as JSON, never as a page', async () => {
  const body = `<script>alert('x')</script> dan <img src=x onerror=alert(1)> ${'{{constructor}}'}`
  const filed = await file(complaint({ body, complainant: { name: '<b>Sumiati</b>' } }))
  const seen = await app.inject({
    url: `/api/complaints/${filed.json<{ id: string }>().id}`,
    headers: { cookie: officer.cookie },
  })
  assert.equal(seen.json<{ body: string }>().body, body)
  assert.match(String(seen.headers['content-type']), /^application\/json/)
  assert.equal(seen.headers['x-content-type-options'], 'nosniff')
})

test('an export never carries a formula into a spreadsheet', async () => {
  await file(complaint({ body: '=HYPERLINK("http://contoh.example","klik") adalah isi aduan ini' }))
  const csv = await app.inject({
    url: '/api/complaints/export?format=csv&view=office',
    headers: { cookie: officer.cookie },
  })
  assert.equal(csv.statusCode, 200)
  assert.doesNotMatch(csv.body, /(^|[;\n"])=HYPERLINK/m)
})

test('a page of another site cannot act in somebody’s name', async () => {
  const before = await sql<{ n: number }>('select count(*)::int n from complaint')
  for (const headers of [{ origin: 'https://jahat.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<
    string,
    string
  >[]) {
    const res = await file(complaint(), { cookie: officer.cookie, ...headers })
    assert.deepEqual([res.statusCode, res.json<Problem>().code], [403, 'wrong_origin'])
  }
  assert.deepEqual(await sql('select count(*)::int n from complaint'), before)
  assert.equal(
    (await file(complaint(), { cookie: officer.cookie, host: 'pilar.example', origin: 'http://pilar.example' }))
      .statusCode,
    201,
    'our own may',
  )
})

test('ten presses at once file once', async () => {
  const key = { 'idempotency-key': 'sepuluh-kali-tekan' }
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => file(complaint({ body: 'Satu aduan saja, ditekan sepuluh kali.' }), key)),
  )
  assert.deepEqual(new Set(answers.map((one) => one.statusCode)), new Set([201]))
  assert.equal(new Set(answers.map((one) => one.json<{ number: string }>().number)).size, 1)
  const [row] = await sql<{ n: number }>(`select count(*)::int n from complaint where body like 'Satu aduan saja%'`)
  assert.equal(row?.n, 1)
})

test('guessing secrets is slowed down for whoever guesses, and not for the one who knows', async () => {
  const { number, secret } = (await file(complaint())).json<{ number: string; secret: string }>()
  const look = (header: string, address: string) =>
    app.inject({ url: '/api/tracking', headers: { 'x-tracking': header }, remoteAddress: address })
  const codes: number[] = []
  for (let tries = 0; tries < 13; tries++)
    codes.push((await look(`${number} AAAA-AAA${'23456789ABCDE'[tries]}`, '10.9.8.7')).statusCode)
  assert.deepEqual([codes[0], codes.at(-1)], [404, 429])
  assert.equal((await look(`${number} ${secret}`, '10.1.2.3')).statusCode, 200)
})
