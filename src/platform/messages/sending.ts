import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import type { Log } from '#src/platform/jobs/index.ts'
import { channelPrints, messageHash, pauseChannel, resumeChannels, stopChannel, transportOf } from './channels.ts'
import type { Outcome } from './outcome.ts'
import { payloadOf } from './queue.ts'
import type { Channel } from './settings.ts'
import { lacking, readTemplates, type Template, templateName } from './templates.ts'
import { readTerm } from './terms.ts'

/** Asked at once by one process, and therefore the most whose fate is unknown when it is killed. */
const AT_ONCE = 10

type Claimed = {
  id: string
  channel: Channel
  topic: string
  template: string
  locale: string
  address: string
  params: Record<string, string>
  buttons: Record<string, string>
}
type Asked = { message: Claimed; outcome: Outcome }
type Resting = Extract<Outcome, { outcome: 'paused' | 'stopped' | 'later' }>

/**
 * Sends what is due, until nothing is or `signal` says stop. Any number of processes may do this at once: a message is 'sending',
 * committed, before its provider is asked, and nobody takes it then. Gives how many a provider took.
 */
export async function sendDue({ db, log, signal }: { db: Db; log: Log; signal?: AbortSignal }): Promise<number> {
  await db.asSystem('messages: what time does', tidyDue)
  let sent = 0
  while (!signal?.aborted) {
    const { claimed, templates } = await db.asSystem('messages: take what is due', async (tx) => {
      const taken = await claim(tx)
      const keys = taken.map((one) => one.template)
      return {
        claimed: taken,
        templates: taken.length > 0 ? await readTemplates(tx, keys) : new Map<string, Template>(),
      }
    })
    if (claimed.length === 0) return sent
    const asked = await Promise.all(
      claimed.map(async (message) => ({
        message,
        outcome: await ask(message, templates.get(templateName(message.template, message.channel, message.locale))),
      })),
    )
    const stopped = await db.asSystem('messages: what became of them', (tx) => note(tx, asked))
    for (const { channel, fault } of stopped) log.error({ channel, fault }, 'messages: a channel is stopped')
    sent += asked.filter(({ outcome }) => outcome.outcome === 'sent').length
  }
  return sent
}

/** What expired; what has to wait for the morning where it goes; and what a process had in its hands when it died. */
async function tidyDue(tx: Tx): Promise<void> {
  await sql`update message set state = 'expired', ended_at = acting_now() where state = 'waiting' and expires_at <= acting_now()`.execute(
    tx,
  )
  await sql`with closed as materialized (${zones} where message_moment(zone, acting_now()) > acting_now())
    update message m set not_before = message_moment(r.time_zone, acting_now())
    from closed join region r on r.time_zone = closed.zone
    where m.region_code = r.code and m.state = 'waiting' and m.not_before <= acting_now()`.execute(tx)
  // WhatsApp may have taken it, and what it took twice arrives twice: never again. A letter has the same Message-ID again.
  await sql`update message set
      state = case channel when 'email' then 'waiting' else 'failed' end,
      fault = 'outcome_unknown',
      ended_at = case channel when 'email' then null else acting_now() end
    where state = 'sending' and asked_at <= acting_now() - make_interval(mins => message_term_of('outcome_unknown'))`.execute(
    tx,
  )
}

const zones = sql`select zone from unnest('{Asia/Jakarta,Asia/Makassar,Asia/Jayapura}'::text[]) zone`

async function claim(tx: Tx): Promise<Claimed[]> {
  const { names, prints } = channelPrints()
  const { rows } = await sql<Claimed>`
    with sending_hours as materialized (${zones} where message_moment(zone, acting_now()) <= acting_now()),
    open as materialized (
      select c.channel from message_channel c join unnest(${names}::text[], ${prints}::text[]) as mine(channel, print) on mine.channel = c.channel
      where (c.paused_until is null or c.paused_until <= acting_now()) and (c.stopped_at is null or c.settings <> mine.print)),
    due as (
      select m.id from message m join region r on r.code = m.region_code
      where m.state = 'waiting' and m.not_before <= acting_now() and m.expires_at > acting_now()
        and m.channel in (select channel from open) and r.time_zone in (select zone from sending_hours)
      order by m.not_before, m.id limit ${AT_ONCE} for update of m skip locked)
    update message m set state = 'sending', tries = m.tries + 1, asked_at = acting_now() from due where m.id = due.id
    returning m.id, m.channel, m.topic, m.template, m.locale, m.address, m.params, m.buttons`.execute(tx)
  return rows
}

