import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { messageHash } from './channels.ts'

/** What a provider says of something that was sent. */
export type NewStatus = {
  /** the provider's id of the message, as it came */
  providerId: string
  status: 'sent' | 'delivered' | 'read' | 'failed'
  /** the id we gave along with it */
  messageId: string | null
  fault: string | null
  at: Date
}

/** Writes statuses down, each once, in a transaction of the system; they are settled in their messages by a loop. */
export async function noteStatuses(tx: Tx, statuses: readonly NewStatus[]): Promise<void> {
  if (statuses.length === 0) return
  const rows = statuses.map((one) => ({
    provider_id: messageHash('id', one.providerId),
    status: one.status,
    message_id: one.messageId,
    fault: one.fault,
    at: one.at.toISOString(),
  }))
  await sql`insert into message_status (provider_id, status, message_id, fault, at)
    select v.provider_id, v.status, v.message_id, v.fault, v.at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(provider_id text, status text, message_id uuid, fault text, at timestamptz)
    on conflict do nothing`.execute(tx)
}

/**
 * Settles statuses in their messages, in whatever order they come: read is more than delivered, delivered more than undelivered
 * (a failure told of one device while another had it), that more than sent, and a message only ever gains. A status whose
 * message is not known yet waits for our own note of what the provider calls it; one of somebody else's message waits an hour.
 */
export async function settleStatuses(db: Db): Promise<number> {
  return db.asSystem('messages: what the provider says of them', async (tx) => {
    const { rows } = await sql<{ provider_id: string; status: string; id: string }>`
      select s.provider_id, s.status, m.id from message_status s
        join message m on m.id = s.message_id or m.provider_id = s.provider_id
      where s.worked_at is null and s.received_at > acting_now() - interval '1 hour'
      order by m.id limit 500 for update of s skip locked`.execute(tx)
    if (rows.length === 0) return 0
    await sql`select id from message where id = any (${rows.map((row) => row.id)}::uuid[]) order by id for update`.execute(
      tx,
    )
    const told = JSON.stringify(rows)
    await sql`
      with said as (
        select v.id, max(s.provider_id) as provider_id, max(${rankOf('s.status')}) as rank,
          min(s.at) as sent_at, min(s.at) filter (where s.status = 'delivered') as delivered_at,
          min(s.at) filter (where s.status = 'read') as read_at, min(s.fault) filter (where s.status = 'failed') as fault
        from jsonb_to_recordset(${told}::jsonb) as v(provider_id text, status text, id uuid)
        join message_status s using (provider_id, status) group by v.id),
      now as (
        select said.*, (array['sent', 'undelivered', 'delivered', 'read'])[greatest(said.rank, ${rankOf('m.state')})] as state
        from said join message m using (id))
      update message m set
        provider_id = coalesce(m.provider_id, now.provider_id),
        state = now.state,
        sent_at = coalesce(m.sent_at, now.sent_at),
        delivered_at = least(m.delivered_at, now.delivered_at, now.read_at),
        read_at = least(m.read_at, now.read_at),
        fault = case when now.state = 'undelivered'
          then coalesce(least(case m.state when 'undelivered' then m.fault end, now.fault), 'refused') end,
        ended_at = coalesce(m.ended_at, acting_now())
      from now where m.id = now.id`.execute(tx)
    await sql`update message_status s set worked_at = acting_now() from jsonb_to_recordset(${told}::jsonb) as v(provider_id text, status text)
      where s.provider_id = v.provider_id and s.status = v.status`.execute(tx)
    return rows.length
  })
}

/** How much is known of a message. What we said of it ourselves without knowing (outcome_unknown) is less than anything told. */
const rankOf = (column: 's.status' | 'm.state') =>
  sql.raw<number>(
    `case ${column} when 'read' then 4 when 'delivered' then 3 when 'undelivered' then 2 ${column === 's.status' ? `when 'failed' then 2` : ''} when 'sent' then 1 else 0 end`,
  )
