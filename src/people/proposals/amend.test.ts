import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerDesk } from '#test/support/register-desk.ts'
import type { Proposal, Submitted } from './schema.ts'

const { db, sql } = await testDatabase({ clock: () => new Date('2026-11-06T02:00:00Z') })
const app = await testApp(db)
const village = '32.75.01.1002'
const bagas = await signedIn(db, { role: 'pillar', regionCode: village, name: 'Bagas' })
const sari = await signedIn(db, { role: 'officer', regionCode: village, name: 'Sari' })
const nurul = await signedIn(db, { role: 'officer', regionCode: '32.75', name: 'Nurul' })
const { registered } = registerDesk(app, sari)

type Wrong = { code: string; errors?: { field: string; code: string }[] }
async function post<T>(url: string, who: { cookie: string }, payload: object) {
  const answer = await app.inject({ method: 'POST', url: `/api${url}`, headers: { cookie: who.cookie }, payload })
  return { status: answer.statusCode, body: answer.json<T>() }
}
async function done<T>(url: string, who: { cookie: string }, payload: object): Promise<T> {
  const { status, body } = await post<T>(url, who, payload)
  assert.ok(status === 200 || status === 201, `${url}: ${JSON.stringify(body)}`)
  return body
}
const refused = async (id: string, payload: object) => {
  const { status, body } = await post<Wrong>(`/proposals/${id}/amend`, sari, { reason: 'Salah ketik', ...payload })
  assert.equal(status, 400, JSON.stringify(body))
  return (body.errors ?? []).map((one) => `${one.field} ${one.code}`)
}
const amend = (id: string, payload: object, who = sari) =>
  done<Proposal>(`/proposals/${id}/amend`, who, { reason: 'Salah ketik nama', ...payload })
const enrolment = (more: object = {}) => ({
  regionCode: village,
  kind: 'enrol',
  reason: 'Ibu Sumiati janda dengan tiga anak, belum pernah didata.',
  family: { kkNumber: '9999011508859001', address: 'Gang Mawar 3', rt: '02', rw: '05' },
  members: [
    {
      name: 'Sumiyati',
      nik: '9999015708859001',
      birthDate: '1985-08-17',
      sex: 'female',
      relationship: 'head',
      motherName: 'Kartinah',
    },
    { name: 'Bayu', birthDate: '2013-07-21', relationship: 'child' },
  ],
  ...more,
})
const payload = async (id: string) =>
  (
    await sql<{ payload: { family: object; members: object[] } }>(
      'select payload from proposal_content where proposal_id = $1',
      [id],
    )
  )[0]?.payload
const proposed = async () => {
  const { id } = await done<Submitted>('/proposals', bagas, enrolment())
  const answer = await app.inject({ url: `/api/proposals/${id}`, headers: { cookie: sari.cookie } })
  const held = answer.json<Proposal>()
  const [head, child] = held.members.map((one) => one.id ?? '')
  return { id, head: head ?? '', child: child ?? '', version: held.version }
}

test('who is renamed keeps their number and all that was not told anew; what is cleared goes; the reason is in the story', async () => {
  const { id, head, child, version } = await proposed()
  const held = await amend(id, {
    version,
    members: [
      { id: head, name: 'Sumiati', birthDate: '1985-08-17', sex: 'female', relationship: 'head' },
      { id: child, name: 'Bayu', birthDate: null, relationship: 'child' },
    ],
    family: { address: 'Gang Mawar 5', rw: null },
  })
  assert.deepEqual(await payload(id).then((one) => [one?.members, one?.family]), [
    [
      {
        id: head,
        name: 'Sumiati',
        nik: '9999015708859001',
        birthDate: '1985-08-17',
        sex: 'female',
        relationship: 'head',
        motherName: 'Kartinah',
      },
      { id: child, name: 'Bayu', relationship: 'child' },
    ],
    { kkNumber: '9999011508859001', address: 'Gang Mawar 5', rt: '02' },
  ])
  assert.equal(held.members[0]?.nik, '999901******9001')
  const told = held.events.at(-1)
  assert.deepEqual([told?.kind, told?.body, told?.byName], ['amended', 'Salah ketik nama', 'Sari'])
  const [original] = await sql<{ name: string }>(
    `select original -> 'members' -> 0 ->> 'name' as name from proposal_content where proposal_id = $1`,
    [id],
  )
  assert.equal(original?.name, 'Sumiyati', 'what was proposed at first stays')
  const stale = await post<Wrong>(`/proposals/${id}/amend`, sari, { reason: 'Salah ketik', version })
  assert.deepEqual([stale.status, stale.body.code], [409, 'proposal_changed'])
})

