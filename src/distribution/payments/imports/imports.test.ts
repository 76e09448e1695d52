import assert from 'node:assert/strict'
import { test } from 'node:test'
import writeExcelFile from 'write-excel-file/node'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { NUMBER } from '#src/people/index.ts'
import { placesOf } from './columns.ts'
import { readAccountNumber, readAccountRow } from './read-row.ts'
import type { AccountImports, AccountImportView } from './schema.ts'
import { forgetOldAccounts } from './take.ts'

const CITY = '32.75'
const A = '32.75.01.1002'
const B = '32.75.05.1003'
const ELSEWHERE = '36.73.01.1001'
let now = new Date('2026-11-21T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const log: string[] = []
const app = await testApp(db, { level: 'info', stream: { write: (line: string) => void log.push(line) } })
const officer = await signedIn(db, { role: 'officer', regionCode: CITY, name: 'Dimas' })
const colleague = await signedIn(db, { role: 'officer', regionCode: CITY, name: 'Wulan' })
const village = await signedIn(db, { role: 'officer', regionCode: A })
const other = await signedIn(db, { role: 'officer', regionCode: '36.73' })

/** A family with one member, invented. */
async function family(regionCode: string, name: string, nik: string, kk: string): Promise<string> {
  const [made] = await sql<{ id: string }>(
    `with p as (select gen_random_uuid() as person, gen_random_uuid() as family),
      f as (insert into family (id, region_code, kk_number, head_id, payee_id, status, member_count, valid_from, known_from, last_seq)
        select family, $1, $4, person, person, 'active', 1, '2026-01-01', '2026-01-01', 1 from p)
     insert into person (id, family_id, region_code, nik, name, relationship, status, valid_from, known_from, last_seq)
     select person, family, $1, $3, $2, 'head', 'active', '2026-01-01', '2026-01-01', 1 from p returning family_id as id`,
    [regionCode, name, nik, kk],
  )
  assert.ok(made)
  return made.id
}
const nik = (at: number) => `99990141078590${String(at).padStart(2, '0')}`
const kk = (at: number) => `99990101012090${String(at).padStart(2, '0')}`
const families: string[] = []
for (const [
  at,
  [where, name],
] of ([[A, 'Siti'], [A, 'Budi'], [B, 'Ni'], [B, 'Raden Ayu Kusumawardhani Tjokroningrat Soerjodiningrat binti H.'], [A, 'Lasmi'], [ELSEWHERE, 'Jauh']] as const) // prettier-ignore
  .entries())
  families.push(await family(where, name, nik(at + 1), kk(at + 1)))

async function send(
  who: SignedIn,
  content: string | Buffer,
  fields: Record<string, string> = { source: 'bank', since: '2026-11-01' },
) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', new File([typeof content === 'string' ? content : new Uint8Array(content)], 'rekening.csv'))
  const request = new Request('http://localhost', { method: 'POST', body: form })
  const answer = await app.inject({
    method: 'POST',
    url: '/api/distribution/account-imports',
    headers: { cookie: who.cookie, 'content-type': request.headers.get('content-type') ?? '' },
    payload: Buffer.from(await request.arrayBuffer()),
  })
  return {
    status: answer.statusCode,
    text: answer.body,
    body: answer.json<AccountImportView & { code?: string; errors?: { field: string; code: string }[] }>(),
  }
}
async function call<T>(who: SignedIn, method: 'GET' | 'POST', url: string) {
  const answer = await app.inject({
    method,
    url: `/api/distribution/account-imports${url}`,
    headers: { cookie: who.cookie },
    ...(method === 'POST' && { payload: {} }),
  })
  const json = answer.headers['content-type']?.toString().includes('json')
  return { status: answer.statusCode, text: answer.body, body: (json ? answer.json() : {}) as T & { code?: string } }
}
const csv = (...rows: string[]) => ['NIK;No KK;Nama Bank;No. Rekening;Atas Nama;Sejak', ...rows].join('\r\n')
const accounts = async () =>
  sql<{
    family: string
    bank: string
    number: string
    since: string
    ended_on: string | null
    source: string
    by: boolean
  }>(
    `select p.name as family, a.bank, a.number, a.since, a.ended_on, a.source, a.import_id is not null as by
     from family_account a join person p on p.family_id = a.family_id order by p.name, a.since, a.ended_on nulls last`,
  )
const faultsOf = ({ faults }: AccountImportView) =>
  faults.map((one) => `${one.line} ${one.field} ${one.code}${one.doubt ? '?' : ''}`)
const zero = { added: 0, replaced: 0, same: 0, older: 0, gone: 0 }

