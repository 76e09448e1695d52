import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { recordAct } from '#src/platform/audit/index.ts'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { sealedFields } from './attributes.ts'
import { readPublicKey } from './public-key.ts'
import type { AgreementBody, AgreementCreated, NewAgreement } from './schema.ts'
import { giveToken } from './tokens.ts'

/** How long a first token is good, unless the agreement ends earlier. */
const TOKEN_DAYS = 365

/** Makes an agreement and its first token. Row security keeps an administrator to the own region. */
export async function createAgreement(tx: Tx, given: NewAgreement, at: Date): Promise<AgreementCreated> {
  const today = at.toISOString().slice(0, 10)
  const validFrom = given.validFrom ?? today
  if (given.validTo !== undefined && given.validTo < validFrom) throw invalid({ field: 'validTo', code: 'past' })
  const sealed = given.sealedReason !== undefined
  if (!sealed && given.fields.some((field) => sealedFields.includes(field)))
    throw invalid({ field: 'sealedReason', code: 'required' })
  const key = given.publicKey === undefined ? undefined : readPublicKey(given.publicKey, given.keyId)
  if ((given.signatureRequired ?? true) && !key) throw invalid({ field: 'publicKey', code: 'required' })
  const known = await tx.selectFrom('region').select('code').where('code', 'in', given.regions).execute()
  if (known.length < new Set(given.regions).size) throw invalid({ field: 'regions', code: 'unknown' })
  const taken = await tx.selectFrom('agreement').select('id').where('sender_id', '=', given.senderId).executeTakeFirst()
  if (taken) throw conflict('already_exists')
  const id = uuid()
  const regionCode = commonRegion(given.regions)
  await tx
    .insertInto('agreement')
    .values({
      id,
      sender_id: given.senderId,
      name: given.name,
      purpose: given.purpose,
      legal_basis: given.legalBasis,
      region_code: regionCode,
      fields: given.fields,
      query_types: [...given.queryTypes],
      events: given.events ?? [],
      sealed,
      sealed_reason: given.sealedReason ?? null,
      signature_required: given.signatureRequired ?? true,
      rate_per_minute: given.ratePerMinute ?? 120,
      callback_hosts: given.callbackHosts ?? [],
      valid_from: validFrom,
      valid_to: given.validTo ?? null,
    })
    .execute()
  await tx
    .insertInto('agreement_region')
    .values([...new Set(given.regions)].map((code) => ({ agreement_id: id, region_code: code })))
    .execute()
  if (key)
    await tx
      .insertInto('agreement_key')
      .values({ agreement_id: id, key_id: key.id, algorithm: key.algorithm, public_key: key.publicKey })
      .execute()
  return { agreement: await getAgreement(tx, id, at), ...(await giveTokens(tx, id, given.validTo, regionCode, at)) }
}

async function giveTokens(
  tx: Tx,
  agreementId: string,
  validTo: string | null | undefined,
  regionCode: string,
  at: Date,
) {
  const last = validTo ? new Date(`${validTo}T23:59:59Z`).getTime() : Infinity
  const expiresAt = new Date(Math.min(at.getTime() + TOKEN_DAYS * 86_400_000, last))
  return {
    token: await giveToken(tx, { agreementId, kind: 'bearer', expiresAt, regionCode }),
    clientSecret: await giveToken(tx, { agreementId, kind: 'secret', expiresAt, regionCode }),
    expiresAt: expiresAt.toISOString(),
  }
}

/** New tokens; the ones before them end. */
export async function renewTokens(tx: Tx, id: string, at: Date): Promise<AgreementCreated> {
  const agreement = await getAgreement(tx, id, at)
  if (agreement.state === 'revoked' || agreement.state === 'ended') throw conflict('agreement_over')
  await endTokens(tx, id, at)
  return {
    agreement,
    ...(await giveTokens(tx, id, agreement.validTo, commonRegion(agreement.regions.map((one) => one.code)), at)),
  }
}

