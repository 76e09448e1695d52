import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { asProblem } from '#src/platform/http/answer.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { contradictions } from '#test/support/register-contradictions.ts'
import { type RecordedEvent, replay } from '#test/support/register-replay.ts'
import {
  checkChange,
  correct,
  getFamily,
  joinFamilies,
  listVillage,
  listWaiting,
  openFamily,
  registerActs,
  splitFamily,
  takeBack,
} from './index.ts'

/*
 * Random lives of a few families, told late, told wrong, put right, waiting for a check: whatever was recorded, the tables say for
 * every day and every moment what a plain replay of the events says.
 */

const villages = ['32.75.01.1002', '32.75.01.1003', '33.13.09.1001'] as const
let now = Date.parse('2026-06-01T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => new Date(now) })
const first = (await signedIn(db, { role: 'supervisor', regionCode: '00' })).actor
const second = (await signedIn(db, { role: 'supervisor', regionCode: '00' })).actor

// What may happen --------------------------------------------------------------------------------------------------------

type Turn = { what: number; a: number; b: number; c: number; back: number; hours: number; waits: boolean }
const turn: fc.Arbitrary<Turn> = fc.record({
  what: fc.integer({ min: 0, max: 15 }),
  a: fc.nat(1000),
  b: fc.nat(1000),
  c: fc.nat(1000),
  back: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 120 })),
  hours: fc.constantFrom(0, 0, 1, 30, 400),
  waits: fc.boolean(),
})
const begin = [1, 2, 3].map((b): Turn => ({ what: 0, a: 0, b, c: b, back: 60, hours: 1, waits: false }))
const day = (offset: number) => new Date(now - offset * 86_400_000).toISOString().slice(0, 10)
const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)]

type World = { families: string[]; persons: string[]; waiting: string[]; done: Map<string, number>; refused: number }

