import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { v7 as uuid } from 'uuid'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { askRegistry, testConsumer } from '#test/support/exchange.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { markOverdue } from './requests.ts'
import type { DataRequest, DataRequestItem, FiledRequest, HeldData, TrackedRequest } from './schema.ts'

const HOUR = 3_600_000
let now = Date.parse('2026-11-02T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => new Date(now), max: 8 })
const app = await testApp(db)
const village = '32.75.01.1002'
const sari = await signedIn(db, { role: 'officer', regionCode: village, name: 'Sari' })
const nextDoor = await signedIn(db, { role: 'officer', regionCode: '32.75.01.1003' })
const health = await signedIn(db, { role: 'officer', regionCode: '32.75', agency: 'health' })
const pillar = await signedIn(db, { role: 'pillar', regionCode: village })

type Problem = { code: string; errors?: { field: string; code: string }[] }
let addresses = 0
async function call<T = Problem>(
  who: SignedIn | { number: string; secret: string } | null,
  method: 'GET' | 'POST',
  url: string,
  payload?: object,
  remoteAddress = `198.51.100.${++addresses % 250}`,
) {
  const headers =
    who && 'cookie' in who ? { cookie: who.cookie } : who ? { 'x-tracking': `${who.number} ${who.secret}` } : {}
  const response = await app.inject({
    method,
    url: `/api/${url}`,
    headers,
    remoteAddress,
    ...(payload && { payload }),
  })
  return { status: response.statusCode, headers: response.headers, body: response.json<T>() }
}
async function ok<T>(...[who, method, url, payload]: Parameters<typeof call>): Promise<T> {
  const { status, body } = await call<T>(who, method, url, payload)
  assert.ok(status === 200 || status === 201, `${url}: ${status} ${JSON.stringify(body)}`)
  return body
}
const why = async (...args: Parameters<typeof call>) => {
  const { status, body } = await call(...args)
  return [status, body.code, ...(body.errors ?? []).map((one) => `${one.field} ${one.code}`)]
}

const kk = '9999011001269001'
const ratna = { name: 'Ratna', nik: '9999014108859001', birthDate: '1985-08-01' }
const family = await ok<{ familyId: string }>(sari, 'POST', 'register/families', {
  source: 'civil_registry',
  sourceRef: 'KK-1',
  effectiveOn: '2026-01-10',
  regionCode: village,
  family: { kkNumber: kk, address: 'Gang Melati 4', rt: '3', rw: '4' },
  members: [
    { ...ratna, relationship: 'head', sex: 'female', sealed: { disabilities: ['visual'] } },
    { name: 'Dewi', relationship: 'child', birthDate: '2008-03-03' },
    { name: 'Adi', relationship: 'child', birthDate: '2012-03-03' },
  ],
})
const people = await sql<{ id: string; name: string }>('select id, name from person where family_id = $1', [
  family.familyId,
])
const idOf = (name: string) => people.find((one) => one.name === name)?.id ?? ''
await sql(
  `insert into assistance (family_id, id, region_code, programme_code, period_from, source) values ($1, $2, $3, 'BST', '2026-02-01', 'office')`,
  [family.familyId, uuid(), village],
)
await ok(sari, 'POST', `register/families/${family.familyId}/open`, {
  reason: 'Warga datang ke kantor',
  work: 'service',
})

const asks = { kind: 'access', regionCode: village, name: 'Ratna', nik: ratna.nik }
const file = (over: object = {}) => ok<FiledRequest>(null, 'POST', 'rights/requests', { ...asks, ...over })
const verify = (who: SignedIn, id: string, personId: string | null, how = 'card_seen') =>
  call<DataRequest & Problem>(who, 'POST', `rights/requests/${id}/verify`, { how, personId })

test('asked on the web, verified by the village, read and taken along by the one who asked', async () => {
  const filed = await file()
  assert.equal(filed.dueAt, new Date(now + 72 * HOUR).toISOString())
  const before = await ok<TrackedRequest>(filed, 'GET', 'rights/tracking')
  assert.deepEqual([before.state, before.canSee, before.can], ['received', false, ['add_card', 'withdraw']])
  assert.deepEqual(await why(filed, 'GET', 'rights/tracking/held'), [409, 'not_open'])

  const seen = await ok<DataRequest>(sari, 'GET', `rights/requests/${filed.id}`)
  assert.equal(seen.nik, '999901******9001')
  assert.deepEqual(
    seen.matches.map(({ name, by, birthYear }) => ({ name, by, birthYear })),
    [{ name: 'Ratna', by: 'nik', birthYear: 1985 }],
  )
  assert.deepEqual(
    await why(sari, 'POST', `rights/requests/${filed.id}/verify`, { how: 'card_seen', personId: idOf('Adi') }),
    [400, 'invalid_request', 'personId no_match'],
  )
  assert.deepEqual(
    await why(sari, 'POST', `rights/requests/${filed.id}/verify`, { how: 'card_photo', personId: idOf('Ratna') }),
    [400, 'invalid_request', 'how no_card'],
  )
  const done = await verify(sari, filed.id, idOf('Ratna'))
  assert.deepEqual([done.status, done.body.state], [200, 'answered'])
  assert.equal((await verify(sari, filed.id, idOf('Ratna'))).status, 409, 'once')

  const given = { id: uuid(), kind: 'whatsapp', value: '0812 0000 9001', agreed: true }
  await ok(sari, 'POST', `register/families/${family.familyId}/contacts`, given)
  await ok(sari, 'POST', `register/families/${family.familyId}/contacts/${given.id}/reveal`, {
    reason: 'Memberi tahu jadwal',
  })
  const asker = await testConsumer(
    { db },
    { name: 'Dinas Pendidikan Contoh', purpose: 'Menetapkan penerima beasiswa daerah' },
  )
  const other = await testConsumer(
    { db },
    { name: 'Sistem yang tidak mendapat', purpose: 'Mencari keluarga lain saja' },
  )
  const search = (value: string) => ({ query_type: 'idtype-value', query: { type: 'HOUSEHOLD_ID', value } })
  const [told] = await askRegistry(app, asker, search(kk))
  assert.equal(told?.total, 1, JSON.stringify(told))
  await askRegistry(app, other, search('9999011001269999'))

  const held = await ok<HeldData>(filed, 'GET', 'rights/tracking/held')
  assert.equal(held.person?.facts['nik'], ratna.nik, 'their own number, whole')
  assert.equal(held.person?.facts['familyId'], undefined)
  assert.deepEqual(
    held.person?.history.map((one) => [one.kind, one.source, one.sourceRef]),
    [['registered', 'civil_registry', 'KK-1']],
  )
  assert.deepEqual(held.sealed?.['disabilities'], ['visual'])
  assert.equal(held.family?.facts['address'], 'Gang Melati 4')
  assert.deepEqual(held.members.map((one) => one.name).toSorted(), ['Adi', 'Dewi', 'Ratna'])
  assert.deepEqual(
    held.assistance.map(({ from, to, source }) => ({ from, to, source })),
    [{ from: '2026-02-01', to: null, source: 'office' }],
  )
  assert.deepEqual(
    held.lookedAt.filter((one) => one.act === 'answered_to_system').map(({ at: _, ...one }) => one),
    [
      {
        act: 'answered_to_system',
        office: 'Dinas Pendidikan Contoh',
        role: 'system',
        work: null,
        reason: 'Menetapkan penerima beasiswa daerah',
      },
    ],
  )
  assert.deepEqual(held.contacts, [
    {
      kind: 'whatsapp',
      masked: '***********001',
      source: 'desk',
      since: new Date(now).toISOString(),
      agreed: true,
      endedAt: null,
      endReason: null,
    },
  ])
  assert.deepEqual(
    held.lookedAt.filter((one) => one.act === 'number_seen').map((one) => one.reason),
    ['Memberi tahu jadwal'],
  )
  const look = held.lookedAt.find((one) => one.act === 'opened')
  assert.equal(look?.reason, 'Warga datang ke kantor')
  assert.ok(look?.office?.includes('Margahayu'), JSON.stringify(held.lookedAt))
  assert.ok(!JSON.stringify(held).includes('Sari'), 'an office, never an officer')
  assert.ok(!JSON.stringify(held).includes(idOf('Dewi')), 'no ids of others')

  const file_ = await call<HeldData>(filed, 'GET', 'rights/tracking/export')
  assert.match(String(file_.headers['content-disposition']), /attachment/)
  assert.deepEqual(file_.body.contacts, held.contacts)
  const after = await ok<TrackedRequest>(filed, 'GET', 'rights/tracking')
  assert.deepEqual(
    after.events.map((one) => one.kind),
    ['filed', 'verified', 'answered', 'seen', 'exported'],
  )
  now += 31 * 24 * HOUR
  assert.deepEqual(await why(filed, 'GET', 'rights/tracking/held'), [409, 'not_open'], 'closed again')
  now -= 31 * 24 * HOUR
})

test('a wrong pair is an unknown one, and guessing is slowed', async () => {
  const filed = await file()
  const wrong = { number: filed.number, secret: filed.secret.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) }
  const address = '203.0.113.9'
  const answers = []
  for (let turn = 0; turn < 12; turn++)
    answers.push((await call(wrong, 'GET', 'rights/tracking', undefined, address)).status)
  assert.deepEqual([answers[0], answers.at(-1)], [404, 429])
  assert.equal((await call(filed, 'GET', 'rights/tracking')).status, 200, 'from elsewhere still')
})

