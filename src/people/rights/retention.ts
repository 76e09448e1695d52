import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { registerTerm } from '../register/index.ts'
import { mayHold } from './policy.ts'
import type { RetentionKey, RetentionRun } from './schema.ts'

/** What a rule of `retention_rule` takes away: how many ended before a moment, and the taking itself, both as the system. */
export type RetentionTaker = {
  key: RetentionKey
  count: (tx: Tx, before: Date) => Promise<number>
  /** @returns how many were taken */
  take: (tx: Tx, before: Date) => Promise<number>
}

const ofPeople = (key: RetentionKey, taker: string): RetentionTaker => ({
  key,
  count: async (tx, before) =>
    numberOf(await sql<{ n: number }>`select retention_counts(${key}, ${before}) as n`.execute(tx)),
  take: async (tx, before) => numberOf(await sql<{ n: number }>`select ${sql.raw(taker)}(${before}) as n`.execute(tx)),
})
const numberOf = ({ rows }: { rows: { n: number }[] }): number => rows[0]?.n ?? 0

const registered = new Map<string, RetentionTaker>(
  [
    ofPeople('request_identity', 'erase_request_identities'),
    ofPeople('proposal_identity', 'erase_proposal_identities'),
    ofPeople('opening', 'erase_openings'),
    ofPeople('left_register', 'erase_left'),
  ].map((rule) => [rule.key, rule]),
)
/** Modules that come later say what their rules take. Once, when the module is loaded. */
export const registerRetention = (rule: RetentionTaker): void => void registered.set(rule.key, rule)

type InForce = { key: RetentionKey; months: number; before: Date }

/** Rules in force on a day that end at all, with the moment before which what ended goes. */
async function rules(tx: Tx): Promise<InForce[]> {
  const { rows } = await sql<InForce>`
    select key, months, acting_now() - make_interval(months => months) as before from (
      select distinct on (key) key, months from retention_rule where valid_from <= acting_now()::date order by key, valid_from desc) r
    where months is not null order by key`.execute(tx)
  return rows.filter((row) => registered.has(row.key))
}

/**
 * Once a month: says what the rules would take away, and when. Nothing goes yet, and nothing new is reported while a report waits.
 * @returns the run, or null when there is nothing to report
 */
export async function reportRetention(tx: Tx, at: Date): Promise<string | null> {
  const { rows: waiting } = await sql`select 1 from retention_run where state = 'reported'
    or reported_at > acting_now() - interval '25 days'`.execute(tx)
  if (waiting.length > 0) return null
  const items: (InForce & { count: number })[] = []
  for (const rule of await rules(tx))
    items.push({ ...rule, count: (await registered.get(rule.key)?.count(tx, rule.before)) ?? 0 })
  if (items.every((item) => item.count === 0)) return null
  const { amount } = await registerTerm(tx, 'retention_notice', at.toISOString().slice(0, 10))
  const id = uuidv7()
  await tx
    .insertInto('retention_run')
    .values({ id, reported_at: at, applies_at: new Date(at.getTime() + amount * 86_400_000), state: 'reported' })
    .execute()
  await tx
    .insertInto('retention_item')
    .values(items.map((item) => ({ run_id: id, key: item.key, before: item.before, reported: item.count })))
    .execute()
  return id
}

/** Applies a report whose notice has passed, exactly as far as it said: what ended before the moments it named. */
export async function applyRetention(tx: Tx, at: Date): Promise<boolean> {
  const run = await tx
    .selectFrom('retention_run')
    .selectAll()
    .where('state', '=', 'reported')
    .where('applies_at', '<=', at)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (!run) return false
  const items = await tx.selectFrom('retention_item').selectAll().where('run_id', '=', run.id).orderBy('key').execute()
  for (const item of items) {
    const applied = (await registered.get(item.key)?.take(tx, item.before)) ?? 0
    await tx
      .updateTable('retention_item')
      .set({ applied })
      .where('run_id', '=', run.id)
      .where('key', '=', item.key)
      .execute()
  }
  await tx.updateTable('retention_run').set({ state: 'applied', applied_at: at }).where('id', '=', run.id).execute()
  return true
}

/** Keeps a report from being applied: somebody has a reason to keep what it would take. The next month reports anew. */
export async function holdRetention(tx: Tx, actor: Actor, id: string, reason: string): Promise<void> {
  if (!mayHold(actor)) throw forbidden('rights.hold')
  const words = cleanText(reason)
  if (words.length < 10) throw invalid({ field: 'reason', code: 'minLength', params: { limit: 10 } })
  const run = await tx.selectFrom('retention_run').select('state').where('id', '=', id).executeTakeFirst()
  if (!run) throw notFound('retention_run')
  if (run.state !== 'reported') throw conflict('state', { state: run.state })
  await tx
    .updateTable('retention_run')
    .set({ state: 'held', held_by: actor.accountId, held_reason: words })
    .where('id', '=', id)
    .where('state', '=', 'reported')
    .execute()
}

/** The last two years of reports, newest first. */
export async function listRetention(tx: Tx): Promise<RetentionRun[]> {
  const runs = await tx.selectFrom('retention_run').selectAll().orderBy('reported_at', 'desc').limit(24).execute()
  const items = await sql<{
    run_id: string
    key: RetentionKey
    before: Date
    reported: number
    applied: number | null
    months: number | null
  }>`
    select i.*, (select r.months from retention_rule r join retention_run n on n.id = i.run_id
      where r.key = i.key and r.valid_from <= n.reported_at::date order by r.valid_from desc limit 1) as months
    from retention_item i where i.run_id = any (${runs.map((run) => run.id)}) order by i.key`.execute(tx)
  return runs.map((run) => ({
    id: run.id,
    reportedAt: run.reported_at.toISOString(),
    appliesAt: run.applies_at.toISOString(),
    state: run.state as RetentionRun['state'],
    heldReason: run.held_reason,
    items: items.rows
      .filter((item) => item.run_id === run.id)
      .map(({ key, before, reported, applied, months }) => ({
        key,
        months: months ?? 0,
        before: before.toISOString(),
        reported,
        applied,
      })),
  }))
}
