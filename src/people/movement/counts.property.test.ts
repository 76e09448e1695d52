import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql as raw } from 'kysely'
import { v7 as uuid } from 'uuid'
import { testDatabase } from '#test/support/postgres.ts'
import { recordChange, type Change, type FamilyPart, type PersonPart } from '../register/index.ts'
import { byKey, foldCounts, readCounts, readSealedCount, sum } from './counts.ts'

let now = new Date('2026-11-20T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const villages = ['32.75.01.1002', '32.75.01.1003', '32.75.05.1003', '33.13.01.2001', '36.73.01.1001']
const regions = ['00', '32', '32.75', '32.75.01', '33', '33.13', ...villages]

const act = fc.oneof(
  fc.record({
    what: fc.constant('register' as const),
    village: fc.nat(4),
    decile: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
    ppks: fc.uniqueArray(fc.constantFrom(8, 9, 23, 24), { maxLength: 3 }),
    sealed: fc.boolean(),
  }),
  fc.record({ what: fc.constant('move' as const), who: fc.nat(2), village: fc.nat(4) }),
  fc.record({ what: fc.constant('decile' as const), who: fc.nat(2), decile: fc.integer({ min: 1, max: 10 }) }),
  fc.record({
    what: fc.constant('leave' as const),
    who: fc.nat(2),
    how: fc.constantFrom(
      'graduated_natural' as const,
      'graduated_natural' as const,
      'not_found' as const,
      'moved_out' as const,
    ),
  }),
  fc.record({ what: fc.constant('return' as const), who: fc.nat(2) }),
  fc.record({ what: fc.constant('return' as const), who: fc.nat(2) }),
  fc.record({ what: fc.constant('die' as const), who: fc.nat(2) }),
  fc.record({ what: fc.constant('merge' as const), who: fc.nat(2), into: fc.nat() }),
  fc.record({ what: fc.constant('undo' as const), who: fc.nat(2) }),
  fc.record({ what: fc.constant('fold' as const) }),
)
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never
type Made = { family: string; head: string; other: string }

const status = { graduated_natural: 'graduated', not_found: 'not_found', moved_out: 'moved_out' } as const

/** The change an act asks for; undefined where there is nobody yet. */
function changeOf(one: Act, made: Made[]): Omit<Change, 'id' | 'effectiveOn' | 'source' | 'check'> | undefined {
  const of = (n: number) => made[n % made.length]
  if (one.what === 'fold' || (one.what !== 'register' && made.length === 0)) return undefined
  if (one.what === 'register') {
    const family: Made = { family: uuid(), head: uuid(), other: uuid() }
    made.push(family)
    const person = (id: string, relationship: 'head' | 'spouse', ppks: number[], sealed: number[]): PersonPart => ({
      subject: 'person',
      subjectId: id,
      isNew: true,
      patch: { name: 'Sumarni', familyId: family.family, relationship, status: 'active', ppks },
      ...(sealed.length > 0 && { sealed: { ppks: sealed } }),
    })
    const house: FamilyPart = {
      subject: 'family',
      subjectId: family.family,
      isNew: true,
      patch: {
        regionCode: villages[one.village] ?? '',
        status: 'active',
        headId: family.head,
        ...(one.decile && { decile: one.decile }),
      },
    }
    return {
      kind: 'registered',
      parts: [
        house,
        person(family.head, 'head', one.ppks, []),
        person(family.other, 'spouse', [], one.sealed ? [16, 25] : []),
      ],
    }
  }
  const { family, head, other } = of(one.who) as Made
  const part = (patch: FamilyPart['patch']): FamilyPart => ({
    subject: 'family',
    subjectId: family,
    ...(patch && { patch }),
  })
  switch (one.what) {
    case 'move':
      return { kind: 'moved_within', parts: [part({ regionCode: villages[one.village] ?? '' })] }
    case 'decile':
      return { kind: 'decile_set', parts: [part({ decile: one.decile })] }
    case 'leave':
      return {
        kind: one.how,
        parts: [
          part({ status: status[one.how] }),
          ...(one.how === 'graduated_natural'
            ? []
            : [head, other].map((id): PersonPart => ({
                subject: 'person',
                subjectId: id,
                patch: { status: status[one.how] as 'moved_out' },
              }))),
        ],
      }
    case 'return':
      return { kind: 'reentered', parts: [part({ status: 'active' })] }
    case 'die':
      return { kind: 'died', parts: [{ subject: 'person', subjectId: other, patch: { status: 'dead' } }] }
    case 'merge':
      return {
        kind: 'merged',
        parts: [
          { subject: 'person', subjectId: other, patch: { status: 'merged', mergedInto: (of(one.into) as Made).head } },
        ],
      }
    case 'undo':
      return { kind: 'corrected', parts: [{ subject: 'family', subjectId: family, corrects: 2 }] }
  }
}

/** Everything counted anew from the rows. */
async function recount(region: string) {
  const within = region === '00' ? 'true' : `region_code like '${region}%'`
  const rows = await sql<{ dimension: string; key: string; n: number }>(`
    select 'family' dimension, status as key, count(*) n from family where ${within} group by 2
    union all select 'decile', coalesce(decile::text, ''), count(*) from family where status = 'active' and ${within} group by 2
    union all select 'person', '', count(*) from person where status = 'active' and ${within} having count(*) > 0
    union all select 'ppks', k::text, count(*) from person, unnest(ppks) k where status = 'active' and ${within} group by 2`)
  return rows.map((row) => `${row.dimension} ${row.key} ${row.n}`).sort()
}
const sealedOf = (region: string) =>
  sql<{ n: number }>(`select count(*) n from person_sealed s join person p on p.id = s.person_id
    where s.ppks <> '{}' and p.status = 'active' ${region === '00' ? '' : `and s.region_code like '${region}%'`}`)

/** How many are listed as having come and gone, by reason. */
async function listed(who: 'family' | 'person', region: string): Promise<string[]> {
  const { rows } = await db.asSystem('test', (tx) =>
    raw<{ way: string; reason: string; n: number }>`
      select way, reason, count(*) as n from register_moves(${who}, ${region}, '2026-11-01') group by 1, 2`.execute(tx),
  )
  return rows.map((row) => `${row.way} ${row.reason} ${row.n}`).sort()
}
const movesOf = (own: Awaited<ReturnType<typeof readCounts>>, who: 'family' | 'person') =>
  (['in', 'out'] as const)
    .flatMap((way) => [...byKey(own, `${who}_${way}`)].map(([reason, n]) => `${way} ${reason} ${n}`))
    .sort()

test('after any changes the counts are those of a recount, folded or not, and what came less what went is what is there', async () => {
  const done: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 15, maxLength: 30 }), async (acts) => {
      await sql(
        'truncate family, person, person_sealed, family_past, person_past, person_sealed_past, register_event, register_event_sealed',
      )
      await sql('truncate register_count, register_count_delta, register_sealed_count, register_sealed_stale')
      const made: Made[] = []
      for (const one of acts) {
        now = new Date(now.getTime() + 60_000)
        const change = changeOf(one, made)
        if (one.what === 'fold') await foldCounts(db)
        if (!change) continue
        const whole: Change = { ...change, id: uuid(), effectiveOn: '2026-11-20', source: 'office', check: 'none' }
        const ok = await db
          .asSystem('test', (tx) => recordChange(tx, { role: 'system' }, whole))
          .then(() => true)
          .catch((error: unknown) => {
            // What the register refuses (a move to where it is, a dead person) changes nothing.
            assert.equal((error as { name?: string; status?: number }).status !== undefined, true, String(error))
            return false
          })
        if (ok) done[one.what] = (done[one.what] ?? 0) + 1
        if (!ok && one.what === 'register') made.pop()
      }
      for (const region of regions) {
        const rows = await db.asSystem('test', (tx) =>
          readCounts(
            tx,
            region,
            ['family', 'decile', 'person', 'ppks', 'family_in', 'family_out', 'person_in', 'person_out'],
            {
              from: '2026-01',
              to: '2027-12',
            },
          ),
        )
        const own = rows.filter((row) => row.region === null)
        const stock = own.filter(
          (row) => row.month === null || row.month.startsWith('-') || !row.dimension.includes('_'),
        )
        assert.deepEqual(
          stock.map((row) => `${row.dimension} ${row.key} ${row.n}`).sort(),
          await recount(region),
          region,
        )
        for (const who of ['family', 'person'] as const) {
          const there = who === 'family' ? (byKey(own, 'family').get('active') ?? 0) : sum(byKey(own, 'person'))
          assert.equal(sum(byKey(own, `${who}_in`)) - sum(byKey(own, `${who}_out`)), there, `${who} of ${region}`)
        }
        // Who is listed behind a count of coming and going is who was counted.
        for (const who of ['family', 'person'] as const)
          assert.deepEqual(await listed(who, region), movesOf(own, who), `${who} who moved, of ${region}`)
        // The regions beneath add up to the region, as everything lies in a village.
        if (region.length <= 8) {
          const beneath = rows.filter((row) => row.region !== null)
          for (const dimension of ['family', 'decile', 'person', 'ppks'])
            assert.deepEqual(
              [...byKey(beneath, dimension)].sort(),
              [...byKey(own, dimension)].sort(),
              `${dimension} beneath ${region}`,
            )
        }
        const sealed = await db.asSystem('test', (tx) => readSealedCount(tx, region))
        assert.equal(sealed, region.length > 5 ? null : (await sealedOf(region))[0]?.n)
      }
    }),
    { numRuns: 15 },
  )
  for (const what of ['register', 'move', 'leave', 'return', 'die'])
    assert.ok((done[what] ?? 0) > 0, `${what} happened`)
})
