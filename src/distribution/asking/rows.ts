import { type RawBuilder, sql } from 'kysely'
import type { QuestionsQuery } from './schema.ts'

/** What the messages of this module are about; their subject is `<asking>/<family>`. */
export const TOPIC = 'delivery_question'
export const subjectOf = (askingId: string, familyId: string): string => `${askingId}/${familyId}`

/**
 * The questions of a round in a region, each with what became of its message: the furthest that the question or its reminder came. Figures
 * count these rows with `matching`, and lists show them with it, so that a figure and the rows behind it cannot differ.
 */
export const questionRows = (roundId: string, [from, to]: readonly [string, string]): RawBuilder<unknown> => sql`(
  select q.*, a.door as drawn_door, a.closes_on, a.closes_on >= acting_now()::date as open, m.fault, again.sent_at as reminded_at,
    case when a.door = 'visit' then 'none' when m.state is null then coalesce(q.unsent, 'no_channel') when m.state in ('waiting', 'sending') then 'waiting'
      when m.state in ('undelivered', 'failed', 'expired') then 'failed' else m.state end as stands,
    case when m.state in ('waiting', 'sending') then m.not_before when m.state = 'sent' then m.sent_at when m.state = 'delivered' then m.delivered_at
      when m.state = 'read' then m.read_at else m.ended_at end as stands_at
  from delivery_question q join delivery_asking a on a.id = q.asking_id
  left join lateral (
    select k.state, case k.state when 'expired' then 'expired' else k.fault end as fault, k.not_before, k.sent_at, k.delivered_at, k.read_at, k.ended_at
    from message k where a.door = 'message' and k.topic = ${TOPIC} and k.subject_id = q.asking_id || '/' || q.family_id
    order by array_position('{read,delivered,sent,sending,waiting,undelivered,failed,expired,cancelled}', k.state), k.queued_at desc limit 1) m on true
  left join lateral (
    select k.sent_at from message k
    where a.door = 'message' and k.topic = ${TOPIC} and k.subject_id = q.asking_id || '/' || q.family_id and k.template = ${`${TOPIC}_again`}) again on true
  where q.round_id = ${roundId} and q.region_code >= ${from} and q.region_code < ${to})`

const reaches = {
  reached: sql<boolean>`x.stands in ('delivered', 'read')`,
  unreached: sql<boolean>`x.door = 'message' and x.state <> 'answered' and x.open and x.stands in ('no_contact', 'no_channel', 'failed', 'cancelled')`,
  visited: sql<boolean>`x.drawn_door = 'message' and x.door = 'visit'`,
}

/** The condition of a filter over `questionRows` called x: the same for a figure and for the rows behind it. */
export function matching(query: Omit<QuestionsQuery, 'region' | 'after'>): RawBuilder<boolean> {
  const parts = [
    query.state !== undefined && sql`x.state = ${query.state}`,
    query.received !== undefined && sql`x.received is not distinct from ${query.received}`,
    query.cut !== undefined && sql`x.cut is not distinct from ${query.cut}`,
    query.disputed !== undefined && sql`x.disputed = ${query.disputed}`,
    query.door !== undefined && sql`x.door = ${query.door}`,
    query.message !== undefined && sql`x.stands = ${query.message}`,
    query.reach !== undefined && reaches[query.reach],
    query.reminded !== undefined && sql`(x.reminded_at is not null) = ${query.reminded}`,
    query.asking !== undefined && sql`x.asking_id = ${query.asking}`,
  ].filter((part) => part !== false)
  return parts.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join(parts, sql` and `)})`
}

const count = (query: Parameters<typeof matching>[0]) => sql`count(*) filter (where ${matching(query)})::int`

/** Figures over `questionRows` called x. */
export const tally = sql`count(*)::int as asked, ${count({ state: 'waiting' })} as waiting, ${count({ state: 'not_met' })} as not_met,
  ${count({ state: 'answered' })} as answered, ${count({ received: true })} as received, ${count({ received: false })} as not_received,
  ${count({ cut: true })} as cuts, ${count({ disputed: true })} as disputed,
  coalesce(sum(x.cut_amount), 0)::bigint as cut_total, round(avg(coalesce(x.cut_amount, 0)) filter (where ${matching({ state: 'answered' })}))::bigint as mean_cut,
  ${count({ reach: 'reached' })} as reached, ${count({ reach: 'unreached' })} as unreached, ${count({ reach: 'visited' })} as visited,
  ${count({ reminded: true })} as reminded`
