import { type Answer, send } from '#lib/api.ts'
import type { NewRedemption, Redeemed } from '#src/distribution/handover/schema.ts'
import { m } from '#messages'
import { forgetRecord, type Kept, keepRecord, keptRecords } from './kept.ts'

/** What became of a record: the office has it, it is kept here, or the office refused it. */
export type Sent = { at: 'office'; redeemed: Redeemed } | { at: 'here' } | { at: 'refused'; why: string }

const LAST = 'pilar-handing-over-last'

/**
 * The records of this telephone that have not reached the office, and the sending of them: at once, whenever the line comes back, and
 * every half minute. Call it in the browser, once for a page.
 */
export function outbox(accountId: string, told: (redeemed: Redeemed) => void) {
  let records = $state<Kept[]>([])
  let sending = $state(false)
  let online = $state(true)
  let lastSent = $state<string | null>(null)

  async function read(): Promise<void> {
    records = await keptRecords(accountId).catch(() => [])
    lastSent = localStorage.getItem(LAST)
  }

  /** Throws nothing: without a line the record stays. */
  async function deliver(record: Kept): Promise<Sent> {
    try {
      let redeemed: Redeemed | undefined
      if (!record.bodySent) {
        const answer = await send<Redeemed>(fetch, 'POST', `/api/rounds/${record.roundId}/redemptions`, record.body)
        if (!answer.ok) return refused(answer)
        redeemed = answer.data
        record.bodySent = true
        if (record.photo || record.proof) await keepRecord(record)
      }
      for (const kind of ['photo', 'proof'] as const) {
        const picture = record[kind]
        if (!picture) continue
        const form = new FormData()
        form.append('file', picture, `${kind}.jpg`)
        const answer = await send(
          fetch,
          'POST',
          `/api/rounds/${record.roundId}/redemptions/${record.id}/files/${kind}`,
          form,
        )
        if (!answer.ok && answer.status !== 409) return refused(answer)
        record[kind] = null
        await keepRecord(record)
      }
      await forgetRecord(record.id)
      online = true
      lastSent = new Date().toISOString()
      localStorage.setItem(LAST, lastSent)
      if (redeemed) told(redeemed)
      return redeemed ? { at: 'office', redeemed } : { at: 'here' }
    } catch {
      online = false
      return { at: 'here' }
    }
  }

  // Signed out, too many at once, or the office is away: it will be taken later.
  const refused = (answer: Extract<Answer<unknown>, { ok: false }>): Sent =>
    answer.status >= 500 || answer.status === 401 || answer.status === 429
      ? { at: 'here' }
      : { at: 'refused', why: answer.problem.errors?.[0]?.message ?? answer.problem.title }

  /** Sends everything that waits, the oldest first; stops where the line ends. */
  async function sendAll(again = false): Promise<void> {
    if (sending) return
    sending = true
    try {
      for (const record of await keptRecords(accountId).catch(() => [])) {
        if (record.fault && !again) continue
        const sent = await deliver(record)
        if (sent.at === 'refused') await keepRecord({ ...record, fault: sent.why })
        if (sent.at === 'here' && !online) break
      }
    } finally {
      sending = false
      await read()
    }
  }

  return {
    get records() {
      return records
    },
    get sending() {
      return sending
    },
    get online() {
      return online
    },
    get lastSent() {
      return lastSent
    },
    /**
     * Keeps a record and sends it. What was recorded while there was no line has happened: from then on it is sent as such. Refused at
     * once, it is forgotten, for nothing has been handed over yet.
     */
    async submit(record: Kept): Promise<Sent> {
      await keepRecord(record)
      const sent = navigator.onLine ? await deliver(record) : ({ at: 'here' } as const)
      if (!navigator.onLine) online = false
      if (sent.at === 'refused' && !record.bodySent) await forgetRecord(record.id)
      if (sent.at === 'refused' && record.bodySent) await keepRecord({ ...record, fault: sent.why })
      if (sent.at === 'here' && !record.bodySent) await keepRecord({ ...record, body: happened(record.body) })
      await read()
      return sent.at === 'refused' && record.bodySent ? { at: 'here' } : sent
    },
    sendAll,
    async discard(id: string): Promise<void> {
      await forgetRecord(id)
      await read()
    },
    /** Begins; the answer ends it. */
    start(): () => void {
      online = navigator.onLine
      void read().then(() => sendAll())
      const back = () => {
        online = true
        void sendAll()
      }
      const gone = () => void (online = false)
      window.addEventListener('online', back)
      window.addEventListener('offline', gone)
      const timer = setInterval(() => void (records.length > 0 && sendAll()), 30_000)
      return () => {
        window.removeEventListener('online', back)
        window.removeEventListener('offline', gone)
        clearInterval(timer)
      }
    },
  }
}
export type Outbox = ReturnType<typeof outbox>

const happened = (body: NewRedemption): NewRedemption => ({ ...body, offline: true })

/** '3 catatan menunggu dikirim', or that there is none. */
export const waitingWord = (count: number): string =>
  count === 0 ? m.distribution_field_queue_none() : m.distribution_field_queue({ count: String(count) })
