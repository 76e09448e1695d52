import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Clock,
  type Pause,
  type WorkCalendar,
  type ZoneId,
  addWorkingDays,
  closingTime,
  dueAt,
  explainDue,
  isWorkingDay,
  localDay,
  subtractWorkingDays,
  workingDaysBetween,
  workingDaysLeft,
} from './index.ts'
import {
  fromTheWall,
  onTheWall,
  slowBetween,
  slowClosing,
  slowDue,
  slowReceived,
  slowWorks,
} from './deadline.reference.ts'

// A machine far from Indonesia, with summer time: nothing may depend on where it stands.
process.env['TZ'] = 'America/New_York'

const [minute, hour, dayMs] = [60_000, 3_600_000, 86_400_000]
const base = Date.parse('2026-01-01T00:00:00Z')
const text = (day: number) => new Date(base + day * dayMs).toISOString().slice(0, 10)

const zone = fc.constantFrom<ZoneId[]>('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')
const day = fc.integer({ min: -20, max: 120 }).map(text)
const closes = fc.constantFrom('00:01', '12:00', '14:30', '16:00', '23:59')
const weekdays = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom([1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6]) },
  { weight: 1, arbitrary: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }) },
)
const week = fc.record({ validFrom: day, workingWeekdays: weekdays, opens: fc.constant('00:00'), closes })
const weeks = fc.uniqueArray(week, { minLength: 1, maxLength: 3, selector: ({ validFrom }) => validFrom })
const holidays = fc
  .uniqueArray(fc.oneof(day, fc.integer({ min: 78, max: 85 }).map(text)), { maxLength: 25 })
  .map((days) => new Map(days.map((found) => [found, `Libur ${found}`])))
const calendars: fc.Arbitrary<WorkCalendar> = fc.record({ zone, weeks, holidays })

/** Wall times where others went wrong: midnight, closing time, one millisecond on either side, and any other. */
const wall = fc.tuple(
  fc.integer({ min: -10, max: 100 }).map(text),
  fc.oneof(
    fc.constantFrom('00:00:00.000', '00:00:00.001', '23:59:59.999', '12:00:00.000', '12:00:00.001', '15:59:59.999'),
    fc.constantFrom('16:00:00.000', '16:00:00.001', '14:30:00.000', '06:59:59.999', '07:00:00.000'),
    fc.integer({ min: 0, max: dayMs - 1 }).map((ms) => new Date(ms).toISOString().slice(11, 23)),
  ),
)
const at = ([on, time]: [string, string], where: ZoneId) => fromTheWall(on, time, where)

type Span = { wall: [string, string]; minutes: number | null }
const span = (open: number): fc.Arbitrary<Span> =>
  fc.record({
    wall,
    minutes: fc.oneof(
      { weight: 10, arbitrary: fc.oneof(fc.integer({ min: 0, max: 30 * 60 }), fc.integer({ min: 0, max: 40 * 1440 })) },
      { weight: open, arbitrary: fc.constant(null) },
    ),
  })
const pausesIn = (where: ZoneId, spans: readonly Span[]): Pause[] =>
  spans.map(({ wall: begins, minutes }) => {
    const from = at(begins, where)
    return { from, until: minutes === null ? null : new Date(from.getTime() + minutes * minute) }
  })

type Case = { calendar: WorkCalendar; wall: [string, string]; workingDays: number; spans: Span[] }
const workingDays = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 15 }) },
  { weight: 1, arbitrary: fc.nat({ max: 60 }) },
)
const cases = (open = 1): fc.Arbitrary<Case> =>
  fc.record({ calendar: calendars, wall, workingDays, spans: fc.array(span(open), { maxLength: 4 }) })
const clock = ({ calendar, wall: filed, workingDays: n, spans }: Case): Clock => ({
  calendar,
  startedAt: at(filed, calendar.zone),
  workingDays: n,
  pauses: pausesIn(calendar.zone, spans),
})
/** A clock that is never due is later than any other. */
const ms = (due: Date | null) => due?.getTime() ?? Infinity
const runs = { numRuns: 300 }

test('the deadline is the one a slow day-by-day count with Intl finds', () => {
  let [never, paused] = [0, 0]
  fc.assert(
    fc.property(cases(), (drawn) => {
      const given = clock(drawn)
      const slow = slowDue(given.startedAt, given.workingDays, given.pauses, given.calendar)
      if (slow === null) never++
      else if (ms(slow) !== ms(slowDue(given.startedAt, given.workingDays, [], given.calendar))) paused++
      assert.deepEqual(dueAt(given), slow)
    }),
    { numRuns: 600 },
  )
  // Not vacuous: the cases drawn did stop clocks for good and did move deadlines.
  assert.ok(never > 10 && paused > 50, `${never} without a deadline, ${paused} moved by a pause`)
})

