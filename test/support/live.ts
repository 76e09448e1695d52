import { get, type IncomingMessage } from 'node:http'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

export type StreamMessage = { event: string; id: string | undefined; data: Record<string, unknown> }

/** A reader of /api/events as a browser is one; closed with the test file. */
export async function openLive(url: string, cookie: string, options: { after?: string; lastEventId?: string } = {}) {
  const address = `${url}/api/events${options.after ? `?after=${options.after}` : ''}`
  const request = get(address, {
    agent: false,
    headers: { cookie, ...(options.lastEventId && { 'last-event-id': options.lastEventId }) },
  })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.once('error', reject)
  })
  const messages: StreamMessage[] = []
  const stream = { comments: 0, lastId: undefined as string | undefined, ended: false }
  let rest = ''
  response.setEncoding('utf8').on('data', (text: string) => {
    rest += text
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      take(rest.slice(0, end))
      rest = rest.slice(end + 2)
    }
  })
  response.on('error', () => {})
  request.on('error', () => {})
  response.once('close', () => (stream.ended = true))
  const take = (block: string) => {
    let event = 'message'
    let data: string | undefined
    for (const line of block.split('\n')) {
      if (line.startsWith(':')) stream.comments++
      else if (line.startsWith('id: ')) stream.lastId = line.slice(4)
      else if (line.startsWith('event: ')) event = line.slice(7)
      else if (line.startsWith('data: ')) data = line.slice(6)
    }
    if (data !== undefined)
      messages.push({ event, id: stream.lastId, data: JSON.parse(data) as Record<string, unknown> })
  }
  const close = () => void request.destroy()
  after(close)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    messages,
    /** subject ids of what was told, in order */
    told: () => messages.filter((one) => one.event === 'message').map((one) => one.data['subjectId']),
    comments: () => stream.comments,
    lastId: () => stream.lastId,
    ended: () => stream.ended,
    /** Leaves everything unread from now on. */
    stall: () => void response.pause(),
    resume: () => void response.resume(),
    close,
    /** Waits until it holds; false after `ms`. */
    async until(holds: () => boolean, ms = 60_000): Promise<boolean> {
      for (const end = Date.now() + ms; Date.now() < end; await sleep(10)) if (holds()) return true
      return holds()
    },
  }
}