async function act(tx: Tx, actor: Actor, world: World, one: Turn): Promise<string> {
  const grounds = { effectiveOn: day(one.back), source: one.waits ? ('village' as const) : ('office' as const) }
  const village = villages[one.c % villages.length] ?? villages[0]
  const families = await tx
    .selectFrom('family')
    .select(['id', 'head_id'])
    .where('id', 'in', [...world.families, uuid()])
    .where('status', '=', 'active')
    .orderBy('id')
    .execute()
  const family = pick(families, one.a)
  const note = (recorded: { id: string; state: string; events: { subjectId: string }[] }) => {
    if (recorded.state === 'reported') world.waiting.push(recorded.id)
  }
  if (one.what === 0 || !family) {
    const members = Array.from({ length: 1 + (one.b % 4) }, (_, index) => ({
      id: uuid(),
      name: `Orang ${index}`,
      relationship: index === 0 ? ('head' as const) : ('child' as const),
      ...(index === 1 && { sealed: { disabilities: ['visual' as const] } }),
    }))
    const id = uuid()
    note(
      await registerActs.registerFamily(tx, actor, {
        ...grounds,
        effectiveOn: day(one.back + 60),
        familyId: id,
        regionCode: village,
        family: { answers: { floor: 'earth', electricity: '450' } },
        members,
        ...(one.c % 2 === 0 && { payee: 0 }),
      }),
    )
    world.families.push(id)
    world.persons.push(...members.map((member) => member.id))
    return 'register'
  }
  await openFamily(tx, actor, { familyId: family.id, reason: 'Mengurus keluarga ini', work: 'service' })
  const members = await registerActs.membersOf(tx, family.id)
  const member = pick(members, one.b)
  const heir = pick(
    members.filter((other) => other.id !== member?.id),
    one.c,
  )
  const headGoes = member?.id === family.head_id
  const heads = headGoes && heir ? { headId: heir.id } : {}
  switch (one.what) {
    case 1: {
      const person = { id: uuid(), name: 'Bayi', relationship: 'child' as const }
      note(await registerActs.addMember(tx, actor, family.id, { ...grounds, kind: 'born', person }))
      world.persons.push(person.id)
      return 'born'
    }
    case 2:
      if (!member) return 'nothing'
      note(await registerActs.recordDeath(tx, actor, family.id, { ...grounds, personId: member.id, ...heads }))
      return 'died'
    case 3:
      if (!member) return 'nothing'
      note(
        await registerActs.recordLeaving(tx, actor, family.id, {
          ...grounds,
          kind: 'married',
          personId: member.id,
          ...heads,
        }),
      )
      return 'left'
    case 4:
    case 5:
      note(
        await registerActs.moveFamily(tx, actor, family.id, {
          ...grounds,
          regionCode: village,
          rt: String(one.b % 20),
        }),
      )
      return 'moved'
    case 6:
    case 7: {
      const going = members.filter((_, index) => (one.b >> index) % 2 === 1).map((other) => other.id)
      const [headId] = going
      if (!headId) return 'nothing'
      const remainingHeadId = members.find((other) => !going.includes(other.id))?.id
      const id = uuid()
      note(
        await splitFamily(tx, actor, family.id, {
          ...grounds,
          members: going,
          headId,
          familyId: id,
          family: one.c % 3 === 0 ? { regionCode: village } : {},
          ...(remainingHeadId && { remainingHeadId }),
        }),
      )
      world.families.push(id)
      return 'split'
    }
    case 8: {
      const other = pick(
        families.filter((found) => found.id !== family.id),
        one.b,
      )
      if (!other) return 'nothing'
      await openFamily(tx, actor, { familyId: other.id, reason: 'Mengurus keluarga ini', work: 'service' })
      note(await joinFamilies(tx, actor, family.id, { ...grounds, fromFamilyId: other.id }))
      return 'join'
    }
    case 9:
      if (!member) return 'nothing'
      note(await registerActs.changeHead(tx, actor, family.id, { ...grounds, headId: member.id }))
      return 'head'
    case 10:
      note(
        await registerActs.changeFamilyFacts(tx, actor, family.id, {
          ...grounds,
          kind: 'surveyed',
          facts: { decile: 1 + (one.b % 4), answers: one.c % 2 ? { floor: 'cement' } : { floor: null, roof: 'tile' } },
        }),
      )
      return 'surveyed'
    case 11:
      if (!member) return 'nothing'
      note(
        await registerActs.changePersonFacts(tx, actor, family.id, {
          ...grounds,
          kind: 'disability',
          personId: member.id,
          facts: one.c % 2 ? { work: `Buruh ${one.c}` } : {},
          sealed:
            one.b % 3 === 0 ? { disabilities: null } : { disabilities: ['hearing'], answers: { needsCarer: 'partly' } },
        }),
      )
      return 'disability'
    case 12:
    case 13: {
      const events = await tx
        .selectFrom('register_event')
        .select(['subject_id', 'subject', 'seq'])
        .where('family_id', '=', family.id)
        .where('state', '=', 'in_force')
        .orderBy('subject_id')
        .orderBy('seq')
        .execute()
      const event = pick(events, one.b)
      if (!event) return 'nothing'
      const facts = event.subject === 'family' ? { address: `Jalan ${one.c}` } : { name: `Nama ${one.c}` }
      note(
        await correct(tx, actor, family.id, {
          source: grounds.source,
          subjectId: event.subject_id,
          seq: event.seq,
          ...(one.c % 3 > 0 && { facts }),
          ...(one.c % 5 === 0 && { effectiveOn: day(one.back) }),
        }),
      )
      return 'corrected'
    }
    case 14: {
      const acts = await tx
        .selectFrom('register_event')
        .select('change_id')
        .distinct()
        .where('family_id', '=', family.id)
        .where('state', '=', 'in_force')
        .orderBy('change_id')
        .execute()
      const changeId = pick(acts, one.b)?.change_id
      if (!changeId) return 'nothing'
      note(await takeBack(tx, actor, family.id, { source: grounds.source, changeId }))
      return 'taken back'
    }
    default: {
      const changeId = world.waiting.shift()
      if (!changeId) return 'nothing'
      const list = await listWaiting(tx, actor, { limit: 200 })
      for (const familyId of list.rows.find((row) => row.changeId === changeId)?.familyIds ?? [])
        await openFamily(tx, actor, { familyId, reason: 'Memeriksa perubahan', work: 'service' })
      await checkChange(
        tx,
        actor,
        changeId,
        one.c % 4 === 0 ? { accept: false, reason: 'Tidak benar' } : { accept: true },
      )
      return 'checked'
    }
  }
}

// What must hold ---------------------------------------------------------------------------------------------------------

const readEvents = (ids: readonly string[]) =>
  sql<RecordedEvent>(
    `select e.subject, e.subject_id, e.seq, e.effective_on, e.corrects, e.patch, s.patch as sealed,
       to_char(e.known_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as known
     from register_event e left join register_event_sealed s using (subject_id, seq)
     where e.state = 'in_force' and e.subject_id = any ($1) order by e.subject_id, e.seq`,
    [ids],
  )
const bySubject = (events: readonly RecordedEvent[]) => Map.groupBy(events, (event) => event.subject_id)
const versionsAt = (view: string, key: string, ids: readonly string[], on: string, at: string) =>
  sql<{ id: string; state: Record<string, unknown>; family_id: string | null; region_code: string }>(
    `select ${key} as id, state, region_code, ${key === 'person_id' ? 'family_id' : 'null::uuid as family_id'} from ${view}
     where ${key} = any ($1) and valid_from <= $2::date and $2::date < valid_to and known_from <= $3::timestamptz and $3::timestamptz < known_to`,
    [ids, on, `${at}Z`],
  )

