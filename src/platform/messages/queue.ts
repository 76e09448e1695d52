import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Tx } from '#src/platform/db/index.ts'
import type { Channel } from './settings.ts'
import { lacking, readTemplates, templateName } from './templates.ts'

export type NewMessage = {
  /** what it is about, in the words of the module that asks for it: 'delivery_question' */
  topic: string
  /** the subject of that module; one message for each (topic, subjectId, template) */
  subjectId: string
  /** key of `message_template` */
  template: string
  channel: Channel
  /** '+6281200009001', or an e-mail address */
  address: string
  /** whose hours it is sent in, and who may see what came of it */
  regionCode: string
  locale: 'id' | 'en'
  /** what is put into the words */
  params: Readonly<Record<string, string>>
  /** key of a button → what the handler of `onReply` is given when it is pressed; what this channel has no buttons for is left out */
  buttons?: Readonly<Record<string, string>>
  /** not sent from this moment on */
  expiresAt: Date
}

/** What comes back when a button is pressed: at most this many characters on the wire. */
const LONGEST_PAYLOAD = 256

export const payloadOf = (topic: string, button: string, token: string) => `${topic}:${button}:${token}`

/**
 * Puts messages into the queue, in a transaction of the system: they go when it commits, in the hours messages are sent in
 * where they go. One statement however many they are. What is queued already (topic, subject, template) stays as it is.
 * Gives how many are new. Throws where a template, a parameter or an address is not right: those are faults of the program.
 */
export async function queueMessages(tx: Tx, messages: readonly NewMessage[]): Promise<number> {
  if (messages.length === 0) return 0
  const templates = await readTemplates(
    tx,
    messages.map((one) => one.template),
  )
  const rows = messages.map((one) => {
    const template = templates.get(templateName(one.template, one.channel, one.locale))
    const buttons = Object.fromEntries((template?.buttons ?? []).map(({ key }) => [key, one.buttons?.[key] ?? '']))
    const fault = lacking(template, { params: one.params, buttons }) ?? wrongIn(one, buttons)
    if (fault !== undefined)
      throw new Error(`a message of ${one.topic} (${one.template}, ${one.channel}, ${one.locale}): ${fault}`)
    return {
      id: uuid(),
      region_code: one.regionCode,
      channel: one.channel,
      topic: one.topic,
      subject_id: one.subjectId,
      template: one.template,
      locale: one.locale,
      address: one.address,
      params: one.params,
      buttons,
      expires_at: one.expiresAt.toISOString(),
    }
  })
  const { rows: queued } = await sql<{ id: string }>`
    with moments as materialized (
      select zone, message_moment(zone, acting_now()) as at from unnest('{Asia/Jakarta,Asia/Makassar,Asia/Jayapura}'::text[]) zone)
    insert into message (id, region_code, channel, topic, subject_id, template, locale, address, params, buttons, not_before, expires_at, state)
    select v.id, v.region_code, v.channel, v.topic, v.subject_id, v.template, v.locale, v.address, v.params, v.buttons,
      o.at, v.expires_at, 'waiting'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(id uuid, region_code text, channel text, topic text, subject_id text,
      template text, locale text, address text, params jsonb, buttons jsonb, expires_at timestamptz)
    left join region r on r.code = v.region_code left join moments o on o.zone = r.time_zone
    on conflict (topic, subject_id, template) do nothing
    returning id`.execute(tx)
  return queued.length
}

function wrongIn(one: NewMessage, buttons: Record<string, string>): string | undefined {
  const address = one.channel === 'whatsapp' ? /^\+[1-9][0-9]{7,14}$/ : /^[^@\s<>,;"]+@[^@\s<>,;"]+$/
  if (!address.test(one.address)) return 'the address is not one of this channel'
  const long = Object.entries(buttons).find(
    ([key, token]) => payloadOf(one.topic, key, token).length > LONGEST_PAYLOAD || /[:\s]/.test(key),
  )
  if (one.channel === 'whatsapp' && long) return `what comes back of the button ${long[0]} is too long`
  return undefined
}

/**
 * Takes back what was not sent yet of these subjects, in a transaction of the system; gives how many that were. What is on its
 * way this very moment arrives, and is not tried again.
 */
export const cancelMessages = (tx: Tx, topic: string, subjectIds: readonly string[]): Promise<number> =>
  takeBack(tx, sql`topic = ${topic} and subject_id = any (${[...subjectIds]}::text[])`)

/** Takes back what was not sent yet to an address: whoever is there wants no more. */
export const cancelMessagesTo = (tx: Tx, channel: Channel, address: string): Promise<number> =>
  takeBack(tx, sql`channel = ${channel} and address = ${address}`)

async function takeBack(tx: Tx, which: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await sql<{ state: string }>`
    update message set
      state = case state when 'waiting' then 'cancelled' else state end,
      ended_at = case state when 'waiting' then acting_now() end,
      expires_at = case state when 'waiting' then expires_at else least(expires_at, acting_now()) end
    where state in ('waiting', 'sending') and ${which}
    returning state`.execute(tx)
  return rows.filter((row) => row.state === 'cancelled').length
}
