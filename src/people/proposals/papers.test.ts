import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql as statement } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { pagesOf } from '#test/support/pdf-text.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { shortName } from './papers.ts'
import type { Meeting, Submitted } from './schema.ts'

const { db, sql } = await testDatabase({ clock: () => new Date('2026-11-06T02:00:00Z') })
const app = await testApp(db)
const village = '32.75.01.1002'
const sari = await signedIn(db, { role: 'officer', regionCode: village, name: 'Sari Wulandari' })
const bagas = await signedIn(db, { role: 'pillar', regionCode: village, name: 'Bagas' })
const lina = await signedIn(db, { role: 'pillar', regionCode: village, name: 'Lina' })
const kecamatan = await signedIn(db, { role: 'officer', regionCode: '32.75.01', name: 'Wulan' })
const nurul = await signedIn(db, { role: 'officer', regionCode: '32.75', name: 'Nurul' })
const health = await signedIn(db, { role: 'officer', regionCode: '32.75', agency: 'health', name: 'Hendra' })
const elsewhere = await signedIn(db, { role: 'officer', regionCode: '33.13', name: 'Joko' })
const auditor = await signedIn(db, { role: 'auditor', regionCode: '32.75', name: 'Auditor' })
const administrator = await signedIn(db, { role: 'administrator', regionCode: '32.75', name: 'Admin' })

const post = async <T>(url: string, who: SignedIn, payload: object = {}) => {
  const res = await app.inject({ method: 'POST', url: `/api${url}`, headers: { cookie: who.cookie }, payload })
  assert.ok(res.statusCode < 300, `${url}: ${res.body}`)
  return res.json<T>()
}
const rowsOf = (tx: Tx, table: string, column: string, ids: string[]) =>
  statement<{
    id: string
  }>`select distinct ${statement.ref(column)} as id from ${statement.table(table)} where ${statement.ref(column)} = any (${ids})`.execute(
    tx,
  )
const propose = (over: object = {}) =>
  post<Submitted>('/proposals', bagas, {
    regionCode: village,
    kind: 'enrol',
    programmeCode: 'BST',
    reason: 'Keluarga ini belum pernah didata.',
    family: { rt: '02', rw: '05' },
    members: [{ name: 'Sumiati Rahayu', nik: '9999015708859001', relationship: 'head' }],
    ...over,
  })

test('minutes say who decided what, with names shortened and numbers masked; their code can be checked by anybody', async () => {
  const yes = await propose()
  const no = await propose({ kind: 'remove', removal: 'moved', members: [{ name: 'Darto' }], programmeCode: null })
  const meeting = await post<Meeting>('/meetings', sari, {
    regionCode: village,
    basis: 'meeting',
    heldOn: '2026-11-06',
    place: 'Aula Kelurahan',
  })
  assert.deepEqual(
    meeting.agenda.map((one) => one.proposal.number),
    [yes.number, no.number],
  )
  await post(`/meetings/${meeting.id}/decide`, sari, { proposalId: yes.id, decision: 'accepted' })
  await post(`/meetings/${meeting.id}/decide`, sari, {
    proposalId: no.id,
    decision: 'declined',
    reason: 'Masih tinggal di RW 05',
  })
  await post(`/meetings/${meeting.id}/attendance`, sari, {
    name: 'Haji Mulyana',
    capacity: 'Ketua RW 05',
    signed: true,
  })
  const { papers } = await post<Meeting>(`/meetings/${meeting.id}/papers`, sari)
  const [minutes] = papers
  assert.ok(minutes?.code)
  assert.match(minutes.number ?? '', /^001\/BA\/32\.75\.01\.1002\/XI\/2026$/)
  const file = await app.inject({
    url: `/api/meetings/${meeting.id}/papers/${minutes.id}`,
    headers: { cookie: sari.cookie },
  })
  const text = pagesOf(file.rawPayload).join(' ')
  for (const said of [
    'Berita Acara Musyawarah',
    'Aula Kelurahan',
    yes.number,
    'S****** R***** (999901******9001)',
    'RT 02/RW 05',
    'diterima',
    no.number,
    'sudah pindah',
    'Masih tinggal di RW 05',
    'Haji Mulyana, Ketua RW 05, bertanda tangan',
  ])
    assert.ok(text.includes(said), `${said} in ${text}`)
  assert.ok(!text.includes('Sumiati') && !text.includes('9999015708859001') && !text.includes('Darto'))
  const verified = await app.inject({ url: `/api/letters/${minutes.code}` })
  assert.deepEqual([verified.statusCode, verified.json<{ kind: string }>().kind], [200, 'minutes'])
  for (const who of [nurul, kecamatan])
    assert.equal(
      (await app.inject({ url: `/api/meetings/${meeting.id}`, headers: { cookie: who.cookie } })).statusCode,
      200,
    )
  for (const who of [elsewhere, health])
    assert.equal(
      (await app.inject({ url: `/api/meetings/${meeting.id}`, headers: { cookie: who.cookie } })).statusCode,
      404,
    )
})

