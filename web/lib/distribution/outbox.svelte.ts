import { type Answer, type Problem, send } from '#lib/api.ts'
import type { NewRedemption, Redeemed } from '#src/distribution/handover/schema.ts'
import { m } from '#messages'
import { forgetRecord, type Kept, keepRecord, keepTaken, keptRecords } from '#lib/offline/kept.ts'
import { patient } from '#lib/offline/line.ts'

/** What became of a record: the office has it, it is kept here, or the office refused it. */
export type Sent = { at: 'office'; redeemed: Redeemed } | { at: 'here' } | { at: 'refused'; why: string }

const LAST = 'pilar-handing-over-last'
/** Whoever stands at the door waits so long for an answer of the office; what is sent beside other work may take longer. */
const AT_THE_DOOR_MS = 12_000
const BESIDE_MS = 60_000

/**
 * The records of this telephone that have not reached the office, and the sending of them: at once, whenever the line comes back, and
 * every half minute. Call it in the browser, once for a page.
 */
export function outbox(accountId: string, told: (redeemed: Redeemed, record: Kept) => void) {
  let records = $state<Kept[]>([])
  let sending = $state(false)
  let online = $state(true)
  let lastSent = $state<string | null>(null)

  async function read(): Promise<void> {
    records = await keptRecords(accountId).catch(() => [])
    lastSent = localStorage.getItem(LAST)
  }

  /** Throws nothing: without a line the record stays. */
  async function deliver(record: Kept, milliseconds: number): Promise<Sent> {
    const line = patient(fetch, milliseconds)
    try {
      let redeemed: Redeemed | undefined
      if (!record.bodySent) {
        // A proxy is proved in the same breath: the office takes none without.
        const body = record.proof ? { ...record.body, proof: await base64(record.proof) } : record.body
        const answer = await send<Redeemed>(line, 'POST', `/api/rounds/${record.roundId}/redemptions`, body)
        if (!answer.ok) return refused(answer)
        redeemed = answer.data
        record.bodySent = true
        record.fault = null
        record.proof = null
        if (record.photo) await keepRecord(record)
      }
      if (record.photo) {
        const form = new FormData()
        form.append('file', record.photo, 'photo.jpg')
        const answer = await send(
          line,
          'POST',
          `/api/rounds/${record.roundId}/redemptions/${record.id}/files/photo`,
          form,
        )
        if (!answer.ok && answer.status !== 409) return refused(answer)
      }
      // Before it is forgotten: the list still says that they have not received.
      if (redeemed) await keepTaken(record, redeemed).catch(() => {})
      await forgetRecord(record.id)
      online = true
      lastSent = new Date().toISOString()
      localStorage.setItem(LAST, lastSent)
      if (redeemed) told(redeemed, record)
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
      : { at: 'refused', why: whyOf(answer.problem) }

  /** Sends everything that waits, the oldest first; stops where the line ends. */
  async function sendAll(again = false): Promise<void> {
    if (sending) return
    sending = true
    try {
      for (const record of await keptRecords(accountId).catch(() => [])) {
        if (record.fault && !again) continue
        const sent = await deliver(record, BESIDE_MS)
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
     * Keeps a record and sends it. What was recorded while there was no line has happened: from then on it is sent as such, and refused it
     * stays with its reason until it is mended. Refused at once, it is forgotten, for nothing has been handed over yet.
     */
    async submit(record: Kept): Promise<Sent> {
      const happenedBefore = record.body.offline
      await keepRecord(record)
      const sent = navigator.onLine ? await deliver(record, AT_THE_DOOR_MS) : ({ at: 'here' } as const)
      if (!navigator.onLine) online = false
      if (sent.at === 'refused') {
        if (record.bodySent || happenedBefore) await keepRecord({ ...record, fault: sent.why })
        else await forgetRecord(record.id)
      }
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

/** Why the office refused a record, in words that stand without the form. */
function whyOf({ errors, title }: Problem): string {
  const [first] = errors ?? []
  if (first?.field === 'proof' && first.code === 'required') return m.distribution_field_proof_needed()
  if (first?.field === 'shortReason') return m.distribution_field_part_reason_needed()
  return first?.message ?? title
}

/** A photo as it goes within a record. */
const base64 = (photo: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error ?? new Error('a photo cannot be read'))
    reader.readAsDataURL(photo)
  })

const happened = (body: NewRedemption): NewRedemption => ({ ...body, offline: true })

/** '3 catatan menunggu dikirim', or that there is none. */
export const waitingWord = (count: number): string =>
  count === 0 ? m.distribution_field_queue_none() : m.distribution_field_queue({ count: String(count) })
