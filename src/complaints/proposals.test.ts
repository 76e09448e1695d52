import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proposalActs } from '#src/people/index.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { Case, Filed, Tracking } from './schema.ts'

const now = new Date('2026-11-06T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)

const margahayu = '32.75.01.1002'
const bagas = await signedIn(db, { role: 'pillar', regionCode: margahayu, name: 'Bagas' })
const sari = await signedIn(db, { role: 'officer', regionCode: margahayu, name: 'Sari' })
const tono = await signedIn(db, { role: 'officer', regionCode: margahayu, name: 'Tono' })

const call = async <T>(method: 'GET' | 'POST', url: string, who: { cookie: string } | null, payload?: object) => {
  const res = await app.inject({
    method,
    url: `/api${url}`,
    headers: { ...(who && { cookie: who.cookie }) },
    ...(payload && { payload }),
  })
  return { status: res.statusCode, body: res.json<T>() }
}
const file = async (over: object = {}) =>
  (
    await call<Filed>('POST', '/complaints', bagas, {
      regionCode: margahayu,
      class: 'complaint',
      matter: 'enrolment.not_listed',
      programmeCode: 'BST',
      body: 'Ibu Sumiati janda dengan tiga anak tidak terdaftar, padahal tetangganya yang mampu terdaftar.',
      complainant: { name: 'Bagas Prakoso', phone: '0812 0000 9001', relationship: 'tetangga' },
      concerned: [
        {
          name: 'Sumiati',
          nik: '9999015708859001',
          sex: 'female',
          birthDate: '1985-08-17',
          address: 'Gang Mawar 3',
          rt: '02',
          rw: '05',
        },
        { name: 'Ayu Lestari', birthDate: '2010-03-02' },
      ],
      ...over,
    })
  ).body

test('one act opens a proposal with everything in it, and the complaint learns what the meeting decided', async () => {
  const filed = await file()
  const before = await call<Case>('GET', `/complaints/${filed.id}`, sari)
  assert.ok(before.body.can.includes('open_proposal'))
  assert.equal((await call('POST', `/complaints/${filed.id}/open-proposal`, bagas)).status, 403)
  const opened = await call<Case>('POST', `/complaints/${filed.id}/open-proposal`, sari, {})
  assert.equal(opened.status, 200, JSON.stringify(opened.body))
  const [proposal] = opened.body.proposals
  assert.ok(proposal)
  assert.deepEqual([proposal.kind, proposal.state], ['enrol', 'submitted'])
  const [row] = await sql<{
    payload: { members: object[]; family: object }
    region_code: string
    programme_code: string
    reason: string
    door: string
    proposer: string
  }>(
    `select c.payload, p.region_code, p.programme_code, p.reason, p.door, w.name as proposer
     from proposal p join proposal_content c on c.proposal_id = p.id join proposal_person w on w.proposal_id = p.id where p.id = $1`,
    [proposal.id],
  )
  assert.deepEqual(
    [row?.region_code, row?.programme_code, row?.door, row?.proposer],
    [margahayu, 'BST', 'complaint', 'Bagas Prakoso'],
  )
  assert.deepEqual(row?.payload.family, { address: 'Gang Mawar 3', rt: '02', rw: '05' })
  assert.deepEqual(
    row?.payload.members.map((one) => Object.fromEntries(Object.entries(one).filter(([key]) => key !== 'id'))),
    [
      { name: 'Sumiati', nik: '9999015708859001', birthDate: '1985-08-17', sex: 'female', relationship: 'head' },
      { name: 'Ayu Lestari', birthDate: '2010-03-02' },
    ],
  )
  const again = await call<{ code: string }>('POST', `/complaints/${filed.id}/open-proposal`, sari, {})
  assert.deepEqual([again.status, again.body.code], [409, 'proposal_open'])

  // The meeting: Sari opened it, so Tono decides.
  await call('POST', `/complaints/${filed.id}/verify`, sari, {})
  const decide = (who: typeof sari) =>
    db.as(who.actor, async (tx) => {
      const meetingId = await proposalActs.openMeeting(tx, who.actor, {
        regionCode: margahayu,
        basis: 'meeting',
        heldOn: '2026-11-06',
        place: 'Aula Kelurahan',
      })
      await proposalActs.decideItem(tx, who.actor, meetingId, {
        proposalId: proposal.id,
        decision: 'declined',
        reason: 'Sudah terdaftar di RW lain',
      })
    })
  await assert.rejects(decide(sari), { code: 'forbidden' })
  await decide(tono)
  const now = await call<Case>('GET', `/complaints/${filed.id}`, sari)
  assert.equal(now.body.proposals[0]?.state, 'declined')
  assert.match(now.body.readyAnswer ?? '', /tidak diterima musyawarah.*Sudah terdaftar di RW lain/)
  const news = now.body.events.at(-1)
  assert.deepEqual([news?.kind, news?.public, news?.byRole], ['proposal_news', false, 'system'])
  const answered = await call<Case>('POST', `/complaints/${filed.id}/answer`, sari, { body: now.body.readyAnswer })
  assert.equal(answered.status, 200, JSON.stringify(answered.body))
  assert.equal(answered.body.state, 'answered')
  assert.equal(answered.body.readyAnswer, null, 'it was sent')

  const tracked = await app.inject({
    url: '/api/tracking',
    headers: { 'x-tracking': `${filed.number} ${filed.secret}` },
  })
  const kinds = tracked.json<Tracking>().events.map((one) => one.kind)
  assert.ok(kinds.includes('proposal_opened'))
  assert.ok(!kinds.includes('proposal_news'), 'the ready answer stays inside until it is sent')
})

test('only about who is listed, and only where somebody is named', async () => {
  const late = await file({ matter: 'delivery.late' })
  const seen = await call<Case>('GET', `/complaints/${late.id}`, sari)
  assert.ok(!seen.body.can.includes('open_proposal'))
  assert.equal((await call('POST', `/complaints/${late.id}/open-proposal`, sari, {})).status, 403)
  const nobody = await file({ complainant: undefined, concerned: undefined })
  const answer = await call<{ code: string }>('POST', `/complaints/${nobody.id}/open-proposal`, sari, {})
  assert.deepEqual([answer.status, answer.body.code], [409, 'proposal_nobody'])
})

test('of an anonymous complaint the proposal names nobody but the officer; of a removal the neighbours learn no name', async () => {
  const filed = await file({ anonymous: true, matter: 'enrolment.deceased' })
  const opened = await call<Case>('POST', `/complaints/${filed.id}/open-proposal`, sari, {})
  assert.equal(opened.status, 200, JSON.stringify(opened.body))
  const rows = await sql(
    `select p.kind, p.removal, w.name, w.phone, w.confidential from proposal p join proposal_person w on w.proposal_id = p.id where p.complaint_id = $1`,
    [filed.id],
  )
  assert.deepEqual(rows, [{ kind: 'remove', removal: 'dead', name: 'Sari', phone: null, confidential: true }])
})