test('a deadline is the closing time of a working day: not at midnight, on a weekend or a holiday, nor in the past', () => {
  fc.assert(
    fc.property(cases(0), (drawn) => {
      const { calendar, startedAt, ...rest } = clock(drawn)
      const due = dueAt({ calendar, startedAt, ...rest })
      assert.ok(due)
      const shown = onTheWall(due, calendar.zone)
      assert.notEqual(shown.time, '00:00:00.000')
      assert.ok(slowWorks(shown.day, calendar))
      assert.deepEqual(due, slowClosing(shown.day, calendar))
      assert.ok(due >= startedAt)
    }),
    runs,
  )
})

test('the same wall times give the same wall deadline in all three zones', () => {
  fc.assert(
    fc.property(cases(), zone, (drawn, other) => {
      const there = { ...drawn, calendar: { ...drawn.calendar, zone: other } }
      const [here, far] = [dueAt(clock(drawn)), dueAt(clock(there))]
      assert.deepEqual(here && onTheWall(here, drawn.calendar.zone), far && onTheWall(far, other))
    }),
    runs,
  )
})

test('starting later is never due earlier', () => {
  fc.assert(
    fc.property(cases(), fc.integer({ min: 0, max: 5 * dayMs }), (drawn, later) => {
      const given = clock(drawn)
      const startedAt = new Date(given.startedAt.getTime() + later)
      assert.ok(ms(dueAt({ ...given, startedAt })) >= ms(dueAt(given)))
    }),
    runs,
  )
})

test('more holidays, more days or more pauses are never due earlier', () => {
  fc.assert(
    fc.property(cases(), holidays, fc.array(span(1), { maxLength: 2 }), fc.nat({ max: 5 }), (drawn, more, spans, n) => {
      const given = clock(drawn)
      const due = ms(dueAt(given))
      const calendar = { ...given.calendar, holidays: new Map([...given.calendar.holidays, ...more]) }
      assert.ok(ms(dueAt({ ...given, calendar })) >= due)
      assert.ok(ms(dueAt({ ...given, workingDays: given.workingDays + n })) >= due)
      assert.ok(ms(dueAt({ ...given, pauses: [...given.pauses, ...pausesIn(calendar.zone, spans)] })) >= due)
    }),
    runs,
  )
})

test('a pause over k counted closing times moves the deadline by exactly k working days', () => {
  let moved = 0
  fc.assert(
    fc.property(cases(0), span(0), (drawn, one) => {
      const given = { ...clock(drawn), pauses: [] }
      const { zone: where } = given.calendar
      const due = dueAt(given)
      const [pause] = pausesIn(where, [one])
      if (!due || !pause?.until) return assert.fail('a deadline and a closed pause')
      // k by its own count: closing times in the pause, of working days after the receipt.
      const received = slowReceived(given.startedAt, given.calendar)
      let k = 0
      const end = onTheWall(pause.until, where).day
      for (let n = -20; n < 400 && text(n) <= end; n++) {
        const closing = slowClosing(text(n), given.calendar)
        const inside = pause.from <= closing && closing < pause.until
        if (inside && text(n) > received && slowWorks(text(n), given.calendar)) k++
      }
      if (pause.from > due || given.workingDays === 0) k = 0
      if (k > 0) moved++
      const expected = addWorkingDays(localDay(due, where), k, given.calendar)
      assert.deepEqual(dueAt({ ...given, pauses: [pause] }), closingTime(expected, given.calendar))
    }),
    runs,
  )
  assert.ok(moved > 5, `only ${moved} deadlines moved`)
})

test('the order of pauses, and cutting one in two or naming it twice, changes nothing', () => {
  fc.assert(
    fc.property(
      cases(),
      fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (drawn, keys, cut) => {
        const given = clock(drawn)
        const due = dueAt(given)
        const shuffled = given.pauses.map((pause, i) => ({ pause, key: keys[i] ?? 0 })).sort((a, b) => a.key - b.key)
        assert.deepEqual(dueAt({ ...given, pauses: shuffled.map(({ pause }) => pause) }), due)
        const halves = given.pauses.flatMap(({ from, until }): Pause[] => {
          if (!until) return [{ from, until }]
          const middle = new Date(Math.round(from.getTime() + cut * (until.getTime() - from.getTime())))
          return [
            { from: middle, until },
            { from, until: middle },
          ]
        })
        assert.deepEqual(dueAt({ ...given, pauses: halves }), due)
        assert.deepEqual(dueAt({ ...given, pauses: [...given.pauses, ...given.pauses] }), due)
      },
    ),
    runs,
  )
})

test('no days allowed: the closing time of the day of receipt, whatever the pauses', () => {
  fc.assert(
    fc.property(cases(), (drawn) => {
      const given = clock({ ...drawn, workingDays: 0 })
      assert.deepEqual(dueAt(given), slowClosing(slowReceived(given.startedAt, given.calendar), given.calendar))
    }),
    runs,
  )
})

