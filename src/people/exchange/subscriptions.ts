import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { recordAct } from '#src/platform/audit/index.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { Agreement } from './agreement.ts'
import { localeOf, overall, referenceOf, takeReference } from './answer-search.ts'
import type { Entity } from './attributes.ts'
import type { Item } from './calls.ts'
import { queryTypes, readQuery } from './condition.ts'
import { entityOf, requireFields, requireTimestamp } from './criteria.ts'
import { readCron } from './cron.ts'
import type { Status } from './message.ts'
import { at, instantOf, isObject, type Json, textOf, wordOf } from './read.ts'
import { Rejected, type SubscribeCode } from './refusal.ts'

/** Kinds of register_event by the words of the specification; ours are taken as they are. */
const eventWords: Readonly<Partial<Record<string, readonly string[]>>> = {
  register: ['registered'],
  registration: ['registered'],
  newhouseholdmember: ['born', 'moved_in', 'family_joined'],
  livebirth: ['born'],
  birth: ['born'],
  death: ['died'],
  marriage: ['married'],
  divorce: ['divorced'],
}

export type Frequency = { start: string | null; end: string | null; cron: string }

type Wanted = {
  eventType: string
  kinds: string[]
  filterType: string
  filter: unknown
  recordType: Entity
  recordTypeGiven: string
  frequency: Frequency | null
}

export type SubscribeAnswer = { items: (Item & { subscriptions?: object[] })[]; message: object; status: Status }

/** Makes the subscriptions of one message; each request for itself. Runs as the system, with the agreement at hand. */
export async function subscribe(
  tx: Tx,
  agreement: Agreement,
  asked: { transactionId: string; correlationId: string; requests: unknown[]; callbackUri: string },
  now: Date,
): Promise<SubscribeAnswer> {
  const known = await knownKinds(tx)
  const seen = new Set<string>()
  const items: SubscribeAnswer['items'] = []
  for (const request of asked.requests) {
    const base = { reference_id: referenceOf(request), timestamp: now.toISOString() }
    try {
      takeReference(request, seen)
      requireTimestamp(at(request, 'timestamp'))
      const wanted = readCriteria(at(request, 'subscribe_criteria'), agreement, known)
      const code = await insert(tx, agreement, wanted, base.reference_id, asked.callbackUri)
      items.push({ ...base, status: 'succ', subscriptions: [present(code, wanted, now)] })
    } catch (error) {
      if (!(error instanceof Rejected)) throw error
      items.push({ ...base, status: 'rjct', code: inWords(String(error.code)), said: error.message })
    }
  }
  await recordAct(tx, {
    act: 'exchange_subscribe',
    subject: 'agreement',
    subjectId: agreement.id,
    regionCode: agreement.regionCode,
    detail: {
      call: asked.correlationId,
      made: items.filter((one) => one.status === 'succ').length,
      asked: items.length,
    },
  })
  return { items, status: overall(items), message: subscribeMessage(asked, items, asked.requests) }
}

/** The answer again from what was kept, for a second try at delivering it. */
export function subscribeMessage(
  asked: { transactionId: string; correlationId: string },
  items: SubscribeAnswer['items'],
  requests: unknown[] = [],
): object {
  return {
    transaction_id: asked.transactionId,
    correlation_id: asked.correlationId,
    subscribe_response: items.map(({ code, said, subscriptions, reference_id, timestamp, status }, index) => ({
      reference_id,
      timestamp,
      status,
      ...(code && { status_reason_code: code }),
      ...(said && { status_reason_message: said }),
      ...(subscriptions && { subscriptions }),
      locale: localeOf(requests[index]),
    })),
  }
}

/** Codes of searching as those of subscribing, which has fewer. */
const inWords = (code: string): SubscribeCode =>
  code === 'rjct.reference_id.invalid' ||
  code === 'rjct.reference_id.duplicate' ||
  code === 'rjct.timestamp.invalid' ||
  code === 'rjct.notify_types.invalid' ||
  code === 'rjct.event.already_subscribed'
    ? code
    : 'rjct.notify_details.invalid'

type Known = { code: string; sealed: boolean }[]
const knownKinds = (tx: Tx): Promise<Known> => tx.selectFrom('register_event_kind').select(['code', 'sealed']).execute()

