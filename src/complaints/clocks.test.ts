import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { closingTime, isWorkingDay, localDay, type WorkCalendar, type ZoneId } from '#src/platform/calendar/index.ts'
import {
  dueFields,
  goOn,
  markOverdue,
  pause,
  recount,
  resume,
  start,
  stop,
  termOn,
  type CaseClock,
  type Term,
} from './clocks.ts'

/* The failures of other help desks with their clocks, each as a property. */

const zones: ZoneId[] = ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura']
const calendarOf = (zone: ZoneId, holidays: string[] = []): WorkCalendar => ({
  zone,
  holidays: new Map(holidays.map((day) => [day, 'Hari libur'])),
  weeks: [{ validFrom: '2020-01-01', workingWeekdays: [1, 2, 3, 4, 5], opens: '08:00', closes: '16:00' }],
})
const BEGIN = Date.parse('2026-11-02T00:00:00Z')
const instant = fc.integer({ min: 0, max: 90 * 24 * 60 }).map((minutes) => new Date(BEGIN + minutes * 60_000))
const holidays = fc.uniqueArray(
  fc.integer({ min: 0, max: 120 }).map((day) => new Date(BEGIN + day * 86_400_000).toISOString().slice(0, 10)),
  { maxLength: 8 },
)
const world = fc
  .record({ zone: fc.constantFrom(...zones), holidays })
  .map(({ zone, holidays: days }) => calendarOf(zone, days))
const days = (count: number) => ({ days: count, source: 'uji' })
const later = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000)
const terms = { remindBefore: 1, climbAfter: 3 }

type Step = {
  act: 'answer' | 'ask' | 'complete' | 'contest' | 'return' | 'join' | 'separate' | 'overdue'
  after: number
}
const steps = fc.array(
  fc.record({
    act: fc.constantFrom<Step['act']>('answer', 'ask', 'complete', 'contest', 'return', 'join', 'separate', 'overdue'),
    after: fc.integer({ min: 1, max: 6000 }),
  }),
  { maxLength: 12 },
)

/** Plays what cases go through on the clocks alone. */
function play(calendar: WorkCalendar, filedAt: Date, story: Step[]) {
  let clocks = start(start([], 'first_response', days(3), filedAt, calendar), 'settlement', days(14), filedAt, calendar)
  let at = filedAt
  for (const { act, after } of story) {
    at = later(at, after)
    if (act === 'answer')
      clocks = start(stop(clocks, at, 'done', ['first_response', 'settlement']), 'verification', days(3), at, calendar)
    if (act === 'ask') clocks = pause(stop(clocks, at, 'done', ['first_response']), at, calendar)
    if (act === 'complete') clocks = resume(clocks, at, calendar)
    if (act === 'contest') clocks = start(stop(clocks, at, 'replaced'), 'settlement', days(14), at, calendar)
    if (act === 'return') clocks = goOn(stop(clocks, at, 'replaced', ['verification']), 'settlement', at, calendar)
    if (act === 'join') clocks = stop(clocks, at, 'joined')
    if (act === 'separate') clocks = goOn(clocks, 'settlement', at, calendar)
    if (act === 'overdue') clocks = markOverdue(clocks, at)
  }
  return { clocks, at }
}
const running = (clocks: CaseClock[]) => clocks.filter((clock) => clock.stoppedAt === null)

