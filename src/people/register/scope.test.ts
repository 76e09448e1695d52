import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql as raw } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Citizen, Tx } from '#src/platform/db/index.ts'
import { asProblem } from '#src/platform/http/answer.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { getFamily, listVillage, openFamily, recordChange, revealNik } from './index.ts'

const { db, sql } = await testDatabase({ clock: () => new Date('2026-06-01T03:00:00Z') })
const app = await testApp(db)
const village = '32.75.01.1002'
const [family, head, child] = [uuid(), uuid(), uuid()]
const system = { role: 'system' } as const

await db.asSystem('test: a family with everything', async (tx) => {
  await recordChange(tx, system, {
    id: uuid(),
    kind: 'registered',
    effectiveOn: '2026-01-05',
    source: 'import',
    check: 'none',
    parts: [
      {
        subject: 'family',
        subjectId: family,
        isNew: true,
        patch: { regionCode: village, headId: head, status: 'active', address: 'Gang Rahasia' },
      },
      {
        subject: 'person',
        subjectId: head,
        isNew: true,
        patch: { familyId: family, name: 'Rahasia', nik: '9999014108859001', status: 'active' },
      },
      {
        subject: 'person',
        subjectId: child,
        isNew: true,
        patch: { familyId: family, name: 'Anak', status: 'active' },
        sealed: { ppks: [17] },
      },
    ],
  })
  await recordChange(tx, system, {
    id: uuid(),
    kind: 'pregnant',
    effectiveOn: '2026-02-05',
    source: 'import',
    check: 'none',
    parts: [{ subject: 'person', subjectId: head, sealed: { pregnant: true } }],
  })
  await recordChange(tx, system, {
    id: uuid(),
    kind: 'gave_birth',
    effectiveOn: '2026-03-05',
    source: 'import',
    check: 'none',
    parts: [{ subject: 'person', subjectId: head, patch: { work: 'Buruh cuci' }, sealed: { pregnant: null } }],
  })
  await recordChange(tx, system, {
    id: uuid(),
    kind: 'moved_within',
    effectiveOn: '2026-04-05',
    source: 'import',
    check: 'none',
    parts: [{ subject: 'family', subjectId: family, patch: { rt: '7' } }],
  })
})

const open = [
  'family',
  'person',
  'family_past',
  'person_past',
  'register_event',
  'family_version',
  'person_version',
] as const
const sealed = ['person_sealed', 'person_sealed_past', 'register_event_sealed', 'person_sealed_version'] as const
const count = async (tx: Tx, table: string, where = 'true') =>
  (await raw.raw<{ n: number }>(`select count(*) as n from ${table} where ${where}`).execute(tx)).rows[0]?.n ?? -1
const counts = async (who: Actor | Citizen, tables: readonly string[]) => {
  const found: Record<string, number> = {}
  for (const table of tables)
    found[table] = await db
      .as(who, (tx) => count(tx, table))
      .catch((error: { code?: string }) => (error.code === '42501' ? 0 : -1))
  return found
}
const none = (tables: readonly string[]) => Object.fromEntries(tables.map((table) => [table, 0]))
const someone = async (given: Parameters<typeof signedIn>[1]) => (await signedIn(db, given)).actor

test('the rows are there', async () => {
  for (const table of [...open, ...sealed]) {
    const [row] = await sql<{ n: number }>(`select count(*) as n from ${table}`)
    assert.ok((row?.n ?? 0) > 0, table)
  }
})

test('the social office of the place and those above it see the register; nobody else sees a row', async () => {
  for (const given of [
    { role: 'officer', regionCode: village },
    { role: 'supervisor', regionCode: '32.75' },
    { role: 'officer', regionCode: '00' },
  ] as const) {
    const seen = await counts(await someone(given), open)
    for (const table of open) assert.ok((seen[table] ?? 0) > 0, `${given.role} ${given.regionCode} ${table}`)
  }
  const others = [
    { role: 'officer', regionCode: '32.75.01.1003' },
    { role: 'officer', regionCode: '33.13' },
    { role: 'officer', regionCode: '32.75', agency: 'health' },
    { role: 'supervisor', regionCode: '32.75', agency: 'education' },
    { role: 'pillar', regionCode: village },
    { role: 'auditor', regionCode: '00' },
    { role: 'administrator', regionCode: '00' },
  ] as const
  for (const given of others)
    assert.deepEqual(
      await counts(await someone(given), [...open, ...sealed]),
      none([...open, ...sealed]),
      JSON.stringify(given),
    )
  const citizen = { complaintId: uuid(), at: new Date() }
  assert.deepEqual(
    await counts(citizen, [...open, ...sealed, 'family_opening']),
    none([...open, ...sealed, 'family_opening']),
  )
})

