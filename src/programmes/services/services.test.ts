import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { faults, type Refused, serviceDesk } from '#test/support/service-desk.ts'
import { remindOfSteps } from './jobs.ts'
import type { Recorded, ServiceCase, WorkDay } from './schema.ts'

let now = new Date('2026-11-10T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const { call, opens } = serviceDesk(app, db)
const VILLAGE = '36.73.01.1001'

const [sari, tono, endang, bagas, lastri, nurul, ratna, elsewhere, health, auditor] = await Promise.all([
  signedIn(db, { role: 'officer', regionCode: VILLAGE, name: 'Sari' }),
  signedIn(db, { role: 'officer', regionCode: VILLAGE, name: 'Tono' }),
  signedIn(db, { role: 'supervisor', regionCode: VILLAGE, name: 'Endang' }),
  signedIn(db, { role: 'pillar', regionCode: VILLAGE, name: 'Bagas' }),
  signedIn(db, { role: 'pillar', regionCode: VILLAGE, name: 'Lastri' }),
  signedIn(db, { role: 'officer', regionCode: '36.73', name: 'Nurul' }),
  signedIn(db, { role: 'supervisor', regionCode: '36.73', name: 'Ratna' }),
  signedIn(db, { role: 'supervisor', regionCode: '33.13', name: 'Agus' }),
  signedIn(db, { role: 'officer', regionCode: '36.73', agency: 'health', name: 'Hendra' }),
  signedIn(db, { role: 'auditor', regionCode: '00', name: 'Laksmi' }),
])
const [leg, other] = await registerFamilies(db, 2, VILLAGE)
assert.ok(leg && other)
let legCase = ''

test('an application needs the family opened, names what is wrong at its field, and is one however often it is sent', async () => {
  const body = {
    id: uuid(),
    programmeCode: 'KAKI_PALSU',
    familyId: leg.family,
    personId: leg.head,
    answers: { need: 'Kaki palsu kiri' },
  }
  assert.equal((await call<Refused>(sari, 'POST', 'cases', body)).body.code, 'open_first')
  await opens(sari, leg.family)
  assert.deepEqual(faults(await call<Refused>(sari, 'POST', 'cases', { ...body, personId: other.head })), [
    'personId unknown',
  ])
  assert.deepEqual(faults(await call<Refused>(sari, 'POST', 'cases', { ...body, programmeCode: 'PKH' })), [
    'programmeCode service_unknown',
  ])
  assert.deepEqual(
    faults(await call<Refused>(sari, 'POST', 'cases', { ...body, answers: { need: 'Kaki palsu', nonsense: 1 } })),
    ['answers.nonsense additionalProperties'],
  )
  const made = await call<{ id: string; number: string }>(sari, 'POST', 'cases', body)
  assert.equal(made.status, 201, made.text)
  assert.match(made.body.number, /^LAY-\d{6}$/)
  assert.deepEqual((await call(sari, 'POST', 'cases', body)).body, made.body)
  assert.equal((await call<Refused>(sari, 'POST', 'cases', { ...body, id: uuid() })).body.code, 'service_open_already')
  assert.equal((await call<Refused>(bagas, 'POST', 'cases', body)).status, 403)
  assert.equal((await call<Refused>(health, 'POST', 'cases', body)).status, 403)
  legCase = made.body.id

  const walk = { programmeCode: 'UPSK', walkIn: { name: 'Warsih', nik: '9999014101900001' }, regionCode: VILLAGE }
  assert.deepEqual(faults(await call<Refused>(sari, 'POST', 'cases', { ...walk, regionCode: '36.73' })), [
    'regionCode unknown',
  ])
  const [known] = await sql<{ nik: string }>('select nik from person where id = $1', [leg.head])
  assert.deepEqual(
    faults(await call<Refused>(sari, 'POST', 'cases', { ...walk, walkIn: { name: 'Warsih', nik: known?.nik } })),
    ['walkIn.nik service_in_register'],
  )
  assert.deepEqual(faults(await call<Refused>(sari, 'POST', 'cases', { ...walk, familyId: leg.family })), [
    'familyId service_whom',
  ])
  assert.deepEqual(faults(await call<Refused>(sari, 'POST', 'cases', { ...walk, complaintNumber: 'K7M3-9QXT' })), [
    'complaintNumber service_complaint_unknown',
  ])
  assert.equal((await call(sari, 'POST', 'cases', walk)).status, 201)
})

test('from assessment to outcome: what was found is there, and only for who holds the case and has opened the family', async () => {
  const assessed = {
    id: uuid(),
    code: 'asesmen',
    result: 'done',
    answers: { side: 'left', level: 'below_knee' },
    note: 'Rahasia: luka lama',
  }
  const whole = await call<Refused>(sari, 'POST', `cases/${legCase}/assess`, { ...assessed, answers: { side: 'left' } })
  assert.deepEqual(faults(whole), ['answers.level required'])
  assert.equal((await call<Recorded>(sari, 'POST', `cases/${legCase}/assess`, assessed)).body.state, 'assessed')
  assert.equal((await call<Recorded>(sari, 'POST', `cases/${legCase}/assess`, assessed)).body.repeated, true)
  const planned = await call<ServiceCase>(sari, 'POST', `cases/${legCase}/plan`, {
    steps: [
      { code: 'pengukuran', dueOn: '2026-11-12', assigneeId: bagas.accountId },
      { code: 'kunjungan', dueOn: '2026-12-20' },
    ],
  })
  assert.equal(planned.status, 200, planned.text)
  // What the plan requires is planned even when it is not named, and what is repeated stands there each time.
  assert.deepEqual(
    planned.body.steps
      .filter((one) => one.phase === 'steps')
      .map((one) => one.code)
      .sort(),
    ['kunjungan', 'kunjungan', 'pemasangan', 'pengukuran'],
  )
  assert.deepEqual(
    [planned.body.state, planned.body.nextStep?.code, planned.body.nextDue],
    ['planned', 'pengukuran', '2026-11-12'],
  )
  const text = (who: SignedIn) => call<ServiceCase>(who, 'GET', `cases/${legCase}`)
  assert.match((await text(sari)).text, /luka lama/)

  // The same rows, asked as the owner, are there; the others do not get them.
  assert.equal(
    (await sql(`select seq from service_record where case_id = $1 and note like '%luka lama%'`, [legCase])).length,
    1,
  )
  const boss = await text(endang)
  assert.deepEqual([boss.body.content, boss.body.about.inside], ['open_first', true])
  assert.doesNotMatch(boss.text, /luka lama|below_knee.*"note"/)
  await call(endang, 'POST', `cases/${legCase}/open`, { reason: 'Supervisi kasus kaki palsu' })
  assert.match((await text(endang)).text, /luka lama/)
  const looks = await sql<{ n: number }>(
    `select count(*)::int n from audit_entry where act = 'look' and subject = 'service_case' and subject_id = $1 and actor_id = $2`,
    [legCase, endang.accountId],
  )
  assert.equal(looks[0]?.n, 2, 'that somebody looked is written down')
  const above = await text(ratna)
  assert.deepEqual(
    [above.status, above.body.content, above.body.about.inside, above.body.events, above.body.can],
    [200, 'hidden', false, [], []],
  )
  assert.doesNotMatch(above.text, /luka lama|Sukarsih/)
  await opens(ratna, leg.family)
  assert.doesNotMatch((await text(ratna)).text, /luka lama/, 'a family opened is not a case held')
  for (const who of [tono, nurul, elsewhere, health, lastri, auditor])
    assert.equal((await text(who)).status, 404, who.actor.name)

  // A step was given to Bagas: he sees what he has to do, and nothing that others found.
  const his = await text(bagas)
  assert.equal(his.status, 200)
  assert.doesNotMatch(his.text, /luka lama/)
  const day = await call<WorkDay>(bagas, 'GET', 'day')
  assert.deepEqual(
    day.body.soon.map((one) => [one.step.code, one.daysLeft, one.exact]),
    [['pengukuran', 2, false]],
  )
  now = new Date('2026-11-14T02:00:00Z')
  assert.deepEqual(
    (await call<WorkDay>(bagas, 'GET', 'day')).body.overdue.map((one) => one.daysLeft),
    [-2],
  )
  assert.equal(await remindOfSteps(db), 1)
  assert.equal(await remindOfSteps(db), 0, 'once is enough')
  const seq = his.body.steps.find((one) => one.code === 'pengukuran')?.seq ?? 0
  const vain = { id: uuid(), result: 'not_met', point: { lat: -6.24, lon: 107.01 } }
  const tried = await call<Recorded>(bagas, 'POST', `cases/${legCase}/steps/${seq}/record`, vain)
  assert.deepEqual([tried.body.state, tried.body.again], ['running', '2026-11-21'], tried.text)
  assert.equal((await call<Recorded>(bagas, 'POST', `cases/${legCase}/steps/${seq}/record`, vain)).body.repeated, true)
  const tasks = (await call<WorkDay>(bagas, 'GET', 'day')).body
  assert.deepEqual(
    [tasks.soon[0]?.exact, tasks.soon[0]?.lat, tasks.doneToday],
    [true, -6.24, 1],
    'the map knows where they were met',
  )

  const record = async (who: SignedIn, code: string, result: string, answers = {}) => {
    const step = (await text(sari)).body.steps.find((one) => one.code === code && one.doneOn === null && !one.dropped)
    return call<Recorded & Refused>(who, 'POST', `cases/${legCase}/steps/${step?.seq}/record`, {
      id: uuid(),
      result,
      answers,
    })
  }
  assert.deepEqual(faults(await record(bagas, 'pengukuran', 'done', { lengthMm: 5 })), ['answers.lengthMm minimum'])
  assert.equal((await record(lastri, 'pengukuran', 'done', { lengthMm: 180 })).status, 404)
  assert.equal((await record(bagas, 'pengukuran', 'done', { lengthMm: 180 })).status, 200)
  assert.equal((await record(bagas, 'pemasangan', 'fits')).status, 403, 'not given to him')
  assert.equal(
    (await call<Refused>(sari, 'POST', `cases/${legCase}/finish`, { outcome: 'independent' })).body.code,
    'service_steps_left',
  )
  assert.equal((await record(sari, 'pemasangan', 'fits')).status, 200)
  assert.equal((await record(sari, 'kunjungan', 'better', { used: 'daily' })).status, 200)
  assert.deepEqual(faults(await call<Refused>(sari, 'POST', `cases/${legCase}/finish`, { outcome: 'moved' })), [
    'outcome unknown',
  ])
  const done = await call<ServiceCase>(sari, 'POST', `cases/${legCase}/finish`, { outcome: 'independent' })
  assert.deepEqual(
    [done.body.state, done.body.outcome?.name, done.body.can],
    ['finished', 'Berjalan mandiri', []],
    done.text,
  )
  assert.equal((await text(bagas)).status, 404, 'what is over is no longer a pillar’s')
})

test('a case handed on is the next one’s, with what is open; whoever had it sees it no more', async () => {
  const { rows } = { rows: await sql<{ id: string }>(`select id from service_case where programme_code = 'UPSK'`) }
  const id = rows[0]?.id
  assert.deepEqual(faults(await call<Refused>(sari, 'POST', `cases/${id}/give`, { accountId: elsewhere.accountId })), [
    'accountId unknown',
  ])
  assert.equal((await call(tono, 'POST', `cases/${id}/give`, { accountId: tono.accountId })).status, 404)
  assert.equal((await call(endang, 'POST', `cases/${id}/give`, { accountId: tono.accountId })).status, 204)
  const his = await call<ServiceCase>(tono, 'GET', `cases/${id}`)
  assert.deepEqual([his.body.worker, his.body.next, his.body.can.includes('assess')], ['Tono', 'assess', true])
  const hers = await call<ServiceCase>(sari, 'GET', `cases/${id}`)
  assert.deepEqual(
    [hers.body.content, hers.body.about.inside, hers.body.can],
    ['hidden', false, []],
    'she took the application: she sees that there is one',
  )
  const moved = await call<ServiceCase>(tono, 'POST', `cases/${id}/steps/1/move`, {
    dueOn: '2026-12-20',
    reason: 'Warga sedang di luar kota',
  })
  assert.deepEqual([moved.body.nextDue, moved.body.steps[0]?.moved], ['2026-12-20', true])
  const far = await call<Refused>(tono, 'POST', `cases/${id}/steps/1/move`, {
    dueOn: '9999-12-31',
    reason: 'Salah ketik',
  })
  assert.deepEqual(faults(far), ['dueOn service_too_far'])
  assert.deepEqual(
    faults(
      await call<Refused>(tono, 'POST', `cases/${id}/steps/1/move`, { dueOn: '2026-11-13', reason: 'Lebih awal' }),
    ),
    ['dueOn past'],
  )
})