test('instead of a meeting: a statement, closed only with its signed scan', async () => {
  const one = await propose()
  const meeting = await post<Meeting>('/meetings', sari, {
    regionCode: village,
    basis: 'statement',
    heldOn: '2026-11-06',
    place: 'Kantor Kelurahan',
  })
  await post(`/meetings/${meeting.id}/decide`, sari, { proposalId: one.id, decision: 'accepted' })
  const { papers } = await post<Meeting>(`/meetings/${meeting.id}/papers`, sari)
  assert.equal(papers[0]?.kind, 'statement')
  const close = () =>
    app.inject({
      method: 'POST',
      url: `/api/meetings/${meeting.id}/close`,
      headers: { cookie: sari.cookie },
      payload: {},
    })
  const early = await close()
  assert.deepEqual([early.statusCode, early.json<{ code: string }>().code], [409, 'meeting_no_statement'])
  // The statement itself stands in for its scan: any PDF.
  const file = await app.inject({
    url: `/api/meetings/${meeting.id}/papers/${papers[0].id}`,
    headers: { cookie: sari.cookie },
  })
  assert.ok(pagesOf(file.rawPayload).join(' ').includes('Surat Pernyataan Tanggung Jawab Mutlak'))
  const mark = 'batas-bagian'
  const scan = await app.inject({
    method: 'POST',
    url: `/api/meetings/${meeting.id}/signed`,
    headers: { cookie: sari.cookie, 'content-type': `multipart/form-data; boundary=${mark}` },
    payload: Buffer.concat([
      Buffer.from(
        `--${mark}\r\nContent-Disposition: form-data; name="file"; filename="sptjm.pdf"\r\nContent-Type: application/pdf\r\n\r\n`,
      ),
      file.rawPayload,
      Buffer.from(`\r\n--${mark}--\r\n`),
    ]),
  })
  assert.equal(scan.statusCode, 201, scan.body)
  assert.equal((await close()).statusCode, 200)
})

test('row security: every table of proposals shows each reader what the rule says, and no more', async () => {
  const mine = await propose({ proposer: { name: 'Warga Satu', nik: '9999015708859004' } })
  const objection = await propose({
    kind: 'remove',
    removal: 'not_eligible',
    proposer: { name: 'Warga Dua', nik: '9999015708859005' },
  })
  const given = await propose()
  await sql(`update proposal set checker_id = $2 where id = $1`, [given.id, lina.accountId])
  const ids = [mine.id, objection.id, given.id]
  const seen = (who: SignedIn, table: string, column = 'proposal_id') =>
    db.as(who.actor, async (tx) => {
      const { rows } = await rowsOf(tx, table, column, ids)
      return rows.map((row) => ['mine', 'objection', 'given'][ids.indexOf(row.id)]).sort()
    })
  const all = ['given', 'mine', 'objection']
  const expected: [string, SignedIn, string[], string[], string[]][] = [
    // who; proposals; contents; proposers
    ['village', sari, all, all, ['given', 'mine']],
    ['kecamatan', kecamatan, all, all, ['given', 'mine']],
    ['regency', nurul, all, all, all],
    ['proposing pillar', bagas, all, all, all],
    ['checking pillar', lina, ['given'], ['given'], ['given']],
    ['another agency', health, [], [], []],
    ['another regency', elsewhere, [], [], []],
    ['auditor', auditor, all, [], []],
    ['administrator', administrator, [], [], []],
  ]
  for (const [name, who, proposals, contents, proposers] of expected) {
    assert.deepEqual(await seen(who, 'proposal', 'id'), proposals, name)
    assert.deepEqual(await seen(who, 'proposal_content'), contents, name)
    assert.deepEqual(await seen(who, 'proposal_person'), proposers, name)
    assert.deepEqual(await seen(who, 'proposal_event'), proposals, name)
  }
  const stranger = await db.as({ proposalId: mine.id, at: new Date() }, async (tx) => {
    const { rows } = await rowsOf(tx, 'proposal', 'id', ids)
    return rows.map((row) => row.id)
  })
  assert.deepEqual(stranger, [mine.id], 'whoever holds number and secret sees that one')
})

test('a name on a wall is no name', () => {
  assert.equal(shortName('Sumiati Rahayu'), 'S****** R*****')
  assert.equal(shortName('W'), 'W')
})
