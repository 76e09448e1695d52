import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { buildApp } from '#src/app.ts'
import { openFileStore } from '#src/platform/files/index.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { Case, Filed, Tracking } from './schema.ts'
import { sweep } from './sweep.ts'

// Thursday 19 November 2026, 09.00 WIB
let now = new Date('2026-11-19T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await buildApp({
  db,
  files: await openFileStore({ dir: await mkdtemp(path.join(tmpdir(), 'pilar-files-')) }),
  baseUrl: 'http://127.0.0.1:3000',
  secret: Buffer.alloc(32, 7),
  logger: { level: 'error' },
})
after(() => app.close())

const MARGAHAYU = '32.75.01.1003'
const village = await sql<{ code: string }>(`select code from region where name = 'Margahayu' and code like '32.75.%'`)
const margahayu = village[0]?.code ?? MARGAHAYU
const district = margahayu.slice(0, 8)

const pillar = await signedIn(db, { role: 'pillar', regionCode: margahayu, name: 'Bagas' })
const front = await signedIn(db, { role: 'officer', regionCode: margahayu, name: 'Sari' })
const kecamatan = await signedIn(db, { role: 'officer', regionCode: district, name: 'Wulan' })
const slrt = await signedIn(db, { role: 'officer', regionCode: '32.75', name: 'Dimas' })
const manager = await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Ratna' })
const elsewhere = await signedIn(db, { role: 'officer', regionCode: '33.13', name: 'Joko' })