/** Reads `subscribe_criteria`; throws {@link Rejected} with a code of subscribing or of searching. */
function readCriteria(given: unknown, agreement: Agreement, known: Known): Wanted {
  const details = (message: string) => new Rejected<SubscribeCode>('rjct.notify_details.invalid', message)
  if (!isObject(given)) throw details('subscribe_criteria is missing')
  const eventType = textOf(at(given, 'reg_event_type'))
  const kinds = eventType === undefined ? undefined : kindsOf(eventType, known, agreement)
  if (eventType === undefined || !kinds)
    throw new Rejected<SubscribeCode>('rjct.notify_types.invalid', 'reg_event_type is not an event the agreement names')
  const recordTypeGiven = textOf(at(given, 'notify_record_type', 'reg_record_type'))
  const recordType = entityOf(recordTypeGiven)
  if (recordTypeGiven === undefined || !recordType) throw details('notify_record_type must name Group or Member')
  const filterType = wordOf(at(given, 'filter_type', 'query_type') ?? guess(at(given, 'filter')), queryTypes)
  if (!filterType || !agreement.queryTypes.includes(filterType))
    throw details('filter_type must be idtype-value, expression or predicate, as the agreement names them')
  const filter = at(given, 'filter', 'query')
  if (filter === undefined || filter === null) throw details('filter is missing')
  requireFields(readQuery(filterType, filter, recordType), agreement)
  return {
    eventType,
    kinds,
    filterType,
    filter,
    recordType,
    recordTypeGiven,
    frequency: readFrequency(at(given, 'frequency'), details),
  }
}

/** filter_type is optional: a list is predicates, a type with a plain value an identifier, anything else an expression. */
function guess(filter: unknown): string {
  if (Array.isArray(filter)) return 'predicate'
  return textOf(at(filter, 'type')) !== undefined && !isObject(at(filter, 'value')) ? 'idtype-value' : 'expression'
}

function kindsOf(eventType: string, known: Known, agreement: Agreement): string[] | undefined {
  const word = eventType.replace(/^.*[:/]/, '')
  const own = known.find((one) => one.code === word.toLowerCase())
  const plain = word.replaceAll(/[^A-Za-z]/g, '').toLowerCase()
  const mapped = Object.hasOwn(eventWords, plain) ? eventWords[plain] : undefined
  const all = plain === 'update' || plain === 'all' || word === '*'
  const meant = own ? [own.code] : (mapped ?? (all ? known.map((one) => one.code) : []))
  const sealed = new Set(known.filter((one) => one.sealed).map((one) => one.code))
  const allowed = meant.filter(
    (kind) =>
      (agreement.events.includes('*') || agreement.events.includes(kind)) && (agreement.sealed || !sealed.has(kind)),
  )
  // Of many meant at once, those that are allowed; of one named, that one or none.
  return allowed.length > 0 ? allowed : undefined
}

function readFrequency(given: unknown, details: (message: string) => Error): Frequency | null {
  if (given === undefined || given === null) return null
  if (!isObject(given)) throw details('frequency is an object')
  const cron = textOf(at(given, 'frequency', 'cron'))
  if (cron === undefined || !readCron(cron)) throw details('frequency.frequency must be a cron expression')
  const instant = (name: string) => {
    const text = at(given, name)
    if (text === undefined || text === null || text === '') return null
    const date = instantOf(text)
    if (!date) throw details(`frequency.${name} must be an instant of ISO 8601`)
    return date.toISOString()
  }
  const [start, end] = [instant('start_time'), instant('end_time')]
  if (start !== null && end !== null && end <= start) throw details('frequency.end_time must be after start_time')
  return { start, end, cron }
}

async function insert(
  tx: Tx,
  agreement: Agreement,
  wanted: Wanted,
  referenceId: string,
  callbackUri: string,
): Promise<string> {
  const running = await tx
    .selectFrom('exchange_subscription')
    .select(['kinds', 'filter', 'filter_type', 'record_type', 'callback_uri'])
    .where('agreement_id', '=', agreement.id)
    .where('status', '=', 'subscribe')
    .execute()
  if (running.length >= 1000)
    throw new Rejected<SubscribeCode>('rjct.notify_details.invalid', 'at most 1000 subscriptions')
  const same = running.some(
    (one) =>
      one.record_type === wanted.recordType &&
      one.filter_type === wanted.filterType &&
      one.callback_uri === callbackUri &&
      isDeepStrictEqual(one.kinds, wanted.kinds) &&
      isDeepStrictEqual(one.filter, wanted.filter),
  )
  if (same) throw new Rejected<SubscribeCode>('rjct.event.already_subscribed', 'there is a subscription like this one')
  const code = uuid()
  await sql`insert into exchange_subscription
      (code, agreement_id, reference_id, event_type, kinds, filter_type, filter, record_type, record_type_given, frequency, callback_uri, status, after_xid, after_id)
    select ${code}::uuid, ${agreement.id}::uuid, ${referenceId}, ${wanted.eventType}, ${wanted.kinds}::text[], ${wanted.filterType}, ${JSON.stringify(wanted.filter)}::jsonb,
      ${wanted.recordType}, ${wanted.recordTypeGiven}, ${wanted.frequency && JSON.stringify(wanted.frequency)}::jsonb, ${callbackUri}, 'subscribe',
      pg_snapshot_xmin(pg_current_snapshot()), 0`.execute(tx)
  return code
}

