import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { proposalActs } from '#src/people/index.ts'
import type { Actor } from '#src/platform/db/index.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { recordChange } from '../register/record.ts'
import { periodOn } from './calendar.ts'
import { whoIs } from './proposal.ts'
import { can, type ProposalFacts } from './policy.ts'
import type { NewProposal } from './schema.ts'

const { db, sql } = await testDatabase({ clock: () => new Date('2026-11-06T02:00:00Z') })
const app = await testApp(db)
const village = '32.75.01.1002'
const sari = (await signedIn(db, { role: 'officer', regionCode: village, name: 'Sari' })).actor
const tono = (await signedIn(db, { role: 'officer', regionCode: village, name: 'Tono' })).actor
const lina = (await signedIn(db, { role: 'pillar', regionCode: village, name: 'Lina' })).actor
const nurul = (await signedIn(db, { role: 'officer', regionCode: '32.75', name: 'Nurul' })).actor
const ratna = (await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Ratna' })).actor

async function familyOf(...names: string[]) {
  const familyId = uuidv7()
  const ids = names.map(() => uuidv7())
  await db.as(ratna, (tx) =>
    recordChange(tx, ratna, {
      id: uuidv7(),
      kind: 'registered',
      effectiveOn: '2026-10-01',
      source: 'import',
      check: 'none',
      parts: [
        {
          subject: 'family',
          subjectId: familyId,
          isNew: true,
          patch: { regionCode: village, address: 'Gang Melati 1', headId: ids[0] ?? '', answers: {}, status: 'active' },
        },
        ...names.map((name, place) => ({
          subject: 'person' as const,
          subjectId: ids[place] ?? '',
          isNew: true,
          patch: {
            familyId,
            regionCode: village,
            name,
            ppks: [],
            answers: {},
            status: 'active' as const,
            relationship: place === 0 ? ('head' as const) : ('child' as const),
          },
        })),
      ],
    }),
  )
  return { familyId, ids }
}
/** The whole way, by the verbs. */
async function carry(proposal: Omit<NewProposal, 'regionCode' | 'reason'>) {
  const as = <T>(actor: Actor, work: Parameters<typeof db.as<T>>[1]) => db.as(actor, work)
  const { id } = await as(sari, (tx) =>
    proposalActs.submitProposal(
      tx,
      whoIs(sari),
      { regionCode: village, reason: 'Begini keadaannya sekarang.', ...proposal },
      { door: 'officer', secret: app.secret },
    ),
  )
  await as(tono, async (tx) => {
    const meetingId = await proposalActs.openMeeting(tx, tono, {
      regionCode: village,
      basis: 'meeting',
      heldOn: '2026-11-06',
      place: 'Aula',
      collect: false,
    })
    await proposalActs.putOnAgenda(tx, tono, id, meetingId)
    await proposalActs.decideItem(tx, tono, meetingId, { proposalId: id, decision: 'accepted' })
    await proposalActs.giveFieldCheck(tx, tono, id, { checkerId: lina.accountId })
  })
  await as(lina, (tx) =>
    proposalActs.submitFieldCheck(tx, lina, id, { result: 'as_proposed', visitedOn: '2026-11-06', finding: 'Benar' }),
  )
  await as(nurul, (tx) => proposalActs.verifyAtRegency(tx, nurul, id))
  await as(ratna, (tx) => proposalActs.approveAtRegency(tx, ratna, id))
  return id
}
const stateOf = async (familyId: string) => ({
  family: (await sql<{ status: string }>('select status from family where id = $1', [familyId]))[0]?.status,
  people: (
    await sql<{ name: string; status: string }>('select name, status from person where family_id = $1 order by name', [
      familyId,
    ])
  ).map((one) => `${one.name} ${one.status}`),
})

test('each removal leaves the register as it says', async () => {
  const kinds = {
    not_eligible: { family: 'graduated', people: ['Adi active', 'Budi active'] },
    moved: { family: 'moved_out', people: ['Adi moved_out', 'Budi moved_out'] },
    not_found: { family: 'not_found', people: ['Adi not_found', 'Budi not_found'] },
    double: { family: 'dissolved', people: ['Adi not_found', 'Budi not_found'] },
  } as const
  for (const [removal, expected] of Object.entries(kinds)) {
    const { familyId } = await familyOf('Adi', 'Budi')
    await carry({ kind: 'remove', removal: removal as keyof typeof kinds, familyId })
    assert.deepEqual(await stateOf(familyId), expected, removal)
  }
  const one = await familyOf('Adi', 'Budi')
  await carry({ kind: 'remove', removal: 'dead', familyId: one.familyId, personId: one.ids[1] ?? '' })
  assert.deepEqual(await stateOf(one.familyId), { family: 'active', people: ['Adi active', 'Budi dead'] })
  const last = await familyOf('Adi')
  await carry({ kind: 'remove', removal: 'dead', familyId: last.familyId, personId: last.ids[0] ?? '' })
  assert.deepEqual(await stateOf(last.familyId), { family: 'dissolved', people: ['Adi dead'] })
})

test('a correction changes what is wrong, adds who is missing, and leaves what is so already', async () => {
  const { familyId, ids } = await familyOf('Adi', 'Budi')
  const id = await carry({
    kind: 'correct',
    familyId,
    family: { address: 'Gang Melati 1', rt: '03' },
    corrections: [
      { personId: ids[0] ?? '', name: 'Adi' },
      { personId: ids[1] ?? '', name: 'Budi Santoso' },
    ],
    members: [{ name: 'Cici', relationship: 'child' }],
  })
  assert.deepEqual(await stateOf(familyId), {
    family: 'active',
    people: ['Adi active', 'Budi Santoso active', 'Cici active'],
  })
  const patches = await sql<{ patch: object }>(
    `select patch from register_event where change_id = $1 and subject = 'family'`,
    [id],
  )
  assert.deepEqual(patches, [{ patch: { rt: '03' } }])
  assert.equal(
    (await sql(`select 1 from register_event where change_id = $1 and subject_id = $2`, [id, ids[0]])).length,
    0,
  )
})

test('a month ends for proposals on its cut-off day', () => {
  assert.equal(periodOn('2026-11-17', 17), '2026-11')
  assert.equal(periodOn('2026-11-18', 17), '2026-12')
  assert.equal(periodOn('2026-12-31', 17), '2027-01')
  assert.equal(periodOn('2026-12-31', 31), '2026-12')
})

test('policy: nobody does anything with their own proposal but bring, complete, mend and withdraw it', () => {
  const people = [sari, tono, lina, nurul, ratna]
  const facts = fc.record<ProposalFacts>({
    state: fc.constantFrom('submitted', 'on_agenda', 'accepted', 'field_check', 'checked', 'verified', 'returned'),
    kind: fc.constantFrom('enrol', 'remove'),
    door: fc.constant('officer'),
    regionCode: fc.constantFrom(village, '33.13.09.1001'),
    proposedBy: fc.constantFrom(null, ...people.map((one) => one.accountId)),
    checkerId: fc.constantFrom(null, ...people.map((one) => one.accountId)),
    checkedBy: fc.constantFrom(null, ...people.map((one) => one.accountId)),
    verifiedBy: fc.constantFrom(null, ...people.map((one) => one.accountId)),
    result: fc.constantFrom(null, 'as_proposed', 'differs', 'not_true'),
    familyNamed: fc.boolean(),
  })
  let approved = 0
  fc.assert(
    fc.property(fc.constantFrom(...people), facts, (actor, given) => {
      const may = (act: Parameters<typeof can>[1]) => can(actor, act, given)
      if (given.proposedBy === actor.accountId)
        for (const act of [
          'accept',
          'decline',
          'postpone',
          'submit_field_check',
          'verify',
          'approve',
          'refuse',
          'return',
        ] as const)
          assert.ok(!may(act), act)
      if (may('verify') || may('approve')) {
        assert.equal(actor.regionCode, '32.75')
        assert.equal(given.regionCode, village)
        assert.notEqual(given.checkedBy, actor.accountId)
        assert.ok(given.result === 'as_proposed' || given.result === 'differs')
        assert.ok(given.kind === 'enrol' || given.familyNamed)
      }
      if (may('approve')) {
        approved++
        assert.equal(actor.role, 'supervisor')
        assert.notEqual(given.verifiedBy, actor.accountId)
      }
      if (actor.role === 'pillar') assert.ok(!may('put_on_agenda') && !may('accept') && !may('give_field_check'))
    }),
    { numRuns: 5000 },
  )
  assert.ok(approved > 0, 'somebody may')
})
