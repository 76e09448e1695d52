import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { v7 as uuid } from 'uuid'
import { asProblem } from '#src/platform/http/answer.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { applyForService } from './apply.ts'
import { finish, reject, stop } from './closing.ts'
import { acts, isOpen, mayRecordPhase, possible, states, type State } from './machine.ts'
import type { Definition } from './definition.ts'
import { can } from './policy.ts'
import { resultsOf } from './step-results.ts'
import { tryExample } from './trial.ts'
import { readCase } from './view.ts'
import { assess, moveStep, planSteps, recordStep } from './work.ts'
import { giveCase } from './workers.ts'

let now = new Date('2026-11-10T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const VILLAGE = '36.73.01.1001'
const sari = (await signedIn(db, { role: 'officer', regionCode: VILLAGE, name: 'Sari' })).actor
const tono = (await signedIn(db, { role: 'officer', regionCode: VILLAGE, name: 'Tono' })).actor
const endang = (await signedIn(db, { role: 'supervisor', regionCode: VILLAGE, name: 'Endang' })).actor
const bagas = (await signedIn(db, { role: 'pillar', regionCode: VILLAGE, name: 'Bagas' })).actor
const nurul = (await signedIn(db, { role: 'officer', regionCode: '36.73', name: 'Nurul' })).actor
const people = [sari, tono, endang, bagas, nurul]

test('every state that is open has an act that leads out of it, and what is closed has none', () => {
  for (const state of states)
    assert.equal(
      acts.some((act) => possible[act].includes(state)),
      isOpen(state),
      state,
    )
  const pillar = { ...bagas, accountId: 'p' }
  const facts = {
    unit: 'group',
    regionCode: VILLAGE,
    officeId: `${VILLAGE}/social`,
    workerId: 'p',
    openedBy: 'o',
    helpers: [],
  } as const
  for (const state of states) {
    const mine = acts.filter((act) => can(pillar, act, { ...facts, state }))
    // A pillar does the work given to them; what becomes of a case is the office's to decide.
    assert.deepEqual(
      mine.filter((act) => !['assess', 'record', 'move'].includes(act)),
      [],
      state,
    )
    assert.deepEqual(
      acts.filter((act) => can({ ...pillar, accountId: 'q' }, act, { ...facts, state })),
      [],
      state,
    )
  }
  assert.ok(can(pillar, 'record', { ...facts, state: 'running' }))
  assert.ok(can(endang, 'finish', { ...facts, state: 'running' }))
  assert.ok(!can(nurul, 'finish', { ...facts, state: 'running' }))
})

const what = [
  'assess',
  'plan',
  'record',
  'vain',
  'outcome',
  'move',
  'give',
  'finish',
  'stop',
  'reject',
  'again',
] as const
const straight = ['assess', 'plan', 'record', 'record', 'record', 'outcome', 'finish'] as const
type Row = {
  state: State
  outcome: string | null
  started_on: string | null
  closed_at: Date | null
  version: number
  last_seq: number
  next_due: string | null
}

test('any acts by anybody in any order: one outcome at most, work only once it is planned, a refused act changes nothing', async () => {
  const reached = new Set<State>()
  const refused = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: straight.length }),
      fc.array(fc.tuple(fc.constantFrom(...what), fc.constantFrom(...people), fc.nat(40)), {
        minLength: 4,
        maxLength: 12,
      }),
      async (begun, rest) => {
        const id = await db.as(sari, (tx) =>
          applyForService(
            tx,
            { ...sari, at: now },
            {
              programmeCode: 'KETERAMPILAN_BWBLP',
              walkIn: { name: 'Karsono' },
              regionCode: VILLAGE,
            },
          ),
        )
        const look = async () => {
          const [row] = await sql<Row>(
            'select state, outcome, started_on, closed_at, version, last_seq, next_due from service_case where id = $1',
            [id],
          )
          assert.ok(row)
          return row
        }
        let reported = uuid()
        const history = [...straight.slice(0, begun).map((one) => [one, endang, 0] as const), ...rest]
        for (const [act, person, at] of history) {
          now = new Date(now.getTime() + 60_000)
          const who = { ...person, at: now }
          const before = await look()
          const steps = await sql<{ seq: number; code: string; phase: 'steps' | 'outcome'; open: boolean }>(
            'select seq, code, phase, done_at is null and dropped_at is null as open from service_step where case_id = $1 order by seq',
            [id],
          )
          const pick = (phase: string) => {
            const list = steps.filter((one) => one.phase === phase && (one.open || at % 4 === 3))
            // Each required step sooner or later.
            return (
              list.find((one) => one.open && !steps.some((other) => other.code === one.code && !other.open)) ??
              list[at % Math.max(1, list.length)]
            )
          }
          const report = (result: string) => ({ id: act === 'again' ? reported : (reported = uuid()), result })
          const work = () =>
            db.as(who, async (tx) => {
              switch (act) {
                case 'assess':
                  return assess(tx, who, id, { ...report('done'), code: 'asesmen', answers: { interest: ['sewing'] } })
                case 'plan':
                  return planSteps(tx, who, id, { steps: [{ code: 'pelatihan', dueOn: '2026-12-01', times: 2 }] })
                case 'record': {
                  const step = pick('steps')
                  return recordStep(
                    tx,
                    who,
                    id,
                    step?.seq ?? 999,
                    report(step?.code === 'bimbingan' ? 'better' : 'done'),
                  )
                }
                case 'vain':
                case 'again':
                  return recordStep(tx, who, id, pick('steps')?.seq ?? 999, report('not_met'))
                case 'outcome':
                  return recordStep(tx, who, id, pick('outcome')?.seq ?? 999, report('same'))
                case 'move':
                  return moveStep(tx, who, id, steps[at % Math.max(1, steps.length)]?.seq ?? 1, {
                    dueOn: '2027-01-05',
                    reason: 'Warga sedang sakit',
                  })
                case 'give':
                  return giveCase(tx, who, id, tono.accountId)
                case 'finish':
                  return finish(tx, who, id, { outcome: at % 5 === 4 ? 'moved' : 'employed' })
                case 'stop':
                  return stop(tx, who, id, { reason: 'Tidak dapat melanjutkan', outcome: 'unwilling' })
                case 'reject':
                  return reject(tx, who, id, { reason: 'Tidak memenuhi syarat' })
              }
            })
          const failure = await work().then(
            () => null,
            (error: unknown) => error,
          )
          const after = await look()
          reached.add(after.state)
          if (failure) {
            const problem = asProblem(failure)
            // An expected failure, told as a problem, never a broken constraint.
            assert.ok(
              problem && problem.status < 500 && !problem.code.startsWith('service_closed'),
              `${act}: ${String(failure)}`,
            )
            refused.add(problem.code)
            assert.deepEqual(after, before, act)
          } else if (after.version !== before.version) {
            assert.ok(isOpen(before.state), `${act} from ${before.state}`)
            assert.equal(after.last_seq, before.last_seq + 1)
          }
          if (before.outcome) assert.equal(after.outcome, before.outcome, 'never two outcomes')
          if (after.state === 'finished') assert.ok(after.outcome && after.started_on)
          if (after.started_on === null)
            assert.deepEqual(
              await sql(
                `select seq from service_step where case_id = $1 and done_at is not null and phase in ('steps', 'outcome')`,
                [id],
              ),
              [],
            )
          if (!isOpen(after.state)) assert.equal(after.next_due, null)
        }
        const [counts] = await sql<{
          events: number
          closings: number
          open: number
          orphans: number
          due: string | null
        }>(
          `select (select count(*)::int from service_event where case_id = c.id) events,
            (select count(*)::int from service_event where case_id = c.id and kind in ('finished', 'stopped', 'rejected')) closings,
            (select count(*)::int from service_step where case_id = c.id and done_at is null and dropped_at is null) open,
            (select count(*)::int from service_step s where case_id = c.id and (done_at is not null) <> exists (select from service_record d where d.case_id = c.id and d.seq = s.seq)) orphans,
            (select min(due_on) from service_step where case_id = c.id and done_at is null and dropped_at is null) due
           from service_case c where id = $1`,
          [id],
        )
        const last = await look()
        assert.equal(counts?.events, last.last_seq, 'events without a gap')
        assert.equal(counts.closings, isOpen(last.state) ? 0 : 1)
        assert.equal(counts.orphans, 0, 'each step that is done has its record, and no other')
        if (!isOpen(last.state)) assert.equal(counts.open, 0)
        assert.equal(last.next_due, counts.due, 'what is due next is kept, never wrong')
        // Whoever sees it reads it without an error, in every state.
        await db.as({ ...endang, at: now }, (tx) => readCase(tx, { ...endang, at: now }, id))
      },
    ),
    { numRuns: 20 },
  )
  // Not vacuous: the histories come everywhere, and refusals of every kind were met.
  for (const state of states) assert.ok(reached.has(state), state)
  for (const code of ['service_not_now', 'forbidden']) assert.ok(refused.has(code), code)
  assert.ok(
    !mayRecordPhase('applied', 'steps') && !mayRecordPhase('assessed', 'steps') && mayRecordPhase('running', 'steps'),
  )
})

