import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { asProblem } from '#src/platform/http/answer.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testDatabase } from '#test/support/postgres.ts'
import * as citizen from './citizen.ts'
import { theCitizen } from './case.ts'
import { fileComplaint } from './intake.ts'
import { joinCases, separate } from './joining.ts'
import { machine } from './machine.ts'
import * as officer from './officer-acts.ts'
import type { Act, State } from './schema.ts'
import { sweep } from './sweep.ts'

/*
 * Whatever people and time do to a case, in whatever order: it has exactly one responsible office, its dispositions
 * are a chain without a gap, its events are numbered without one, and what is refused changes nothing.
 */

let now = new Date('2026-11-02T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const margahayu = '32.75.01.1002'
const people = await Promise.all(
  (
    [
      ['officer', margahayu, 'social'],
      ['supervisor', margahayu, 'social'],
      ['officer', '32.75.01', 'social'],
      ['officer', '32.75', 'social'],
      ['supervisor', '32.75', 'social'],
      ['officer', '32.75', 'health'],
      ['officer', '32', 'social'],
      ['supervisor', '00', 'social'],
    ] as const
  ).map(([role, regionCode, agency]) => signedIn(db, { role, regionCode, agency })),
)

const words = 'Kata-kata yang cukup panjang'
const acts: Partial<Record<Act, (tx: Tx, actor: Actor, id: string, other: string) => Promise<unknown>>> = {
  verify: (tx, actor, id) => officer.verify(tx, actor, id),
  ask_completion: (tx, actor, id) => officer.askCompletion(tx, actor, id, words),
  answer: (tx, actor, id) => officer.answer(tx, actor, id, words),
  verify_answer: (tx, actor, id) => officer.verifyAnswer(tx, actor, id),
  return_answer: (tx, actor, id) => officer.returnAnswer(tx, actor, id, words),
  refer_up: (tx, actor, id) => officer.refer(tx, actor, id, 'up', { reason: words }),
  refer_sideways: (tx, actor, id) =>
    officer.refer(tx, actor, id, 'sideways', { toOffice: '32.75/health', reason: words }),
  send_down: (tx, actor, id) =>
    officer.refer(tx, actor, id, 'down', { toOffice: `${margahayu}/social`, reason: words }),
  accept: (tx, actor, id) => officer.accept(tx, actor, id),
  decline: (tx, actor, id) => officer.decline(tx, actor, id, words),
  revoke: (tx, actor, id) => officer.revoke(tx, actor, id, words),
  reject: (tx, actor, id) => officer.reject(tx, actor, id, words),
  close: (tx, actor, id) => officer.close(tx, actor, id, words),
  recommend: (tx, actor, id) => officer.recommend(tx, actor, id, { act: 'refer_up', body: words }),
  approve: (tx, actor, id) => officer.approve(tx, actor, id, undefined),
  join: (tx, actor, id, other) => joinCases(tx, actor, id, other),
  separate: (tx, actor, id) => separate(tx, actor, id, words),
}
const citizenActs: Record<string, (tx: Tx, who: { complaintId: string; at: Date }) => Promise<unknown>> = {
  reply: (tx, who) => citizen.citizenReplies(tx, who, words),
  withdraw: (tx, who) => citizen.withdraw(tx, who, words),
  satisfied: (tx, who) => citizen.satisfied(tx, who),
  reopen: (tx, who) => citizen.reopen(tx, who, words),
}
const names = Object.keys(acts) as Act[]
const ofOfficer = fc.record({ act: fc.constantFrom(...names), who: fc.nat(people.length - 1), which: fc.nat(1) })
const move = fc.oneof(
  // What the state of the case lets its own office do: most of it is done, and the case gets somewhere.
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('fitting' as const), act: fc.nat(), who: fc.nat(), which: fc.nat(1) }),
  },
  // Anything by anybody: nearly all of it is refused.
  { weight: 4, arbitrary: ofOfficer.map((one) => ({ kind: 'officer' as const, ...one })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('citizen' as const),
      act: fc.constantFrom(...Object.keys(citizenActs)),
      which: fc.nat(1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('time' as const), days: fc.nat(30), which: fc.nat(1) }),
  },
)

/** The act and the officer that a number each stand for, among those that fit the case as it is. */
function fitting(one: { act: number; who: number }, before: { state: State; office_id: string }) {
  const pick = <T>(from: readonly T[], at: number) => from[at % from.length]
  const act =
    pick(
      names.filter((name) => machine[name].from.includes(before.state)),
      one.act,
    ) ?? 'verify'
  // Who referred a case takes the referral back; everything else is for the office that has it.
  const there = people.filter(({ actor }) => act === 'revoke' || actor.officeId === before.office_id)
  return { act, who: pick(there, one.who) ?? people[0] }
}

