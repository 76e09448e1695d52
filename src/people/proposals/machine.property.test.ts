import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { asProblem } from '#src/platform/http/answer.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { isOpen, machine } from './machine.ts'
import { addAttendance, closeMeeting, decideItem, openMeeting, putOnAgenda } from './meeting.ts'
import { issuePaper } from './papers.ts'
import type { State } from './schema.ts'
import * as steps from './steps.ts'
import { submitProposal } from './submit.ts'
import { proposerIs } from './index.ts'

const { db, sql } = await testDatabase({ clock: () => new Date('2026-11-06T02:00:00Z') })
const app = await testApp(db)
const margahayu = '32.75.01.1002'
const people = [
  await signedIn(db, { role: 'pillar', regionCode: margahayu, name: 'Bagas' }),
  await signedIn(db, { role: 'officer', regionCode: margahayu, name: 'Sari' }),
  await signedIn(db, { role: 'officer', regionCode: margahayu, name: 'Tono' }),
  await signedIn(db, { role: 'officer', regionCode: '32.75', name: 'Nurul' }),
  await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Ratna' }),
  await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Hadi' }),
].map((one) => one.actor)
const somebody = fc.constantFrom(...people)

type Row = {
  state: State
  proposed_by: string
  decided_by: string | null
  checked_by: string | null
  verified_by: string | null
  approved_by: string | null
  version: number
  last_seq: number
}
const acts = [
  'meet',
  'accept',
  'decline',
  'postpone',
  'give',
  'check',
  'deny',
  'verify',
  'approve',
  'refuse',
  'return',
  'complete',
  'withdraw',
] as const
// The way to the register drawn more often than the exits, or few runs would come that far.
const act = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...(['meet', 'accept', 'give', 'check', 'verify', 'approve'] as const)) },
  { weight: 1, arbitrary: fc.constantFrom(...acts) },
)

const [bagas, sari, tono, nurul, ratna, hadi] = people
assert.ok(bagas && sari && tono && nurul && ratna && hadi)
const straight: [(typeof acts)[number], typeof bagas, typeof bagas][] = [
  ['meet', sari, sari],
  ['accept', tono, tono],
  ['give', sari, tono],
  ['check', tono, tono],
  ['verify', hadi, hadi],
  ['approve', ratna, ratna],
]

test('any acts by anybody in any order: nobody decides their own, two people approve, applied once, a refused act changes nothing', async () => {
  const reached = new Set<State>()
  await fc.assert(
    fc.asyncProperty(
      somebody,
      // Some steps of the straight way first, so that the end of it is reached too.
      fc.integer({ min: 0, max: straight.length }),
      fc.array(fc.tuple(act, somebody, somebody), { minLength: 8, maxLength: 20 }),
      async (proposer, begun, rest) => {
        const history = [...straight.slice(0, begun), ...rest]
        const { id } = await db.as(proposer, (tx) =>
          submitProposal(
            tx,
            proposerIs(proposer),
            {
              regionCode: margahayu,
              kind: 'enrol',
              reason: 'Keluarga ini belum pernah didata.',
              members: [{ name: 'Sumiati', relationship: 'head' }, { name: 'Bayu' }],
            },
            { door: 'officer', secret: app.secret },
          ),
        )
        const look = async () => {
          const [row] = await sql<Row>(
            `select state, proposed_by, decided_by, checked_by, verified_by, approved_by, version, last_seq from proposal where id = $1`,
            [id],
          )
          assert.ok(row)
          return row
        }
        let meetingId = ''
        for (const [what, who, other] of history) {
          const before = await look()
          const work = () =>
            db.as(who, async (tx) => {
              const decide = (decision: 'accepted' | 'declined' | 'postponed') =>
                decideItem(tx, who, meetingId, { proposalId: id, decision, reason: 'Keputusan rapat' })
              switch (what) {
                case 'meet': {
                  const opened = await openMeeting(tx, who, {
                    regionCode: margahayu,
                    basis: 'meeting',
                    heldOn: '2026-11-06',
                    place: 'Aula',
                    collect: false,
                  })
                  await putOnAgenda(tx, who, id, opened)
                  return opened
                }
                case 'accept':
                  return decide('accepted')
                case 'decline':
                  return decide('declined')
                case 'postpone':
                  return decide('postponed')
                case 'give':
                  return steps.giveFieldCheck(tx, who, id, { checkerId: other.accountId })
                case 'check':
                  return steps.submitFieldCheck(tx, who, id, {
                    result: 'as_proposed',
                    visitedOn: '2026-11-06',
                    finding: 'Benar adanya',
                  })
                case 'deny':
                  return steps.submitFieldCheck(tx, who, id, {
                    result: 'not_true',
                    visitedOn: '2026-11-06',
                    finding: 'Tidak benar',
                  })
                case 'verify':
                  return steps.verifyAtRegency(tx, who, id)
                case 'approve':
                  return steps.approveAtRegency(tx, who, id)
                case 'refuse':
                  return steps.refuse(tx, who, id, 'Tidak memenuhi syarat')
                case 'return':
                  return steps.returnForCompletion(tx, who, id, 'Kurang foto')
                case 'complete':
                  return steps.complete(tx, who, id, 'Sudah ada')
                case 'withdraw':
                  return steps.withdraw(tx, who, id, 'Tidak jadi')
              }
            })
          const failure = await work().then(
            (made) => {
              if (typeof made === 'string') meetingId = made
              return null
            },
            (error: unknown) => error,
          )
          const after = await look()
          reached.add(after.state)
          if (failure) {
            // An expected failure, told as a problem, never a broken constraint.
            assert.ok(asProblem(failure), `${what}: ${String(failure)}`)
            assert.deepEqual(after, before)
          } else {
            assert.ok(after.version > before.version)
            assert.ok(isOpen(before.state), `${what} from ${before.state}`)
          }
          for (const own of [after.decided_by, after.checked_by, after.verified_by, after.approved_by])
            assert.notEqual(own, after.proposed_by)
          if (after.approved_by) assert.notEqual(after.approved_by, after.verified_by)
        }
        const last = await look()
        const events = await sql<{ n: number; top: number; applied: number }>(
          `select count(*)::int n, max(seq) top, count(*) filter (where kind = 'applied')::int applied from proposal_event where proposal_id = $1`,
          [id],
        )
        assert.deepEqual([events[0]?.n, events[0]?.top], [last.last_seq, last.last_seq], 'events without a gap')
        const [register] = await sql<{ families: number; changes: number }>(
          `select (select count(*)::int from family f join register_event e on e.subject_id = f.id where e.change_id = $1) families,
            (select count(distinct change_id)::int from register_event where change_id = $1) changes`,
          [id],
        )
        const expected = last.state === 'applied' ? 1 : 0
        assert.deepEqual([events[0]?.applied, register?.families, register?.changes], [expected, expected, expected])
      },
    ),
    { numRuns: 25 },
  )
  // Not vacuous: the histories come everywhere that matters.
  for (const state of ['on_agenda', 'accepted', 'field_check', 'checked', 'verified', 'applied'] as const)
    assert.ok(reached.has(state), state)
})

