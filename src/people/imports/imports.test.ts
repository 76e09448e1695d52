import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startJobs } from '#src/platform/jobs/index.ts'
import { writeFamilies } from '#src/demonstration/families.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { nasty } from '#test/support/nasty-table.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { checkWaiting } from '../linkage/check-person.ts'
import { beginCheck, confirmImport } from './acts.ts'
import { importFile, importJobs } from './index.ts'
import { importLimits, receiveImport } from './receive.ts'
import { removeOldFiles } from './retention.ts'
import { checkImport, loadImport, type OpenFile } from './run.ts'
import type { ImportDetail, ImportedRows, ImportList } from './schema.ts'

// Ten minutes before a new day in Jakarta.
let now = new Date('2026-11-20T16:50:00Z')
const { db, sql, appUrl } = await testDatabase({ clock: () => now, max: 8 })
const app = await testApp(db)
// Jobs are put into the queue by the routes and done here by hand: nothing runs behind the test's back.
const queue = await startJobs({ appUrl, db, jobs: importJobs, files: app.files, work: false })
after(() => queue.stop())
const folder = await mkdtemp(path.join(tmpdir(), 'pilar-imports-'))
after(() => rm(folder, { recursive: true, force: true }))

const officer = await signedIn(db, { role: 'officer', regionCode: '32.75' })
const stored: OpenFile = (fileId) => () => app.files.get(fileId)

async function ask<T>(who: SignedIn, method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) {
  const answer = await app.inject({
    method,
    url: `/api/register/imports${url}`,
    headers: { cookie: who.cookie },
    ...(payload && { payload }),
  })
  return {
    status: answer.statusCode,
    body: (answer.body.startsWith('{') ? answer.json() : undefined) as T,
    raw: answer.rawPayload,
  }
}
async function upload(who: SignedIn, content: string | Buffer, name = 'data.csv') {
  const form = new FormData()
  form.set('file', new File([typeof content === 'string' ? content : new Uint8Array(content)], name))
  const request = new Request('http://localhost', { method: 'POST', body: form })
  const answer = await app.inject({
    method: 'POST',
    url: '/api/register/imports',
    headers: { cookie: who.cookie, 'content-type': request.headers.get('content-type') ?? '' },
    payload: Buffer.from(await request.arrayBuffer()),
  })
  return {
    status: answer.statusCode,
    body: answer.json<{ id: string; number: string; errors?: { code: string; message: string }[] }>(),
  }
}
const detail = async (who: SignedIn, id: string) => (await ask<ImportDetail>(who, 'GET', `/${id}`)).body
async function tried(who: SignedIn, content: string | Buffer, name?: string) {
  const { status, body } = await upload(who, content, name)
  assert.equal(status, 201, JSON.stringify(body))
  assert.equal((await ask(who, 'POST', `/${body.id}/check`)).status, 200)
  await checkImport(db, stored, body.id)
  return detail(who, body.id)
}
async function taken(who: SignedIn, content: string | Buffer, name?: string) {
  const checked = await tried(who, content, name)
  assert.equal(checked.state, 'checked', JSON.stringify(checked))
  assert.equal((await ask(who, 'POST', `/${checked.id}/confirm`)).status, 200)
  await loadImport(db, stored, checked.id)
  const loaded = await detail(who, checked.id)
  assert.equal(loaded.state, 'done')
  // What was tried is what happened.
  assert.deepEqual(loaded.loaded, checked.checked)
  // Every count opens exactly its rows, but for persons of whom only sealed data changed: a list would tell of them.
  const { familiesNew, familiesChanged, personsNew, personsChanged } = loaded.loaded ?? assert.fail('no counts')
  const [sealed] = await sql<{ n: number }>(
    `select count(*) n from (select from register_event where source_ref = $1 and subject = 'person' group by subject_id having min(seq) > 1 and bool_and(sealed)) s`,
    [loaded.number],
  )
  const figures = { 'family&what=new': familiesNew, 'family&what=changed': familiesChanged, 'person&what=new': personsNew, 'person&what=changed': personsChanged - (sealed?.n ?? 0) } // prettier-ignore
  for (const [what, count] of Object.entries(figures)) {
    const { items } = (await ask<ImportedRows>(who, 'GET', `/${checked.id}/rows?who=${what}`)).body
    assert.equal(items.length, Math.min(50, count), `${what} of ${loaded.number}`)
    for (const { name } of items) assert.match(name ?? '', /^(\P{L}*\p{L}?\**)+$/u, what)
  }
  return loaded
}
const reasons = ({ reasons: all }: ImportDetail) => Object.fromEntries(all.map((one) => [one.code, one.rows]))
/** Everything of the register that a second load of the same file could change. */
const everything = async () =>
  sql(`select (select count(*) from register_event) events, (select count(*) from assistance) assistance,
    (select md5(string_agg(f::text, '|' order by id)) from family f) families, (select md5(string_agg(p::text, '|' order by id)) from person p) persons`)