const call = async <T>(
  method: 'GET' | 'POST',
  url: string,
  who: { cookie: string } | null,
  payload?: object,
  headers: Record<string, string> = {},
) => {
  const res = await app.inject({
    method,
    url: `/api${url}`,
    headers: { ...(who && { cookie: who.cookie }), ...headers },
    ...(payload && { payload }),
  })
  return { status: res.statusCode, body: res.json<T>() }
}
const done = async (url: string, who: { cookie: string }, payload: object = {}) => {
  const { status, body } = await call<Case>('POST', url, who, payload)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const widow = {
  regionCode: margahayu,
  class: 'complaint',
  matter: 'enrolment.not_listed',
  programmeCode: 'BST',
  body: 'Ibu Sumiati seorang janda dengan tiga anak tidak menerima BST padahal tetangganya yang mampu menerima.',
  complainant: { name: 'Bagas Prakoso', phone: '0812 0000 9001', relationship: 'tetangga' },
  concerned: [{ name: 'Sumiati', nik: '9999015708859001', sex: 'female', birthDate: '1985-08-17' }],
}

test('a complaint travels from the village to its answer', async () => {
  const filed = await call<Filed>('POST', '/complaints', pillar, widow)
  assert.equal(filed.status, 201, JSON.stringify(filed.body))
  assert.equal(filed.body.office.id, `${margahayu}/social`)
  assert.equal(filed.body.passedOver, null)
  const id = filed.body.id
  const tracking = { 'x-tracking': `${filed.body.number.toLowerCase()} ${filed.body.secret}` }

  const seen = await call<Case>('GET', `/complaints/${id}`, front)
  assert.equal(seen.status, 200, JSON.stringify(seen.body))
  assert.equal(seen.body.next, 'verify')
  assert.equal(seen.body.people.find((one) => one.part === 'concerned')?.nik, '999901******9001')

  await done(`/complaints/${id}/verify`, front)
  const referred = await done(`/complaints/${id}/refer-up`, front, { reason: 'Tidak ada kuota di kelurahan' })
  assert.equal(referred.office.id, `${district}/social`)
  assert.equal(referred.state, 'referred')
  await done(`/complaints/${id}/accept`, kecamatan)
  await done(`/complaints/${id}/refer-up`, kecamatan, { reason: 'Data penerima ada di kota' })
  await done(`/complaints/${id}/accept`, slrt)
  const answered = await done(`/complaints/${id}/answer`, slrt, {
    body: 'Ibu Sumiati kami usulkan pada penetapan bulan depan.',
  })
  assert.equal(answered.state, 'answered')
  assert.ok(!answered.can.includes('verify_answer'), 'who answered does not verify')
  const followed = await call<Tracking>('GET', '/tracking', null, undefined, tracking)
  assert.equal(followed.status, 200, JSON.stringify(followed.body))
  assert.ok(followed.body.can.includes('reopen'))
  const reopened = await call<Tracking>(
    'POST',
    '/tracking/reopen',
    null,
    { body: 'Belum ada yang datang ke rumah ibu saya.' },
    tracking,
  )
  assert.equal(reopened.body.state, 'contested', JSON.stringify(reopened.body))
  await done(`/complaints/${id}/answer`, slrt, { body: 'Petugas sudah datang dan bantuan diserahkan.' })
  await done(`/complaints/${id}/verify-answer`, manager)
  const settled = await call<Tracking>('POST', '/tracking/satisfied', null, undefined, tracking)
  assert.equal(settled.body.state, 'closed', JSON.stringify(settled.body))
})

test('another region does not learn that the case exists', async () => {
  const filed = await call<Filed>('POST', '/complaints', pillar, widow)
  assert.equal((await call('GET', `/complaints/${filed.body.id}`, elsewhere)).status, 404)
  assert.equal((await call('GET', `/complaints/${filed.body.id}`, front)).status, 200)
})

test('the same key files once, another request under it is refused', async () => {
  const key = { 'idempotency-key': 'kunci-nomor-1' }
  const [one, two] = await Promise.all([
    call<Filed>('POST', '/complaints', null, widow, key),
    call<Filed>('POST', '/complaints', null, widow, key),
  ])
  assert.deepEqual([one.status, two.status], [201, 201], JSON.stringify([one.body, two.body]))
  assert.equal(one.body.number, two.body.number)
  assert.equal(one.body.secret, two.body.secret)
  const other = await call<{ code: string }>(
    'POST',
    '/complaints',
    null,
    { ...widow, body: 'Sesuatu yang lain sama sekali.' },
    key,
  )
  assert.equal(other.status, 422)
})

test('a deadline that passes refers the case to the next tier, and the case says so', async (t) => {
  const { body: filed } = await call<Filed>('POST', '/complaints', pillar, widow)
  // three working days: Friday, Monday, Tuesday
  assert.equal(filed.respondBy, '2026-11-24T09:00:00.000Z')
  const before = now
  t.after(() => void (now = before))
  now = new Date('2026-11-24T09:00:01Z')
  // Sessions of five days ago have ended.
  const later = await signedIn(db, { role: 'officer', regionCode: district, name: 'Yanti' })
  const failures: unknown[] = []
  const swept = await sweep(db, (error) => failures.push(error))
  assert.deepEqual(failures as unknown[], [])
  assert.ok(swept.climbed >= 1)
  const { body: seen } = await call<Case>('GET', `/complaints/${filed.id}`, later)
  assert.equal(seen.office.id, `${district}/social`)
  assert.equal(seen.state, 'received')
  assert.equal(seen.overdue, true)
  assert.ok(seen.events.some((event) => event.kind === 'referred_automatically' && event.public))
  // Not again at once, but some working days later.
  assert.equal((await sweep(db, (error) => failures.push(error))).climbed, 0)
})

test('joined and separated again: the clock does not run in between', async () => {
  const { body: first } = await call<Filed>('POST', '/complaints', pillar, widow)
  const { body: second } = await call<Filed>('POST', '/complaints', null, { ...widow, joinTo: first.id })
  assert.equal(second.state, 'archived')
  const { body: joined } = await call<Case>('GET', `/complaints/${second.id}`, front)
  assert.equal(joined.dueAt, null)
  assert.deepEqual(joined.joinedTo, { id: first.id, number: first.number })
  const apart = await done(`/complaints/${second.id}/separate`, front, { reason: 'Ternyata beda keluarga' })
  assert.equal(apart.state, 'received')
  assert.equal(apart.dueAt, first.respondBy)
})

test('the inbox finds by word, by name and by number, in pages', async () => {
  const list = await call<{ items: { number: string }[]; next: string | null }>(
    'GET',
    '/complaints?view=office&limit=2',
    front,
  )
  assert.equal(list.status, 200, JSON.stringify(list.body))
  const { body: filed } = await call<Filed>('POST', '/complaints', pillar, {
    ...widow,
    body: 'Beras bantuan berkutu dan apek sekali.',
  })
  for (const q of ['berkutu', 'sumiati', filed.number]) {
    const found = await call<{ items: { number: string }[] }>('GET', `/complaints?q=${encodeURIComponent(q)}`, front)
    assert.ok(
      found.body.items.some((item) => item.number === filed.number),
      q,
    )
  }
  const seen: string[] = []
  for (let after = ''; ;) {
    const page = await call<{ items: { number: string }[]; next: string | null }>(
      'GET',
      `/complaints?status=all&limit=2${after && `&after=${after}`}`,
      front,
    )
    seen.push(...page.body.items.map((item) => item.number))
    if (!page.body.next) break
    after = page.body.next
  }
  assert.equal(new Set(seen).size, seen.length)
  const counts = await call<{ office: number }>('GET', '/complaints/counts', front)
  assert.equal(counts.status, 200, JSON.stringify(counts.body))
  assert.ok(counts.body.office > 0)
})