const endTokens = (tx: Tx, id: string, at: Date) =>
  tx
    .updateTable('agreement_token')
    .set({ revoked_at: at })
    .where('agreement_id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()

/** Ends an agreement now: its tokens, and what is on its way, with it. */
export async function revokeAgreement(tx: Tx, actor: Actor, id: string, reason: string): Promise<AgreementBody> {
  const agreement = await getAgreement(tx, id, actor.at)
  if (agreement.state === 'revoked') throw conflict('agreement_over')
  await tx
    .updateTable('agreement')
    .set({ revoked_at: actor.at, version: sql<number>`version + 1` })
    .where('id', '=', id)
    .execute()
  await endTokens(tx, id, actor.at)
  await recordAct(tx, {
    act: 'exchange_revoke',
    subject: 'agreement',
    subjectId: id,
    regionCode: commonRegion(agreement.regions.map((one) => one.code)),
    reason,
  })
  return getAgreement(tx, id, actor.at)
}

/** An administrator gives only what lies in the own region. */
export function requireOwnRegions(actor: Actor, regions: readonly string[]): void {
  if (!regions.every((code) => isWithin(code, actor.regionCode))) throw forbidden('region')
}

/** The smallest region that holds all of them: '32.75' and '32.76' lie in '32', '32' and '33' in the nation. */
export function commonRegion(regions: readonly string[]): string {
  const [first, ...others] = regions.map((code) => (code === '00' ? [] : code.split('.')))
  const shared: string[] = []
  for (const [index, part] of (first ?? []).entries()) {
    if (others.some((one) => one[index] !== part)) break
    shared.push(part)
  }
  return shared.length === 0 ? '00' : shared.join('.')
}

export async function getAgreement(tx: Tx, id: string, at: Date): Promise<AgreementBody> {
  const [found] = await listAgreements(tx, at, id)
  if (!found) throw notFound('agreement')
  return found
}

/** Agreements one may see, the newest first, with how much they were used. */
export async function listAgreements(tx: Tx, at: Date, id?: string): Promise<AgreementBody[]> {
  let query = tx.selectFrom('agreement').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(500)
  if (id !== undefined) query = query.where('id', '=', id)
  const rows = await query.execute()
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const regions = await tx
    .selectFrom('agreement_region as a')
    .innerJoin('region as r', 'r.code', 'a.region_code')
    .select(['a.agreement_id', 'r.code', 'r.name'])
    .where('a.agreement_id', 'in', ids)
    .orderBy('r.code')
    .execute()
  const keys = await tx
    .selectFrom('agreement_key')
    .select(['agreement_id', 'key_id', 'algorithm'])
    .where('agreement_id', 'in', ids)
    .execute()
  const { rows: uses } = await sql<{ agreement_id: string; calls: number; records: number; last_at: Date | null }>`
    select agreement_id, count(*) as calls, coalesce(sum(records), 0) as records, max(at) as last_at from exchange_call
    where agreement_id = any (${ids}::uuid[]) and at > ${at}::timestamptz - interval '30 days' group by 1`.execute(tx)
  const { rows: running } = await sql<{ agreement_id: string; number: number }>`
    select agreement_id, count(*) as number from exchange_subscription
    where agreement_id = any (${ids}::uuid[]) and status = 'subscribe' group by 1`.execute(tx)
  const today = at.toISOString().slice(0, 10)
  return rows.map((row): AgreementBody => {
    const use = uses.find((one) => one.agreement_id === row.id)
    return {
      id: row.id,
      senderId: row.sender_id,
      name: row.name,
      purpose: row.purpose,
      legalBasis: row.legal_basis,
      regions: regions.filter((one) => one.agreement_id === row.id).map(({ code, name }) => ({ code, name })),
      fields: row.fields,
      queryTypes: row.query_types,
      events: row.events,
      sealedReason: row.sealed_reason,
      signatureRequired: row.signature_required,
      ratePerMinute: row.rate_per_minute,
      callbackHosts: row.callback_hosts,
      validFrom: row.valid_from,
      validTo: row.valid_to,
      revokedAt: row.revoked_at?.toISOString() ?? null,
      state: row.revoked_at
        ? 'revoked'
        : row.valid_from > today
          ? 'not_yet'
          : row.valid_to !== null && row.valid_to < today
            ? 'ended'
            : 'in_force',
      keys: keys
        .filter((one) => one.agreement_id === row.id)
        .map((one) => ({ id: one.key_id, algorithm: one.algorithm })),
      use: {
        calls: use?.calls ?? 0,
        records: Number(use?.records ?? 0),
        lastAt: use?.last_at?.toISOString() ?? null,
        subscriptions: running.find((one) => one.agreement_id === row.id)?.number ?? 0,
      },
    }
  })
}

/** The newest calls of one agreement: what was asked is not among it. */
export async function listCalls(tx: Tx, id: string) {
  const rows = await tx
    .selectFrom('exchange_call')
    .select(['id', 'action', 'asynchronous', 'at', 'status', 'records', 'delivered_at'])
    .where('agreement_id', '=', id)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(50)
    .execute()
  return {
    items: rows.map((row) => ({
      id: row.id,
      action: row.action,
      asynchronous: row.asynchronous,
      at: row.at.toISOString(),
      status: row.status,
      records: row.records,
      deliveredAt: row.delivered_at?.toISOString() ?? null,
    })),
  }
}