async function agrees(world: World, on: string, at: string): Promise<number> {
  const events = bySubject(await readEvents([...world.families, ...world.persons]))
  let there = 0
  for (const [view, key, ids] of [
    ['family_version', 'family_id', world.families],
    ['person_version', 'person_id', world.persons],
  ] as const) {
    const rows = await versionsAt(view, key, ids, on, at)
    assert.equal(new Set(rows.map((row) => row.id)).size, rows.length, 'one version at a time')
    const found = new Map(rows.map((row) => [row.id, row]))
    for (const id of ids) {
      const expected = replay(events.get(id) ?? [], on, at).state
      assert.deepEqual(found.get(id)?.state ?? null, expected, `${view} ${id} on ${on} at ${at}`)
      if (!expected) continue
      there++
      assert.equal(found.get(id)?.region_code, expected['regionCode'])
      assert.equal(found.get(id)?.family_id ?? undefined, key === 'person_id' ? expected['familyId'] : undefined)
    }
  }
  const sealed = new Map(
    (await versionsAt('person_sealed_version', 'person_id', world.persons, on, at)).map((row) => [row.id, row]),
  )
  for (const id of world.persons) {
    const { state, sealed: expected } = replay(events.get(id) ?? [], on, at)
    assert.deepEqual(sealed.get(id)?.state ?? null, expected, `sealed ${id} on ${on} at ${at}`)
    if (expected) assert.equal(sealed.get(id)?.family_id ?? undefined, state?.['familyId'])
  }
  return there
}

/** A village list, and a family page, against the same replay. */
async function listsAgree(world: World, on: string, at: string): Promise<void> {
  const events = bySubject(await readEvents([...world.families, ...world.persons]))
  const states = new Map([...events].map(([id, own]) => [id, replay(own, on, at).state]))
  const actor = { ...first, at: new Date(now) }
  const knownAt = `${at.slice(0, 23)}Z`
  for (const village of villages) {
    const list = await db.as(actor, (tx) =>
      listVillage(tx, actor, village, { on, knownAt, limit: 500, work: 'meeting' }),
    )
    const mine = list.rows.filter((row) => world.families.includes(row.id))
    const expected = world.families.filter((id) => states.get(id)?.['regionCode'] === village).toSorted()
    assert.deepEqual(
      mine.map((row) => row.id),
      expected,
    )
    for (const row of mine) {
      const members = world.persons.filter(
        (id) => states.get(id)?.['familyId'] === row.id && states.get(id)?.['status'] === 'active',
      )
      assert.equal(row.members, members.length)
      assert.equal(row.status, states.get(row.id)?.['status'])
    }
  }
  for (const id of world.families) {
    const state = states.get(id)
    if (!state) continue
    const page = await db.as(actor, async (tx) => {
      await openFamily(tx, actor, { familyId: id, reason: 'Melihat riwayat', work: 'service' })
      return getFamily(tx, actor, id, { on, knownAt })
    })
    const members = world.persons.filter((person) => states.get(person)?.['familyId'] === id)
    assert.deepEqual(page.members.map((one) => one.id).toSorted(), members.toSorted())
    assert.deepEqual(page.answers, state['answers'])
    for (const one of page.members) {
      assert.equal(one.name, states.get(one.id)?.['name'])
      assert.deepEqual(one.sealed, replay(events.get(one.id) ?? [], on, at).sealed)
    }
  }
}

test('for every day and moment the tables say what a replay of the events says', { timeout: 300_000 }, async () => {
  const done = new Map<string, number>()
  let compared = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(turn, { minLength: 14, maxLength: 26, size: 'max' }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 160 }), fc.nat(100)), { minLength: 6, maxLength: 6 }),
      async (turns, looks) => {
        const world: World = { families: [], persons: [], waiting: [], done, refused: 0 }
        const moments: string[] = []
        // Three families to begin with; what happens to them is drawn.
        for (const one of [...begin, ...turns]) {
          now += one.hours * 3_600_000
          const kept = {
            ...world,
            families: [...world.families],
            persons: [...world.persons],
            waiting: [...world.waiting],
          }
          const actor = { ...(one.what === 15 ? second : first), at: new Date(now) }
          try {
            const what = await db.as(actor, (tx) => act(tx, actor, world, one))
            done.set(what, (done.get(what) ?? 0) + 1)
          } catch (error) {
            // Refused acts leave nothing behind, which the comparison shows.
            const problem = asProblem(error)
            if (!problem) throw error
            assert.ok([400, 409].includes(problem.status), `${problem.status} ${problem.code}`)
            assert.notEqual(problem.code, 'try_again')
            Object.assign(world, kept)
            done.set('refused', (done.get('refused') ?? 0) + 1)
          }
          moments.push(new Date(now).toISOString().replace('Z', '000'))
        }
        assert.deepEqual(await contradictions(sql, world), [])
        for (const [offset, at] of looks) compared += await agrees(world, day(offset), pick(moments, at) ?? '')
        compared += await agrees(world, day(0), '9999-01-01T00:00:00.000000')
        const [offset, at] = looks[0] ?? [0, 0]
        await listsAgree(world, day(offset), pick(moments, at) ?? '')
      },
    ),
    { numRuns: 14, endOnFailure: true },
  )
  assert.ok(compared > 500, `${compared} versions compared`)
  for (const what of [
    'register',
    'born',
    'died',
    'left',
    'moved',
    'split',
    'join',
    'corrected',
    'taken back',
    'checked',
    'disability',
  ])
    assert.ok((done.get(what) ?? 0) > 0, `${what} happened`)
})
