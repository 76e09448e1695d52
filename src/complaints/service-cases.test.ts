import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openFamily } from '#src/people/register/index.ts'
import { serviceActs } from '#src/programmes/services/index.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import type { Case, Filed, Tracking } from './schema.ts'
import type { CaseServices } from './service-cases/schema.ts'

const now = new Date('2026-11-06T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)

const VILLAGE = '36.73.01.1001'
const bagas = await signedIn(db, { role: 'pillar', regionCode: VILLAGE, name: 'Bagas' })
const sari = await signedIn(db, { role: 'officer', regionCode: VILLAGE, name: 'Sari' })
const tono = await signedIn(db, { role: 'officer', regionCode: VILLAGE, name: 'Tono' })
const nurul = await signedIn(db, { role: 'officer', regionCode: '36.73', name: 'Nurul' })
const [family] = await registerFamilies(db, 1, VILLAGE)
assert.ok(family)
const [head] = await sql<{ nik: string; name: string }>('select nik, name from person where id = $1', [family.head])
assert.ok(head)

const call = async <T>(who: SignedIn, method: 'GET' | 'POST', url: string, payload?: object) => {
  const res = await app.inject({
    method,
    url: `/api${url}`,
    headers: { cookie: who.cookie },
    ...(payload && { payload }),
  })
  return { status: res.statusCode, body: res.json<T>(), text: res.body }
}
const file = async () =>
  (
    await call<Filed>(bagas, 'POST', '/complaints', {
      regionCode: VILLAGE,
      class: 'complaint',
      matter: 'enrolment.not_listed',
      body: 'Bapak ini kehilangan kaki kiri karena kecelakaan dan belum pernah mendapat bantuan apa pun.',
      complainant: { name: 'Bagas Prakoso', phone: '0812 0000 9001', relationship: 'tetangga' },
      concerned: [{ name: head.name, nik: head.nik, address: 'Gang Mawar 3' }],
    })
  ).body
const apply = (who: SignedIn, programmeCode: string, complaintNumber: string) =>
  call<{ id: string; code?: string; errors?: { field: string; code: string }[] }>(who, 'POST', '/services/cases', {
    programmeCode,
    familyId: family.family,
    ...(programmeCode === 'UEP' ? {} : { personId: family.head }),
    complaintNumber,
  })
const end = (id: string, outcome: string) =>
  db.as(sari.actor, (tx) => serviceActs.stop(tx, sari.actor, id, { reason: 'Warga pindah ke kota lain', outcome }))

test('from a complaint to a service and back: who it names is offered, the service is tied, the answer waits until it is sent', async () => {
  const filed = await file()
  await call(sari, 'POST', `/complaints/${filed.id}/verify`, {})
  const url = `/complaints/${filed.id}/services`
  const offered = await call<CaseServices>(sari, 'GET', url)
  assert.deepEqual(
    [offered.body.mayApply, offered.body.cases, offered.body.people, offered.body.walkIn?.address],
    [true, [], [{ personId: family.head, familyId: family.family, name: head.name }], 'Gang Mawar 3'],
    offered.text,
  )
  // An office that never held it sees that there is a case, and no names.
  const outside = await call<CaseServices>(nurul, 'GET', url)
  assert.deepEqual([outside.body.mayApply, outside.body.people, outside.body.walkIn], [false, [], null])
  assert.equal((await call(bagas, 'GET', url)).status, 403)

  const opening = { familyId: family.family, reason: 'Permohonan layanan', work: 'service' as const }
  await db.as(sari.actor, (tx) => openFamily(tx, sari.actor, opening))
  const wrong = await apply(sari, 'UEP', 'K7M3-9QXT')
  assert.deepEqual(
    wrong.body.errors?.map((one) => `${one.field} ${one.code}`),
    ['complaintNumber service_complaint_unknown'],
  )
  assert.equal((await sql('select id from service_case')).length, 0, 'nothing is left of it')
  const shop = await apply(sari, 'UEP', filed.number.toLowerCase())
  assert.equal(shop.status, 201, shop.text)
  const tied = await call<CaseServices>(nurul, 'GET', url)
  assert.deepEqual(
    tied.body.cases.map((one) => [one.programme.code, one.state, one.about.inside]),
    [['UEP', 'applied', false]],
  )

  await end(shop.body.id, 'moved')
  const told = await call<Case>(sari, 'GET', `/complaints/${filed.id}`)
  assert.match(
    told.body.readyAnswer ?? '',
    /Layanan UEP \(LAY-\d+\) yang diajukan dari aduan ini dihentikan. Alasannya: Pindah\./,
  )
  const answered = await call<Case>(tono, 'POST', `/complaints/${filed.id}/answer`, { body: told.body.readyAnswer })
  assert.deepEqual([answered.status, answered.body.readyAnswer], [200, null], answered.text)
  const tracked = await app.inject({
    url: '/api/tracking',
    headers: { 'x-tracking': `${filed.number} ${filed.secret}` },
  })
  const kinds = tracked.json<Tracking>().events.map((one) => one.kind)
  assert.ok(kinds.includes('service_opened') && !kinds.includes('service_news'))
})

test('of a confidential service the complaint tells neither what it is nor how it ended, and whoever may not see it does not', async () => {
  const filed = await file()
  const leg = await apply(sari, 'KAKI_PALSU', filed.number)
  assert.equal(leg.status, 201, leg.text)
  const url = `/complaints/${filed.id}/services`
  assert.equal((await call<CaseServices>(sari, 'GET', url)).body.cases.length, 1)
  assert.deepEqual((await call<CaseServices>(nurul, 'GET', url)).body.cases, [])
  assert.deepEqual((await call<CaseServices>(tono, 'GET', url)).body.cases, [])
  await end(leg.body.id, 'died')
  const told = await call<Case>(tono, 'GET', `/complaints/${filed.id}`)
  assert.match(told.body.readyAnswer ?? '', /^Layanan LAY-\d+ yang diajukan dari aduan ini dihentikan\.$/)
  assert.doesNotMatch(told.text, /kaki palsu|meninggal/i)
})
