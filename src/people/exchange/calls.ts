import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Tx } from '#src/platform/db/index.ts'
import type { Agreement } from './agreement.ts'
import type { Action, Incoming, Status } from './message.ts'
import { Refused } from './refusal.ts'

/** What is kept of one request in a message: nothing personal. */
export type Item = {
  reference_id: string
  timestamp: string
  status: Status
  code?: string
  said?: string
  records?: number
}

export const hashBody = (body: string): Buffer => createHash('sha256').update(body).digest()

/** Counts the call against the agreement's rate; throws 'err.request.too_many_requests'. */
export async function countCall(tx: Tx, agreement: Agreement, at: Date): Promise<void> {
  const { rows } = await sql<{ calls: number }>`
    insert into exchange_use (agreement_id, minute, calls) values (${agreement.id}, date_trunc('minute', ${at}::timestamptz), 1)
    on conflict (agreement_id, minute) do update set calls = exchange_use.calls + 1 returning calls`.execute(tx)
  if ((rows[0]?.calls ?? 0) > agreement.ratePerMinute)
    throw new Refused('err.request.too_many_requests', `at most ${agreement.ratePerMinute} calls a minute`)
}

export type NewCall = {
  agreement: Agreement
  incoming: Incoming
  action: Action
  transactionId: string
  hash: Buffer
  callbackUri: string | null
  items: Item[]
}

/**
 * Notes a call down. The very same message again is the same call (`again`); another message under an id that was used
 * is refused where messages are signed, since the id is what a replay would repeat.
 */
export async function noteCall(tx: Tx, call: NewCall): Promise<{ id: string; again: boolean }> {
  const { agreement, incoming, action, callbackUri } = call
  const earlier = await tx
    .selectFrom('exchange_call')
    .select(['id', 'body_hash'])
    .where('agreement_id', '=', agreement.id)
    .where('message_id', '=', incoming.messageId)
    .where('action', '=', action)
    .where('asynchronous', '=', callbackUri !== null)
    .orderBy('at', 'desc')
    .limit(20)
    .execute()
  const same = earlier.find((one) => one.body_hash.equals(call.hash))
  if (same) return { id: same.id, again: true }
  if (earlier.length > 0 && agreement.signatureRequired)
    throw new Refused('err.request.bad', 'header.message_id was used for another message', 'rjct.message_id.duplicate')
  const id = uuid()
  await tx
    .insertInto('exchange_call')
    .values({
      id,
      agreement_id: agreement.id,
      action,
      asynchronous: callbackUri !== null,
      message_id: incoming.messageId,
      transaction_id: call.transactionId,
      body_hash: call.hash,
      callback_uri: callbackUri,
      status: callbackUri === null ? 'rcvd' : 'pdng',
      items: JSON.stringify(call.items),
      request: callbackUri === null ? null : JSON.stringify(incoming.message),
    })
    .execute()
  return { id, again: false }
}

/** What became of a call. Of a synchronous one nothing that was asked is ever stored. */
export async function settleCall(tx: Tx, id: string, status: Status, items: Item[], at: Date): Promise<void> {
  await tx
    .updateTable('exchange_call')
    .set({
      status,
      items: JSON.stringify(items),
      records: items.reduce((sum, one) => sum + (one.records ?? 0), 0),
      answered_at: at,
    })
    .where('id', '=', id)
    .execute()
}

export type NotedCall = {
  id: string
  action: string
  transaction_id: string | null
  status: string
  items: unknown
  at: Date
}

/** Calls of a consumer by transaction, by our id, or by the references in them; newest last. */
export async function findCalls(
  tx: Tx,
  agreement: Agreement,
  by: { transactionId: string } | { correlationId: string } | { references: string[] },
  kinds: readonly string[],
): Promise<NotedCall[]> {
  let query = tx
    .selectFrom('exchange_call')
    .select(['id', 'action', 'transaction_id', 'status', 'items', 'at'])
    .where('agreement_id', '=', agreement.id)
    .where('action', 'in', [...kinds])
  if ('transactionId' in by) query = query.where('transaction_id', '=', by.transactionId)
  else if ('correlationId' in by) query = query.where('id', '=', by.correlationId)
  else
    query = query.where(
      sql<boolean>`exists (select from jsonb_array_elements(items) i where i ->> 'reference_id' = any (${by.references}::text[]))`,
    )
  return (await query.orderBy('id', 'desc').limit(50).execute()).toReversed()
}