async function ask(message: Claimed, template: Template | undefined): Promise<Outcome> {
  const transport = transportOf(message.channel)
  // Queued under words that have changed since: nothing is sent that somebody could not understand.
  if (!template || !transport || lacking(template, message) !== undefined)
    return { outcome: 'refused', state: 'failed', fault: 'template_changed' }
  const { id, address, params } = message
  const payloads = Object.fromEntries(
    Object.entries(message.buttons).map(([key, token]) => [key, payloadOf(message.topic, key, token)]),
  )
  return transport.send({ id, address, template, params, payloads })
}

/** Writes down what became of what was asked; gives the channels that were stopped just now. */
async function note(tx: Tx, asked: Asked[]): Promise<{ channel: Channel; fault: string }[]> {
  const tries = await readTerm(tx, 'tries')
  const pause = await readTerm(tx, 'try_again')
  const rows = asked.map(({ message: { id }, outcome: one }) => ({
    id,
    outcome: one.outcome,
    ended: one.outcome === 'refused' ? one.state : null,
    fault: 'fault' in one ? one.fault : null,
    provider_id: one.outcome === 'sent' && one.providerId !== null ? messageHash('id', one.providerId) : null,
  }))
  // In the order of their ids, as everybody who locks several does.
  await sql`select id from message where id = any (${rows.map((row) => row.id)}::uuid[]) order by id for update`.execute(
    tx,
  )
  // A status may have come before this note: what it said stands, and only what the provider calls it is added.
  await sql`
    with next as (
      select m.id, v.outcome, v.fault, v.provider_id, r.time_zone,
        case v.outcome when 'sent' then 'sent' when 'refused' then v.ended when 'unknown' then 'sending'
          when 'later' then case when m.tries >= ${tries} then 'failed' else 'waiting' end else 'waiting' end as state,
        case v.outcome when 'later' then make_interval(mins => (${pause}::int * 2 ^ least(m.tries - 1, 10))::int) else interval '0' end as pause
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(id uuid, outcome text, ended text, fault text, provider_id text)
      join message m using (id) join region r on r.code = m.region_code)
    update message m set
      provider_id = coalesce(next.provider_id, m.provider_id),
      sent_at = case when next.outcome = 'sent' then coalesce(m.sent_at, acting_now()) else m.sent_at end,
      tries = case when next.outcome in ('paused', 'stopped') then greatest(m.tries - 1, 0) else m.tries end,
      not_before = case when next.state = 'waiting' then message_moment(next.time_zone, acting_now() + next.pause) else m.not_before end,
      state = case when m.state = 'sending' then next.state else m.state end,
      fault = case when m.state <> 'sending' then m.fault when next.state <> 'sent' then coalesce(next.fault, m.fault) end,
      ended_at = case when m.state = 'sending' and next.state not in ('waiting', 'sending') then acting_now() else m.ended_at end
    from next where m.id = next.id`.execute(tx)
  return settleChannels(tx, asked)
}

async function settleChannels(tx: Tx, asked: Asked[]): Promise<{ channel: Channel; fault: string }[]> {
  const stopped: { channel: Channel; fault: string }[] = []
  for (const channel of new Set(asked.map(({ message }) => message.channel))) {
    const outcomes = asked.filter(({ message }) => message.channel === channel).map(({ outcome }) => outcome)
    const stop = outcomes.find((one): one is Resting => one.outcome === 'stopped')
    const paused = outcomes.find((one): one is Resting => one.outcome === 'paused')
    if (stop) {
      if (await stopChannel(tx, channel, stop.fault)) stopped.push({ channel, fault: stop.fault })
    } else if (paused) await pauseChannel(tx, channel, paused.fault)
    // Settings that were refused were changed, and these work.
    else if (outcomes.some((one) => one.outcome === 'sent')) await resumeChannels(tx, [channel])
  }
  return stopped
}