/** A subscription in the words of the specification. */
function present(code: string, wanted: Wanted, now: Date): object {
  return {
    version: '1.0.0',
    code,
    status: 'subscribe',
    timestamp: now.toISOString(),
    reg_type: 'ns:org:RegistryType:Social',
    reg_event_type: wanted.eventType,
    ...(wanted.frequency?.start &&
      wanted.frequency.end && {
        frequency: {
          start_time: wanted.frequency.start,
          end_time: wanted.frequency.end,
          frequency: wanted.frequency.cron,
        },
      }),
    filter_type: wanted.filterType,
    filter: wanted.filter,
    notify_record_type: wanted.recordTypeGiven,
    locale: 'eng',
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What is read of an unsubscribe message; a message without codes is none. */
export function readCodes(message: Json): string[] | undefined {
  const given = at(message, 'subscription_codes', 'subscription_code', 'codes')
  const list = (Array.isArray(given) ? given : [given]).map((one) => textOf(isObject(one) ? at(one, 'code') : one, 99))
  const codes = list.filter((one): one is string => one !== undefined)
  return codes.length === list.length && codes.length > 0 && codes.length <= 1000 ? codes : undefined
}

/** Ends subscriptions of this consumer. */
export async function unsubscribe(
  tx: Tx,
  agreement: Agreement,
  asked: { transactionId: string; correlationId: string; message: Json },
  now: Date,
): Promise<{ items: Item[]; message: object; status: Status }> {
  const base = {
    transaction_id: asked.transactionId,
    correlation_id: asked.correlationId,
    timestamp: now.toISOString(),
  }
  const rejected = (code: string, said: string, states: object[] = []) => ({
    items: [{ reference_id: asked.transactionId, timestamp: base.timestamp, status: 'rjct' as const, code, said }],
    status: 'rjct' as const,
    message: {
      ...base,
      status: 'rjct',
      status_reason_code: code,
      status_reason_message: said,
      subscription_status: states,
    },
  })
  const stamp = at(asked.message, 'timestamp')
  if (stamp !== '' && !instantOf(stamp))
    return rejected('rjct.timestamp.invalid', 'timestamp must be an instant of ISO 8601')
  const codes = readCodes(asked.message)
  if (!codes) return rejected('rjct.subscription_code.invalid', 'subscription_codes must be a list of codes')
  const ids = codes.filter((one) => UUID.test(one))
  const mine = await tx
    .selectFrom('exchange_subscription')
    .select(['code', 'status'])
    .where('agreement_id', '=', agreement.id)
    .where('code', 'in', ids.length > 0 ? ids : ['00000000-0000-0000-0000-000000000000'])
    .forUpdate()
    .execute()
  const states = mine.map((one) => ({ code: one.code, status: 'unsubscribe' }))
  if (mine.length < new Set(codes.map((one) => one.toLowerCase())).size && mine.length === 0)
    return rejected('rjct.subscription_code.invalid', 'no subscription of yours has this code')
  const running = mine.filter((one) => one.status === 'subscribe').map((one) => one.code)
  if (running.length === 0)
    return rejected('rjct.event.already_unsubscribed', 'these subscriptions have ended before', states)
  await tx
    .updateTable('exchange_subscription')
    .set({ status: 'unsubscribe', ended_at: now })
    .where('code', 'in', running)
    .execute()
  await recordAct(tx, {
    act: 'exchange_unsubscribe',
    subject: 'agreement',
    subjectId: agreement.id,
    regionCode: agreement.regionCode,
    detail: { call: asked.correlationId, ended: running.length },
  })
  return {
    items: [{ reference_id: asked.transactionId, timestamp: base.timestamp, status: 'succ' }],
    status: 'succ',
    message: {
      ...base,
      status: 'succ',
      ...(mine.length < codes.length && { status_reason_message: 'some codes are not known' }),
      subscription_status: states,
    },
  }
}
