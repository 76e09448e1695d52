import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { recordAct } from '#src/platform/audit/index.ts'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { type Context, enqueue, type Job } from '#src/platform/jobs/index.ts'
import { type Agreement, findAgreement } from './agreement.ts'
import { callbackFor, checkCallback } from './callback-address.ts'
import type { Entity } from './attributes.ts'
import { type Condition, type QueryType, readQuery } from './condition.ts'
import { requireFields } from './criteria.ts'
import { isDue, readCron } from './cron.ts'
import { deliver, NotDelivered } from './deliver.ts'
import { envelope } from './message.ts'
import { readRecords } from './records.ts'
import { Rejected } from './refusal.ts'
import { conditionOn } from './search.ts'
import type { Frequency } from './subscriptions.ts'
import { ourVoice } from './voice.ts'

/** Events told in one message. */
const BATCH = 100

type Event = { subject: string; seq: number; kind: string }

/** Posts one batch of events; told again until the consumer's system takes it, under the same message_id. */
export async function tellNotice({ db, signal, log }: Context, { notice: id }: { notice: string }): Promise<void> {
  const now = db.clock()
  const { voice, rules } = ourVoice()
  const given = await db.asSystem('tell another system', async (tx) => {
    const notice = await tx
      .selectFrom('exchange_notice as n')
      .innerJoin('exchange_subscription as s', 's.code', 'n.code')
      .select(['n.id', 'n.events', 's.agreement_id', 's.code', 's.filter_type', 's.filter', 's.record_type'])
      .select(['s.record_type_given', 's.callback_uri', 's.event_type', 's.status'])
      .where('n.id', '=', id)
      .where('n.delivered_at', 'is', null)
      .executeTakeFirst()
    return { notice, agreement: notice && (await findAgreement(tx, notice.agreement_id, now)) }
  })
  const { notice, agreement } = given
  const url = notice && agreement && checkCallback(notice.callback_uri, agreement.callbackHosts, rules)
  if (!notice || notice.status !== 'subscribe' || !agreement || !url || typeof url === 'string') return
  const entity = notice.record_type as Entity
  const condition = readAgain(notice.filter_type as QueryType, notice.filter, entity, agreement)
  if (!condition) return
  const told = await db.as({ agreementId: agreement.id, at: now }, async (tx) => {
    const found = await describe(tx, agreement, entity, condition, notice.events as Event[])
    await recordAct(tx, {
      act: 'exchange_notify',
      subject: 'agreement',
      subjectId: agreement.id,
      regionCode: agreement.regionCode,
      detail: {
        notice: id,
        subscription: notice.code,
        records: found.length,
        families: [...new Set(found.flatMap((one) => one.family ?? []))],
      },
    })
    return found
  })
  if (told.length > 0) {
    const message = {
      transaction_id: notice.code,
      subscription_code: notice.code,
      notify_event: told.map((one) => ({
        reference_id: `${one.subject}:${one.seq}`,
        timestamp: one.knownAt.toISOString(),
        data: {
          version: '1.0.0',
          reg_type: 'ns:org:RegistryType:Social',
          ...eventType(one.kind),
          event: one.kind,
          effective_on: one.effectiveOn,
          reg_record_type: notice.record_type_given,
          reg_records: one.record,
        },
        locale: 'eng',
      })),
    }
    const of = {
      messageId: id,
      action: 'notify' as const,
      status: 'succ' as const,
      total: told.length,
      completed: told.length,
    }
    try {
      await deliver(
        callbackFor(url.href, 'notify'),
        envelope(voice, agreement.senderId, of, message, now),
        rules,
        signal,
      )
    } catch (error) {
      if (error instanceof NotDelivered) log.warn({ notice: id }, error.message)
      throw error
    }
  }
  await db.asSystem('tell another system', (tx) =>
    tx.updateTable('exchange_notice').set({ delivered_at: db.clock() }).where('id', '=', id).execute(),
  )
}

/** The two words the specification has for events; every other event goes by `event` alone. */
const eventType = (kind: string) =>
  kind === 'registered'
    ? { reg_event_type: 'REGISTER' }
    : ['born', 'moved_in', 'family_joined'].includes(kind)
      ? { reg_event_type: 'NewHouseHoldMember' }
      : {}

/** The filter under the agreement as it is now: what was allowed then may not be any more. */
function readAgain(type: QueryType, filter: unknown, entity: Entity, agreement: Agreement): Condition | undefined {
  try {
    const condition = readQuery(type, filter, entity)
    requireFields(condition, agreement)
    return condition
  } catch (error) {
    if (error instanceof Rejected) return undefined
    throw error
  }
}

type Told = {
  subject: string
  seq: number
  kind: string
  knownAt: Date
  effectiveOn: string
  family: string | null
  record: object
}

