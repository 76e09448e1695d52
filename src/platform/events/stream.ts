import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Actor } from '#src/platform/db/index.ts'
import type { Subscriber } from './hub.ts'
import { type Cursor, type LoggedEvent, writeCursor } from './log.ts'
import type { LiveEvent } from './schema.ts'

/** What a reader may leave unread in our memory; who leaves more is cut off and resumes where it stopped. */
const UNREAD_BYTES = 1024 * 1024
const DRAIN_MS = 30_000

/** An answer that is written as things happen: lines of the text/event-stream format. */
export function openStream(raw: ServerResponse, actor: Actor, sessionId: string): Subscriber {
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-content-type-options': 'nosniff',
    // nginx would otherwise collect the answer before it passes it on
    'x-accel-buffering': 'no',
  })
  raw.on('error', () => {})
  raw.socket?.setNoDelay(true)
  let begun = false

  const write = (text: string) => {
    if (raw.destroyed || raw.writableEnded) return
    raw.write(text)
    if (raw.writableLength > UNREAD_BYTES) raw.destroy()
  }
  /** The first thing said: how long to wait before coming back, and from where. */
  const begin = (at: Cursor | undefined) => {
    if (begun) return
    begun = true
    write(`retry: 2000\nevent: ready\n${at ? `id: ${writeCursor(at)}\n` : ''}data: {}\n\n`)
  }

  return {
    actor,
    sessionId,
    event(event) {
      begin(undefined)
      write(`id: ${writeCursor(event)}\ndata: ${JSON.stringify(present(event, actor))}\n\n`)
    },
    beat(upto) {
      if (!begun) return begin(upto)
      // A comment keeps the line open; an id without data moves the place to resume from, so that resuming is cheap.
      write(`: beat\nid: ${writeCursor(upto)}\n\n`)
    },
    reset(from) {
      begun = true
      write(`retry: 2000\nevent: reset\nid: ${writeCursor(from)}\ndata: {}\n\n`)
    },
    async ready() {
      begin(undefined)
      if (raw.destroyed) return false
      if (!raw.writableNeedDrain) return true
      await once(raw, 'drain', { signal: AbortSignal.timeout(DRAIN_MS) }).catch(() => {})
      return !raw.destroyed && !raw.writableNeedDrain
    },
    close(why) {
      if (raw.destroyed || raw.writableEnded) return
      raw.end(why === 'ended' ? 'event: ended\ndata: {}\n\n' : '')
    },
  }
}

const present = (event: LoggedEvent, actor: Actor): LiveEvent => ({
  kind: event.kind,
  subject: event.subject,
  subjectId: event.subjectId,
  regionCode: event.regionCode,
  officeId: event.officeId,
  at: event.at.toISOString(),
  mine: event.accountId === actor.accountId,
  data: event.data,
})
