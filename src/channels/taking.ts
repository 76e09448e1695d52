import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { messageHash, noteStatuses } from '#src/platform/messages/index.ts'
import type { Delivery } from './reading.ts'

/**
 * Takes a delivery in, in a transaction of the system: each status and each message once, however often it comes. What is needed to work
 * a message is held until it is worked; its words are not.
 */
export async function takeDelivery(tx: Tx, { statuses, inbound }: Delivery): Promise<void> {
  await noteStatuses(tx, statuses)
  if (inbound.length === 0) return
  const rows = inbound.map((one) => ({
    provider_id: messageHash('id', one.id),
    sender_hash: messageHash('sender', one.senderKey),
    sender: one.sender,
    kind: one.kind,
    act: one.act.act,
    topic: one.act.act === 'press' ? one.act.topic : null,
    button: one.act.act === 'press' ? one.act.button : null,
    token: one.act.act === 'press' ? one.act.token : null,
    said_at: one.at.toISOString(),
  }))
  await sql`
    with came as (
      select distinct on (provider_id) * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(provider_id text, sender_hash text, sender text,
        kind text, act text, topic text, button text, token text, said_at timestamptz) order by provider_id),
    fresh as (
      insert into message_inbound (provider_id, channel, sender_hash, kind, outcome, topic, worked_at)
      select provider_id, 'whatsapp', sender_hash, kind, case act when 'quiet' then 'quiet' else 'waiting' end, topic,
        case act when 'quiet' then acting_now() end
      from came on conflict do nothing returning provider_id)
    insert into message_inbound_held (provider_id, sender, act, topic, button, token, said_at)
    select c.provider_id, c.sender, c.act, c.topic, c.button, c.token, c.said_at
    from came c join fresh using (provider_id) where c.act <> 'quiet'`.execute(tx)
}