/** Events with the record each of them is about, as the consumer may see it; those of records outside the filter are left out. */
async function describe(
  tx: Tx,
  agreement: Agreement,
  entity: Entity,
  condition: Condition,
  events: Event[],
): Promise<Told[]> {
  if (events.length === 0) return []
  const { rows } = await sql<{
    subject_id: string
    seq: number
    subject: string
    kind: string
    family_id: string | null
    known_at: Date
    effective_on: string
  }>`
    select e.subject_id, e.seq, e.subject, e.kind, e.family_id, e.known_at, e.effective_on
    from register_event e join unnest(${events.map((one) => one.subject)}::uuid[], ${events.map((one) => one.seq)}::integer[]) w(subject_id, seq)
      using (subject_id, seq) where e.state = 'in_force' order by e.known_at, e.subject_id, e.seq`.execute(tx)
  const idOf = (row: (typeof rows)[number]) =>
    entity === 'Group'
      ? row.subject === 'family'
        ? row.subject_id
        : row.family_id
      : row.subject === 'person'
        ? row.subject_id
        : null
  const ids = [...new Set(rows.flatMap((row) => idOf(row) ?? []))]
  if (ids.length === 0) return []
  const fitting = await sql<{ id: string }>`
    select ${sql.raw(entity === 'Group' ? 'f.id' : 'p.id')} as id
    from ${sql.raw(entity === 'Group' ? 'family f' : `person p left join family f on f.id = p.family_id and f.status <> 'merged'`)}
    where ${sql.raw(entity === 'Group' ? 'f.id' : 'p.id')} = any (${ids}::uuid[])
      and ${await conditionOn(tx, agreement, condition, entity, 'whoever')}`.execute(tx)
  const shown = new Map<string, object>()
  const fits = fitting.rows.map((row) => row.id)
  const records = await readRecords(tx, agreement, entity, fits)
  for (const record of records) shown.set(String(record['@id']).replace('urn:uuid:', ''), record)
  return rows.flatMap((row): Told[] => {
    const id = idOf(row)
    const record = id === null ? undefined : shown.get(id)
    return record
      ? [
          {
            subject: row.subject_id,
            seq: row.seq,
            kind: row.kind,
            knownAt: row.known_at,
            effectiveOn: row.effective_on,
            family: row.family_id,
            record,
          },
        ]
      : []
  })
}

/** Makes the next batch of every subscription that is due; returns how many were made. Any number of processes at once. */
export async function gather(db: Db, tellEvents: Job<{ notice: string }>): Promise<number> {
  const now = db.clock()
  return db.asSystem('tell another system', async (tx) => {
    const due = await tx
      .selectFrom('exchange_subscription as s')
      .innerJoin('agreement as a', 'a.id', 's.agreement_id')
      .select(['s.code', 's.agreement_id', 's.kinds', 's.frequency', 's.told_at', 's.after_xid', 's.after_id'])
      .where('s.status', '=', 'subscribe')
      .where('a.revoked_at', 'is', null)
      .where(
        sql<boolean>`exists (select from register_feed e where (e.xid, e.id) > (s.after_xid, s.after_id) and e.xid < pg_snapshot_xmin(pg_current_snapshot()))`,
      )
      .orderBy('s.told_at')
      .limit(1000)
      .forUpdate('s')
      .skipLocked()
      .execute()
    let made = 0
    for (const one of due) {
      if (!isTime(one.frequency as Frequency | null, one.told_at, now)) continue
      const { rows } = await sql<{ xid: string; id: number; subject_id: string; seq: number; kind: string }>`
        select xid::text as xid, id, subject_id, seq, kind from register_feed
        where (xid, id) > (${one.after_xid}::xid8, ${one.after_id}::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
        order by xid, id limit ${BATCH}`.execute(tx)
      const last = rows.at(-1)
      if (!last) continue
      const events = rows
        .filter((row) => one.kinds.includes(row.kind))
        .map((row): Event => ({ subject: row.subject_id, seq: row.seq, kind: row.kind }))
      if (events.length > 0) {
        const id = uuid()
        await tx
          .insertInto('exchange_notice')
          .values({ id, code: one.code, agreement_id: one.agreement_id, events: JSON.stringify(events) })
          .execute()
        await enqueue(tx, tellEvents, { notice: id })
      }
      // The rest of what is due now goes with the next round; only then does its time begin to run again.
      const whole = rows.length < BATCH
      await tx
        .updateTable('exchange_subscription')
        .set({ after_xid: last.xid, after_id: last.id, ...(whole && { told_at: now }) })
        .where('code', '=', one.code)
        .execute()
      made++
    }
    return made
  })
}

function isTime(frequency: Frequency | null, toldAt: Date, now: Date): boolean {
  if (!frequency) return true
  if (frequency.start && now < new Date(frequency.start)) return false
  if (frequency.end && now > new Date(frequency.end)) return false
  const cron = readCron(frequency.cron)
  return cron ? isDue(cron, toldAt, now) : true
}

/** Once a day: what nobody needs any more. */
export async function forgetOld(db: Db): Promise<void> {
  await db.asSystem('forget what other systems asked', async (tx) => {
    await sql`delete from exchange_notice where made_at < acting_now() - interval '30 days'`.execute(tx)
    await sql`delete from register_feed where at < acting_now() - interval '30 days'`.execute(tx)
    await sql`delete from exchange_use where minute < acting_now() - interval '1 day'`.execute(tx)
    await sql`delete from agreement_token where expires_at < acting_now() - interval '30 days'`.execute(tx)
    await sql`update exchange_call set request = null where request is not null and at < acting_now() - interval '3 days'`.execute(
      tx,
    )
    await sql`delete from exchange_call where at < acting_now() - make_interval(days => (
        select amount from register_term where key = 'exchange_keep_calls' and valid_from <= acting_now()::date order by valid_from desc limit 1))`.execute(
      tx,
    )
  })
}
