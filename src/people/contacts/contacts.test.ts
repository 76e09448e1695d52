import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { type Answer, faults, paper, registerDesk } from '#test/support/register-desk.ts'
import { contactsToAsk, familiesWithContact, recordContactAsSystem, stopContact } from './index.ts'
import type { Contacts } from './schema.ts'

let now = Date.parse('2026-06-01T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => new Date(now), max: 8 })
const app = await testApp(db)
const village = '32.75.01.1002'
const desk = await signedIn(db, { role: 'officer', regionCode: village, name: 'Sari' })
const city = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
const nextDoor = await signedIn(db, { role: 'officer', regionCode: '32.75.01.1003' })
const health = await signedIn(db, { role: 'officer', regionCode: '32.75', agency: 'health' })
const pillar = await signedIn(db, { role: 'pillar', regionCode: village })
const { call, post, registered, open } = registerDesk(app, desk)

const NUMBER = '+6281200009001'
const typed = (more: object = {}) => ({ id: uuid(), kind: 'whatsapp', value: '0812 0000 9001', agreed: true, ...more })
const system = <T>(work: Parameters<typeof db.asSystem<T>>[1]) => db.asSystem('test', work)
const ask = (...families: string[]) => system((tx) => contactsToAsk(tx, families))
const reached = async (...families: string[]) => (await ask(...families)).map((one) => one.address)
let cards = 0
/** A family of its own, opened by the desk. */
async function family(members?: object[]) {
  const { familyId } = await registered(
    desk,
    { family: { kkNumber: `99990110012${String(61000 + ++cards)}` } },
    members,
  )
  await open(desk, familyId)
  return familyId
}
const contacts = async (who: typeof desk, familyId: string) => {
  const { status, body } = await call<Contacts>(who, 'GET', `families/${familyId}/contacts`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.items
}
async function add(familyId: string, more: object = {}) {
  const { status, body } = await post<Contacts>(desk, `families/${familyId}/contacts`, typed(more))
  assert.equal(status, 200, JSON.stringify(body))
  return body.items
}

test('whoever opened the family records and sees its contacts, masked; nobody else does', async () => {
  const { familyId } = await registered()
  const at = `families/${familyId}/contacts`
  const id = uuid()
  const doors = [
    ['GET', at],
    ['POST', at, typed()],
    ['POST', `${at}/${id}/agreement`, { agreed: false }],
    ['POST', `${at}/${id}/end`, { reason: 'wrong' }],
    ['POST', `${at}/${id}/reveal`, { reason: 'Menelepon warga' }],
  ] as const
  const tried = async (who: typeof desk) =>
    Promise.all(doors.map(async ([method, url, body]) => (await call(who, method, url, body)).status))
  assert.deepEqual(await tried(desk), [403, 403, 403, 403, 403], 'not opened')
  assert.equal((await call(desk, 'GET', at)).body.code, 'open_first')
  assert.deepEqual(await tried(nextDoor), [404, 404, 404, 404, 404], 'of another village')
  assert.deepEqual(await tried(health), [403, 403, 403, 403, 403], 'of another office')
  assert.deepEqual(await tried(pillar), [403, 403, 403, 403, 403], 'pillars have no register')
  await open(desk, familyId)
  // Not vacuous: opened, the same doors lead somewhere.
  assert.deepEqual(await tried(desk), [200, 200, 404, 404, 404])
  const [shown] = await contacts(desk, familyId)
  assert.deepEqual(
    { ...shown, id: null },
    {
      id: null,
      kind: 'whatsapp',
      masked: `${'*'.repeat(11)}001`,
      personId: null,
      personName: null,
      agreedAt: new Date(now).toISOString(),
      source: 'desk',
      recordedAt: new Date(now).toISOString(),
      recordedBy: 'Sari',
      endedAt: null,
      endedBy: null,
      endReason: null,
    },
  )
  assert.deepEqual(await reached(familyId), [NUMBER], 'it is there in full')
  const own = `${at}/${shown?.id}`
  assert.equal((await post<Answer>(city, `${own}/reveal`, { reason: 'Menelepon warga' })).body.code, 'open_first')
  assert.equal((await call(nextDoor, 'POST', `${own}/end`, { reason: 'wrong' })).status, 404)
  assert.equal((await contacts(desk, familyId))[0]?.endedAt, null)
  await assert.rejects(
    db.as(desk.actor, (tx) => tx.selectFrom('family_contact').select('value').execute()),
    /permission denied/,
  )
  for (const [who, rows] of [
    [desk, 1],
    [city, 0],
    [nextDoor, 0],
    [health, 0],
    [pillar, 0],
  ] as const)
    // prettier-ignore
    assert.equal((await db.as(who.actor, (tx) => tx.selectFrom('family_contact').select('id').execute())).length, rows)
})

test('what is wrong is said at its field, and nothing is kept', async () => {
  const id = await family()
  const wrong = async (more: object) => faults(await post<Answer>(desk, `families/${id}/contacts`, typed(more)))
  assert.deepEqual(await wrong({ value: '0812' }), ['value contact_whatsapp'])
  assert.deepEqual(await wrong({ kind: 'email', value: '0812 0000 9001' }), ['value contact_email'])
  assert.deepEqual(await wrong({ personId: uuid() }), ['personId not_member'])
  assert.deepEqual(await wrong({ value: '' }), ['value minLength'])
  assert.deepEqual(await wrong({ agreed: undefined }), ['agreed required'])
  assert.deepEqual(await wrong({ kind: 'sms' }), ['kind enum'])
  assert.deepEqual(await contacts(desk, id), [])
})

test('the same again changes nothing; another takes its place only when that is said', async () => {
  const id = await family()
  const [head] = await sql<{ id: string }>(`select id from person where family_id = $1 and relationship = 'head'`, [id])
  const first = typed({ agreed: false, personId: head?.id })
  const once = await add(id, first)
  assert.deepEqual([once[0]?.personName, once[0]?.agreedAt], ['Ratna', null])
  now += 60_000
  assert.deepEqual(await add(id, first), once, 'by its id')
  assert.deepEqual(await add(id, { agreed: false, value: '+62 812-0000-9001' }), once, 'by its value')
  assert.deepEqual(await reached(id), [], 'a number without leave is for people who call')
  assert.equal((await add(id))[0]?.agreedAt, new Date(now).toISOString(), 'the leave that was missing is added')
  const own = `families/${id}/contacts/${once[0]?.id}`
  for (const [agreed, there] of [
    [false, []],
    [true, [NUMBER]],
  ] as const) {
    // prettier-ignore
    assert.equal((await post(desk, `${own}/agreement`, { agreed })).status, 200)
    assert.deepEqual(await reached(id), there)
  }
  now += 60_000
  assert.equal((await add(id, { value: '0813 0000 9002' })).length, 2, 'both are in use')
  assert.deepEqual(await reached(id), ['+6281300009002'], 'the newest')
  const third = typed({ value: '0815 0000 9003', replaces: true })
  const three = await add(id, third)
  assert.deepEqual(three.map((one) => one.endReason).toSorted(), ['replaced', 'replaced', null].toSorted())
  assert.equal(three.find((one) => one.endReason)?.endedBy, 'Sari')
  await add(id, { value: '0816 0000 9004' })
  assert.equal((await add(id, third)).filter((one) => one.endedAt === null).length, 2, 'sent again it ends nobody')
  assert.equal((await post<Answer>(desk, `${own}/agreement`, { agreed: true })).body.code, 'contact_ended')
  const end = `families/${id}/contacts/${third.id}/end`
  const ended = await post<Contacts>(desk, end, { reason: 'changed' })
  assert.deepEqual((await post<Contacts>(desk, end, { reason: 'wrong' })).body, ended.body)
  assert.deepEqual(await reached(id), ['+6281600009004'])
})

test('seen in full with a reason, and the audit log says who and why', async () => {
  const id = await family()
  const [one] = await add(id)
  const at = `families/${id}/contacts/${one?.id}/reveal`
  assert.deepEqual(faults(await post<Answer>(desk, at, { reason: 'aaa' })), ['reason minLength'])
  const looks = () => sql(`select act, actor_id, reason, detail, region_code from audit_entry where subject = 'family_contact' and subject_id = $1 and act <> 'insert'`, [one?.id]) // prettier-ignore
  assert.deepEqual(await looks(), [])
  const { body } = await post<{ value: string }>(desk, at, { reason: 'Memberi tahu jadwal kunjungan' })
  assert.deepEqual(body, { value: NUMBER })
  assert.deepEqual(await looks(), [
    {
      act: 'reveal',
      actor_id: desk.actor.accountId,
      reason: 'Memberi tahu jadwal kunjungan',
      detail: { field: 'value' },
      region_code: village,
    },
  ])
  const told = await sql<{ all: string }>(`select string_agg(to_jsonb(a)::text, '') as all from audit_entry a`)
  assert.ok(told[0]?.all.includes(one?.id ?? '-') && !told[0].all.includes('81200009001'), 'never the number itself')
})

test('of many families each is reached by its best contact, and who says stop is not', async () => {
  const [a, b, none] = [await family(), await family(), await family()]
  await add(a, { kind: 'email', value: 'Ratna@contoh.id' })
  await add(b, { value: '0812 0000 9077' })
  now += 60_000
  assert.deepEqual(await reached(a), ['ratna@contoh.id'])
  await add(a, { value: '0812 0000 9077' })
  await add(a, { kind: 'email', value: 'keluarga@contoh.id' })
  assert.deepEqual(
    (await ask(a, b, none)).map(({ familyId, channel, address }) => [familyId, channel, address]).toSorted(),
    [[a, 'whatsapp', '+6281200009077'], [b, 'whatsapp', '+6281200009077']].toSorted(), // prettier-ignore
  )
  assert.deepEqual(
    (await system((tx) => contactsToAsk(tx, [a, b], ['email']))).map((one) => one.address),
    ['keluarga@contoh.id'],
  )
  assert.deepEqual(await system((tx) => familiesWithContact(tx, [a, b, none])), new Set([a, b]))
  // As a provider tells it, without a plus.
  assert.equal(await system((tx) => stopContact(tx, 'whatsapp', '6281200009077')), 2)
  assert.equal(await system((tx) => stopContact(tx, 'whatsapp', '6281200009077')), 0)
  assert.equal(await system((tx) => stopContact(tx, 'email', 'bukan surel')), 0)
  assert.deepEqual(await reached(a, b), ['keluarga@contoh.id'])
  assert.deepEqual((await contacts(desk, b)).map((one) => [one.endReason, one.endedBy]), [['stopped', null]]) // prettier-ignore
  // Handing over, later than it happened.
  const at = new Date(now - 3_600_000)
  const told = { familyId: none, id: uuid(), kind: 'whatsapp' as const, value: '081200009078', agreed: true }
  await system((tx) => recordContactAsSystem(tx, { ...told, source: 'handover', sourceRef: told.id, at }))
  const [given] = await contacts(desk, none)
  assert.deepEqual([given?.source, given?.agreedAt, given?.recordedAt, given?.recordedBy], ['handover', at.toISOString(), new Date(now).toISOString(), null]) // prettier-ignore
})

test('contacts go where their family goes, and back when that is taken back', async () => {
  const head = (name: string) => ({ name, relationship: 'head', birthDate: '1980-04-05', sex: 'female' })
  const kept = await family([head('Wulan'), { name: 'Tono', relationship: 'child', birthDate: '2010-01-01' }])
  const gone = await family([head('Sri')])
  await add(kept, { value: '0812 0000 9011' })
  now += 60_000
  await add(gone, { value: '0812 0000 9012' })
  await add(gone, { value: '0812 0000 9011' })
  now += 60_000
  const act = { ...paper, effectiveOn: '2026-05-20' }
  const join = await post(desk, `families/${kept}/joins`, { ...act, fromFamilyId: gone })
  assert.equal(join.status, 200, JSON.stringify(join.body))
  assert.deepEqual(await sql('select status from family where id = $1', [gone]), [{ status: 'dissolved' }])
  assert.deepEqual((await contacts(desk, kept)).map((one) => [one.masked.slice(-3), one.endReason]).toSorted(), [['011', null], ['011', 'replaced'], ['012', null]].toSorted()) // prettier-ignore
  assert.deepEqual(await contacts(desk, gone), [])
  // Whoever still knows the family by its former name finds it.
  assert.deepEqual(await reached(gone), ['+6281200009012'])
  assert.deepEqual((await ask(gone))[0]?.familyId, gone)
  const undone = await post(desk, `families/${kept}/take-backs`, { source: 'office', changeId: join.body.id })
  assert.equal(undone.status, 200, JSON.stringify(undone.body))
  await post(city, `families/${kept}/open`, { reason: 'Memeriksa pembatalan', work: 'service' })
  await post(city, `families/${gone}/open`, { reason: 'Memeriksa pembatalan', work: 'service' })
  assert.equal((await post(city, `changes/${undone.body.id}/check`, { accept: true })).status, 200)
  assert.deepEqual((await contacts(desk, kept)).map((one) => one.masked.slice(-3)), ['011']) // prettier-ignore
  assert.deepEqual(await reached(gone), ['+6281200009012'])
  assert.deepEqual(await sql(`select 1 from family_contact where came_from <> '{}'`), [])
})

test('a number of somebody who lives in another family now is left alone', async () => {
  const id = await family([
    { name: 'Lasmi', relationship: 'head', birthDate: '1980-04-05' },
    { name: 'Putri', relationship: 'child', birthDate: '2000-04-05' },
  ])
  const [child] = await sql<{ id: string }>(`select id from person where family_id = $1 and name = 'Putri'`, [id])
  await add(id, { value: '0812 0000 9021', personId: child?.id })
  assert.deepEqual(await reached(id), ['+6281200009021'])
  const split = await post(desk, `families/${id}/splits`, { ...paper, effectiveOn: '2026-05-01', members: [child?.id], headId: child?.id, family: {} }) // prettier-ignore
  assert.equal(split.status, 200, JSON.stringify(split.body))
  assert.deepEqual(await reached(id, split.body.familyId), [])
  assert.equal((await contacts(desk, id)).length, 1, 'the desk still sees it')
})

test('a number given for many families is asked by nobody: it may be that of whoever handed over', async () => {
  const families = [await family(), await family(), await family()]
  const value = '0812 0000 9031'
  for (const one of families) await add(one, { value })
  assert.deepEqual(
    await reached(...families),
    Array.from({ length: 3 }, () => '+6281200009031'),
    'neighbours lend one',
  )
  const fourth = await family()
  await add(fourth, { value })
  await add(fourth, { kind: 'email', value: 'empat@contoh.id' })
  assert.deepEqual(await reached(...families, fourth), ['empat@contoh.id'])
  const own = (await contacts(desk, fourth)).find((one) => one.kind === 'whatsapp')
  assert.equal((await post(desk, `families/${fourth}/contacts/${own?.id}/end`, { reason: 'wrong' })).status, 200)
  assert.equal((await reached(...families)).length, 3)
})
