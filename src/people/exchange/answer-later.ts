import { recordAct } from '#src/platform/audit/index.ts'
import type { Db } from '#src/platform/db/index.ts'
import type { Context } from '#src/platform/jobs/index.ts'
import { type Agreement, findAgreement, readTerms, type Terms } from './agreement.ts'
import { answerSearch } from './answer-search.ts'
import { answerStatus, readStatusRequest } from './answer-status.ts'
import { settleCall } from './calls.ts'
import { callbackFor, checkCallback } from './callback-address.ts'
import { deliver, NotDelivered } from './deliver.ts'
import { type Action, answerTo, envelope, readBatch, type Status } from './message.ts'
import { isObject, type Json } from './read.ts'
import { subscribe, type SubscribeAnswer, subscribeMessage, unsubscribe } from './subscriptions.ts'
import { ourVoice } from './voice.ts'

type Answer = { message: object; status: Status; total: number }
type Call = {
  id: string
  agreement_id: string
  action: string
  transaction_id: string | null
  callback_uri: string | null
  request: unknown
  items: unknown
  answered_at: Date | null
}

/** Answers an asynchronous request and posts the answer; tried again for about a day, with growing pauses. */
export async function answerCall({ db, signal, log }: Context, { call: id }: { call: string }): Promise<void> {
  const now = db.clock()
  const { voice, rules } = ourVoice()
  const given = await db.asSystem('answer another system', async (tx) => {
    const call = await tx
      .selectFrom('exchange_call')
      .select(['id', 'agreement_id', 'action', 'transaction_id', 'callback_uri', 'request', 'items', 'answered_at'])
      .where('id', '=', id)
      .where('delivered_at', 'is', null)
      .executeTakeFirst()
    const agreement = call && (await findAgreement(tx, call.agreement_id, now))
    return { call, agreement, terms: await readTerms(tx, now) }
  })
  const { call, agreement, terms } = given
  if (!call?.callback_uri || !isObject(call.request)) return
  // An agreement that ended meanwhile is answered nothing more.
  const url = agreement && checkCallback(call.callback_uri, agreement.callbackHosts, rules)
  if (!agreement || !url || typeof url === 'string') {
    await finish(db, id, null)
    return
  }
  const answer = await compose(db, agreement, terms, call, call.request, now)
  const action = answerTo[call.action as Action]
  const body = envelope(
    voice,
    agreement.senderId,
    { messageId: id, action, status: answer.status, total: answer.total, completed: answer.total },
    answer.message,
    db.clock(),
  )
  try {
    await deliver(callbackFor(url.href, action), body, rules, signal)
  } catch (error) {
    if (error instanceof NotDelivered) log.warn({ call: id }, error.message)
    throw error
  }
  await finish(db, id, db.clock())
  await db.as({ agreementId: agreement.id, at: now }, (tx) =>
    recordAct(tx, {
      act: 'exchange_deliver',
      subject: 'agreement',
      subjectId: agreement.id,
      regionCode: agreement.regionCode,
      detail: { call: id, action },
    }),
  )
}

/** What was asked is forgotten with the answer. */
const finish = (db: Db, id: string, deliveredAt: Date | null) =>
  db.asSystem('answer another system', (tx) =>
    tx.updateTable('exchange_call').set({ request: null, delivered_at: deliveredAt }).where('id', '=', id).execute(),
  )

async function compose(
  db: Db,
  agreement: Agreement,
  terms: Terms,
  call: Call,
  request: Json,
  now: Date,
): Promise<Answer> {
  const asked = { transactionId: call.transaction_id ?? '', correlationId: call.id }
  const action = call.action as Action
  if (action === 'search') {
    const { requests } = readBatch(request, 'search_request', terms.batch)
    const { items, message, status } = await answerSearch(db, agreement, terms, { ...asked, requests })
    await db.asSystem('answer another system', (tx) => settleCall(tx, call.id, status, items, now))
    return { message, status, total: items.length }
  }
  return db.asSystem('answer another system', async (tx): Promise<Answer> => {
    if (action === 'txn-status') {
      const { message, status } = await answerStatus(tx, agreement, { ...readStatusRequest(request), ...asked }, now)
      await settleCall(tx, call.id, status, [], now)
      return { message, status, total: 1 }
    }
    if (action === 'subscribe') {
      const { requests } = readBatch(request, 'subscribe_request', terms.batch)
      // Done once; a second try only tells again.
      if (call.answered_at) {
        const items = call.items as SubscribeAnswer['items']
        return { message: subscribeMessage(asked, items, requests), status: 'succ', total: items.length }
      }
      const callbackUri = call.callback_uri ?? ''
      const { items, message, status } = await subscribe(tx, agreement, { ...asked, requests, callbackUri }, now)
      await settleCall(tx, call.id, status, items, now)
      return { message, status, total: items.length }
    }
    if (call.answered_at && Array.isArray(call.items)) {
      const [kept] = call.items as { message?: object; status: Status }[]
      if (kept?.message) return { message: kept.message, status: kept.status, total: 1 }
    }
    const { items, message, status } = await unsubscribe(tx, agreement, { ...asked, message: request }, now)
    await settleCall(
      tx,
      call.id,
      status,
      items.map((one) => ({ ...one, message })),
      now,
    )
    return { message, status, total: 1 }
  })
}