test('somebody more gets an id of their own, whoever is left out is proposed no more, a typed number replaces the old one', async () => {
  const { id, head, child } = await proposed()
  const more = await amend(id, {
    members: [
      { id: head, name: 'Sumiyati', nik: '9999015708859002' },
      { id: child, name: 'Bayu' },
      { name: 'Citra', nik: null, relationship: 'child' },
    ],
  })
  const [, , added] = more.members
  assert.equal(more.members.length, 3)
  assert.ok(added?.id && added.id !== head && added.id !== child)
  assert.equal(more.members[0]?.nik, '999901******9002')
  const less = await amend(id, {
    members: [
      { id: head, name: 'Sumiyati' },
      { id: added?.id, name: 'Citra' },
    ],
  })
  assert.deepEqual(
    less.members.map((one) => [one.id, one.name, one.nik]),
    [
      [head, 'Sumiyati', '999901******9002'],
      [added?.id, 'Citra', null],
    ],
  )
})

test('people of other proposals and families, the same one twice and nobody at all are refused', async () => {
  const { id, head, child } = await proposed()
  const other = await proposed()
  const before = await payload(id)
  for (const foreign of [other.head, uuid()])
    assert.deepEqual(
      await refused(id, {
        members: [
          { id: head, name: 'Sumiati' },
          { id: foreign, name: 'Bayu' },
        ],
      }),
      ['members.1.id unknown'],
    )
  assert.deepEqual(
    await refused(id, {
      members: [
        { id: child, name: 'Bayu' },
        { id: child, name: 'Bayu' },
      ],
    }),
    ['members.1.id unknown'],
  )
  assert.deepEqual(await refused(id, { members: [] }), ['members.0.name required'])
  assert.deepEqual(await refused(id, { members: [{ id: head, name: '   ' }] }), ['members.0.name required'])
  assert.deepEqual(await refused(id, { reason: '   ' }), ['reason required'])
  assert.deepEqual(await payload(id), before)

  const { familyId } = await registered()
  const living = await sql<{ id: string; name: string }>('select id, name from person where family_id = $1', [familyId])
  const dewi = living.find((one) => one.name === 'Dewi')?.id ?? ''
  const elsewhere = await registered(sari, { family: {} }, [{ name: 'Suminah', relationship: 'head' }])
  const [stranger] = await sql<{ id: string }>('select id from person where family_id = $1', [elsewhere.familyId])
  const correction = await done<Submitted>('/proposals', sari, {
    regionCode: village,
    kind: 'correct',
    familyId,
    reason: 'Nama anak salah ejaannya di data.',
    corrections: [{ personId: dewi, name: 'Dewi Lestari', nik: '9999015708859003' }],
  })
  const correct = (personId: string | undefined) => ({ corrections: [{ personId, name: 'Dewi Lestariningsih' }] })
  assert.deepEqual(await refused(correction.id, correct(stranger?.id)), ['corrections.0.personId unknown'])
  assert.deepEqual(await refused(correction.id, { personId: stranger?.id }), ['personId unknown'])
  const held = await amend(correction.id, correct(dewi), nurul)
  assert.deepEqual(
    held.corrections.map((one) => [one.id, one.name, one.nik]),
    [[dewi, 'Dewi Lestariningsih', '999901******9003']],
  )
})

test('what was found at the door is what is put right after a return', async () => {
  const { id, head } = await proposed()
  await sql(`update proposal set state = 'field_check', checker_id = $2, decided_by = $3 where id = $1`, [
    id,
    sari.accountId,
    nurul.accountId,
  ])
  await sql(
    `insert into field_check (proposal_id, round, assigned_to, assigned_name, assigned_by, assigned_at) values ($1, 1, $2, 'Sari', $3, '2026-11-05')`,
    [id, sari.accountId, nurul.accountId],
  )
  const found = {
    members: [
      { id: head, name: 'Sumiati' },
      { name: 'Citra', relationship: 'child' },
    ],
  }
  const check = { result: 'differs', visitedOn: '2026-11-06', finding: 'Namanya Sumiati, anaknya Citra' }
  const strange = { members: [{ id: uuid(), name: 'Sumiati' }] }
  const wrong = await post<Wrong>(`/proposals/${id}/field-check`, sari, { ...check, found: strange })
  assert.deepEqual(
    wrong.body.errors?.map((one) => `${one.field} ${one.code}`),
    ['found.members.0.id unknown'],
  )
  const checked = await done<Proposal>(`/proposals/${id}/field-check`, sari, { ...check, found })
  assert.equal(checked.members[0]?.nik, '999901******9001', 'renamed at the door, the number stays')
  const back = await done<Proposal>(`/proposals/${id}/return`, nurul, { reason: 'Lampirkan kartu keluarga' })
  assert.deepEqual(
    back.members.map((one) => one.name),
    ['Sumiati', 'Citra'],
  )
  const put = await amend(id, {
    members: back.members.map((one) => ({ id: one.id, name: one.name === 'Citra' ? 'Citra Ayu' : one.name })),
  })
  assert.deepEqual(
    put.members.map((one) => [one.name, one.nik]),
    [
      ['Sumiati', '999901******9001'],
      ['Citra Ayu', null],
    ],
  )
})
