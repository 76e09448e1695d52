import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { openSession, SESSION_COOKIE } from '#src/access/index.ts'
import { openFamily } from '#src/people/register/index.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { remindOfSteps } from './jobs.ts'
import {
  figures,
  type CasePage,
  type Recorded,
  type Results,
  type ServiceCase,
  type StepPage,
  type WorkDay,
} from './schema.ts'

let now = new Date('2026-11-10T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const VILLAGE = '36.73.01.1001'
type Refused = { code: string; errors?: { field: string; code: string }[] }

// A session of weeks ago has ended: one for each day.
const cookies = new Map<string, Promise<string>>()
function cookieOf(who: SignedIn): Promise<string> {
  const key = `${who.accountId} ${now.toISOString()}`
  const made =
    cookies.get(key) ??
    db
      .asSystem('test session', (tx) =>
        openSession(tx, {
          accountId: who.accountId,
          assignmentId: who.actor.assignmentId,
          methods: ['password', 'totp'],
          at: now,
        }),
      )
      .then((session) => `${SESSION_COOKIE}=${session.token}`)
  cookies.set(key, made)
  return made
}
async function call<T>(who: SignedIn, method: 'GET' | 'POST', url: string, payload?: object) {
  const res = await app.inject({
    method,
    url: `/api/services/${url}`,
    headers: { cookie: await cookieOf(who) },
    ...(payload && { payload }),
  })
  const isJson = res.headers['content-type']?.includes('json')
  return {
    status: res.statusCode,
    body: (isJson ? res.json<T>() : undefined) as T,
    text: res.body,
    raw: res.rawPayload,
  }
}
const faults = (answer: { body: Refused }) => (answer.body.errors ?? []).map((one) => `${one.field} ${one.code}`)
const opens = (who: SignedIn, familyId: string) =>
  db.as({ ...who.actor, at: now }, (tx) =>
    openFamily(tx, { ...who.actor, at: now }, { familyId, reason: 'Permohonan layanan', work: 'service' }),
  )

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
const families = await registerFamilies(db, 4, VILLAGE)
const [leg, shop, first, second] = families
assert.ok(leg && shop && first && second)
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
  assert.deepEqual(faults(await call<Refused>(sari, 'POST', 'cases', { ...body, personId: first.head })), [
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
  assert.equal((await call(sari, 'POST', 'cases', { ...walk, complaintNumber: 'K7M3-9QXT' })).status, 201)
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

test('a group: families join, a meeting has a module and attendance, each of it once', async () => {
  const made = await call<{ id: string }>(sari, 'POST', 'cases', {
    programmeCode: 'P2K2',
    groupName: 'Melati RW 04',
    regionCode: VILLAGE,
    workerId: bagas.accountId,
  })
  assert.equal(made.status, 201, made.text)
  const group = made.body.id
  assert.equal(
    (await call(sari, 'POST', `cases/${group}/members`, { name: 'Sumiati' })).status,
    403,
    'it is the pillar’s now',
  )
  for (const family of [first, second]) {
    assert.equal(
      (await call<Refused>(endang, 'POST', `cases/${group}/members`, { familyId: family.family })).body.code,
      'open_first',
    )
    await opens(endang, family.family)
    assert.equal((await call(endang, 'POST', `cases/${group}/members`, { familyId: family.family })).status, 200)
  }
  assert.equal(
    (await call<Refused>(endang, 'POST', `cases/${group}/members`, { familyId: first.family })).body.code,
    'service_member_already',
  )
  await call(endang, 'POST', `cases/${group}/members`, { name: 'Karsono' })
  const [task] = (await call<WorkDay>(bagas, 'GET', 'day')).body.soon
  assert.equal(task, undefined, 'due in fourteen days')
  const page = await call<StepPage>(bagas, 'GET', `cases/${group}/steps/1`)
  assert.equal(page.body.members.length, 3)
  const came = page.body.members.map((one, at) => ({ memberId: one.id, present: at > 0 }))
  const forming = { id: uuid(), code: 'pembentukan', result: 'done', attendance: came }
  assert.deepEqual(
    faults(await call<Refused>(bagas, 'POST', `cases/${group}/assess`, { ...forming, attendance: [] })),
    ['attendance required'],
  )
  assert.deepEqual(
    faults(
      await call<Refused>(bagas, 'POST', `cases/${group}/assess`, {
        ...forming,
        attendance: [{ memberId: uuid(), present: true }],
      }),
    ),
    ['attendance unknown'],
  )
  assert.equal((await call(bagas, 'POST', `cases/${group}/assess`, forming)).status, 200)
  assert.equal(
    (await call(bagas, 'POST', `cases/${group}/plan`, { steps: [{ code: 'pertemuan', dueOn: '2026-11-20' }] })).status,
    403,
  )
  const plan = await call<ServiceCase>(endang, 'POST', `cases/${group}/plan`, {
    steps: [{ code: 'pertemuan', dueOn: '2026-11-20', times: 3 }],
  })
  const meeting = plan.body.steps.find((one) => one.code === 'pertemuan')
  assert.deepEqual(
    plan.body.steps.filter((one) => one.code === 'pertemuan').map((one) => one.dueOn),
    ['2026-11-20', '2026-12-20', '2027-01-19'],
  )
  now = new Date('2026-11-20T03:00:00Z')
  const report = { id: uuid(), result: 'held', topic: 'pengasuhan', attendance: came }
  const path = `cases/${group}/steps/${meeting?.seq}/record`
  assert.deepEqual(faults(await call<Refused>(bagas, 'POST', path, { ...report, topic: undefined })), [
    'topic required',
  ])
  assert.equal((await call<Recorded>(bagas, 'POST', path, report)).body.state, 'running')
  assert.equal((await call<Recorded>(bagas, 'POST', path, report)).body.repeated, true)
  const after = await call<ServiceCase>(endang, 'GET', `cases/${group}`)
  assert.deepEqual(after.body.members.map((one) => [one.present, one.meetings]).sort(), [
    [0, 2],
    [2, 2],
    [2, 2],
  ])
  assert.equal(
    after.body.steps.find((one) => one.seq === meeting?.seq)?.record?.topic?.name,
    'Pengasuhan dan pendidikan anak',
  )
  const [gone] = after.body.members
  const left = await call<ServiceCase>(endang, 'POST', `cases/${group}/members/${gone?.id}/leave`, {
    reason: 'Pindah ke kota lain',
  })
  assert.equal(left.body.members.filter((one) => one.leftOn === null).length, 2)
  assert.equal(
    (await call<CasePage>(endang, 'GET', `cases?family=${first.family}`)).body.items.length,
    gone?.familyId === first.family ? 0 : 1,
  )
})

test('each figure opens exactly its rows, for everybody who may count; a file holds initials only', async () => {
  await opens(tono, shop.family)
  const shopCase = await call<{ id: string }>(tono, 'POST', 'cases', {
    programmeCode: 'UEP',
    familyId: shop.family,
    answers: { business: 'food' },
  })
  assert.equal(shopCase.status, 201, shopCase.text)
  const rejected = await call<{ id: string }>(sari, 'POST', 'cases', {
    programmeCode: 'UEP',
    walkIn: { name: 'Hartono Wijayakusuma' },
    regionCode: VILLAGE,
  })
  await call(sari, 'POST', `cases/${rejected.body.id}/reject`, {
    reason: 'Memiliki toko bangunan',
    outcome: 'not_entitled',
  })
  now = new Date('2026-12-08T03:00:00Z')
  let seen = 0
  for (const who of [sari, endang, nurul, ratna, auditor, elsewhere]) {
    const { body, status } = await call<Results>(who, 'GET', 'results?from=2026-01-01&to=2026-12-31')
    assert.equal(status, 200)
    for (const row of [{ programme: null, counts: body.total }, ...body.programmes])
      for (const figure of figures) {
        const of = row.programme ? `&programme=${row.programme.code}` : ''
        const list = await call<CasePage>(
          who,
          'GET',
          `cases?figure=${figure}&from=2026-01-01&to=2026-12-31&region=${body.region.code}${of}`,
        )
        assert.equal(list.body.items.length, row.counts[figure], `${who.actor.name} ${row.programme?.code} ${figure}`)
        seen += list.body.items.length
      }
    for (const programme of body.programmes)
      for (const outcome of programme.outcomes)
        assert.equal(
          (
            await call<CasePage>(
              who,
              'GET',
              `cases?programme=${programme.programme.code}&outcome=${outcome.code}&status=all`,
            )
          ).body.items.length,
          outcome.count,
        )
  }
  assert.ok(seen > 20)
  const boss = (await call<Results>(ratna, 'GET', 'results')).body
  assert.deepEqual(boss.total, { applied: 5, started: 2, running: 1, overdue: 2, finished: 1, stopped: 0, rejected: 1 })
  assert.equal(
    (await call<Results>(nurul, 'GET', 'results')).body.total.applied,
    3,
    'confidential cases are their holders’',
  )
  assert.deepEqual(
    boss.children.map((one) => [one.region.code, one.counts.applied]),
    [['36.73.01', 5]],
  )
  assert.equal((await call(bagas, 'GET', 'results')).status, 403)
  assert.equal((await call(ratna, 'GET', 'results?region=33.13')).status, 404)

  const found = await call<CasePage>(sari, 'GET', 'cases?q=warsih')
  assert.deepEqual(
    found.body.items.map((one) => [one.programme.code, one.about.name]),
    [['UPSK', 'Warsih']],
  )
  assert.equal(
    (await call<CasePage>(ratna, 'GET', 'cases?status=all&q=LAY 1')).body.items[0]?.about.name?.includes('***'),
    true,
  )
  const sorted = await call<CasePage>(ratna, 'GET', 'cases?status=all&sort=-opened&limit=2')
  const rest = await call<CasePage>(ratna, 'GET', `cases?status=all&sort=-opened&after=${sorted.body.next}`)
  assert.equal(new Set([...sorted.body.items, ...rest.body.items].map((one) => one.id)).size, 5)
  const csv = await call(sari, 'GET', 'cases/export?status=all')
  assert.equal(csv.status, 200, csv.text)
  assert.match(csv.text, /LAY-000001;.*;S\*+ W\*+/)
  assert.doesNotMatch(csv.text, /Sukarsih|Warsih/)
  const book = await call(sari, 'GET', 'cases/export?status=all&format=xlsx')
  assert.equal(book.raw.subarray(0, 2).toString(), 'PK')
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
  assert.deepEqual(
    faults(
      await call<Refused>(tono, 'POST', `cases/${id}/steps/1/move`, { dueOn: '2026-12-01', reason: 'Lebih awal' }),
    ),
    ['dueOn past'],
  )
})