const good = csv(
  `${nik(1)};${kk(1)};bri;0099 0012 3456 789;Siti;`,
  `;${kk(2)};Mandiri;990.012.345.678.9;Budi;2026-02-03`,
  `${nik(3)};;BNI;9900123456;Ni;17/08/2026`,
)

test('a file is tried, looked through, taken over once, and nothing is lost', async () => {
  await sql(
    `insert into family_account (family_id, id, region_code, bank, number, holder, since, source, made_by) values ($1, gen_random_uuid(), $2, 'BRI', '990000000001', 'Siti', '2026-01-01', 'family', gen_random_uuid())`,
    [families[0], A],
  )
  const before = await accounts()
  const tried = await send(officer, good)
  assert.equal(tried.status, 201, tried.text)
  assert.match(tried.body.number, /^REK-\d{6}$/)
  assert.deepEqual(
    [tried.body.rows, tried.body.faulty, tried.body.outcomes, tried.body.can],
    [3, 0, { ...zero, added: 2, replaced: 1 }, ['drop']],
    'who loaded it does not take it over',
  )
  assert.deepEqual(
    tried.body.items.map((one) => [one.line, one.familyName, one.bank, one.masked, one.since, one.outcome]),
    [
      [2, 'Siti', 'BRI', '***********6789', '2026-11-01', 'replaced'],
      [3, 'Budi', 'MANDIRI', '*********6789', '2026-02-03', 'added'],
      [4, 'Ni', 'BNI', '******3456', '2026-08-17', 'added'],
    ],
  )
  // The second person sees what is beside what would be, numbers masked.
  const looked = (await call<AccountImportView>(colleague, 'GET', `/${tried.body.id}`)).body
  assert.deepEqual(looked.can, ['take', 'drop'])
  assert.deepEqual(looked.items.map((one) => one.now), [{ bank: 'BRI', masked: '********0001', holder: 'Siti', since: '2026-01-01' }, null, null]) // prettier-ignore
  assert.equal((await call(officer, 'POST', `/${tried.body.id}/take`)).body.code, 'account_import_by_another')
  await assert.rejects(
    db.asSystem('test', (tx) =>
      tx
        .updateTable('account_import')
        .set({ state: 'taken', ended_by: officer.accountId, ended_at: now })
        .where('id', '=', tried.body.id)
        .execute(),
    ),
    /by another person/,
  )
  assert.deepEqual(await accounts(), before, 'trying changes nothing')
  assert.equal((await send(officer, good)).body.id, tried.body.id, 'the same file waits once')
  assert.equal((await call(other, 'GET', `/${tried.body.id}`)).status, 404)
  assert.equal((await call(other, 'POST', `/${tried.body.id}/take`)).status, 404)

  const [taken, twin] = await Promise.all(
    [1, 2].map(() => call<AccountImportView>(colleague, 'POST', `/${tried.body.id}/take`)),
  )
  assert.deepEqual([taken?.status, twin?.status], [200, 200], taken?.text)
  assert.deepEqual(
    [taken?.body.state, taken?.body.outcomes, taken?.body.endedBy],
    ['taken', tried.body.outcomes, 'Wulan'],
  )
  const held = await accounts()
  assert.deepEqual(held, [
    { family: 'Budi', bank: 'MANDIRI', number: '9900123456789', since: '2026-02-03', ended_on: null, source: 'bank', by: true },
    { family: 'Ni', bank: 'BNI', number: '9900123456', since: '2026-08-17', ended_on: null, source: 'bank', by: true },
    { family: 'Siti', bank: 'BRI', number: '990000000001', since: '2026-01-01', ended_on: '2026-10-31', source: 'family', by: false },
    { family: 'Siti', bank: 'BRI', number: '009900123456789', since: '2026-11-01', ended_on: null, source: 'bank', by: true },
  ]) // prettier-ignore
  assert.equal((await send(officer, good)).body.state, 'taken', 'the same file again is the one that was taken')
  // The same rows under other words, and an older day: nothing changes.
  const again = await send(officer, `${good}\r\n`, { source: 'office', since: '2026-03-01' })
  assert.deepEqual(again.body.outcomes, { ...zero, same: 3 })
  assert.deepEqual(again.body.can, ['drop'])
  const older = await send(officer, csv(`${nik(1)};;BRI;990000000777;Siti;2026-10-01`))
  assert.deepEqual([older.body.outcomes, older.body.can], [{ ...zero, older: 1 }, ['drop']])
  assert.equal((await call<AccountImportView>(colleague, 'POST', `/${older.body.id}/take`)).body.outcomes.older, 1)
  assert.deepEqual(await accounts(), held)
  assert.equal((await call(officer, 'POST', `/${tried.body.id}/drop`)).body.code, 'account_import_taken')
  const [left] = await sql<{ n: number }>(
    `select count(number)::int as n from account_import_row where import_id = $1`,
    [tried.body.id],
  )
  assert.equal(left?.n, 0, 'numbers stay in one place only')
  const [acts] = await sql<{ n: number }>(
    `select count(*)::int as n from audit_entry where subject = 'family_account' and act = 'insert' and actor_id = $1`,
    [colleague.accountId],
  )
  assert.equal(acts?.n, 3, 'each account is written down with who it was')
  await assert.rejects(
    db.as(officer.actor, (tx) => tx.selectFrom('account_import_row').selectAll().execute()),
    /permission denied/,
  )
})