test('a nasty file: every fault is named by its row, the rest is loaded, and the same file again changes nothing', async () => {
  const checked = await tried(officer, nasty)
  assert.equal(checked.state, 'checked', JSON.stringify(checked))
  assert.deepEqual((await sql('select 1 from family')).length, 0, 'trying loads nothing')
  const { familiesNew, personsNew, failed, warned, assistance } = checked.checked ?? assert.fail('no counts')
  assert.deepEqual(
    { familiesNew, personsNew, failed, warned, assistance },
    { familiesNew: 2, personsNew: 3, failed: 9, warned: 2, assistance: 1 },
  )
  const why = reasons(checked)
  assert.deepEqual(
    Object.fromEntries(
      Object.entries(why).filter(([code]) => checked.reasons.find((one) => one.code === code)?.severity === 'failed'),
    ),
    {
      duplicate_row: [5],
      nik_lost: [6],
      nik_length: [7],
      family_missing: [8],
      name_missing: [9],
      place_unknown: [10],
      place_outside: [11],
      birth_impossible: [12],
      decile_unclear: [13],
    },
  )
  for (const code of ['nik_missing', 'sex_unclear', 'disability_unclear', 'flag_unclear'])
    assert.deepEqual(why[code], [14], code)
  assert.match(checked.reasons.find((one) => one.code === 'nik_lost')?.sentence ?? '', /Excel/)

  const loaded = await taken(officer, nasty)
  assert.equal(loaded.remembered, true)
  const people =
    await sql(`select p.name, p.nik, p.relationship, f.decile, f.head_id = p.id as head, f.member_count, s.disabilities
    from person p join family f on f.id = p.family_id left join person_sealed s on s.person_id = p.id order by p.name`)
  assert.deepEqual(people, [
    { name: '=cmd|calc', nik: null, relationship: 'head', decile: 3, head: true, member_count: 1, disabilities: null },
    {
      name: 'Budi',
      nik: '9971011002129002',
      relationship: 'child',
      decile: 2,
      head: false,
      member_count: 2,
      disabilities: ['visual'],
    },
    {
      name: 'Siti Aminah',
      nik: '3275011708859001',
      relationship: 'head',
      decile: 2,
      head: true,
      member_count: 2,
      disabilities: null,
    },
  ])
  assert.deepEqual(await sql(`select programme_code, period_from::text, period_to::text, source_ref from assistance`), [
    { programme_code: 'PKH', period_from: '2026-01-01', period_to: '2026-12-31', source_ref: loaded.number },
  ])
  const before = await everything()
  const again = await taken(officer, nasty)
  assert.deepEqual(
    [again.loaded?.familiesNew, again.loaded?.familiesChanged, again.loaded?.familiesUnchanged],
    [0, 0, 2],
  )
  assert.deepEqual(await everything(), before)
  const acts = await sql(
    `select 1 from audit_entry where subject = 'register_import_batch' and detail ->> 'digest' is not null`,
  )
  assert.ok(acts.length >= 4)
})