test('the same id files once; a village is needed; a correction needs words', async () => {
  const id = uuid()
  const first = await file({ id })
  assert.deepEqual(await file({ id }), first)
  assert.deepEqual((await why(null, 'POST', 'rights/requests', { ...asks, id, name: 'Lain' })).slice(0, 2), [
    422,
    'key_reused',
  ])
  assert.deepEqual(await why(null, 'POST', 'rights/requests', { ...asks, regionCode: '32.75.01.9999' }), [
    400,
    'invalid_request',
    'regionCode unknown',
  ])
  assert.deepEqual(await why(null, 'POST', 'rights/requests', { ...asks, kind: 'correction' }), [
    400,
    'invalid_request',
    'wish minLength',
  ])
})

test('whoever the register does not know is told just that; family card and birth date also find', async () => {
  const unknown = await file({ nik: '9999010101709009', name: 'Tuti' })
  const seen = await ok<DataRequest>(sari, 'GET', `rights/requests/${unknown.id}`)
  assert.deepEqual(seen.matches, [])
  assert.equal((await verify(sari, unknown.id, null)).status, 200)
  const none = await ok<HeldData>(unknown, 'GET', 'rights/tracking/held')
  assert.deepEqual([none.person, none.family, none.lookedAt], [null, null, []])

  const dewi = await file({ name: 'Dewi', nik: '9999014303089009', kkNumber: kk, birthDate: '2008-03-03' })
  const child = await ok<DataRequest>(sari, 'GET', `rights/requests/${dewi.id}`)
  assert.deepEqual(
    child.matches.map(({ name, by }) => [name, by]),
    [['Dewi', 'kk_and_birth_date']],
  )
})

