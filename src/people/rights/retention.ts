import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { registerTerm } from '../register/index.ts'
import { mayHold } from './policy.ts'
import type { RetentionRun } from './schema.ts'

type Rule = { key: RetentionRun['items'][number]['key']; months: number; before: Date }

/** Rules in force on a day that end at all, with the moment before which what ended goes. */
async function rules(tx: Tx): Promise<Rule[]> {
  const { rows } = await sql<Rule>`
    select key, months, acting_now() - make_interval(months => months) as before from (
      select distinct on (key) key, months from retention_rule where valid_from <= acting_now()::date order by key, valid_from desc) r
    where months is not null order by key`.execute(tx)
  return rows
}

/**
 * Once a month: says what the rules would take away, and when. Nothing goes yet, and nothing new is reported while a report waits.
 * @returns the run, or null when there is nothing to report
 */
export async function reportRetention(tx: Tx, at: Date): Promise<string | null> {
  const { rows: waiting } = await sql`select 1 from retention_run where state = 'reported'
    or reported_at > acting_now() - interval '25 days'`.execute(tx)
  if (waiting.length > 0) return null
  const items: (Rule & { count: number })[] = []
  for (const rule of await rules(tx)) {
    const { rows } = await sql<{ n: number }>`select retention_counts(${rule.key}, ${rule.before}) as n`.execute(tx)
    items.push({ ...rule, count: rows[0]?.n ?? 0 })
  }
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

const takers = {
  request_identity: 'erase_request_identities',
  proposal_identity: 'erase_proposal_identities',
  opening: 'erase_openings',
  left_register: 'erase_left',
} as const

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
    const take = takers[item.key as keyof typeof takers]
    const { rows } = await sql<{ n: number }>`select ${sql.raw(take)}(${item.before}) as n`.execute(tx)
    await tx
      .updateTable('retention_item')
      .set({ applied: rows[0]?.n ?? 0 })
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
    key: RetentionRun['items'][number]['key']
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