test('every act leads somewhere that has an act, or ends', () => {
  const ends: State[] = ['declined', 'refused', 'applied', 'withdrawn']
  for (const { to } of Object.values(machine))
    if (to !== 'same' && to !== 'before')
      assert.ok(ends.includes(to) || Object.values(machine).some((rule) => rule.from.includes(to)), to)
})

test('the database itself refuses: own decision, one person for two steps, an open item in a closed meeting', async () => {
  const submit = () =>
    db.as(sari, (tx) =>
      submitProposal(
        tx,
        proposerIs(sari),
        { regionCode: margahayu, kind: 'enrol', reason: 'Belum pernah didata.', members: [{ name: 'Warsih' }] },
        { door: 'officer', secret: app.secret },
      ),
    )
  const { id } = await submit()
  const set = (column: string, value: string) => sql(`update proposal set ${column} = $2 where id = $1`, [id, value])
  for (const column of ['decided_by', 'checked_by', 'verified_by', 'approved_by', 'refused_by'])
    await assert.rejects(set(column, sari.accountId), { constraint: 'not_ones_own' }, column)
  await set('verified_by', tono.accountId)
  await assert.rejects(set('approved_by', tono.accountId), { constraint: 'two_people' })

  const other = await submit()
  const meetingId = await db.as(tono, async (tx) => {
    const opened = await openMeeting(tx, tono, {
      regionCode: margahayu,
      basis: 'meeting',
      heldOn: '2026-11-06',
      place: 'Aula',
      collect: false,
    })
    await putOnAgenda(tx, tono, other.id, opened)
    return opened
  })
  await assert.rejects(
    sql(`update village_meeting set state = 'closed', closed_at = now() where id = $1`, [meetingId]),
    { constraint: 'meeting_decided' },
  )
  await db.as(tono, async (tx) => {
    await decideItem(tx, tono, meetingId, { proposalId: other.id, decision: 'accepted' })
    await addAttendance(tx, tono, meetingId, { name: 'Mulyana', capacity: 'Ketua RW 05', signed: true })
    await issuePaper(tx, tono, { files: app.files, baseUrl: 'http://localhost' }, meetingId)
    await closeMeeting(tx, tono, meetingId)
  })
  await assert.rejects(sql(`update village_meeting set place = 'Lain' where id = $1`, [meetingId]), {
    constraint: 'meeting_closed',
  })
})