test('a correction becomes a proposal that the verifying officer did not make', async () => {
  const filed = await file({ kind: 'correction', wish: 'Nama saya Ratnawati, sesuai akta lahir.' })
  const done = await verify(sari, filed.id, idOf('Ratna'))
  assert.equal(done.status, 200, JSON.stringify(done.body))
  const [proposal] = await sql<{ number: string; door: string; kind: string; by: string | null; person: string }>(
    'select number, door, kind, proposed_by as by, person_id as person from proposal where number = $1',
    [done.body.proposalNumber],
  )
  assert.deepEqual(proposal, {
    number: done.body.proposalNumber ?? '',
    door: 'rights',
    kind: 'correct',
    by: null,
    person: idOf('Ratna'),
  })
  assert.equal((await ok<TrackedRequest>(filed, 'GET', 'rights/tracking')).proposalNumber, proposal?.number)
})

test('seventy-two hours are counted; refusing says why; who asked may take it back', async () => {
  const [late, refused, back] = [await file(), await file(), await file()]
  await ok(back, 'POST', 'rights/tracking/withdraw')
  assert.deepEqual(await why(back, 'POST', 'rights/tracking/withdraw'), [409, 'state'])
  assert.deepEqual(await why(sari, 'POST', `rights/requests/${refused.id}/refuse`, { reason: 'Tidak' }), [
    400,
    'invalid_request',
    'reason minLength',
  ])
  await ok(sari, 'POST', `rights/requests/${refused.id}/refuse`, {
    reason: 'Foto kartu tidak terbaca, datanglah ke kantor.',
  })
  assert.match((await ok<TrackedRequest>(refused, 'GET', 'rights/tracking')).refusal ?? '', /tidak terbaca/)

  now += 72 * HOUR + 1
  const marked = await db.asSystem('test', (tx) => markOverdue(tx))
  assert.ok(marked >= 1)
  assert.equal((await ok<TrackedRequest>(late, 'GET', 'rights/tracking')).overdue, true)
  assert.equal((await ok<TrackedRequest>(refused, 'GET', 'rights/tracking')).overdue, false)
  assert.equal(await db.asSystem('test', (tx) => markOverdue(tx)), 0, 'once')
  const later = await signedIn(db, { role: 'officer', regionCode: village })
  const list = await ok<{ items: DataRequestItem[] }>(later, 'GET', 'rights/requests?overdue=true')
  assert.ok(list.items.some((one) => one.id === late.id))
  assert.ok(!list.items.some((one) => one.id === refused.id))
  now -= 72 * HOUR + 1
})

