import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'node:test'
import { sql as raw } from 'kysely'
import { v7 as uuid } from 'uuid'
import { csvLines } from '#src/platform/text/csv.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { type Given, makeRound, type MadeRound } from '#test/support/rounds.ts'
import { reconcileRounds } from '../reconciliation/index.ts'
import type { Reconciliation } from '../reconciliation/schema.ts'
import { rowRef } from './paper.ts'
import type { PaymentFileView, PaymentResult, Payments } from './schema.ts'

const CITY = '32.75'
const A = '32.75.01.1002'
let now = new Date('2026-11-21T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const maker = await signedIn(db, { role: 'officer', regionCode: CITY })
const chief = await signedIn(db, { role: 'supervisor', regionCode: CITY })
const other = await signedIn(db, { role: 'supervisor', regionCode: CITY })

const call = async <T>(who: SignedIn, method: 'GET' | 'POST', url: string, payload?: object) => {
  const answer = await app.inject({
    method,
    url: `/api/${url}`,
    headers: { host: 'localhost', cookie: who.cookie },
    ...(payload && { payload }),
  })
  const json = answer.headers['content-type']?.toString().includes('json')
  return {
    status: answer.statusCode,
    text: answer.body,
    body: (json ? answer.json() : {}) as T & { code?: string; title?: string },
  }
}
const upload = async (url: string, rows: string[][]) => {
  const text = csvLines([['id_baris', 'status', 'alasan'], ...rows])
  const answer = await app.inject({
    method: 'POST',
    url: `/api/${url}/results`,
    headers: { host: 'localhost', cookie: maker.cookie, 'content-type': 'multipart/form-data; boundary=edge' },
    payload: `--edge\r\ncontent-disposition: form-data; name="file"; filename="hasil.csv"\r\ncontent-type: text/csv\r\n\r\n${text}\r\n--edge--\r\n`,
  })
  return { status: answer.statusCode, body: answer.json<PaymentResult & { code?: string }>() }
}
const account = (family: string | undefined, number: string) =>
  sql(
    `insert into family_account (family_id, id, region_code, bank, number, holder, since, source, made_by)
     values ($1, gen_random_uuid(), $2, 'BRI', $3, 'Warga', '2026-01-01', 'bank', gen_random_uuid())`,
    [family, A, number],
  )
/** Everybody is paid by bank and has an account. */
const bankRound = async (families: Given[], state: 'open' | 'closed' = 'open') => {
  const round = await makeRound(sql, { region: CITY, way: 'bank', state, families })
  for (const [at, family] of round.families.entries()) await account(family, `0099${1000 + at}${round.id.slice(0, 2).charCodeAt(0)}`) // prettier-ignore
  return round
}
/** Another round of the same list, with these families. */
const nextRound = async (first: MadeRound, families: (string | undefined)[]) => {
  const id = uuid()
  await sql(
    `insert into distribution_round (id, number, determination_id, programme_code, period, name, region_code, way, goods, opens_on, closes_on, state, made_by)
     select $2, 'SAL-' || lpad(nextval('distribution_round_number')::text, 6, '0'), determination_id, programme_code, period, 'Putaran lain', region_code, way, goods, opens_on,
       closes_on, 'open', made_by from distribution_round where id = $1`,
    [first.id, id],
  )
  await sql(
    `insert into round_entitlement (round_id, family_id, region_code, determination_id, payee_name, amount, goods, state, nik_masked)
     select $2, family_id, region_code, determination_id, payee_name, amount, goods, 'open', nik_masked from round_entitlement where round_id = $1 and family_id = any ($3)`,
    [first.id, id, families],
  )
  return id
}
/** Handed over at the door, as settling leaves it. */
const handOver = (tx: Tx, round: string, family: string | undefined) =>
  raw`with given as (
      insert into redemption (id, round_id, family_id, region_code, found_by, outcome, received_by, amount, happened_at, device_at, device_id, offline, by_account, by_role, standing)
      values (${uuid()}, ${round}, ${family}, ${A}, 'search', 'received', 'self', 300000, ${now}, ${now}, 'd', false, ${uuid()}, 'pillar', 'counts') returning id)
    update round_entitlement e set state = 'delivered', redemption_id = given.id, given_amount = 300000 from given
    where e.round_id = ${round} and e.family_id = ${family}`.execute(tx)
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => db.asSystem('test', work)
const listed = (round: MadeRound, family: string | undefined, state: string) =>
  sql('update entitlement set state = $3 where determination_id = $1 and family_id = $2', [round.determinationId, family, state]) // prettier-ignore
const readyOf = async (round: string) =>
  (await call<Payments>(maker, 'GET', `rounds/${round}/payments`)).body.ready.reduce((sum, one) => sum + one.rows, 0)
const made = async (round: string, bank?: string) => {
  const answer = await call<PaymentFileView>(maker, 'POST', `rounds/${round}/payments`, {
    way: 'bank',
    ...(bank && { bank }),
  })
  assert.equal(answer.status, 201, answer.text)
  return answer.body
}

test('a closed round pays nobody it has let go, whom another round has, or whom the bank of another round has not answered', async () => {
  const first = await bankRound([{ village: A, state: 'open' }, { village: A, state: 'undelivered' }, { village: A, state: 'undelivered' }, { village: A, state: 'undelivered' }], 'closed') // prettier-ignore
  const [open, taken, free, waiting] = first.families
  // Not vacuous: while the round holds them, all four can be paid.
  assert.equal(await readyOf(first.id), 4)
  await sql(`update round_entitlement set held = false where round_id = $1 and state = 'undelivered'`, [first.id])
  for (const family of [taken, free, waiting]) await listed(first, family, 'undelivered')
  const second = await nextRound(first, [taken])
  await asSystem((tx) => handOver(tx, second, taken))
  await listed(first, taken, 'delivered')
  assert.equal(await readyOf(first.id), 1)
  assert.deepEqual((await made(first.id)).items.map((one) => one.familyId), [open]) // prettier-ignore
  assert.equal(await readyOf(second), 0)

  // Sent by the first, tried in vain at the door, let go, taken by a third round: the bank may still pay.
  const [file] = await sql<{ file_id: string }>('select file_id from payment_row where round_id = $1', [first.id])
  await sql(
    `insert into payment_row (file_id, row_no, round_id, family_id, region_code, holder, amount, checksum, status)
     values ($1, 2, $2, $3, $4, 'Warga', 300000, 'x', 'sent')`,
    [file?.file_id, first.id, waiting, A],
  )
  const third = await nextRound(first, [free, waiting])
  assert.deepEqual((await made(third)).items.map((one) => one.familyId), [free]) // prettier-ignore
})

test('a file is released only if every row is still payable; what is not is counted, named and opened, and the file made anew', async () => {
  const names = ['ditahan', 'dicabut', 'diserahkan', 'meninggal', 'rekening', 'jumlah', 'dilepas', 'baik']
  const round = await bankRound(names.map((name) => ({ village: A, state: 'open' as const, name })))
  const [held, withdrawn, handed, dead, moved, cut, let_go, good] = round.families
  const url = `rounds/${round.id}/payments`
  const file = await made(round.id)
  assert.deepEqual([file.rows, file.changed], [8, { count: 0, amount: 0, reasons: [] }])
  assert.ok((await call<PaymentFileView>(chief, 'GET', `${url}/${file.id}`)).body.can.includes('release'))

  const because = { reason: 'not_found', note: 'Sudah dicari dua kali' }
  for (const family of [held, withdrawn])
    assert.equal((await call(maker, 'POST', `entitlements/${round.determinationId}/${family}/withdrawal`, because)).status, 201) // prettier-ignore
  const [asked] = await sql<{ id: string }>('select id from entitlement_withdrawal where family_id = $1', [withdrawn])
  assert.equal((await call(other, 'POST', `withdrawals/${asked?.id}/decide`, { decision: 'confirm' })).status, 200)
  await asSystem((tx) => handOver(tx, round.id, handed))
  await sql(
    `insert into entitlement_change (determination_id, family_id, region_code, kind, since, state) values ($1, $2, $3, 'dead', '2026-11-01', 'open')`,
    [round.determinationId, dead, A],
  )
  await asSystem((tx) => raw`select hold_entitlements(${[dead]}::uuid[])`.execute(tx))
  await sql(`update family_account set ended_on = '2026-11-20' where family_id = $1`, [moved])
  await account(moved, '009955556666')
  await sql('update round_entitlement set amount = 1000 where round_id = $1 and family_id = $2', [round.id, cut])
  await sql('update round_entitlement set held = false where round_id = $1 and family_id = $2', [round.id, let_go])

  const refused = await call(chief, 'POST', `${url}/${file.id}/release`, {})
  assert.deepEqual([refused.status, refused.body.code], [409, 'payment_rows_changed'])
  assert.match(refused.body.title ?? '', /7/)
  const { body: view } = await call<PaymentFileView>(chief, 'GET', `${url}/${file.id}`)
  assert.deepEqual(view.can, ['discard'])
  assert.deepEqual([view.changed.count, view.changed.amount, view.state], [7, 2_100_000, 'made'])
  assert.deepEqual(view.changed.reasons.map((one) => `${one.reason} ${one.count}`).toSorted(), [
    'dead 1',
    'delivered 1',
    'let_go 1',
    'on_hold 1',
    'other_account 1',
    'other_amount 1',
    'withdrawn 1',
  ])
  const { body: opened } = await call<PaymentFileView>(chief, 'GET', `${url}/${file.id}?changed=true`)
  assert.deepEqual(
    new Map(opened.items.map((one) => [one.familyId, one.changed])),
    new Map([[held, 'on_hold'], [withdrawn, 'withdrawn'], [handed, 'delivered'], [dead, 'dead'], [moved, 'other_account'], [cut, 'other_amount'], [let_go, 'let_go']]), // prettier-ignore
  )
  assert.equal((await call(chief, 'GET', `${url}/${file.id}/content`)).body.code, 'payment_not_released')

  // Made anew: those that are still due, to the accounts of now. After that it is what the bank gets, whatever comes.
  await call(maker, 'POST', `${url}/${file.id}/discard`, { reason: 'Ada yang berubah' })
  const anew = await made(round.id)
  assert.deepEqual(new Set(anew.items.map((one) => one.familyId)), new Set([moved, cut, good]))
  assert.equal((await call(chief, 'POST', `${url}/${anew.id}/release`, {})).status, 200)
  const { text } = await call(maker, 'GET', `${url}/${anew.id}/content`)
  assert.ok(text.includes('009955556666'))
  await call(maker, 'POST', `entitlements/${round.determinationId}/${good}/withdrawal`, because)
  assert.equal((await call(maker, 'GET', `${url}/${anew.id}/content`)).text, text)
})

test('releasing waits for who hands over to one of its families at that moment, and then finds it', async () => {
  const round = await bankRound([{ village: A, state: 'open' }, { village: A, state: 'open' }]) // prettier-ignore
  const file = await made(round.id)
  const waits = async () => {
    const [row] = await sql<{ n: number }>(
      'select count(*)::int as n from pg_locks l join pg_stat_activity a using (pid) where a.datname = current_database() and not l.granted',
    )
    return (row?.n ?? 0) > 0
  }
  const released = await asSystem(async (tx) => {
    await handOver(tx, round.id, round.families[1])
    const answer = call(chief, 'POST', `rounds/${round.id}/payments/${file.id}/release`, {})
    for (let turn = 0; turn < 400 && !(await waits()); turn++) await pause(25)
    assert.ok(await waits(), 'it waits')
    return { answer }
  })
  assert.equal((await released.answer).body.code, 'payment_rows_changed')
})

test('what the bank pays late is taken although the family is in another file; both files say so, and it is a difference', async () => {
  const round = await bankRound([{ village: A, state: 'open' }, { village: A, state: 'open' }]) // prettier-ignore
  const url = `rounds/${round.id}/payments`
  const [one, two] = round.families
  const first = await made(round.id)
  await call(chief, 'POST', `${url}/${first.id}/release`, {})
  const failed = await upload(`${url}/${first.id}`, [1, 2].map((no) => [rowRef(first.number, no), 'gagal', 'Rekening ditutup'])) // prettier-ignore
  assert.deepEqual([failed.body.failed, failed.body.elsewhere], [2, 0])
  await sql(`update family_account set bank = 'BNI' where family_id = $1`, [two])
  const [second, third] = [await made(round.id, 'BRI'), await made(round.id, 'BNI')]
  assert.deepEqual([second, third].map((file) => file.items.map((row) => row.familyId)), [[one], [two]]) // prettier-ignore
  assert.equal((await call(chief, 'POST', `${url}/${second.id}/release`, {})).status, 200)

  const late = await upload(`${url}/${first.id}`, [1, 2].map((no) => [rowRef(first.number, no), 'berhasil', ''])) // prettier-ignore
  assert.deepEqual([late.status, late.body.paid, late.body.elsewhere, late.body.faults], [200, 2, 2, 0])
  const paid = await call<PaymentFileView>(chief, 'GET', `${url}/${first.id}?result=${late.body.id}`)
  assert.deepEqual(
    new Map(paid.body.items.map((row) => [row.familyId, row.otherFiles.map((file) => file.number).join()])),
    new Map([[one, second.number], [two, third.number]]), // prettier-ignore
  )
  // Made but not released: it never goes.
  assert.equal((await call(chief, 'POST', `${url}/${third.id}/release`, {})).body.code, 'payment_rows_changed')
  await call(maker, 'POST', `${url}/${third.id}/discard`, { reason: 'Sudah dibayar bank' })
  assert.equal(await readyOf(round.id), 0)

  // Released: the bank may pay again, and until it has answered that is a difference; if it did, a double.
  await sql(`update distribution_round set state = 'closed', closed_at = now() where id = $1`, [round.id])
  const differences = async () => {
    now = new Date(now.getTime() + 60_000)
    await call(chief, 'POST', `rounds/${round.id}/reconciliation`, {})
    await reconcileRounds(db)
    const { body } = await call<Reconciliation>(chief, 'GET', `rounds/${round.id}/reconciliation`)
    return Object.fromEntries(body.differences.map((kind) => [kind.kind, kind.open]))
  }
  assert.equal((await differences())['paid_again'], 1)
  const twice = await upload(`${url}/${second.id}`, [[rowRef(second.number, 1), 'berhasil', '']])
  assert.deepEqual([twice.status, twice.body.paid], [200, 1])
  const found = await differences()
  assert.deepEqual([found['paid_again'], found['double']], [0, 1])
})

test('what the bank answers after all was reconciled is taken, and the round is worked out anew', async () => {
  const round = await bankRound([{ village: A, state: 'open' }])
  const url = `rounds/${round.id}/payments`
  const file = await made(round.id)
  await call(chief, 'POST', `${url}/${file.id}/release`, {})
  const state = async () =>
    (await sql<{ state: string; held: string }>('select d.state, e.state as held from distribution_round d join round_entitlement e on e.round_id = d.id where d.id = $1', [round.id]))[0] // prettier-ignore
  await sql(`update distribution_round set state = 'reconciled', closed_at = $2, reconciled_at = $2 where id = $1`, [round.id, now]) // prettier-ignore
  await sql(`update round_entitlement set state = 'undelivered', reason = 'other', held = false where round_id = $1`, [round.id]) // prettier-ignore
  assert.ok((await call<PaymentFileView>(maker, 'GET', `${url}/${file.id}`)).body.can.includes('import'))
  const late = await upload(`${url}/${file.id}`, [[rowRef(file.number, 1), 'berhasil', '']])
  assert.deepEqual([late.status, late.body.paid], [200, 1])
  assert.deepEqual(await state(), { state: 'closed', held: 'delivered' })
})