test('the database itself refuses a second outcome, work before the plan, and a step done twice', async () => {
  const id = await db.as({ ...sari, at: now }, (tx) =>
    applyForService(
      tx,
      { ...sari, at: now },
      { programmeCode: 'UPSK', walkIn: { name: 'Warsih' }, regionCode: VILLAGE },
    ),
  )
  const insert = `insert into service_step (case_id, seq, code, phase, required, done_on, done_at, met, done_by) values ($1, $2, 'kunjungan', 'steps', true, '2026-11-10', now(), true, $3)`
  await assert.rejects(sql(insert, [id, 50, sari.accountId]), { constraint: 'service_not_running' })
  await sql(`update service_case set state = 'running', started_on = '2026-11-10' where id = $1`, [id])
  await sql(insert, [id, 50, sari.accountId])
  await assert.rejects(sql(`update service_step set met = false where case_id = $1 and seq = 50`, [id]), {
    constraint: 'service_step_done',
  })
  await sql(`update service_case set state = 'stopped', closed_at = now(), closed_on = '2026-11-10' where id = $1`, [
    id,
  ])
  await assert.rejects(sql(`update service_case set outcome = 'guided' where id = $1`, [id]), {
    constraint: 'service_closed',
  })
  await assert.rejects(sql(insert, [id, 51, sari.accountId]), { constraint: 'service_closed' })
  await assert.rejects(sql(`update service_plan set verified = true`), /append-only/)
})