test('other villages, other agencies and pillars see nothing; a citizen only their own', async () => {
  const filed = await file()
  const mine = await ok<{ items: DataRequestItem[] }>(sari, 'GET', 'rights/requests')
  assert.ok(mine.items.some((one) => one.id === filed.id))
  for (const who of [nextDoor, health]) {
    assert.deepEqual((await ok<{ items: unknown[] }>(who, 'GET', 'rights/requests')).items, [])
    assert.equal((await call(who, 'GET', `rights/requests/${filed.id}`)).status, 404)
    assert.equal((await verify(who, filed.id, null)).status, 404)
  }
  assert.equal((await call(pillar, 'GET', 'rights/requests')).status, 403)
  const inTables = await db.as({ requestId: filed.id, at: new Date(now) }, async (tx) => ({
    requests: await tx.selectFrom('data_request').select('id').execute(),
    names: await tx.selectFrom('data_request_identity').select('request_id').execute(),
    people: await tx.selectFrom('data_request_event').select('request_id').execute(),
  }))
  assert.deepEqual(inTables, {
    requests: [{ id: filed.id }],
    names: [{ request_id: filed.id }],
    people: [{ request_id: filed.id }],
  })
})

test('a photo of the card is kept, looked at by the office with a trace, and verified with', async () => {
  const filed = await file()
  const content = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#9a7' } })
    .jpeg()
    .toBuffer()
  const sent = await app.inject({
    method: 'POST',
    url: '/api/rights/tracking/card',
    headers: {
      'x-tracking': `${filed.number} ${filed.secret}`,
      'content-type': 'multipart/form-data; boundary=batas',
    },
    payload: Buffer.concat([
      Buffer.from(
        '--batas\r\nContent-Disposition: form-data; name="file"; filename="ktp.jpg"\r\nContent-Type: image/jpeg\r\n\r\n',
      ),
      content,
      Buffer.from('\r\n--batas--\r\n'),
    ]),
  })
  assert.equal(sent.statusCode, 200, sent.body)
  const look = await app.inject({
    url: `/api/rights/requests/${filed.id}/card`,
    headers: { cookie: sari.cookie },
  })
  assert.equal(look.statusCode, 200)
  const traces = await sql(
    `select 1 from audit_entry where act = 'look' and subject = 'data_request' and subject_id = $1`,
    [filed.id],
  )
  assert.equal(traces.length, 1)
  assert.equal((await verify(sari, filed.id, idOf('Ratna'), 'card_photo')).status, 200)
})

test('at the desk the officer who wrote it down may verify: the card is in the hand', async () => {
  const filed = await ok<FiledRequest>(sari, 'POST', 'rights/requests/desk', asks)
  assert.equal((await verify(sari, filed.id, idOf('Ratna'))).status, 200)
  assert.equal((await ok<HeldData>(filed, 'GET', 'rights/tracking/held')).person?.facts['name'], 'Ratna')
})

test('the list goes on where it ended, and a page of nonsense is the first page', async () => {
  const first = await ok<{ items: DataRequestItem[]; next: string }>(sari, 'GET', 'rights/requests?limit=2')
  const rest = await ok<{ items: DataRequestItem[] }>(
    sari,
    'GET',
    `rights/requests?limit=2&after=${encodeURIComponent(first.next)}`,
  )
  const ids = [...first.items, ...rest.items].map((one) => one.id)
  assert.equal(new Set(ids).size, 4)
  for (const after of ['1~2', `2026-13-77~${'-'.repeat(36)}`, `2026-01-01T00:00:00Z~${'-'.repeat(36)}`, '~'])
    assert.deepEqual(
      (
        await ok<{ items: DataRequestItem[] }>(
          sari,
          'GET',
          `rights/requests?limit=2&after=${encodeURIComponent(after)}`,
        )
      ).items,
      first.items,
    )
})