test('what cannot be taken is told by row and field, and what was in the cells is told nowhere', async () => {
  const bad = csv(
    `9999014107859999;;BRI;990011112222;Tidak Ada;`,
    `${nik(6)};;BRI;990011112223;Jauh;`,
    `${nik(2)};${kk(1)};BRI;990011112224;Budi;`,
    `;;BRI;990011112225;Siapa;`,
    `99990141;;B;12;;31/02/2026`,
    `${nik(4)};;BRI;9,90011E+14;Raden;2027-01-01`,
    `${nik(4)};;BRI;99-00-AB;Raden;`,
    `${nik(5)};;BRI;990011112226;Lasmi;`,
    `${nik(5)};;BRI;990011112226;Lasmi;`,
    `${nik(3)};;BRI;990011112227;Ni;`,
    `${nik(3)};;BNI;990011112228;Ni;`,
    `${nik(4)};;BRI;9900123456;Raden;`,
  )
  const before = await accounts()
  const { status, body, text } = await send(officer, bad, { source: 'office', since: '2026-11-20' })
  assert.equal(status, 201, text)
  assert.deepEqual(faultsOf(body), [
    '2 nik unknown',
    '3 nik unknown',
    '4 kk other_family',
    '5 nik required',
    '6 bank length',
    '6 holder required',
    '6 nik length',
    '6 number length',
    '6 since impossible',
    '7 number lost',
    '7 since future',
    '8 number letters',
    '10 row twice',
    '11 row contradicts',
    '12 row contradicts',
    '13 number shared?',
  ])
  assert.deepEqual([body.rows, body.faulty, body.doubtful, body.outcomes], [12, 10, 1, { ...zero, added: 2 }])
  assert.match(body.faults[0]?.message ?? '', /tidak ada keluarga terdaftar/)
  const told = await call(officer, 'GET', `/${body.id}/faults`)
  assert.equal(told.text.trim().split('\r\n').length, 17)
  // A number of sixteen digits is in no answer, no log, no record of acts, no event.
  const records = await sql<{ line: string }>(
    `select to_jsonb(a)::text as line from audit_entry a union all select to_jsonb(e)::text from event_log e union all select to_jsonb(f)::text from account_import_fault f
     union all select to_jsonb(i)::text from account_import i`,
  )
  for (const said of [text, told.text, ...log, ...records.map((one) => one.line)]) {
    assert.doesNotMatch(said, /9999014107859\d{3}|99990101012090\d\d/)
    assert.doesNotMatch(said, /99001111222\d|9900123456/)
  }
  assert.ok(log.length > 5, 'requests were logged')
  const page = await call<AccountImportView>(officer, 'GET', `/${body.id}?outcome=added&after=9`)
  assert.deepEqual(page.body.items.map((one) => one.line), [13]) // prettier-ignore
  assert.equal((await call<AccountImportView>(officer, 'POST', `/${body.id}/drop`)).body.state, 'dropped')
  assert.equal((await call(officer, 'POST', `/${body.id}/take`)).body.code, 'account_import_dropped')
  assert.deepEqual(await accounts(), before)

  // The village's own file: the city's other villages are as unknown as another city.
  const own = await send(village, csv(`${nik(5)};;BRI;990011112226;Lasmi;`, `${nik(3)};;BRI;990011112227;Ni;`))
  assert.deepEqual([faultsOf(own.body), own.body.outcomes.added], [['3 nik unknown'], 1])
  // A family that left the region meanwhile stays as it is.
  await sql(`update family set region_code = $2 where id = $1`, [families[4], ELSEWHERE])
  assert.deepEqual((await call<AccountImportView>(village, 'GET', `/${own.body.id}`)).body.outcomes, {
    ...zero,
    gone: 1,
  })
  const gone = await call<AccountImportView>(colleague, 'POST', `/${own.body.id}/take`)
  assert.deepEqual(gone.body.outcomes, { ...zero, gone: 1 })
  assert.deepEqual(await accounts(), before)
  assert.equal((await call(officer, 'POST', `/${own.body.id}/take`)).status, 200, 'taken already')
})

