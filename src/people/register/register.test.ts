import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { asProblem } from '#src/platform/http/answer.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { type Answer, faults, paper, registerDesk } from '#test/support/register-desk.ts'
import type { Change } from './change.ts'
import { recordChange } from './index.ts'
import type { HistoryChange } from './schema.ts'

let now = Date.parse('2026-06-01T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => new Date(now), max: 8 })
const app = await testApp(db)
const village = '32.75.01.1002'
const neighbour = '32.75.01.1003'
const desk = await signedIn(db, { role: 'officer', regionCode: village })
const checker = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
const nextDoor = await signedIn(db, { role: 'officer', regionCode: neighbour })
const { call, post, registered, open, opened } = registerDesk(app, desk)

test('a family is registered with its members, opened with a reason, and shown masked', async () => {
  const { familyId, state } = await registered()
  assert.equal(state, 'in_force')
  const before = await call(desk, 'GET', `families/${familyId}`)
  assert.deepEqual([before.status, before.body.code], [403, 'open_first'])
  const family = await opened(desk, familyId)
  assert.equal(family.kkNumber, '999901******0001')
  assert.equal(family.address, 'Gang Melati 4')
  assert.deepEqual(
    family.members.map((one) => [one.name, one.nik, one.child]),
    [
      ['Ratna', '999901******0001', false],
      ['Dewi', undefined, true],
      ['Adi', undefined, true],
    ],
  )
  assert.deepEqual(
    family.members.map((one) => one.sealed?.disabilities),
    [undefined, ['visual'], undefined],
  )
  assert.ok(family.can.includes('split'))
  const [row] = await sql(
    'select member_count, child_count, cardinality(search_keys) > 0 as keys from family where id = $1',
    [familyId],
  )
  assert.deepEqual(row, { member_count: 3, child_count: 2, keys: true })
  const openings = await sql(`select reason from family_opening where family_id = $1`, [familyId])
  assert.equal(openings.length, 1, 'the same work opens once')
})

test('a full number is a look with a reason, in the audit log before it is seen', async () => {
  const { familyId } = await registered()
  const [row] = await sql<{ id: string }>(`select head_id as id from family where id = $1`, [familyId])
  const id = row?.id ?? ''
  assert.equal(
    (await post<Answer>(desk, `persons/${id}/reveal`, { reason: 'Mencocokkan KTP' })).body.code,
    'open_first',
  )
  await open(desk, familyId)
  assert.equal((await post(desk, `persons/${id}/reveal`, { reason: 'aaa' })).status, 400)
  const seen = await post<{ value: string }>(desk, `persons/${id}/reveal`, { reason: 'Mencocokkan KTP' })
  assert.deepEqual(seen.body, { value: '9999014108850001' })
  assert.equal(
    (await post<{ value: string }>(desk, `families/${familyId}/reveal`, { reason: 'Mencocokkan KK' })).body.value,
    '9999011001260001',
  )
  const looks = await sql(
    `select subject, reason from audit_entry where act = 'look' and subject_id in ($1, $2) order by id`,
    [id, familyId],
  )
  assert.deepEqual(looks, [
    { subject: 'person', reason: 'Mencocokkan KTP' },
    { subject: 'family', reason: 'Mencocokkan KK' },
  ])
})

test('NIKs of provinces 91 to 96 keep every digit; what does not agree is told, and nothing is refused', async () => {
  for (const province of ['91', '92', '93', '94', '95', '96']) {
    const nik = `${province}99015708859007`
    assert.notEqual(String(Number(nik)), nik, 'as a number it would lose a digit')
    const { familyId, events, doubts } = await registered(desk, { family: { kkNumber: `${province}99013101269003` } }, [
      { name: 'Yohana', relationship: 'head', nik, birthDate: '1985-08-17', sex: 'female' },
    ])
    assert.deepEqual(doubts, [])
    const family = await opened(desk, familyId)
    assert.equal(family.members[0]?.nik, `${province}9901******9007`)
    const id = events.find((one) => one.subjectId !== familyId)?.subjectId ?? ''
    assert.equal(
      (await post<{ value: string }>(desk, `persons/${id}/reveal`, { reason: 'Mencocokkan KTP' })).body.value,
      nik,
    )
  }
  const wrong = await registered(desk, { family: { kkNumber: '9999013113260000' } }, [
    { name: 'Markus', relationship: 'head', nik: '9199015708859007', birthDate: '1985-08-18', sex: 'male' },
  ])
  assert.deepEqual(wrong.doubts.map((one) => one.code).toSorted(), [
    'kk_date',
    'kk_serial',
    'nik_birth_date',
    'nik_sex',
    'nik_taken',
  ])
})

test('what a village tells waits until somebody else has checked it', async () => {
  const { familyId } = await registered()
  const family = await opened(desk, familyId)
  const child = family.members[2]?.id ?? ''
  const told = { source: 'village', effectiveOn: '2026-05-01' }
  const facts = await post(desk, `families/${familyId}/person-facts`, {
    ...told,
    kind: 'chronic_illness',
    personId: child,
    sealed: { chronicIllnesses: ['asma'] },
  })
  assert.equal(facts.body.state, 'reported')
  assert.deepEqual((await opened(desk, familyId)).members[2]?.sealed, null)
  assert.equal((await opened(desk, familyId)).waiting, 1)

  // Who has not opened the family learns that something waits, not what.
  type Waiting = { rows: { changeId: string; kind: string | null; mayCheck: boolean; familyIds: string[] }[] }
  const seen = (await call<Waiting>(checker, 'GET', 'waiting')).body.rows.find((one) => one.changeId === facts.body.id)
  assert.deepEqual([seen?.kind, seen?.mayCheck, seen?.familyIds], [null, true, [familyId]])
  assert.equal((await call<Waiting>(nextDoor, 'GET', 'waiting')).body.rows.length, 0)
  const check = `changes/${facts.body.id}/check`
  assert.equal((await post<Answer>(checker, check, { accept: true })).body.code, 'open_first')
  assert.equal((await call(checker, 'GET', `changes/${facts.body.id}`)).body.code, 'open_first')
  await open(checker, familyId)
  const change = await call<HistoryChange>(checker, 'GET', `changes/${facts.body.id}`)
  assert.deepEqual(change.body.events[0]?.sealed, { chronicIllnesses: ['asma'] })

  assert.equal((await post(desk, check, { accept: true })).status, 403, 'who reported does not check')
  assert.equal((await post(nextDoor, check, { accept: true })).status, 404)
  assert.deepEqual(faults(await post<Answer>(checker, check, { accept: false })), ['reason required'])
  now += 60_000
  assert.equal((await post(checker, check, { accept: true })).body.state, 'in_force')
  assert.equal((await post<Answer>(checker, check, { accept: true })).body.code, 'already_checked')
  assert.deepEqual((await opened(desk, familyId)).members[2]?.sealed?.chronicIllnesses, ['asma'])
  // Known since the check, not since the report.
  const earlier = await opened(desk, familyId, `?knownAt=${new Date(now - 1000).toISOString()}`)
  assert.deepEqual(earlier.members[2]?.sealed, null)
  const unchecked: Change = {
    id: uuid(),
    kind: 'surveyed',
    effectiveOn: '2026-05-01',
    source: 'village',
    check: 'none',
    parts: [{ subject: 'family', subjectId: familyId, patch: { decile: 1 } }],
  }
  const actor = { ...desk.actor, at: new Date(now) }
  await assert.rejects(
    db.as(actor, (tx) => recordChange(tx, actor, unchecked)),
    (error) => asProblem(error)?.status === 403,
  )
})

test('a death, a birth, a split, a move and a joining keep their history at every day', async () => {
  const { familyId } = await registered()
  const start = await opened(desk, familyId)
  const [ratna, dewi, adi] = start.members.map((one) => one.id)
  const act = (day: string) => ({ ...paper, effectiveOn: day })
  const noHead = await post<Answer>(desk, `families/${familyId}/deaths`, { ...act('2026-03-01'), personId: ratna })
  assert.deepEqual(faults(noHead), ['headId head_needed'])
  const death = await post(desk, `families/${familyId}/deaths`, { ...act('2026-03-01'), personId: ratna, headId: dewi })
  assert.equal(death.status, 200, JSON.stringify(death.body))
  const twice = await post<Answer>(desk, `families/${familyId}/deaths`, { ...act('2026-03-02'), personId: ratna })
  assert.deepEqual(faults(twice), ['personId not_member'])

  const split = await post(desk, `families/${familyId}/splits`, {
    ...act('2026-04-01'),
    members: [adi],
    headId: adi,
    family: { rt: '9' },
  })
  assert.equal(split.status, 200, JSON.stringify(split.body))
  const move = await post(desk, `families/${familyId}/moves`, {
    ...act('2026-05-01'),
    regionCode: neighbour,
    address: 'Jalan Baru 1',
  })
  assert.equal(move.status, 200, JSON.stringify(move.body))

  // The old office sees it no more, the new one sees all of it, also from before.
  assert.equal((await call(desk, 'GET', `families/${familyId}`)).status, 404)
  const names = async (who: SignedIn, id: string, on: string) =>
    (await opened(who, id, `?on=${on}`)).members.map((one) => `${one.name} ${one.status}`)
  assert.deepEqual(await names(nextDoor, familyId, '2026-02-01'), ['Ratna active', 'Dewi active', 'Adi active'])
  assert.deepEqual(await names(nextDoor, familyId, '2026-03-15'), ['Dewi active', 'Adi active', 'Ratna dead'])
  assert.deepEqual(await names(nextDoor, familyId, '2026-04-15'), ['Dewi active', 'Ratna dead'])
  assert.equal((await opened(nextDoor, familyId, '?on=2026-04-15')).address, 'Gang Melati 4')
  assert.equal((await opened(nextDoor, familyId)).address, 'Jalan Baru 1')
  assert.deepEqual((await opened(nextDoor, familyId, '?on=2026-02-01')).members[1]?.sealed?.disabilities, ['visual'])
  assert.equal((await call(nextDoor, 'GET', `families/${familyId}?on=2025-12-31`)).status, 404)
  const history = await call<HistoryChange[]>(nextDoor, 'GET', `families/${familyId}/history`)
  assert.deepEqual(
    history.body.map((one) => one.kind),
    ['moved_out', 'family_split', 'died', 'registered'],
  )
  assert.ok(!JSON.stringify(history.body).includes('9999014108850001'), 'numbers are masked in the history too')
  assert.equal((await opened(desk, split.body.familyId)).rt, '9')

  // The boy goes back; his own family of two months keeps its page.
  const back = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
  await open(back, familyId)
  await open(back, split.body.familyId)
  const join = await post(back, `families/${familyId}/joins`, {
    ...act('2026-05-20'),
    fromFamilyId: split.body.familyId,
  })
  assert.equal(join.status, 200, JSON.stringify(join.body))
  assert.deepEqual(await names(back, familyId, '2026-05-25'), ['Dewi active', 'Adi active', 'Ratna dead'])
  assert.deepEqual(await names(back, split.body.familyId, '2026-04-15'), ['Adi active'])
  assert.equal((await opened(back, split.body.familyId)).status, 'dissolved')
  // Told wrong: the whole act is taken back, and it is still known that it was believed.
  const believed = new Date(now).toISOString()
  now += 60_000
  const undone = await post(back, `families/${familyId}/take-backs`, { source: 'office', changeId: join.body.id })
  assert.equal(undone.status, 200, JSON.stringify(undone.body))
  assert.deepEqual(await names(back, split.body.familyId, '2026-05-25'), ['Adi active'])
  assert.equal((await opened(back, familyId, `?on=2026-05-25&knownAt=${believed}`)).members.length, 3)
})

test('an event that was wrong is put right from now on', async () => {
  const { familyId, events } = await registered()
  const family = await opened(desk, familyId)
  const person = family.members[0]?.id ?? ''
  now += 60_000
  const answer = await post(desk, `families/${familyId}/corrections`, {
    source: 'civil_registry',
    sourceRef: 'KTP',
    subjectId: person,
    seq: 1,
    facts: { name: 'Ratna Sari', birthDate: null },
  })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const right = (await opened(desk, familyId)).members.find((one) => one.id === person)
  assert.deepEqual([right?.name, right?.birthDate, right?.nik], ['Ratna Sari', undefined, '999901******0001'])
  const earlier = await opened(desk, familyId, `?knownAt=${new Date(now - 1000).toISOString()}`)
  assert.equal(earlier.members[0]?.name, 'Ratna')
  const again = { source: 'office', subjectId: person, seq: 1 }
  assert.deepEqual(faults(await post<Answer>(desk, `families/${familyId}/corrections`, again)), ['seq taken_back'])
  const wrongField = { ...again, seq: 2, facts: { rt: '1' } }
  assert.deepEqual(faults(await post<Answer>(desk, `families/${familyId}/corrections`, wrongField)), [
    'facts.rt additionalProperties',
  ])
  const foreign = { ...again, subjectId: uuid() }
  assert.equal((await post(desk, `families/${familyId}/corrections`, foreign)).status, 404)
  assert.equal(events.length, 4)
})

test('what cannot be is refused with its field, and nothing of it stays', async () => {
  const { familyId } = await registered()
  const family = await opened(desk, familyId)
  const at = `families/${familyId}`
  const person = family.members[1]?.id
  const count = () => sql<{ n: number }>('select count(*) as n from register_event')
  const before = await count()
  const cases: [string, object, string][] = [
    [
      'facts',
      { ...paper, effectiveOn: '2026-06-03', kind: 'decile_set', facts: { decile: 2 } },
      'effectiveOn future_day',
    ],
    [
      'facts',
      { ...paper, effectiveOn: '2025-06-03', kind: 'decile_set', facts: { decile: 2 } },
      'effectiveOn before_registration',
    ],
    ['facts', { ...paper, kind: 'kk_changed', facts: { kkNumber: '9999011001260001' } }, 'facts no_change'],
    ['facts', { ...paper, kind: 'kk_changed', facts: { kkNumber: '12' } }, 'facts.kkNumber pattern'],
    ['facts', { ...paper, kind: 'surveyed', facts: { answers: { floor: 'gold' } } }, 'facts.answers.floor enum'],
    [
      'facts',
      { ...paper, kind: 'surveyed', facts: { answers: { helicopter: 1 } } },
      'facts.answers.helicopter additionalProperties',
    ],
    [
      'facts',
      { effectiveOn: '2026-02-01', source: 'civil_registry', kind: 'decile_set', facts: { decile: 2 } },
      'sourceRef required',
    ],
    ['head', { ...paper, headId: uuid() }, 'headId not_member'],
    ['payee', { ...paper, payeeId: uuid() }, 'payeeId not_member'],
    ['deaths', { ...paper, personId: uuid() }, 'personId not_member'],
    ['moves', { ...paper, regionCode: '32.75.99.1001' }, 'regionCode not_village'],
    ['joins', { ...paper, fromFamilyId: familyId }, 'fromFamilyId twice'],
    [
      'members',
      { ...paper, kind: 'born', person: { name: 'Bayi', relationship: 'head' } },
      'person.relationship one_head',
    ],
    ['person-facts', { ...paper, kind: 'ppks', personId: person, facts: { ppks: [19] } }, 'facts.ppks sealed_kind'],
    ['person-facts', { ...paper, kind: 'ppks', personId: person, sealed: { ppks: [2] } }, 'sealed.ppks open_kind'],
    ['splits', { ...paper, members: [uuid()], headId: uuid(), family: {} }, 'members.0 not_member'],
  ]
  for (const [url, body, expected] of cases) {
    const answer = await post<Answer>(desk, `${at}/${url}`, body)
    assert.deepEqual([answer.status, ...faults(answer)], [400, expected], `${url} ${JSON.stringify(answer.body)}`)
    for (const one of answer.body.errors ?? []) assert.notEqual(one.message, 'Isian ini belum benar.', one.code)
  }
  const noHead = { ...paper, regionCode: village, family: {}, members: [{ name: 'Tanpa Kepala' }] }
  assert.deepEqual(faults(await post<Answer>(desk, 'families', noHead)), ['members one_head'])
  const elsewhere = { ...noHead, regionCode: neighbour, members: [{ name: 'Orang', relationship: 'head' }] }
  assert.equal((await post(desk, 'families', elsewhere)).status, 403)
  assert.deepEqual(await count(), before)
  // The same form, right: so the refusals above were about what they named.
  const right = await post(desk, `${at}/facts`, {
    ...paper,
    kind: 'surveyed',
    facts: { answers: { floor: 'cement' }, rt: null },
  })
  assert.equal(right.status, 200, JSON.stringify(right.body))
  const after = await opened(desk, familyId)
  assert.deepEqual([after.answers, after.rt, after.checkedOn], [{ floor: 'cement' }, undefined, paper.effectiveOn])
})

test('a new survey form is a row: the API gives it and checks by it from its day on', async () => {
  const { familyId } = await registered()
  await open(desk, familyId)
  const survey = (effectiveOn: string, answers: object) =>
    post<Answer>(desk, `families/${familyId}/facts`, { ...paper, effectiveOn, kind: 'surveyed', facts: { answers } })
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: ['solarPanels'],
    properties: {
      solarPanels: { type: 'integer', minimum: 0, maximum: 40, title: 'Panel surya', 'x-title-en': 'Solar panels' },
    },
  }
  assert.deepEqual(faults(await survey('2026-04-01', { solarPanels: 2 })), [
    'facts.answers.solarPanels additionalProperties',
  ])
  await sql(
    `insert into questionnaire (subject, valid_from, name, schema, source) values ('family', '2026-04-01', 'Bentuk baru', $1, 'uji')`,
    [schema],
  )
  type Forms = { subject: string; name: string; schema: object }[]
  const forms = async (on: string) =>
    (await call<Forms>(desk, 'GET', `questionnaires?on=${on}`)).body.find((one) => one.subject === 'family')
  assert.deepEqual((await forms('2026-04-01'))?.schema, schema)
  assert.equal((await forms('2026-03-31'))?.name, 'Rumah dan harta, bentuk pertama')
  assert.deepEqual(faults(await survey('2026-04-01', { solarPanels: 41 })), ['facts.answers.solarPanels maximum'])
  assert.deepEqual(faults(await survey('2026-04-01', { floor: 'earth' })).toSorted(), [
    'facts.answers.floor additionalProperties',
    'facts.answers.solarPanels required',
  ])
  assert.equal((await survey('2026-04-01', { solarPanels: 4 })).status, 200)
  assert.equal(
    (await survey('2026-03-01', { floor: 'earth' })).status,
    200,
    'an earlier day is asked by the earlier form',
  )
  await sql(`delete from questionnaire where source = 'uji'`)
})