describe('clocks of a case', () => {
  test('a deadline is always the closing time of a working day of its region: never midnight, weekend or holiday', () => {
    fc.assert(
      fc.property(world, instant, steps, (calendar, filedAt, story) => {
        for (const { dueAt } of play(calendar, filedAt, story).clocks) {
          if (!dueAt) continue
          const day = localDay(dueAt, calendar.zone)
          assert.ok(isWorkingDay(day, calendar))
          assert.equal(dueAt.getTime(), closingTime(day, calendar).getTime())
        }
      }),
    )
  })

  test('at most one clock of a kind runs, and the deadline shown is the earliest of those that run', () => {
    fc.assert(
      fc.property(world, instant, steps, (calendar, filedAt, story) => {
        const { clocks, at } = play(calendar, filedAt, story)
        const kinds = running(clocks).map((clock) => clock.kind)
        assert.equal(new Set(kinds).size, kinds.length, kinds.join())
        const shown = dueFields(clocks, at, calendar, terms, 'village', { climbs_at: null })
        const earliest = Math.min(...running(clocks).flatMap((clock) => (clock.dueAt ? [clock.dueAt.getTime()] : [])))
        assert.equal(shown.due_at?.getTime() ?? Infinity, earliest)
      }),
    )
  })

  test('a later clock never moves an earlier one: starting verification or another round leaves what was due', () => {
    fc.assert(
      fc.property(world, instant, fc.integer({ min: 1, max: 40_000 }), (calendar, filedAt, after) => {
        const first = start([], 'first_response', days(3), filedAt, calendar)
        const both = start(first, 'settlement', days(14), later(filedAt, after), calendar)
        const three = start(both, 'verification', days(60), later(filedAt, after), calendar)
        assert.deepEqual(three[0], first[0])
        assert.deepEqual(three[1], both[1])
      }),
    )
  })

  test('what is joined, closed or withdrawn never becomes overdue and never climbs', () => {
    fc.assert(
      fc.property(
        world,
        instant,
        steps,
        fc.constantFrom('joined' as const, 'closed' as const, 'withdrawn' as const),
        (calendar, filedAt, story, by) => {
          const { clocks, at } = play(calendar, filedAt, story)
          const ended = stop(clocks, at, by)
          const long = later(at, 400 * 24 * 60)
          assert.deepEqual(markOverdue(ended, long), ended)
          const shown = dueFields(ended, long, calendar, terms, 'village', { climbs_at: null })
          assert.deepEqual(shown, { due_at: null, due_clock: null, remind_at: null, climbs_at: null, overdue: false })
        },
      ),
    )
  })

  test('separated at once after joining, a deadline is what it was; separated later, it is never earlier', () => {
    fc.assert(
      fc.property(
        world,
        instant,
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 0, max: 30_000 }),
        (calendar, filedAt, after, apart) => {
          const before = start([], 'settlement', days(14), filedAt, calendar)
          const joinedAt = later(filedAt, after)
          const due = (clocks: CaseClock[]) => running(clocks)[0]?.dueAt?.getTime() ?? 0
          assert.equal(due(goOn(stop(before, joinedAt, 'joined'), 'settlement', joinedAt, calendar)), due(before))
          assert.ok(
            due(goOn(stop(before, joinedAt, 'joined'), 'settlement', later(joinedAt, apart), calendar)) >= due(before),
          )
        },
      ),
    )
  })

  test('the same local moment has the same local deadline in all three zones', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 60 }), holidays, (at, count, off) => {
        const local = zones.map((zone, index) => {
          const calendar = calendarOf(zone, off)
          // WIB, WITA and WIT lie one hour apart: the same wall clock is an hour earlier each time.
          const [clock] = start([], 'settlement', days(count), later(at, -60 * index), calendar)
          return (clock?.dueAt?.getTime() ?? 0) + index * 3_600_000
        })
        assert.equal(new Set(local).size, 1)
      }),
    )
  })

  test('a holiday added later moves running deadlines only, and never makes one earlier', () => {
    fc.assert(
      fc.property(instant, steps, holidays, holidays, fc.constantFrom(...zones), (filedAt, story, off, more, zone) => {
        const before = calendarOf(zone, off)
        const after = calendarOf(zone, [...off, ...more])
        const { clocks } = play(before, filedAt, story)
        for (const [index, clock] of recount(clocks, after).entries()) {
          const old = clocks[index]
          assert.ok(old)
          if (old.stoppedAt) assert.equal(clock, old)
          else assert.ok((clock.dueAt?.getTime() ?? Infinity) >= (old.dueAt?.getTime() ?? 0))
        }
      }),
    )
  })

  test('waiting for the citizen stops the clock: there is no deadline, and the days of waiting are given back', () => {
    const calendar = calendarOf('Asia/Jakarta')
    const clocks = start([], 'settlement', days(5), new Date('2026-11-02T03:00:00Z'), calendar)
    const asked = pause(clocks, new Date('2026-11-03T03:00:00Z'), calendar)
    assert.equal(asked[0]?.dueAt, null)
    assert.deepEqual(
      dueFields(asked, new Date('2026-11-04T03:00:00Z'), calendar, terms, 'village', { climbs_at: null }).due_at,
      null,
    )
    const answered = resume(asked, new Date('2026-11-06T03:00:00Z'), calendar)
    // 3, 4 and 5 November closed while waiting; counted are 6, 9, 10, 11, 12.
    assert.equal(answered[0]?.dueAt?.toISOString(), '2026-11-12T09:00:00.000Z')
  })

  test('an overdue case climbs again some working days later, and not at all from the top', () => {
    const calendar = calendarOf('Asia/Jakarta')
    const clocks = start([], 'first_response', days(3), new Date('2026-11-02T03:00:00Z'), calendar)
    const now = new Date('2026-11-05T09:00:01Z')
    const late = markOverdue(clocks, now)
    const shown = dueFields(late, now, calendar, terms, 'district', { climbs_at: null })
    assert.equal(shown.overdue, true)
    assert.equal(shown.due_at?.toISOString(), '2026-11-05T09:00:00.000Z')
    assert.equal(shown.climbs_at?.toISOString(), '2026-11-11T09:00:00.000Z')
    assert.equal(dueFields(late, now, calendar, terms, 'nation', { climbs_at: null }).climbs_at, null)
  })
})

test('the term in force: the class before the general one, the latest that has begun, none from the future', () => {
  const term = (over: Partial<Term>): Term => ({
    key: 'settlement',
    class: null,
    valid_from: '2020-01-01',
    days: 1,
    working_days: true,
    source: 'x',
    ...over,
  })
  const terms = [
    term({ days: 14 }),
    term({ class: 'information', days: 5 }),
    term({ class: 'information', days: 4, valid_from: '2026-01-01' }),
    term({ class: 'information', days: 1, valid_from: '2027-01-01' }),
  ]
  assert.equal(termOn(terms, 'settlement', 'complaint', '2026-11-02').days, 14)
  assert.equal(termOn(terms, 'settlement', 'information', '2026-11-02').days, 4)
  assert.equal(termOn(terms, 'settlement', 'information', '2025-11-02').days, 5)
  assert.throws(() => termOn(terms, 'verification', 'complaint', '2026-11-02'))
})
