import { dayNumber, dayText, instantMs, localDay, localDayNumber } from './days.ts'
import { type Clock, walkClock } from './deadline.ts'
import type { DueStep } from './schema.ts'
import { type NotWorking, type WorkCalendar, closingMs, whyIdle } from './working-days.ts'

type Run = Extract<DueStep, { code: 'counted' | 'skipped' | 'paused' }>

/** Sixty working days in a holiday season take about forty steps; only years of waiting are cut. */
const mostSteps = 60

/**
 * The deadline of a clock as `dueAt` gives it, and the steps by which a person can count it again on a wall calendar:
 * when filed, which days off moved the receipt, the day of receipt, every run of counted, paused and skipped days, and
 * the result. Above `limit` steps (at least 8) the middle ones are summed up in one step `more`. Errors as `dueAt`.
 */
export function explainDue(clock: Clock, limit = mostSteps): { due: Date | null; steps: DueStep[] } {
  const { calendar, startedAt } = clock
  const runs: Run[] = []
  const waiting: Run[] = []
  const walk = walkClock(clock, (day, what) => {
    if (what !== 'counted' && what !== 'paused') return addIdle(waiting, day, what)
    const last = runs.at(-1)
    // Days off between two paused days are part of the pause; before a counted day they are steps of their own.
    if (what === 'paused' && last?.code === 'paused') {
      last.to = dayText(day)
      last.workingDays++
      waiting.length = 0
      return
    }
    runs.push(...waiting.splice(0))
    if (what === 'paused') runs.push({ code: 'paused', from: dayText(day), to: dayText(day), workingDays: 1 })
    else addCounted(runs, day)
  })
  runs.push(...waiting)
  const head = receipt(startedAt, walk.received, calendar)
  if (walk.due === null) {
    const since = new Date(walk.openSince)
    const left = clock.workingDays - walk.counted
    const day = localDay(since, calendar.zone)
    const stopped: DueStep = { code: 'stopped', since: since.toISOString(), day, counted: walk.counted, left }
    return { due: null, steps: [...head, ...shorten(runs, limit - head.length - 1), stopped] }
  }
  const due = new Date(closingMs(walk.due, calendar))
  const result: DueStep = { code: 'due', at: due.toISOString(), day: dayText(walk.due) }
  return { due, steps: [...head, ...shorten(runs, limit - head.length - 1), result] }
}

/** Filed, the days off in between, received. */
function receipt(startedAt: Date, received: number, calendar: WorkCalendar): DueStep[] {
  const filed = localDayNumber(instantMs(startedAt), calendar.zone)
  const afterClosing = received > filed && whyIdle(filed, calendar) === undefined
  const idle: Run[] = []
  for (let day = filed; day < received; day++) {
    const why = whyIdle(day, calendar)
    if (why) addIdle(idle, day, why)
  }
  return [
    { code: 'filed', at: startedAt.toISOString(), day: dayText(filed), afterClosing },
    ...shorten(idle, 20),
    { code: 'received', day: dayText(received) },
  ]
}

function addIdle(runs: Run[], day: number, { kind, name }: NotWorking): void {
  const last = runs.at(-1)
  const text = dayText(day)
  if (last?.code === 'skipped' && last.why === kind && last.name === name) last.to = text
  else runs.push({ code: 'skipped', why: kind, from: text, to: text, ...(name !== undefined && { name }) })
}

function addCounted(runs: Run[], day: number): void {
  const last = runs.at(-1)
  const text = dayText(day)
  if (last?.code === 'counted') {
    last.to = text
    last.last++
    return
  }
  const before = runs.findLast((run) => run.code === 'counted')?.last ?? 0
  runs.push({ code: 'counted', from: text, to: text, first: before + 1, last: before + 1 })
}

/** Keeps the beginning and the end, which people check, and sums up the middle. */
function shorten(runs: readonly Run[], limit: number): DueStep[] {
  const room = Math.max(limit, 3)
  if (runs.length <= room) return [...runs]
  const ahead = Math.ceil((room - 1) / 2)
  const middle = runs.slice(ahead, runs.length - (room - 1 - ahead))
  return [...runs.slice(0, ahead), sumUp(middle), ...runs.slice(ahead + middle.length)]
}

function sumUp(runs: readonly Run[]): DueStep {
  const sum = { code: 'more' as const, from: runs[0]?.from ?? '', to: runs.at(-1)?.to ?? '' }
  let [counted, paused, skipped] = [0, 0, 0]
  for (const run of runs) {
    if (run.code === 'counted') counted += run.last - run.first + 1
    else if (run.code === 'paused') paused += run.workingDays
    else skipped += dayNumber(run.to) - dayNumber(run.from) + 1
  }
  return { ...sum, counted, paused, skipped }
}
