import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { faults, type Refused, serviceDesk } from '#test/support/service-desk.ts'
import {
  type CasePage,
  figures,
  type Recorded,
  type Results,
  type ServiceCase,
  type StepPage,
  type WorkDay,
} from './schema.ts'

let now = new Date('2026-11-14T02:00:00Z')
const { db } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const { call, opens } = serviceDesk(app, db)
const VILLAGE = '36.73.01.1001'

const [sari, tono, endang, bagas, nurul, ratna, elsewhere, auditor] = await Promise.all([
  signedIn(db, { role: 'officer', regionCode: VILLAGE, name: 'Sari' }),
  signedIn(db, { role: 'officer', regionCode: VILLAGE, name: 'Tono' }),
  signedIn(db, { role: 'supervisor', regionCode: VILLAGE, name: 'Endang' }),
  signedIn(db, { role: 'pillar', regionCode: VILLAGE, name: 'Bagas' }),
  signedIn(db, { role: 'officer', regionCode: '36.73', name: 'Nurul' }),
  signedIn(db, { role: 'supervisor', regionCode: '36.73', name: 'Ratna' }),
  signedIn(db, { role: 'supervisor', regionCode: '33.13', name: 'Agus' }),
  signedIn(db, { role: 'auditor', regionCode: '00', name: 'Laksmi' }),
])
const [leg, shop, first, second] = await registerFamilies(db, 4, VILLAGE)
assert.ok(leg && shop && first && second)

test('a case from beginning to end, for the figures', async () => {
  await opens(sari, leg.family)
  const { body } = await call<{ id: string }>(sari, 'POST', 'cases', {
    programmeCode: 'KAKI_PALSU',
    familyId: leg.family,
    personId: leg.head,
  })
  const path = `cases/${body.id}`
  await call(sari, 'POST', `${path}/assess`, {
    id: uuid(),
    code: 'asesmen',
    result: 'done',
    answers: { side: 'left', level: 'hip' },
  })
  await call(sari, 'POST', `${path}/plan`, { steps: [{ code: 'pengukuran', dueOn: '2026-11-14' }] })
  for (const [code, result, answers] of [
    ['pengukuran', 'done', { lengthMm: 180 }],
    ['pemasangan', 'fits', {}],
    ['kunjungan', 'better', {}],
  ] as const) {
    const held = (await call<ServiceCase>(sari, 'GET', path)).body
    const step = held.steps.find((one) => one.code === code && one.doneOn === null)
    assert.equal(
      (await call(sari, 'POST', `${path}/steps/${step?.seq}/record`, { id: uuid(), result, answers })).status,
      200,
    )
  }
  assert.equal((await call(sari, 'POST', `${path}/finish`, { outcome: 'independent' })).status, 200)
  await call(sari, 'POST', 'cases', { programmeCode: 'UPSK', walkIn: { name: 'Warsih' }, regionCode: VILLAGE })
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
  const next = plan.body.steps.findLast((one) => one.code === 'pertemuan')
  assert.equal((await call<StepPage>(bagas, 'GET', `cases/${group}/steps/${next?.seq}`)).body.nextTopic, 'ekonomi')
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
  const sheet = await call(ratna, 'GET', 'results/export')
  assert.match(sheet.text, /36\.73;Kota Serang;Kaki palsu;1;1;0;0;1;0;0;2026-01-01;2026-12-08/i)
  assert.match(sheet.text, /36\.73\.01;[^;]+;Semua program;5;2;1;2;1;0;1;/)
  const sheets = await call(ratna, 'GET', 'results/export?format=xlsx')
  assert.equal(sheets.raw.subarray(0, 2).toString(), 'PK')
  assert.equal((await call(bagas, 'GET', 'results/export')).status, 403)
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
