import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { Meeting, Proposal, Submitted, TrackedProposal } from './schema.ts'

// Friday 6 November 2026, 09.00 WIB: before the cut-off
let now = new Date('2026-11-06T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)

const margahayu = '32.75.01.1002'
const bagas = await signedIn(db, { role: 'pillar', regionCode: margahayu, name: 'Bagas' })
const rina = await signedIn(db, { role: 'pillar', regionCode: margahayu, name: 'Rina' })
const sari = await signedIn(db, { role: 'officer', regionCode: margahayu, name: 'Sari' })
const nurul = await signedIn(db, { role: 'officer', regionCode: '32.75', name: 'Nurul' })
const ratna = await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Ratna' })
const joko = await signedIn(db, { role: 'officer', regionCode: '33.13', name: 'Joko' })
const auditor = await signedIn(db, { role: 'auditor', regionCode: '32.75', name: 'Auditor' })

const call = async <T>(
  method: 'GET' | 'POST' | 'PUT',
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
const done = async <T>(url: string, who: { cookie: string }, payload: object = {}) => {
  const { status, body } = await call<T>('POST', url, who, payload)
  assert.ok(status === 200 || status === 201, `${url}: ${JSON.stringify(body)}`)
  return body
}
const refused = async (url: string, who: { cookie: string }, payload: object = {}, status = 403) => {
  const answer = await call<{ code: string }>('POST', url, who, payload)
  assert.equal(answer.status, status, `${url}: ${JSON.stringify(answer.body)}`)
  return answer.body.code
}
const widow = {
  regionCode: margahayu,
  kind: 'enrol',
  programmeCode: 'BST',
  reason: 'Ibu Sumiati janda dengan tiga anak, belum pernah didata.',
  family: { kkNumber: '9999011508859001', address: 'Gang Mawar 3', rt: '02', rw: '05' },
  members: [{ name: 'Sumiati', nik: '9999015708859001', birthDate: '1985-08-17', sex: 'female', relationship: 'head' }],
}
/** From submission to a decided meeting. */
async function meet(ids: string[], decision: object = { decision: 'accepted' }): Promise<Meeting> {
  const meeting = await done<Meeting>('/meetings', sari, {
    regionCode: margahayu,
    basis: 'meeting',
    heldOn: '2026-11-20',
    place: 'Aula Kelurahan Margahayu',
    collect: false,
  })
  for (const proposalId of ids) {
    await done(`/meetings/${meeting.id}/agenda`, sari, { proposalId })
    await done(`/meetings/${meeting.id}/decide`, sari, { proposalId, ...decision })
  }
  await done(`/meetings/${meeting.id}/attendance`, sari, {
    name: 'Haji Mulyana',
    capacity: 'Ketua RW 05',
    signed: true,
  })
  await done(`/meetings/${meeting.id}/papers`, sari)
  return done<Meeting>(`/meetings/${meeting.id}/close`, sari)
}

test('a family travels from a pillar to the register, and nobody does two of the steps', async () => {
  const submitted = await done<Submitted>('/proposals', bagas, widow)
  assert.equal(submitted.period, '2026-11')
  assert.equal(submitted.nextMonth, false)
  const { id } = submitted
  const repeated = await done<Submitted>('/proposals', bagas, { ...widow, id })
  assert.notEqual(repeated.number, '', 'an id of its own is a proposal of its own')

  const seen = await call<Proposal>('GET', `/proposals/${id}`, sari)
  assert.equal(seen.body.members[0]?.nik, '999901******9001')
  assert.equal(seen.body.next, 'put_on_agenda')
  assert.equal((await call('GET', `/proposals/${id}`, joko)).status, 404, 'another regency')
  assert.equal((await call('GET', `/proposals/${id}`, rina)).status, 404, 'another pillar')
  assert.equal((await call('GET', `/proposals/${id}`, bagas)).status, 200)
  const exported = async (who: { cookie: string }) =>
    (await app.inject({ url: '/api/proposals/export', headers: { cookie: who.cookie } })).body
  const lines = (await exported(sari)).split('\r\n')
  assert.match(lines[0] ?? '', /^\uFEFFnomor;jenis;keadaan;/)
  assert.ok(
    lines.some((line) => line.startsWith(`${submitted.number};`)),
    'in the list as a file',
  )
  assert.ok(!lines.join().includes('9999'), 'without numbers of people')
  assert.ok(!(await exported(joko)).includes(submitted.number), 'another regency')

  await refused(`/proposals/${id}/verify`, nurul, {}, 409)
  const meeting = await meet([id])
  assert.equal(meeting.state, 'closed')
  assert.equal(
    await refused(`/meetings/${meeting.id}/attendance`, sari, { name: 'X', capacity: 'Y', signed: false }, 409),
    'meeting_closed',
  )

  assert.equal(
    await refused(`/proposals/${id}/give-field-check`, sari, { checkerId: bagas.accountId }, 409),
    'proposal_own',
  )
  await done(`/proposals/${id}/give-field-check`, sari, { checkerId: rina.accountId, note: 'Sore hari di rumah' })
  const form = await call<{ proposal: Proposal }>('GET', `/proposals/${id}/field-check`, rina)
  assert.equal(form.status, 200, JSON.stringify(form.body))
  assert.equal(form.body.proposal.proposer, null, 'who proposed is not told at the door')
  await refused(`/proposals/${id}/field-check`, bagas, {
    result: 'as_proposed',
    visitedOn: '2026-11-06',
    finding: 'Benar',
  })
  const checked = await done<Proposal>(`/proposals/${id}/field-check`, rina, {
    result: 'differs',
    visitedOn: '2026-11-06',
    finding: 'Benar, janda dengan tiga anak',
    found: {
      members: [
        { name: 'Sumiati', relationship: 'head', sex: 'female', birthDate: '1985-08-17' },
        { name: 'Ayu Lestari', relationship: 'child', sex: 'female', birthDate: '2010-03-02' },
        { name: 'Bayu', relationship: 'child', sex: 'male', birthDate: '2013-07-21' },
        { name: 'Citra', relationship: 'child', sex: 'female', birthDate: '2018-01-09' },
      ],
    },
  })
  assert.equal(checked.state, 'checked')
  assert.equal(checked.members.length, 4)
  assert.equal(checked.members[0]?.nik, '999901******9001', 'what the checker left out stays')

  await refused(`/proposals/${id}/verify`, sari)
  await done(`/proposals/${id}/verify`, nurul)
  await refused(`/proposals/${id}/approve`, nurul)
  const applied = await done<Proposal>(`/proposals/${id}/approve`, ratna)
  assert.equal(applied.state, 'applied')
  assert.ok(applied.familyId)
  await refused(`/proposals/${id}/approve`, ratna, {}, 409)

  const [family] = await sql<{ address: string; status: string; member_count: number; head: string }>(
    `select f.address, f.status, f.member_count, h.name as head from family f join person h on h.id = f.head_id where f.id = $1`,
    [applied.familyId],
  )
  assert.deepEqual(family, { address: 'Gang Mawar 3', status: 'active', member_count: 4, head: 'Sumiati' })
  const people = await sql<{ name: string; nik: string | null; relationship: string }>(
    `select name, nik, relationship from person where family_id = $1 order by name`,
    [applied.familyId],
  )
  assert.deepEqual(people, [
    { name: 'Ayu Lestari', nik: null, relationship: 'child' },
    { name: 'Bayu', nik: null, relationship: 'child' },
    { name: 'Citra', nik: null, relationship: 'child' },
    { name: 'Sumiati', nik: '9999015708859001', relationship: 'head' },
  ])
  const events = await sql<{ source: string; source_ref: string }>(
    `select distinct source, source_ref from register_event where change_id = $1`,
    [id],
  )
  assert.deepEqual(events, [{ source: 'meeting', source_ref: submitted.number }])

  const tracked = await call<TrackedProposal>('GET', '/proposal-tracking', null, undefined, {
    'x-tracking': `${submitted.number} ${submitted.secret}`,
  })
  assert.equal(tracked.status, 200, JSON.stringify(tracked.body))
  assert.deepEqual(
    tracked.body.events.map((event) => event.kind),
    ['submitted', 'put_on_agenda', 'accepted', 'field_check_given', 'field_checked', 'verified', 'approved', 'applied'],
  )
  assert.ok(!JSON.stringify(tracked.body).includes('Nurul'), 'offices by name, people never')
})

test('a citizen objects: the neighbours learn no name, the regency does; a withdrawn item lets the meeting close', async () => {
  const objection = {
    regionCode: margahayu,
    kind: 'remove',
    removal: 'not_eligible',
    reason: 'Keluarga Pak Darto punya dua mobil tetapi masih terdaftar.',
    members: [{ name: 'Darto' }],
    proposer: { name: 'Tetangga Jujur', nik: '9999010101809002' },
  }
  const nameless = await call<{ errors: { field: string }[] }>('POST', '/proposals', null, {
    ...objection,
    proposer: undefined,
  })
  assert.equal(nameless.status, 400)
  assert.deepEqual(
    nameless.body.errors.map((one) => one.field),
    ['proposer.name', 'proposer.nik'],
  )
  const { status, body: submitted } = await call<Submitted>('POST', '/proposals', null, objection)
  assert.equal(status, 201, JSON.stringify(submitted))
  const village = await call<Proposal>('GET', `/proposals/${submitted.id}`, sari)
  assert.equal(village.status, 200)
  assert.equal(village.body.proposer, null)
  assert.ok(!JSON.stringify(village.body).includes('Tetangga'))
  const regency = await call<Proposal>('GET', `/proposals/${submitted.id}`, nurul)
  assert.equal(regency.body.proposer?.name, 'Tetangga Jujur')
  const audit = await call<Proposal>('GET', `/proposals/${submitted.id}`, auditor)
  assert.equal(audit.status, 200, JSON.stringify(audit.body))
  assert.deepEqual([audit.body.members, audit.body.proposer], [[], null])

  const meeting = await done<Meeting>('/meetings', sari, {
    regionCode: margahayu,
    basis: 'meeting',
    heldOn: '2026-11-06',
    place: 'Aula Kelurahan',
  })
  assert.ok(meeting.agenda.some((one) => one.proposal.id === submitted.id))
  const left = meeting.agenda.filter((one) => one.proposal.id !== submitted.id)
  for (const { proposal } of left)
    await done(`/meetings/${meeting.id}/decide`, sari, {
      proposalId: proposal.id,
      decision: 'postponed',
      reason: 'Data kurang',
    })
  assert.equal(await refused(`/meetings/${meeting.id}/papers`, sari, {}, 409), 'meeting_undecided')
  assert.equal(await refused(`/meetings/${meeting.id}/close`, sari, {}, 409), 'meeting_undecided')
  const tracking = { 'x-tracking': `${submitted.number} ${submitted.secret}` }
  const gone = await call<TrackedProposal>(
    'POST',
    '/proposal-tracking/withdraw',
    null,
    { reason: 'Salah orang' },
    tracking,
  )
  assert.equal(gone.body.state, 'withdrawn', JSON.stringify(gone.body))
  await done(`/meetings/${meeting.id}/attendance`, sari, { name: 'Mulyana', capacity: 'Ketua RW', signed: true })
  assert.equal(await refused(`/meetings/${meeting.id}/close`, sari, {}, 409), 'meeting_no_minutes')
  await done(`/meetings/${meeting.id}/papers`, sari)
  assert.equal((await done<Meeting>(`/meetings/${meeting.id}/close`, sari)).state, 'closed')
})

test('after the cut-off a proposal belongs to the next month', async () => {
  now = new Date('2026-12-18T02:00:00Z')
  const late = await call<Submitted>('POST', '/proposals', null, {
    ...widow,
    members: [{ name: 'Warsih' }],
    proposer: { name: 'Warsih', nik: '9999014101809003' },
  })
  assert.equal(late.status, 201, JSON.stringify(late.body))
  assert.deepEqual([late.body.period, late.body.nextMonth, late.body.cutOff], ['2027-01', true, 17])
  now = new Date('2026-11-06T02:00:00Z')
})