test('what is sealed is seen by whoever opened the family, while the opening runs, and by nobody else', async () => {
  const officer = await someone({ role: 'officer', regionCode: village })
  assert.deepEqual(await counts(officer, sealed), none(sealed))
  const kinds = (who: Actor) =>
    db.as(who, async (tx) =>
      (await tx.selectFrom('register_event').select('kind').where('sealed', '=', true).execute())
        .map((one) => one.kind)
        .toSorted(),
    )
  assert.deepEqual(await kinds(officer), [], 'not even the kind')
  await db.as(officer, (tx) => openFamily(tx, officer, { familyId: family, reason: 'Warga datang', work: 'service' }))
  for (const [table, n] of Object.entries(await counts(officer, sealed))) assert.ok(n > 0, table)
  assert.deepEqual(await kinds(officer), ['gave_birth', 'pregnant'])
  const seen = await db.as(officer, (tx) => getFamily(tx, officer, family, { on: '2026-02-10' }))
  assert.equal(seen.members.find((one) => one.id === head)?.sealed?.pregnant, true)
  assert.deepEqual(seen.members.find((one) => one.id === child)?.sealed?.ppks, [17])

  const colleague = await someone({ role: 'officer', regionCode: village })
  assert.deepEqual(await counts(colleague, sealed), none(sealed), 'the opening is one person’s')
  const later = { ...officer, at: new Date('2026-06-15T03:00:01Z') }
  assert.deepEqual(await counts(later, sealed), none(sealed), 'and ends after the term')
  const auditor = await someone({ role: 'auditor', regionCode: '32.75' })
  assert.equal(await db.as(auditor, (tx) => count(tx, 'family_opening')), 1, 'the auditor sees who opened what')
})

test('the verbs tell nobody outside that the family exists', async () => {
  const outside = await someone({ role: 'officer', regionCode: '32.75.01.1003' })
  const health = await someone({ role: 'officer', regionCode: '32.75', agency: 'health' })
  const status = (work: Promise<unknown>) =>
    work.then(
      () => 200,
      (error: unknown) => asProblem(error)?.status,
    )
  for (const [actor, expected] of [
    [outside, 404],
    [health, 403],
  ] as const) {
    const asked = { familyId: family, reason: 'Ingin tahu saja', work: 'other' } as const
    assert.equal(await status(db.as(actor, (tx) => openFamily(tx, actor, asked))), expected)
    assert.equal(await status(db.as(actor, (tx) => getFamily(tx, actor, family))), expected)
    assert.equal(await status(db.as(actor, (tx) => listVillage(tx, actor, village, { work: 'meeting' }))), 403)
  }
  assert.equal(await status(db.as(outside, (tx) => revealNik(tx, outside, head, 'Ingin tahu saja'))), 404)
  const change = (subjectId: string) => ({
    id: uuid(),
    kind: 'decile_set' as const,
    effectiveOn: '2026-05-01',
    source: 'civil_registry' as const,
    check: 'none' as const,
    parts: [{ subject: 'family' as const, subjectId, patch: { decile: 1 } }],
  })
  const told = async (subjectId: string) =>
    db
      .as(outside, (tx) => recordChange(tx, outside, change(subjectId)))
      .then(
        () => 'recorded',
        (error: unknown) => JSON.stringify([asProblem(error)?.status, asProblem(error)?.errors]),
      )
  assert.equal(await told(family), await told(uuid()), 'as if it were not there')
  const office = await someone({ role: 'officer', regionCode: village })
  assert.equal((await db.as(office, (tx) => recordChange(tx, office, change(family)))).state, 'in_force')
})

test('lists are for the desk of the village and for supervisors, and each page is written down', async () => {
  const desk = await someone({ role: 'officer', regionCode: village })
  const kecamatan = await someone({ role: 'officer', regionCode: '32.75.01' })
  const supervisor = await someone({ role: 'supervisor', regionCode: '32.75' })
  const page = (actor: Actor) => db.as(actor, (tx) => listVillage(tx, actor, village, { work: 'meeting' }))
  assert.deepEqual(
    (await page(desk)).rows.map((one) => [one.headName, one.members]),
    [['Rahasia', 2]],
  )
  assert.equal((await page(supervisor)).rows.length, 1)
  await assert.rejects(page(kecamatan), (error) => asProblem(error)?.status === 403)
  const looks = await sql(`select actor_id from audit_entry where act = 'list' and subject_id = $1 order by id`, [
    village,
  ])
  assert.deepEqual(
    looks.map((one) => one['actor_id']),
    [desk.accountId, supervisor.accountId],
  )
})

test('what happened is never overwritten, not even by the owner of the tables', async () => {
  for (const statement of [
    `update register_event set patch = '{}'`,
    `update register_event set state = 'refused', known_at = null`,
    `delete from register_event`,
    `update register_event_sealed set patch = '{}'`,
    `delete from register_event_sealed`,
  ])
    await assert.rejects(sql(statement), /append-only/, statement)
  const officer = await someone({ role: 'officer', regionCode: village })
  for (const statement of [`delete from family_past`, `delete from person`, `update register_event set note = 'x'`])
    await assert.rejects(
      db.as(officer, (tx) => raw.raw(statement).execute(tx)),
      /permission denied|append-only/,
      statement,
    )
})

test('roles that have no business with the register are refused at its door', async () => {
  for (const role of ['pillar', 'auditor', 'administrator'] as const) {
    const { cookie } = await signedIn(db, { role, regionCode: role === 'pillar' ? village : '32.75' })
    for (const url of [
      `families/${family}`,
      `families/${family}/history`,
      'waiting',
      `villages/${village}/families?work=meeting`,
    ]) {
      const answer = await app.inject({ method: 'GET', url: `/api/register/${url}`, headers: { cookie } })
      assert.equal(answer.statusCode, 403, `${role} ${url}`)
    }
  }
})
