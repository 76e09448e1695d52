import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { makeRound } from '#test/support/rounds.ts'
import { csvLines } from '#src/platform/text/csv.ts'
import { reconcileRounds } from '../reconciliation/index.ts'
import type { Reconciliation } from '../reconciliation/schema.ts'
import { setAccount } from './accounts.ts'
import { rowChecksum, rowRef } from './paper.ts'
import { readCsv, readResult, resultColumns } from './read-csv.ts'
import type { Account, AccountsOf, PaymentFileView, PaymentResult, Payments } from './schema.ts'

const CITY = '32.75'
const A = '32.75.01.1002'
let now = new Date('2026-11-21T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const maker = await signedIn(db, { role: 'officer', regionCode: CITY, name: 'Dimas' })
const chief = await signedIn(db, { role: 'supervisor', regionCode: CITY, name: 'Nurul' })
const village = await signedIn(db, { role: 'supervisor', regionCode: A })

const call = async <T>(who: SignedIn, method: 'GET' | 'POST', url: string, payload?: object) => {
  const response = await app.inject({
    method,
    url: `/api/${url}`,
    headers: { host: 'localhost', cookie: who.cookie },
    ...(payload && { payload }),
  })
  const json = response.headers['content-type']?.toString().includes('json')
  return {
    status: response.statusCode,
    text: response.body,
    body: (json ? response.json() : {}) as T & { code?: string; errors?: { field: string; code: string }[] },
  }
}
const upload = async (who: SignedIn, url: string, text: string) => {
  const edge = 'edge'
  const response = await app.inject({
    method: 'POST',
    url: `/api/${url}`,
    headers: { host: 'localhost', cookie: who.cookie, 'content-type': `multipart/form-data; boundary=${edge}` },
    payload: `--${edge}\r\ncontent-disposition: form-data; name="file"; filename="hasil.csv"\r\ncontent-type: text/csv\r\n\r\n${text}\r\n--${edge}--\r\n`,
  })
  return {
    status: response.statusCode,
    body: response.json<PaymentResult & { code?: string; errors?: { code: string }[] }>(),
  }
}

const round = await makeRound(sql, {
  region: CITY,
  way: 'bank',
  state: 'open',
  families: [
    { village: A, state: 'open', name: 'Sumiati' },
    { village: A, state: 'open', name: '=HYPERLINK("http://x")' },
    { village: A, state: 'open', name: 'Tarno' },
    { village: A, state: 'open', name: 'Rohani' },
    { village: A, state: 'delivered', name: 'Sudah' },
    { village: A, state: 'open', name: 'Tanpa rekening' },
  ],
})
for (const [at, family] of round.families.slice(0, 4).entries())
  await sql(
    `insert into family_account (family_id, id, region_code, bank, number, holder, since, source, made_by)
     values ($1, gen_random_uuid(), $2, 'BRI', $3, $4, '2026-01-01', 'bank', gen_random_uuid())`,
    [family, A, `00990012345${at}`, ['Sumiati', '=HYPERLINK("http://x")', 'Tarno', 'Rohani'][at]],
  )
const url = `rounds/${round.id}/payments`
let file: PaymentFileView

test('a file is made by one and released by another, is the same ever after, and tells its checksums', async () => {
  const before = await call<Payments>(maker, 'GET', url)
  assert.deepEqual(before.body.ready, [{ way: 'bank', bank: 'BRI', rows: 4, amount: 1_200_000 }])
  assert.equal(before.body.withoutAccount, 1)
  assert.equal((await call(village, 'POST', url, { way: 'bank' })).status, 403)
  assert.equal((await call(maker, 'POST', url, { way: 'post_office' })).body.code, 'payment_nobody')

  const made = await call<PaymentFileView>(maker, 'POST', url, { way: 'bank' })
  assert.equal(made.status, 201, made.text)
  file = made.body
  assert.match(file.number, /^BYR-\d{6}$/)
  assert.deepEqual([file.rows, file.amount, file.waiting, file.can], [4, 1_200_000, 4, ['discard']])
  assert.equal(file.items[0]?.masked?.slice(0, 8), '********')
  assert.ok(!made.text.includes('0099001234'))
  assert.equal((await call(maker, 'POST', url, { way: 'bank' })).body.code, 'payment_nobody')
  const at = `${url}/${file.id}`
  assert.equal((await call(chief, 'GET', `${at}/content`)).body.code, 'payment_not_released')
  assert.equal((await call(maker, 'POST', `${at}/release`, {})).status, 403)
  // The maker as a supervisor: still the maker.
  const alsoChief = await signedIn(db, { role: 'supervisor', regionCode: CITY, accountId: maker.accountId })
  assert.equal((await call(alsoChief, 'POST', `${at}/release`, {})).body.code, 'payment_by_another')
  assert.deepEqual((await call<PaymentFileView>(chief, 'POST', `${at}/release`, {})).body.releasedBy, 'Nurul')
  assert.equal((await call(chief, 'POST', `${at}/discard`, { reason: 'Salah bank' })).body.code, 'payment_released')

  const { text } = await call(maker, 'GET', `${at}/content`)
  assert.equal(createHash('sha256').update(text).digest('hex'), file.sha256)
  assert.equal(Buffer.byteLength(text), file.bytes)
  const lines = text.trimEnd().split('\r\n')
  assert.equal(lines.length, 6)
  const end = lines.at(-1)?.split(';') ?? []
  assert.deepEqual([end[0], end[1], end[4], end[5]], ['TOTAL', file.number, '4', '1200000'])
  const above = text.slice(0, text.lastIndexOf('TOTAL'))
  assert.equal(end[7], createHash('sha256').update(above).digest('hex'))
  assert.ok(text.includes(`'=HYPERLINK`), 'a formula is made text')
  for (const line of readCsv(text).slice(1, 5)) {
    const [, ref = '', bank = '', number = '', holder = '', amount = '', , checksum] = line.cells
    assert.equal(rowChecksum({ bank, number, holder, amount: Number(amount) }, ref), checksum)
  }
  const [taken] = await sql<{ n: number }>(
    `select count(*)::int as n from audit_entry where act = 'export' and subject = 'payment_file' and subject_id = $1`,
    [file.id],
  )
  assert.equal(taken?.n, 1)
  await assert.rejects(sql(`update payment_row set amount = 1 where file_id = $1`, [file.id]), /never changes/)
  await assert.rejects(sql(`delete from payment_file where id = $1`, [file.id]), /never changes/)
  await assert.rejects(
    db.as(chief.actor, (tx) => tx.selectFrom('payment_row').select('number').execute()),
    /permission denied/,
  )
})

const rowOf = (no: number) => rowRef(file.number, no)
const sums = async () =>
  sql<{ state: string; n: number }>(
    `select state, count(*)::int as n from round_entitlement where round_id = $1 group by 1 order by 1`,
    [round.id],
  )

test('what the bank answers is taken once, tried before, and what cannot be taken is told row by row', async () => {
  const at = `${url}/${file.id}/results`
  const [first] = file.items
  const [row] = await sql<{ checksum: string }>('select checksum from payment_row where file_id = $1 and row_no = 1', [
    file.id,
  ])
  const answer = csvLines([
    ['id_baris', 'status', 'alasan', 'tanggal', 'referensi', 'jumlah', 'checksum'],
    [rowOf(1), 'Berhasil', '', '20/11/2026', 'TRX-1', '300.000', row?.checksum ?? ''],
    [rowOf(2), 'GAGAL', 'Rekening ditutup', '2026-11-20', 'TRX-2', '', ''],
    [rowOf(3), 'berhasil', '', '2026-11-20', 'TRX-3', '300000', '0123456789abcdef'],
    [rowOf(4), 'berhasil', '', '31/02/2026', '', '', ''],
    [rowOf(4), 'gagal', '', '', '', '', ''],
    ['BYR-999999-0000001', 'berhasil', '', '', '', '', ''],
    [rowOf(1), 'berhasil', '', '', '', '', ''],
    [rowOf(3), 'mungkin', '', '', '', '', ''],
    ['TOTAL', '', '', '', '', '', ''],
  ])
  const tried = await upload(maker, `${at}?dry=true`, answer)
  assert.equal(tried.status, 200, JSON.stringify(tried.body))
  assert.deepEqual(
    [tried.body.rows, tried.body.paid, tried.body.failed, tried.body.faults, tried.body.id],
    [8, 1, 1, 6, null],
  )
  assert.deepEqual(
    tried.body.first.map((one) => [one.line, one.code]),
    [
      [4, 'wrong_checksum'],
      [5, 'wrong_date'],
      [6, 'twice'],
      [7, 'unknown_row'],
      [8, 'twice'],
      [9, 'twice'],
    ],
  )
  assert.deepEqual(await sums(), [
    { state: 'delivered', n: 1 },
    { state: 'open', n: 5 },
  ])
  const done = await upload(maker, at, answer)
  assert.deepEqual([done.body.paid, done.body.failed, done.body.known], [1, 1, false])
  assert.deepEqual(await sums(), [
    { state: 'delivered', n: 2 },
    { state: 'open', n: 3 },
    { state: 'undelivered', n: 1 },
  ])
  const [paid] = await sql<{ channel: string; outcome: string; happened_at: Date; found_by: string }>(
    `select channel, found_by, outcome, happened_at from redemption where round_id = $1 and family_id = $2`,
    [round.id, first?.familyId],
  )
  assert.deepEqual(paid, {
    channel: 'bank',
    found_by: 'bank',
    outcome: 'received',
    happened_at: new Date('2026-11-20T05:00:00Z'),
  })
  const again = await upload(maker, at, answer)
  assert.deepEqual([again.body.known, again.body.id, again.body.faults], [true, done.body.id, 6])
  const other = await upload(
    maker,
    at,
    csvLines([
      ['id_baris', 'status', 'alasan'],
      [rowOf(1), 'gagal', 'Salah'],
      [rowOf(1 + 1), 'gagal', 'Rekening ditutup'],
      [rowOf(3), 'gagal', ''],
      [rowOf(4), 'lunas', ''],
    ]),
  )
  assert.deepEqual(
    [other.body.paid, other.body.failed, other.body.repeated, other.body.first.map((one) => one.code)],
    [1, 0, 1, ['contradicts', 'no_reason']],
  )
  const redemptions = await sql<{ n: number }>(
    `select count(*)::int as n from redemption where round_id = $1 and channel = 'bank'`,
    [round.id],
  )
  assert.equal(redemptions[0]?.n, 3)
  const faults = await call(maker, 'GET', `${at}/${done.body.id}/faults`)
  assert.match(faults.text, /BYR-999999-0000001/)
  assert.equal((await upload(maker, at, 'nama;umur\r\nA;1\r\n')).body.errors?.[0]?.code, 'result_columns')
  assert.equal((await upload(maker, at, '')).body.errors?.[0]?.code, 'file_empty')
  // Who failed can be put into another file.
  const after = await call<Payments>(maker, 'GET', url)
  assert.deepEqual(after.body.ready, [{ way: 'bank', bank: 'BRI', rows: 1, amount: 300_000 }])
})

test('paid by the bank and also handed over is a double; paid, but judged not to have happened, is a difference', async () => {
  const second = await call<PaymentFileView>(maker, 'POST', url, { way: 'bank', bank: 'bri' })
  await call(chief, 'POST', `${url}/${second.body.id}/release`, {})
  const [only] = second.body.items
  await sql(
    `insert into redemption (id, round_id, family_id, region_code, found_by, outcome, received_by, amount, happened_at, device_at, device_id, offline, by_account, by_role, standing)
     values (gen_random_uuid(), $1, $2, $3, 'search', 'received', 'self', 300000, '2026-11-19T02:00:00Z', '2026-11-19T02:00:00Z', 'd', false, gen_random_uuid(), 'pillar', 'double')`,
    [round.id, only?.familyId, A],
  )
  const result = await upload(
    maker,
    `${url}/${second.body.id}/results`,
    csvLines([
      ['id_baris', 'status'],
      [rowRef(second.body.number, 1), 'paid'],
    ]),
  )
  assert.equal(result.body.paid, 1)
  const [conflict] = await sql<{ redemptions: number; state: string }>(
    'select redemptions, state from redemption_conflict where round_id = $1 and family_id = $2',
    [round.id, only?.familyId],
  )
  assert.deepEqual(conflict, { redemptions: 2, state: 'open' })
  // A supervisor judges that the bank's payment to somebody else did not arrive.
  const [, , , fourth] = round.families
  await sql(`update redemption set standing = 'void' where round_id = $1 and family_id = $2`, [round.id, fourth])
  await sql(
    `update round_entitlement set state = 'open', redemption_id = null, given_amount = null where round_id = $1 and family_id = $2`,
    [round.id, fourth],
  )
  await sql(`update distribution_round set state = 'closed', closed_at = '2026-11-21' where id = $1`, [round.id])
  now = new Date('2026-11-21T02:05:00Z')
  await reconcileRounds(db)
  const read = await call<Reconciliation>(chief, 'GET', `rounds/${round.id}/reconciliation`)
  const open = Object.fromEntries(read.body.differences.map((one) => [one.kind, one.open]))
  assert.deepEqual([open['double'], open['paid_not_received']], [1, 1])
})

test('a file leaves out who is on hold, and takes them when that is lifted', async () => {
  const held = await makeRound(sql, {
    region: CITY,
    way: 'bank',
    state: 'open',
    families: [
      { village: A, state: 'open', name: 'Wagiyem' },
      { village: A, state: 'open', name: 'Ponirah' },
    ],
  })
  const [well, asked] = held.families
  for (const family of held.families)
    await sql(
      `insert into family_account (family_id, id, region_code, bank, number, holder, since, source, made_by)
       values ($1, gen_random_uuid(), $2, 'BRI', '009900777001', 'Warga', '2026-01-01', 'bank', gen_random_uuid())`,
      [family, A],
    )
  const at = `rounds/${held.id}/payments`
  const hold = (value: boolean) =>
    sql(`update round_entitlement set on_hold = $3 where round_id = $1 and family_id = $2`, [held.id, asked, value])
  await hold(true)
  assert.deepEqual((await call<Payments>(maker, 'GET', at)).body.ready, [{ way: 'bank', bank: 'BRI', rows: 1, amount: 300_000 }]) // prettier-ignore
  const { body } = await call<PaymentFileView>(maker, 'POST', at, { way: 'bank' })
  assert.deepEqual([body.rows, body.amount, body.items.map((one) => one.familyId)], [1, 300_000, [well]])
  await hold(false)
  const later = await call<PaymentFileView>(maker, 'POST', at, { way: 'bank' })
  assert.deepEqual(later.body.items.map((one) => one.familyId), [asked]) // prettier-ignore
})

test('an account is seen masked by whoever opened the family, in full only by a recorded act', async () => {
  const family = await app.inject({
    method: 'POST',
    url: '/api/register/families',
    headers: { host: 'localhost', cookie: maker.cookie },
    payload: {
      effectiveOn: '2026-01-10',
      source: 'civil_registry',
      sourceRef: 'KK-9',
      regionCode: A,
      family: {},
      members: [{ name: 'Ratna', relationship: 'head' }],
    },
  })
  const id = family.json<{ familyId: string }>().familyId
  const account = { bank: 'bjb', number: '0012-3456-7890', holder: 'Ratna', since: '2026-02-01', source: 'family' }
  const path = `distribution/accounts/${id}`
  const setting = await call(village, 'POST', path, account)
  assert.deepEqual([setting.status, setting.body.code], [403, 'open_first'])
  await call(village, 'POST', `register/families/${id}/open`, { reason: 'Mendata rekening', work: 'service' })
  const set = await call<AccountsOf>(village, 'POST', path, account)
  assert.equal(set.status, 201, set.text)
  assert.deepEqual([set.body.items[0]?.masked, set.body.items[0]?.bank], ['********7890', 'BJB'])
  // All that is wrong is named at once, what the schema sees and what it does not.
  const wrongOf = async (body: object) => {
    const said = await call(village, 'POST', path, body)
    return [said.status, ...(said.body.errors ?? []).map((one) => one.field).toSorted()]
  }
  assert.deepEqual(await wrongOf({ ...account, since: '2030-01-01' }), [400, 'since'])
  assert.deepEqual(await wrongOf({}), [400, 'bank', 'holder', 'number', 'since', 'source'])
  assert.deepEqual(
    await wrongOf({ bank: ' b', number: '12-3--', holder: '', since: '2030-01-01', source: 'tetangga' }),
    [400, 'bank', 'holder', 'number', 'since', 'source'],
  )
  assert.deepEqual(await wrongOf([]), [400, 'body'])
  // Three in the morning of the 21st at the village, still the 20th in UTC.
  const early = { ...village.actor, at: new Date('2026-11-20T20:00:00Z') }
  const later = { ...account, number: '5555666677', source: 'bank' as const }
  const given = (since: string) => db.as(village.actor, (tx) => setAccount(tx, early, id, { ...later, since }))
  await assert.rejects(given('2026-11-22'))
  await given('2026-11-21')
  const next = await call<AccountsOf>(village, 'GET', path)
  assert.deepEqual(
    next.body.items.map((one: Account) => [one.masked, one.endedOn]),
    [
      ['******6677', null],
      ['********7890', '2026-11-20'],
    ],
  )
  assert.equal((await call(maker, 'GET', path)).body.code, 'open_first')
  await assert.rejects(
    db.as(village.actor, (tx) => tx.selectFrom('family_account').select('number').execute()),
    /permission denied/,
  )
  const full = await call<{ number: string }>(village, 'POST', `${path}/${next.body.items[0]?.id}/reveal`, {
    reason: 'Bank menelepon',
  })
  assert.equal(full.body.number, '5555666677')
  const [entry] = await sql<{ reason: string }>(
    `select reason from audit_entry where act = 'reveal' and subject = 'family_account'`,
  )
  assert.equal(entry?.reason, 'Bank menelepon')
  const written = await sql<{ text: string }>(
    `select coalesce(string_agg(detail::text, ''), '') as text from audit_entry`,
  )
  assert.ok(!written[0]?.text.includes('5555666677'))
})

test('any table that was written is read again; nonsense gives faults, never a crash', () => {
  const cell = fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, ' '))
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 6 }), { minLength: 1, maxLength: 8 }), (rows) => {
      const text = csvLines([['id_baris', 'status', 'alasan'], ...rows])
      const lines = readCsv(text)
      const at = resultColumns(lines[0])
      assert.ok(at)
      for (const line of lines.slice(1)) {
        const read = readResult(line, at, 'BYR-000001')
        assert.ok(read.no === undefined || Number.isInteger(read.no))
      }
    }),
  )
  const at = { ref: 0, status: 1, amount: 2, date: 3 }
  const read = (amount: string, date: string) =>
    readResult({ line: 2, cells: ['BYR-000001-0000012', 'sukses', amount, date] }, at, 'BYR-000001')
  assert.deepEqual(
    [read('Rp 300.000,00', '').amount, read('1e5', '').amount, read('', '').amount],
    [300_000, undefined, null],
  )
  assert.deepEqual(
    [read('', '1/2/2026').date, read('', '2026-02-30').date, read('', '').date],
    ['2026-02-01', undefined, null],
  )
  assert.equal(read('', '').no, 12)
})
