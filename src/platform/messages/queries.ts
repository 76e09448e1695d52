import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { messageChannels } from './channels.ts'
import type { MessageFigures, MessageQuery, MessageRow, MessageState } from './schema.ts'
import { type Channel, channels } from './settings.ts'

/** The language whoever is at this address was last written to in; undefined where that was never, or too long ago. */
export async function localeOfAddress(tx: Tx, channel: Channel, address: string): Promise<'id' | 'en' | undefined> {
  const { rows } = await sql<{ locale: 'id' | 'en' }>`
    select locale from message where channel = ${channel} and address = ${address} order by queued_at desc limit 1`.execute(
    tx,
  )
  return rows[0]?.locale
}

const since = (days: number) => sql<Date>`acting_now() - make_interval(days => ${days})`

/** Of each channel: whether it rests and why, and what became of the messages of these days the caller may see. */
export async function readFigures(tx: Tx, days: number): Promise<MessageFigures[]> {
  const counts = await tx
    .selectFrom('message')
    .select(['channel', 'state', 'fault'])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('queued_at', '>', since(days))
    .groupBy(['channel', 'state', 'fault'])
    .execute()
  const kept = await tx
    .selectFrom('message_channel')
    .select(['channel', 'paused_until', 'stopped_at', 'fault'])
    .execute()
  const now = await sql<{ now: Date }>`select acting_now() as now`.execute(tx)
  const moment = now.rows[0]?.now.getTime() ?? 0
  return channels.map((channel) => {
    const of = counts.filter((one) => one.channel === channel)
    const row = kept.find((one) => one.channel === channel)
    const paused = row?.paused_until && row.paused_until.getTime() > moment ? row.paused_until.toISOString() : null
    return {
      channel,
      configured: messageChannels().includes(channel),
      stopped: row?.stopped_at ? { at: row.stopped_at.toISOString(), fault: row.fault ?? 'refused' } : null,
      pausedUntil: paused,
      states: summed(of, (one) => one.state).map(([state, count]) => ({ state: state as MessageState, count })),
      faults: summed(
        of.filter((one) => one.fault !== null && ['undelivered', 'failed'].includes(one.state)),
        (one) => one.fault ?? '',
      )
        .map(([fault, count]) => ({ fault, count }))
        .toSorted((a, b) => b.count - a.count || (a.fault < b.fault ? -1 : 1)),
    }
  })
}

function summed<Row extends { count: number }>(rows: readonly Row[], key: (row: Row) => string): [string, number][] {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + Number(row.count))
  return [...sums]
}

/** Messages of these days the caller may see, newest first, from below the id `after`. */
export async function listMessages(
  tx: Tx,
  filter: MessageQuery & { days: number; limit: number },
): Promise<MessageRow[]> {
  let query = tx
    .selectFrom('message as m')
    .innerJoin('region as r', 'r.code', 'm.region_code')
    .select(['m.id', 'm.channel', 'm.template', 'm.state', 'm.fault', 'm.tries', 'm.queued_at', 'm.not_before'])
    .select(['m.sent_at', 'm.delivered_at', 'm.read_at', 'm.ended_at', 'r.code', 'r.name', 'r.time_zone'])
    .where('m.queued_at', '>', since(filter.days))
  if (filter.channel !== undefined) query = query.where('m.channel', '=', filter.channel)
  if (filter.state !== undefined) query = query.where('m.state', '=', filter.state)
  if (filter.fault !== undefined)
    query = query.where('m.fault', '=', filter.fault).where('m.state', 'in', ['undelivered', 'failed'])
  if (filter.after !== undefined) query = query.where('m.id', '<', filter.after)
  const rows = await query.orderBy('m.id', 'desc').limit(filter.limit).execute()
  return rows.map((row) => ({
    id: row.id,
    channel: row.channel as Channel,
    template: row.template,
    region: { code: row.code, name: row.name, timeZone: row.time_zone },
    state: row.state as MessageState,
    fault: row.fault,
    tries: row.tries,
    queuedAt: row.queued_at.toISOString(),
    notBefore: row.not_before.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    readAt: row.read_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
  }))
}