test('files that are none, forms that say too little, workbooks, and files nobody took', async () => {
  const errors = async (content: string | Buffer, fields?: Record<string, string>) => {
    const { status, body } = await send(officer, content, fields)
    return [status, ...(body.errors ?? []).map((one) => `${one.field} ${one.code}`)]
  }
  assert.deepEqual(await errors('', { source: 'tetangga', since: '2026-02-31' }), [400, 'source enum', 'since format', 'file file_empty']) // prettier-ignore
  assert.deepEqual(await errors(good, { source: 'bank', since: '2026-11-22' }), [400, 'since future'])
  assert.deepEqual(await errors('Nama;Alamat\r\nSiti;Jalan'), [400, 'file accounts_lack_columns'])
  assert.deepEqual(await errors(csv().replace('Nama Bank', 'Warna') + `\r\n${nik(1)};;x;990011112222;Siti;`), [400, 'file accounts_lack_bank']) // prettier-ignore
  assert.equal((await errors('%PDF-1.7 …'))[0], 400)
  assert.equal((await errors(Buffer.from('PK\u0003\u0004 broken')))[0], 400)

  const book = await writeExcelFile([
    {
      sheet: 'Rekening',
      data: [
        [{ value: 'Daftar rekening KPM' }],
        ['NIK', 'Bank', 'Nomor Rekening', 'Nama Pemilik Rekening', 'Tanggal Buka'].map((value) => ({ value })),
        [{ value: nik(2) }, { value: 'BRI' }, { value: 9900111133331, type: Number }, { value: 'Budi' }, { value: new Date('2026-11-10T00:00:00Z'), type: Date, format: 'dd/mm/yyyy' }], // prettier-ignore
        [{ value: nik(4) }, { value: 'BRI' }, { value: '9900111133332' }, { value: 'Raden' }, { value: '' }],
      ],
    },
  ]).toBuffer()
  const sheet = await send(officer, book)
  assert.deepEqual(
    [faultsOf(sheet.body), sheet.body.outcomes, sheet.body.items.map((one) => one.since)],
    [['3 number as_number?'], { ...zero, added: 1, replaced: 1 }, ['2026-11-10', '2026-11-01']],
    sheet.text,
  )
  const list = await call<AccountImports>(officer, 'GET', '')
  assert.equal(list.body.items[0]?.id, sheet.body.id)
  assert.equal((await call<AccountImports>(other, 'GET', '')).body.items.length, 0)
  const sample = await call(officer, 'GET', '/sample')
  const filled = await send(officer, sample.text)
  assert.deepEqual(
    faultsOf(filled.body),
    ['2 nik unknown', '3 kk unknown'],
    'the sample is read, its people do not exist',
  )

  now = new Date('2026-11-29T02:00:00Z')
  assert.ok((await forgetOldAccounts(db)) >= 2)
  const later = await signedIn(db, { role: 'officer', regionCode: CITY, accountId: officer.accountId })
  assert.equal((await call<AccountImportView>(later, 'GET', `/${sheet.body.id}`)).body.state, 'dropped')
  assert.deepEqual(await sql(`select 1 from account_import_row where number is not null`), [])
})

test('numbers of accounts and days are read as they are meant, or not at all', () => {
  const cases: [string, object][] = [
    ['0099-0012.3456 789', { number: '009900123456789' }],
    [`'009900123456789`, { number: '009900123456789' }],
    [`${NUMBER}99001234567`, { number: '99001234567', doubt: 'as_number' }],
    [`${NUMBER}9900123456789012`, { fault: 'lost' }],
    ['9.9E+14', { fault: 'lost' }],
    ['1234', { fault: 'length' }],
    ['123456789012345678901', { fault: 'length' }],
    ['No. 99001', { fault: 'letters' }],
    [' - ', { fault: 'required' }],
  ]
  for (const [cell, expected] of cases) assert.deepEqual(readAccountNumber(cell), expected, cell)
  const places = placesOf(['NIK KPM', 'BANK PENYALUR', 'Norek', 'Nama', 'Sejak'])
  assert.deepEqual(places, { nik: 0, bank: 1, number: 2, holder: 3, since: 4 })
  const day = (cell: string, order: 'dmy' | 'mdy' | null) => {
    const { read, faults } = readAccountRow(
      { at: 2, cells: [nik(1), 'BRI', '990012345', 'Siti', cell] },
      { places, order, since: '2026-01-01', today: '2026-11-21' },
    )
    return faults[0]?.code ?? read.since
  }
  assert.deepEqual(
    [day('03/04/2026', null), day('03/04/2026', 'dmy'), day('25/04/2026', null), day('', null), day('besok', 'dmy')],
    ['unclear', '2026-04-03', '2026-04-25', '2026-01-01', 'unclear'],
  )
})