test('failed rows come back as they were sent with the reason, and mended they are loaded', async () => {
  const { id } = await tried(officer, nasty)
  const { status, raw } = await ask(officer, 'GET', `/${id}/failed?format=csv`)
  assert.equal(status, 200)
  const lines = raw.toString('utf8').replace('\ufeff', '').trim().split('\r\n')
  assert.equal(lines.length, 10)
  assert.match(lines[0] ?? '', /^No KK;NIK;.*;Baris asal;Alasan$/)
  assert.match(lines[2] ?? '', /^3275010101019002;3,27501E\+15;Angka Hilang;.*;6;NIK: Angka terakhir/)
  const warned = (await ask(officer, 'GET', `/${id}/failed?format=csv&warned=true`)).raw.toString('utf8')
  assert.match(warned, /;'=cmd\|calc;/, 'no formula leaves the house')
  assert.deepEqual(
    await sql(`select detail from audit_entry where act = 'export' and subject_id = $1 order by id limit 1`, [id]),
    [{ detail: { rows: 9, warned: false } }],
  )
  // As a workbook the numbers stay text; it can be sent as it is, and fails for the same reasons.
  const book = (await ask(officer, 'GET', `/${id}/failed`)).raw
  assert.equal((await tried(officer, book, 'gagal.xlsx')).checked?.failed, 8, 'a repeated row alone is no repetition')
  const mended = lines.map((line) => line.replace('3,27501E+15', '9975010102709002')).join('\r\n')
  const loaded = await taken(officer, mended)
  assert.equal(loaded.remembered, true, 'the two columns more do not matter')
  assert.equal(loaded.loaded?.personsNew, 1)
  assert.equal((await sql(`select 1 from person where name = 'Angka Hilang' and nik = '9975010102709002'`)).length, 1)
})

test('a later file: only what differs is told, as changes with their kinds; an older one undoes nothing', async () => {
  now = new Date('2026-11-20T17:10:00Z')
  const header = 'No KK;NIK;Nama;Hubungan;Tgl Lahir;Kode Wilayah;Desil;Disabilitas\n'
  const file = (decile: string, name: string, disability: string) =>
    `${header}3275010101019001;3275011708859001;${name};Kepala Keluarga;17/08/1985;3275011002;${decile};\n` +
    `3275010101019001;9971011002129002;budi;Anak;10/02/2012;3275011002;${decile};${disability}\n` +
    `3275010101019001;9975015504209003;Adik Baru;Anak;15/04/2020;3275011002;${decile};\n`
  const loaded = await taken(officer, file('4', 'Siti Aminah', 'Netra dan rungu'))
  assert.deepEqual(
    { ...loaded.loaded },
    {
      familiesNew: 0,
      familiesChanged: 1,
      familiesUnchanged: 0,
      personsNew: 1,
      personsChanged: 1,
      personsUnchanged: 1,
      assistance: 0,
      warned: loaded.loaded?.warned,
      failed: 0,
    },
  )
  const events = await sql(
    `select subject, kind, patch, sealed from register_event where source_ref = $1 order by subject, kind`,
    [loaded.number],
  )
  assert.deepEqual(
    events.map((one) => [one['subject'], one['kind'], one['sealed']]),
    [
      ['family', 'decile_set', false],
      ['person', 'disability', true],
      ['person', 'registered', false],
    ],
  )
  assert.deepEqual(await sql(`select disabilities from person_sealed`), [{ disabilities: ['visual', 'hearing'] }])
  const before = await everything()
  await taken(officer, file('4', 'SITI  AMINAH', 'Netra dan rungu'))
  assert.deepEqual(await everything(), before)

  const older = await upload(officer, file('9', 'Nama Lama', ''))
  const { options, columns } = await detail(officer, older.body.id)
  const mapping = Object.fromEntries(columns.flatMap((one) => (one.target ? [[String(one.index), one.target]] : [])))
  assert.equal(
    (await ask(officer, 'PUT', `/${older.body.id}/mapping`, { mapping, options: { ...options, asOf: '2026-01-01' } }))
      .status,
    200,
  )
  await ask(officer, 'POST', `/${older.body.id}/check`)
  await checkImport(db, stored, older.body.id)
  assert.equal((await detail(officer, older.body.id)).checked?.familiesUnchanged, 1)
})

test('dates that may be either way round are asked for', async () => {
  const text = 'No KK;NIK;Nama;Tgl Lahir;Kode Wilayah\n3275010101019050;;Ambigu;05/06/1990;3275011002\n'
  const asked = await tried(officer, text)
  assert.equal(asked.state, 'uploaded')
  assert.match(asked.problem ?? '', /hari\/bulan/)
  const mapping = Object.fromEntries(
    asked.columns.flatMap((one) => (one.target ? [[String(one.index), one.target]] : [])),
  )
  await ask(officer, 'PUT', `/${asked.id}/mapping`, { mapping, options: { ...asked.options, dateOrder: 'mdy' } })
  await ask(officer, 'POST', `/${asked.id}/check`)
  await checkImport(db, stored, asked.id)
  await ask(officer, 'POST', `/${asked.id}/confirm`)
  await loadImport(db, stored, asked.id)
  assert.deepEqual(await sql(`select birth_date::text as on from person where name = 'Ambigu'`), [{ on: '1990-05-06' }])
})

test('who may do what: offices see their region, others nothing; a family elsewhere stays there', async () => {
  const village = await signedIn(db, { role: 'officer', regionCode: '32.75.01.1002' })
  const other = await signedIn(db, { role: 'supervisor', regionCode: '33.13' })
  const health = await signedIn(db, { role: 'officer', regionCode: '32.75', agency: 'health' })
  const { imports } = (await ask<ImportList>(officer, 'GET', '')).body
  assert.ok(imports.length > 3)
  const id = imports[0]?.id ?? ''
  for (const who of [village, other]) {
    assert.equal((await ask<ImportList>(who, 'GET', '')).body.imports.length, 0)
    for (const act of ['check', 'confirm', 'pause', 'resume', 'cancel'])
      assert.equal((await ask(who, 'POST', `/${id}/${act}`)).status, 404)
    assert.equal((await ask(who, 'GET', `/${id}`)).status, 404)
    assert.equal((await ask(who, 'GET', `/${id}/failed`)).status, 404)
  }
  assert.equal((await ask(health, 'GET', '')).status, 403)
  assert.equal((await ask(officer, 'POST', `/${id}/resume`)).status, 409)
  const elsewhere = 'ID Keluarga;NIK;Nama;Kode Wilayah\nX1;9975010102709100;Pindahan;'
  await taken(officer, `${elsewhere}3275011002\n`)
  const village33 =
    (await sql<{ code: string }>(`select code from region where code like '33.13.%' and tier = 'village' limit 1`))[0]
      ?.code ?? ''
  const refused = await tried(other, `${elsewhere}${village33}\n`)
  assert.deepEqual(reasons(refused), { taken_elsewhere: [2] })
  assert.deepEqual(reasons(await tried(other, `${elsewhere}3275011002\n`)), { place_outside: [2] })
  const bad = await upload(officer, 'PK nothing')
  assert.equal(bad.status, 400)
  assert.equal(bad.body.errors?.[0]?.code, 'import_not_a_table')
})

test('rows of a family far apart, and a load that is killed in the middle, end as a load that was not', async () => {
  const file = path.join(folder, 'many.csv')
  const villages = (
    await sql<{ code: string }>(`select code from region where code like '32.75.%' and tier = 'village'`)
  ).map((one) => one.code)
  await writeFamilies(file, { families: 400, villages })
  // The same once with the rows of a family far apart.
  const [head = '', ...lines] = (await import('node:fs')).readFileSync(file, 'utf8').trim().split('\r\n')
  const apart = path.join(folder, 'apart.csv')
  await writeFile(
    apart,
    [head, ...lines.toSorted((a, b) => (a.split(';')[2] ?? '').localeCompare(b.split(';')[2] ?? ''))].join('\r\n'),
  )

  const { actor } = officer
  const open: OpenFile = () => () => import('node:fs').then((fs) => fs.createReadStream(file))
  const limits = await db.asPublic((tx) => importLimits(tx, now))
  const { id } = await receiveImport(
    db,
    { ...actor, at: now },
    { fileId: file, name: 'many.csv', bytes: 1 },
    open(file),
    limits,
  )
  await db.as({ ...actor, at: now }, (tx) => beginCheck(tx, actor, id))
  await checkImport(db, open, id, undefined, { tryRows: false })
  await sql(`update register_import set evidence = evidence || '{"batchRows": 40}' where id = $1`, [id])
  await db.as({ ...actor, at: now }, (tx) => confirmImport(tx, { ...actor, at: now }, id))
  const count = async () =>
    Number((await sql<{ n: string }>(`select count(*) n from register_import_batch where import_id = $1`, [id]))[0]?.n)
  const child = fork(path.join(import.meta.dirname, '../../../test/support/import-process.ts'), [appUrl, file, id], {
    stdio: 'ignore',
  })
  const gone = once(child, 'exit')
  while ((await count()) < 3) await sleep(5)
  child.kill('SIGKILL')
  await gone
  const half = await count()
  const inRegister = async () =>
    (
      await sql<{
        families: number
        persons: number
      }>(`select count(distinct f.id)::int families, count(p.id)::int persons
      from family f join person p on p.family_id = f.id where f.external_key like 'keluarga:K32%'`)
    )[0]
  assert.ok(half >= 3)
  const partly = await inRegister()
  assert.ok(partly && partly.families > 0 && partly.families < 400, `killed in the middle: ${JSON.stringify(partly)}`)
  // PostgreSQL may still be busy with what the dead process asked for.
  for (let left = 200; left > 0 && (await busy()) > 0; left--) await sleep(20)
  await loadImport(db, open, id)
  const whole = { families: 400, persons: lines.length }
  assert.deepEqual(await inRegister(), whole)
  const marks = await sql<{ seq: number; rows: number }>(
    `select seq, rows_done as rows from register_import_batch where import_id = $1 order by seq`,
    [id],
  )
  assert.deepEqual(
    marks.map((one) => one.seq),
    marks.map((_, at) => at + 1),
  )
  assert.equal(marks.at(-1)?.rows, lines.length)
  const before = await everything()
  await importFile(db, { ...actor, at: now }, { file: apart })
  assert.deepEqual(await everything(), before)
})

const busy = async () =>
  Number(
    (
      await sql<{ n: string }>(
        `select count(*) n from pg_stat_activity where datname = current_database() and usename = 'pilar_app' and state <> 'idle'`,
      )
    )[0]?.n,
  )

test('paused it stops after a batch and goes on; cancelled it stops for good; files go when their days are over', async () => {
  const one = await tried(officer, 'No KK;Nama;Kode Wilayah\n3275010101019071;Jeda;3275011002\n')
  await ask(officer, 'POST', `/${one.id}/confirm`)
  assert.equal((await ask<ImportDetail>(officer, 'POST', `/${one.id}/pause`)).body.state, 'paused')
  await loadImport(db, stored, one.id)
  assert.equal((await sql(`select 1 from person where name = 'Jeda'`)).length, 0)
  await ask(officer, 'POST', `/${one.id}/resume`)
  await loadImport(db, stored, one.id)
  assert.equal((await detail(officer, one.id)).state, 'done')
  const two = await tried(officer, 'No KK;Nama;Kode Wilayah\n3275010101019072;Batal;3275011002\n')
  assert.equal((await ask<ImportDetail>(officer, 'POST', `/${two.id}/cancel`)).body.state, 'cancelled')
  assert.equal((await ask(officer, 'POST', `/${two.id}/confirm`)).status, 409)
  // Cut short after a batch: who was loaded is compared all the same; of what was never confirmed nobody was.
  await sql(`update register_import set state = 'cancelled' where id = $1`, [one.id])
  await checkWaiting(db, async () => {})
  assert.deepEqual(await sql(`select import_id from link_import where import_id in ($1, $2)`, [one.id, two.id]), [
    { import_id: one.id },
  ])
  assert.ok((await detail(officer, one.id)).fileKept)
  now = new Date(now.getTime() + 31 * 86_400_000)
  assert.ok((await removeOldFiles(db, app.files)) > 0)
  const names = await sql<{ file_id: string | null; samples: unknown }>(
    `select file_id, form -> 'samples' as samples from register_import where id = $1`,
    [one.id],
  )
  assert.deepEqual(names, [{ file_id: null, samples: null }])
})