test('editing the calendar in place counts like a new calendar', () => {
  fc.assert(
    fc.property(cases(), holidays, (drawn, after) => {
      const edited = new Map(drawn.calendar.holidays)
      const calendar = { ...drawn.calendar, holidays: edited }
      dueAt(clock({ ...drawn, calendar }))
      edited.clear()
      for (const [found, name] of after) edited.set(found, name)
      assert.deepEqual(
        dueAt(clock({ ...drawn, calendar })),
        dueAt(clock({ ...drawn, calendar: { ...calendar, holidays: after } })),
      )
    }),
    runs,
  )
})

test('the explanation ends at the same deadline, covers every day once and counts every working day', () => {
  fc.assert(
    fc.property(cases(), (drawn) => {
      const given = clock(drawn)
      const { due, steps } = explainDue(given, 10_000)
      assert.deepEqual(due, dueAt(given))
      const last = steps.at(-1)
      if (last?.code === 'due') assert.equal(last.at, due?.toISOString())
      else assert.equal(last?.code === 'stopped' && last.counted + last.left, given.workingDays)
      let counted = 0
      let next: string | undefined
      for (const step of steps) {
        if (step.code === 'received') {
          assert.equal(step.day, slowReceived(given.startedAt, given.calendar))
          if (next) assert.equal(step.day, next)
          next = text(Math.round((Date.parse(step.day) - base) / dayMs) + 1)
        }
        if (step.code !== 'counted' && step.code !== 'skipped' && step.code !== 'paused') continue
        if (next) assert.equal(step.from, next, 'no gap and no overlap')
        next = text(Math.round((Date.parse(step.to) - base) / dayMs) + 1)
        const before = text(Math.round((Date.parse(step.from) - base) / dayMs) - 1)
        const works = slowBetween(before, step.to, given.calendar)
        if (step.code === 'skipped') assert.equal(works, 0)
        if (step.code === 'paused') assert.equal(works, step.workingDays)
        if (step.code !== 'counted') continue
        assert.deepEqual([step.first, step.last - step.first + 1], [counted + 1, works])
        counted = step.last
      }
      assert.equal(counted, last?.code === 'stopped' ? last.counted : given.workingDays)
      // Cut short, it still begins and ends the same and sums to the same.
      const short = explainDue(given, 12).steps
      assert.ok(short.length <= 12 + 20)
      assert.deepEqual([short[0], short.at(-1)], [steps[0], last])
      const sum = short.reduce(
        (n, step) =>
          n + (step.code === 'counted' ? step.last - step.first + 1 : step.code === 'more' ? step.counted : 0),
        0,
      )
      assert.equal(sum, counted)
    }),
    runs,
  )
})

test('days left: negative exactly when over, zero exactly on the day, falling as time passes', () => {
  fc.assert(
    fc.property(cases(0), wall, fc.integer({ min: 0, max: 4 * 24 }), (drawn, seen, hours) => {
      const { calendar, ...given } = clock(drawn)
      const due = dueAt({ ...given, calendar })
      assert.ok(due)
      const now = at(seen, calendar.zone)
      const left = workingDaysLeft(now, due, calendar)
      const [today, last] = [localDay(now, calendar.zone), localDay(due, calendar.zone)]
      assert.equal(left < 0, now > due)
      assert.equal(left === 0, now <= due && today === last)
      assert.ok(workingDaysLeft(new Date(now.getTime() + hours * hour), due, calendar) <= left)
      const far = left > 0 ? slowBetween(today, last, calendar) : slowBetween(last, today, calendar)
      if (left !== 0) assert.equal(Math.abs(left), Math.max(1, far))
    }),
    runs,
  )
})

test('adding, subtracting and counting working days agree with each other and with the slow count', () => {
  fc.assert(
    fc.property(calendars, day, fc.integer({ min: 1, max: 30 }), day, (calendar, from, n, other) => {
      const later = addWorkingDays(from, n, calendar)
      assert.ok(isWorkingDay(later, calendar))
      assert.equal(workingDaysBetween(from, later, calendar), n)
      const earlier = addWorkingDays(from, -n, calendar)
      assert.ok(slowWorks(earlier, calendar))
      assert.equal(slowBetween(earlier, from, calendar), isWorkingDay(from, calendar) ? n : n - 1)
      const [a, b] = from < other ? [from, other] : [other, from]
      assert.equal(workingDaysBetween(a, b, calendar), slowBetween(a, b, calendar))
      assert.equal(workingDaysBetween(b, a, calendar), 0 - workingDaysBetween(a, b, calendar))
      const reminder = subtractWorkingDays(closingTime(later, calendar), n, calendar)
      assert.equal(workingDaysLeft(reminder, closingTime(later, calendar), calendar), n)
    }),
    runs,
  )
})