test('an example is tried by the machine itself, whatever walk over any plan that ships, and it says where it cannot go on', async () => {
  const shipped = await sql<{ definition: Definition }>('select definition from service_plan')
  const reached = new Set<string>()
  fc.assert(
    fc.property(
      fc.constantFrom(...shipped),
      fc.array(fc.tuple(fc.nat(30), fc.nat(8)), { maxLength: 14 }),
      fc.nat(20),
      (plan, picks, last) => {
        const { steps, outcomes } = plan.definition
        const records = picks.map(([at, which]) => {
          const step = steps[at % steps.length]
          assert.ok(step)
          const came = resultsOf(step)
          return { step: step.code, result: came[which % came.length]?.code ?? '' }
        })
        const outcome = outcomes[last % outcomes.length]?.code ?? ''
        const tried = tryExample(plan.definition, { name: '', records, outcome })
        assert.equal(tried.passes, tried.fault === null && tried.records.every((one) => one.fault === null))
        const days = tried.records.map((one) => one.day)
        assert.deepEqual(
          days,
          days.toSorted((a, b) => a - b),
          'time never runs backwards',
        )
        for (const one of tried.records) reached.add(one.fault ?? 'fine')
        reached.add(tried.state)
        // Walked further from where it ended, what is missing is named.
        if (tried.fault === 'service_steps_left') assert.ok(tried.left.length > 0)
      },
    ),
    { numRuns: 400 },
  )
  for (const one of [
    'fine',
    'service_not_now',
    'service_plan_first',
    ...states.filter((state) => state !== 'finished'),
  ])
    assert.ok(reached.has(one), one)
})
