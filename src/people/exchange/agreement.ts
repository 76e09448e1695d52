import { sql } from 'kysely'
import { scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { type Attribute, sealedFields } from './attributes.ts'
import type { QueryType } from './condition.ts'

/** What a consumer was given, as far as answering needs it. */
export type Agreement = {
  id: string
  senderId: string
  /** where it is administered */
  regionCode: string
  regions: string[]
  fields: ReadonlySet<string>
  queryTypes: readonly string[]
  events: readonly string[]
  sealed: boolean
  signatureRequired: boolean
  ratePerMinute: number
  callbackHosts: readonly string[]
  callbackUri: string | null
  keys: { id: string; algorithm: string; publicKey: string }[]
}

const columns = [
  'a.id',
  'a.sender_id',
  'a.region_code',
  'a.fields',
  'a.query_types',
  'a.events',
  'a.sealed',
  'a.signature_required',
  'a.rate_per_minute',
  'a.callback_hosts',
  'a.callback_uri',
] as const

/** The agreement a bearer token belongs to, while token and agreement are both in force; needs the system's scope. */
export async function findAgreementByToken(tx: Tx, hash: Buffer, at: Date): Promise<Agreement | undefined> {
  const row = await tx
    .selectFrom('agreement_token as t')
    .innerJoin('agreement as a', 'a.id', 't.agreement_id')
    .select(columns)
    .where('t.hash', '=', hash)
    .where('t.kind', 'in', ['bearer', 'access'])
    .where('t.revoked_at', 'is', null)
    .where('t.expires_at', '>', at)
    .where(inForce(at))
    .executeTakeFirst()
  return row && complete(tx, row, at)
}

/** By its id, while it is in force. */
export async function findAgreement(tx: Tx, id: string, at: Date): Promise<Agreement | undefined> {
  const row = await tx
    .selectFrom('agreement as a')
    .select(columns)
    .where('a.id', '=', id)
    .where(inForce(at))
    .executeTakeFirst()
  return row && complete(tx, row, at)
}

const inForce = (at: Date) =>
  sql<boolean>`a.revoked_at is null and a.valid_from <= ${at}::timestamptz::date and (a.valid_to is null or ${at}::timestamptz::date <= a.valid_to)`

type Row = {
  id: string
  sender_id: string
  region_code: string
  fields: string[]
  query_types: string[]
  events: string[]
  sealed: boolean
  signature_required: boolean
  rate_per_minute: number
  callback_hosts: string[]
  callback_uri: string | null
}

async function complete(tx: Tx, row: Row, at: Date): Promise<Agreement> {
  const regions = await tx
    .selectFrom('agreement_region')
    .select('region_code')
    .where('agreement_id', '=', row.id)
    .execute()
  const keys = await tx
    .selectFrom('agreement_key')
    .select(['key_id', 'algorithm', 'public_key'])
    .where('agreement_id', '=', row.id)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', at)]))
    .execute()
  const fields = row.sealed ? row.fields : row.fields.filter((field) => !sealedFields.includes(field))
  return {
    id: row.id,
    senderId: row.sender_id,
    regionCode: row.region_code,
    regions: regions.map((one) => one.region_code),
    fields: new Set(fields),
    queryTypes: row.query_types,
    events: row.events,
    sealed: row.sealed,
    signatureRequired: row.signature_required,
    ratePerMinute: row.rate_per_minute,
    callbackHosts: row.callback_hosts,
    callbackUri: row.callback_uri,
    keys: keys.map((one) => ({ id: one.key_id, algorithm: one.algorithm, publicKey: one.public_key })),
  }
}

export const maySee = (agreement: Agreement, attribute: Attribute): boolean =>
  attribute.field === null || agreement.fields.has(attribute.field)

export const mayAsk = (agreement: Agreement, type: QueryType): boolean => agreement.queryTypes.includes(type)

/** The regions of an agreement as a condition on a column, for indexes to use; row security says the same once more. */
export function withinRegions(column: string, agreement: Agreement) {
  const parts = agreement.regions.map(
    (code) => sql`(${sql.ref(column)} >= ${code} and ${sql.ref(column)} < ${scopeEnd(code)})`,
  )
  return parts.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(parts, sql` or `)})`
}

/** Limits of this module, as they are in force: dated rows of register_term. */
export type Terms = { page: number; most: number; batch: number; accessTokenHours: number }

export async function readTerms(tx: Tx, at: Date): Promise<Terms> {
  const { rows } = await sql<{ key: string; amount: number }>`
    select distinct on (key) key, amount from register_term
    where key like 'exchange\_%' and valid_from <= ${at}::timestamptz::date order by key, valid_from desc`.execute(tx)
  const term = (key: string) => {
    const row = rows.find((one) => one.key === key)
    if (!row) throw new Error(`register_term has no ${key}`)
    return row.amount
  }
  return {
    page: term('exchange_page'),
    most: term('exchange_most'),
    batch: term('exchange_batch'),
    accessTokenHours: term('exchange_access_token'),
  }
}