test('the same act sent again, also at the same time, is recorded once and answered alike', async () => {
  const id = uuid()
  const body = { ...paper, id, regionCode: village, family: {}, members: [{ name: 'Sekali', relationship: 'head' }] }
  const both = await Promise.all([post(desk, 'families', body), post(desk, 'families', body)])
  assert.deepEqual(
    both.map((one) => one.status),
    [201, 201],
  )
  assert.equal(both[0]?.body.familyId, both[1]?.body.familyId)
  assert.deepEqual(both[0]?.body.events, both[1]?.body.events)
  assert.equal((await sql(`select from person where name = 'Sekali'`)).length, 1)
})

test('changes of one family at the same time follow one another, and none is lost', async () => {
  const { familyId } = await registered()
  await open(desk, familyId)
  const acts = Array.from({ length: 8 }, (_, index) =>
    index % 2 === 0
      ? post(desk, `families/${familyId}/members`, {
          ...paper,
          kind: 'born',
          person: { name: `Bayi ${index}`, relationship: 'child' },
        })
      : post(desk, `families/${familyId}/facts`, { ...paper, kind: 'surveyed', facts: { rt: String(20 + index) } }),
  )
  for (const done of await Promise.all(acts)) assert.equal(done.status, 200, JSON.stringify(done.body))
  const [row] = await sql(
    `select member_count, last_seq, (select count(*) from register_event where subject_id = $1) as events,
      (select count(distinct known_at) from register_event where subject_id = $1) as moments from family where id = $1`,
    [familyId],
  )
  assert.deepEqual(row, { member_count: 7, last_seq: 5, events: 5, moments: 5 })
})
