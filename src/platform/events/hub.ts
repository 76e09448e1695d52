import { sql } from 'kysely'
import { type Actor, type Db, isWithin } from '#src/platform/db/index.ts'
import {
  compareCursors,
  type Cursor,
  getFrontier,
  getPruned,
  type LoggedEvent,
  readBetween,
  readEvents,
} from './log.ts'

/** Somebody who listens: told in order, once each. */
export type Subscriber = {
  actor: Actor
  sessionId: string
  event(event: LoggedEvent): void
  /** everything up to here has been told, or did not concern this one */
  beat(upto: Cursor): void
  /** what was asked for is not there any more: start anew from here */
  reset(from: Cursor): void
  /** resolves when more can be taken, false when that takes too long */
  ready(): Promise<boolean>
  /** 'ended': the session or its assignment is over. 'closing': this process ends, another may go on. */
  close(why: 'ended' | 'closing'): void
}

export type Hub = {
  /** Tells what came after a place (now, without one) and everything from then on. Returns how to stop. */
  subscribe(subscriber: Subscriber, after?: Cursor): Promise<() => void>
  /** streams of one session in this process */
  count(sessionId: string): number
  close(): Promise<void>
}

/** Told in one go, before anybody's line can take a byte: must stay well below what a stream may leave unread. */
const BATCH = 200
/** A commit held back by another transaction gives no notice when that one ends: looked for again this often. */
const HELD_MS = 50
const RETRY_MS = 500
export const HEARTBEAT_MS = 20_000

/** Whether an event concerns somebody; the same rule as the policy "staff_reads" on event_log. */
export const concerns = (event: Pick<LoggedEvent, 'regionCode' | 'accountId'>, actor: Actor): boolean =>
  event.accountId === actor.accountId ||
  ((actor.role === 'officer' || actor.role === 'supervisor' || actor.role === 'auditor') &&
    event.regionCode !== null &&
    isWithin(event.regionCode, actor.regionCode))

/** One reader of the log for this process, whatever the number of pages it serves; one connection that listens. */
export async function startHub(db: Db, options: { heartbeatMs?: number } = {}): Promise<Hub> {
  const live = new Set<Subscriber>()
  const all = new Set<Subscriber>()
  let cursor = await db.asSystem('follow events', getFrontier)
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<void> | undefined
  let again = false

  /** Reads until nothing is left. Calls that come meanwhile lead to one more turn after this one. */
  const follow = (): Promise<void> => {
    if (turn) {
      again = true
      return turn
    }
    turn = (async () => {
      do {
        again = false
        const from = cursor
        const { events, held } = await db.asSystem('follow events', (tx) => readEvents(tx, from, BATCH))
        for (const event of events) {
          cursor = { xid: event.xid, id: event.id }
          tell(event)
        }
        if (events.length === BATCH) again = true
        else if (held) later(HELD_MS)
      } while (again && !closed)
    })().finally(() => (turn = undefined))
    return turn
  }
  const later = (ms: number) => {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(wake, ms)
  }
  // The database is away: the listener finds it again and wakes us, and so does this.
  const wake = () => void follow().catch(() => later(RETRY_MS))

  const tell = (event: LoggedEvent) => {
    for (const one of live) if (concerns(event, one.actor)) one.event(event)
    if (event.accountId && /^(session|assignment|account)$/.test(event.subject))
      void check([...all].filter((one) => one.actor.accountId === event.accountId)).catch(() => {})
  }

  /** Ends the streams of sessions that are over; asking is no sign of life, so an idle page does not keep one alive. */
  const check = async (some: Subscriber[]) => {
    if (some.length === 0) return
    const { rows } = await db.asSystem('end live pages', (tx) =>
      sql<{ session: string; assignment: string }>`
        select session, assignment from unnest(${some.map((one) => one.sessionId)}::uuid[],
          ${some.map((one) => one.actor.assignmentId)}::uuid[]) as asked (session, assignment)
        where not session_acts(session, assignment)`.execute(tx),
    )
    const over = new Set(rows.map((row) => `${row.session} ${row.assignment}`))
    for (const one of some) if (over.has(`${one.sessionId} ${one.actor.assignmentId}`)) end(one, 'ended')
  }
  const end = (one: Subscriber, why: 'ended' | 'closing') => {
    live.delete(one)
    if (all.delete(one)) one.close(why)
  }

  const unlisten = await db.listen('pilar_event', wake)
  const heart = setInterval(() => {
    for (const one of live) one.beat(cursor)
    void check([...all]).catch(() => {})
  }, options.heartbeatMs ?? HEARTBEAT_MS)
  heart.unref()

  /** Up to where everybody is, then in among them; between the last look and the joining nothing is awaited. */
  const catchUp = async (one: Subscriber, after: Cursor) => {
    let at = after
    while (all.has(one)) {
      const upto = cursor
      if (compareCursors(at, upto) >= 0) {
        one.beat(upto)
        live.add(one)
        return
      }
      const missed = await db.as({ ...one.actor, at: db.clock() }, (tx) => readBetween(tx, at, upto, BATCH))
      for (const event of missed) one.event(event)
      at = missed.length === BATCH ? (missed.at(-1) ?? upto) : upto
      if (!(await one.ready())) return end(one, 'closing')
    }
  }

  return {
    async subscribe(one, after) {
      all.add(one)
      const stop = () => {
        live.delete(one)
        all.delete(one)
      }
      try {
        if (after === undefined) {
          one.beat(cursor)
          live.add(one)
          return stop
        }
        // The page may come from a process that is a moment ahead of this one.
        await follow()
        const lost =
          compareCursors(after, cursor) > 0 ||
          compareCursors(after, await db.asSystem('resume a live page', getPruned)) < 0
        if (lost) {
          one.reset(cursor)
          if (all.has(one)) live.add(one)
        } else await catchUp(one, after)
        return stop
      } catch (error) {
        stop()
        throw error
      }
    },
    count: (sessionId) => [...all].filter((one) => one.sessionId === sessionId).length,
    async close() {
      closed = true
      clearTimeout(timer)
      clearInterval(heart)
      for (const one of all) end(one, 'closing')
      await unlisten()
      await turn?.catch(() => {})
    },
  }
}
