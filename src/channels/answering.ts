import { sql } from 'kysely'
import { m } from '#messages'
import { stopContact } from '#src/people/index.ts'
import type { Db, Tx } from '#src/platform/db/index.ts'
import type { Log } from '#src/platform/jobs/index.ts'
import {
  cancelMessagesTo,
  findReplyHandler,
  localeOfAddress,
  messageChannels,
  pauseChannel,
  readTerm,
  sayTo,
  stopChannel,
} from '#src/platform/messages/index.ts'

/** Worked at once by one process. */
const AT_ONCE = 5
/** A handler that fails is asked again so often; then the sender is told where else to go. */
const TRIES = 3

type Held = {
  provider_id: string
  sender: string | null
  sender_hash: string
  act: 'press' | 'stop' | 'lead_on'
  topic: string | null
  button: string | null
  token: string | null
  said_at: Date
  answer: string | null
  tries: number
}
type Outcome = 'answered' | 'stopped' | 'led_on' | 'quiet' | 'failed'
type Settled = { outcome: Outcome; answer: string | null }
type Answering = { db: Db; log: Log; secret: Buffer; baseUrl: string; signal?: AbortSignal }

/**
 * Works what came in until nothing waits: a button goes to whoever registered for its topic, who wants no more is not written to
 * again, everybody else is led on to a door that can take what they say. What is to be answered is written down before it is said, so
 * that a process that dies says it again and does it once. Gives how many were worked.
 */
export async function answerInbound(answering: Answering): Promise<number> {
  const { db, signal } = answering
  let worked = 0
  while (!signal?.aborted) {
    const held = await db.asSystem('channels: take what came in', take)
    if (held.length === 0) return worked
    await Promise.all(held.map((one) => work(answering, one)))
    worked += held.length
  }
  return worked
}

/** A lease of some minutes: whoever took it and died leaves it to another. */
async function take(tx: Tx): Promise<Held[]> {
  const { rows } = await sql<Held>`
    with due as (select provider_id from message_inbound_held where not_before <= acting_now() order by not_before limit ${AT_ONCE} for update skip locked)
    update message_inbound_held h set tries = h.tries + 1, not_before = acting_now() + interval '5 minutes'
    from due join message_inbound i using (provider_id) where h.provider_id = due.provider_id
    returning h.*, i.sender_hash`.execute(tx)
  return rows
}

async function work(answering: Answering, held: Held): Promise<void> {
  const { db, log } = answering
  try {
    let { answer } = held
    if (answer === null) {
      const settled = await settle(answering, held)
      if (settled === 'later') return
      answer = settled.answer
    }
    await say(db, log, held, answer)
  } catch (error) {
    // Whatever it was, the lease runs out and it is tried again. Of a failure only its kind is told: its text may quote somebody.
    log.error({ err: error instanceof Error ? error.name : 'unknown' }, 'a message that came in could not be worked')
  }
}

/** Does what the message asks for and writes down what is to be said. */
async function settle({ db, log, secret, baseUrl }: Answering, held: Held): Promise<Settled | 'later'> {
  const locale = await db.asSystem('channels: the language of a sender', async (tx) =>
    held.sender === null ? 'id' : ((await localeOfAddress(tx, 'whatsapp', held.sender)) ?? 'id'),
  )
  const doors = { file: `${baseUrl}/aduan/baru`, follow: `${baseUrl}/lacak` }
  const handler = held.topic === null ? undefined : findReplyHandler(held.topic)
  if (held.act === 'press' && handler && held.button !== null && held.token !== null) {
    const settled = await handler(
      { db, secret, baseUrl },
      { button: held.button, token: held.token, locale, at: held.said_at },
    )
      .then(({ text }): Settled => ({ outcome: 'answered', answer: text.slice(0, 4000) }))
      .catch((error: unknown): Settled | 'later' => {
        log.error(
          { topic: held.topic, err: error instanceof Error ? error.name : 'unknown' },
          'a button could not be worked',
        )
        if (held.tries < TRIES) return 'later'
        return { outcome: 'failed', answer: m.messages_answer_failed(doors, { locale }) }
      })
    if (settled !== 'later') await db.asSystem('channels: what a button is answered', (tx) => write(tx, held, settled))
    return settled
  }
  return db.asSystem('channels: what a sender is answered', async (tx) => {
    // Of two messages of one sender at once, one is answered.
    await sql`select pg_advisory_xact_lock(hashtextextended(${held.sender_hash}, 7421))`.execute(tx)
    const settled =
      held.act === 'stop'
        ? await stop(tx, held, m.messages_answer_stopped({}, { locale }))
        : (await hadLately(tx, held, 'led_on'))
          ? { outcome: 'quiet' as const, answer: null }
          : { outcome: 'led_on' as const, answer: m.messages_answer_led_on(doors, { locale }) }
    await write(tx, held, settled)
    return settled
  })
}

async function stop(tx: Tx, held: Held, confirmation: string): Promise<Settled> {
  if (held.sender !== null) {
    await stopContact(tx, 'whatsapp', held.sender)
    await cancelMessagesTo(tx, 'whatsapp', held.sender)
  }
  const again = await hadLately(tx, held, 'stopped')
  return { outcome: 'stopped', answer: again ? null : confirmation }
}

async function hadLately(tx: Tx, held: Held, outcome: Outcome): Promise<boolean> {
  const days = await readTerm(tx, 'lead_on_again')
  const { rows } =
    await sql`select from message_inbound where sender_hash = ${held.sender_hash} and outcome = ${outcome}
    and received_at > acting_now() - make_interval(days => ${days}) limit 1`.execute(tx)
  return rows.length > 0
}

async function write(tx: Tx, { provider_id: id }: Held, { outcome, answer }: Settled): Promise<void> {
  await sql`update message_inbound set outcome = ${outcome}, worked_at = acting_now() where provider_id = ${id}`.execute(
    tx,
  )
  // The token has done its work.
  await sql`update message_inbound_held set answer = ${answer ?? ''}, token = case when act = 'press' then '' end where provider_id = ${id}`.execute(
    tx,
  )
}

/** Says it, and forgets what was held; or keeps it for later while the sender may still be written to freely (24 hours). */
async function say(db: Db, log: Log, held: Held, answer: string | null): Promise<void> {
  const mute = !answer || held.sender === null || !messageChannels().includes('whatsapp')
  const said = mute ? undefined : await sayTo('whatsapp', held.sender ?? '', answer)
  const again = said && (said.outcome === 'later' || said.outcome === 'paused' || said.outcome === 'stopped')
  const stopped = await db.asSystem('channels: a sender was answered', async (tx) => {
    if (again && db.clock().getTime() - held.said_at.getTime() < 23 * 3_600_000) {
      await sql`update message_inbound_held set not_before = acting_now() + make_interval(mins => (2 ^ least(tries, 8))::int)
        where provider_id = ${held.provider_id}`.execute(tx)
      if (said.outcome === 'paused') await pauseChannel(tx, 'whatsapp', said.fault)
      return said.outcome === 'stopped' && (await stopChannel(tx, 'whatsapp', said.fault)) ? said.fault : undefined
    }
    if (again)
      await sql`update message_inbound set outcome = 'failed' where provider_id = ${held.provider_id}`.execute(tx)
    await sql`delete from message_inbound_held where provider_id = ${held.provider_id}`.execute(tx)
    return undefined
  })
  if (stopped !== undefined) log.error({ channel: 'whatsapp', fault: stopped }, 'messages: a channel is stopped')
}