function known<T>(one: T | undefined): T {
  assert.ok(one !== undefined)
  return one
}

const input = (id: string, body: string) => ({
  id,
  regionCode: margahayu,
  class: 'complaint' as const,
  matter: 'delivery.late',
  body,
})
const state = async (id: string) =>
  known(
    (
      await sql<{ state: State; office_id: string }>(
        `select state, office_id, version, last_seq from complaint where id = $1`,
        [id],
      )
    )[0],
  )

test('exactly one responsible office at all times', async (t) => {
  const done = new Map<string, number>()
  let refused = 0
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 14 }), async (moves) => {
      now = new Date('2026-11-02T02:00:00Z')
      const ids = [crypto.randomUUID(), crypto.randomUUID()] as const
      for (const id of ids)
        await db.as({ complaintId: id, at: now }, (tx) =>
          fileComplaint(tx, theCitizen(now), input(id, `Bantuan terlambat ${id}`), {
            door: 'web',
            secret: Buffer.alloc(32),
          }),
        )
      for (const one of moves) {
        now = new Date(now.getTime() + 3 * 3_600_000)
        const id = ids[one.which] ?? ids[0]
        const other = ids[1 - one.which] ?? ids[1]
        const before = await state(id)
        let what = 'sweep'
        try {
          if (one.kind === 'time') {
            now = new Date(now.getTime() + one.days * 86_400_000)
            await sweep(db, (error) => {
              throw error
            })
          } else if (one.kind === 'citizen') {
            what = one.act
            const who = { complaintId: id, at: now }
            await db.as(who, (tx) => known(citizenActs[one.act])(tx, who))
          } else {
            const { act, who } = one.kind === 'fitting' ? fitting(one, before) : { act: one.act, who: people[one.who] }
            what = act
            const actor = { ...known(who).actor, at: now }
            await db.as(actor, (tx) => known(acts[act])(tx, actor, id, other))
          }
          done.set(what, (done.get(what) ?? 0) + 1)
        } catch (error) {
          const problem = asProblem(error)
          // Expected refusals only: everything else is a fault of ours.
          assert.ok(problem && problem.status < 500, `${what}: ${String(error)}`)
          refused++
          if (one.kind !== 'time')
            assert.deepEqual(await state(id), before, `${what} was refused and changed something`)
        }
        for (const each of ids) await checkCase(each)
      }
    }),
    { numRuns: 30, endOnFailure: true },
  )
  done.delete('sweep')
  const sum = [...done.values()].reduce((a, b) => a + b, 0)
  t.diagnostic(`${sum} acts of ${done.size} kinds done, ${refused} refused`)
  // Of 23 seeds none had fewer than 97 done and 113 refused.
  assert.ok(sum > 30 && refused > 30, `${sum} acts done, ${refused} refused: both must happen`)
})

async function checkCase(id: string) {
  const [row] = await sql<{
    office_id: string
    open: boolean
    offices: string[]
    current: string[]
    dispositions: { office_id: string; began_at: string; ended_at: string | null }[]
    seqs: number[]
    last_seq: number
  }>(
    `select c.office_id, c.open, c.offices, c.last_seq,
       (select array_agg(d.office_id) from disposition d where d.complaint_id = c.id and d.ended_at is null) as current,
       (select json_agg(d order by d.seq) from disposition d where d.complaint_id = c.id) as dispositions,
       (select array_agg(e.seq order by e.seq) from complaint_event e where e.complaint_id = c.id) as seqs
     from complaint c where id = $1`,
    [id],
  )
  assert.ok(row)
  assert.deepEqual(row.current, [row.office_id])
  assert.deepEqual(
    row.seqs,
    Array.from({ length: row.last_seq }, (_, index) => index + 1),
  )
  for (const [index, one] of row.dispositions.entries()) {
    const next: { began_at: string } | undefined = row.dispositions[index + 1]
    assert.equal(one.ended_at, next ? next.began_at : null, 'a disposition ends when the next begins')
  }
}

test('the database itself refuses a case without its office, or with two', async () => {
  const id = crypto.randomUUID()
  await db.as({ complaintId: id, at: now }, (tx) =>
    fileComplaint(tx, theCitizen(now), input(id, 'Bantuan belum datang'), { door: 'web', secret: Buffer.alloc(32) }),
  )
  await assert.rejects(
    sql(`update complaint set office_id = '32.75/social', offices = offices || array['32.75/social'] where id = $1`, [
      id,
    ]),
    /one responsible office/,
  )
  await assert.rejects(
    sql(`update disposition set ended_at = now() where complaint_id = $1`, [id]),
    /one responsible office/,
  )
  await assert.rejects(
    sql(
      `insert into disposition (complaint_id, seq, office_id, why, by_role) values ($1, 99, '32.75/social', 'routed', 'system')`,
      [id],
    ),
    /disposition_current/,
  )
})
