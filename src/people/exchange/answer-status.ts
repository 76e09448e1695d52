import type { Tx } from '#src/platform/db/index.ts'
import type { Agreement } from './agreement.ts'
import { findCalls, type Item, type NotedCall } from './calls.ts'
import type { Status } from './message.ts'
import { at, isObject, type Json, textOf, wordOf } from './read.ts'
import { Refused, searchCodes } from './refusal.ts'

const txnTypes = ['search', 'subscribe', 'receipt'] as const
const attributeTypes = ['transaction_id', 'reference_id_list', 'correlation_id'] as const

export type StatusRequest = {
  referenceId: string
  txnType: (typeof txnTypes)[number]
  by: { transactionId: string } | { correlationId: string } | { references: string[] }
}

/** Reads txnstatus_request; throws {@link Refused}, since the specification gives its parts no code of their own. */
export function readStatusRequest(message: Json): StatusRequest {
  const bad = (text: string) => new Refused('err.request.bad', text)
  const given = at(message, 'txnstatus_request', 'txn_status_request')
  const request = Array.isArray(given) ? given[0] : given
  if (!isObject(request)) throw bad('message.txnstatus_request is missing')
  const referenceId = textOf(at(request, 'reference_id'))
  if (referenceId === undefined) throw bad('txnstatus_request.reference_id must be text')
  const txnType = wordOf(at(request, 'txn_type'), txnTypes)
  if (!txnType) throw bad(`txnstatus_request.txn_type must be one of ${txnTypes.join(', ')}`)
  const type = wordOf(at(request, 'attribute_type'), attributeTypes)
  if (!type) throw bad(`txnstatus_request.attribute_type must be one of ${attributeTypes.join(', ')}`)
  const value = at(request, 'attribute_value')
  const list = (Array.isArray(value) ? value : [value]).map((one) => textOf(one))
  const known = list.filter((one): one is string => one !== undefined)
  const [first] = known
  if (first === undefined || known.length !== list.length || list.length > 1000)
    throw bad('txnstatus_request.attribute_value must be text, or a list of texts')
  if (type === 'reference_id_list') return { referenceId, txnType, by: { references: known } }
  if (list.length > 1) throw bad('txnstatus_request.attribute_value must be one text')
  return { referenceId, txnType, by: type === 'transaction_id' ? { transactionId: first } : { correlationId: first } }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What became of earlier calls of this consumer: the state of each request in them, and no data. */
export async function answerStatus(
  tx: Tx,
  agreement: Agreement,
  asked: StatusRequest & { transactionId: string; correlationId: string },
  now: Date,
): Promise<{ message: object; status: Status; said?: string }> {
  const kinds = asked.txnType === 'search' ? ['search'] : ['subscribe', 'unsubscribe']
  const impossible = 'correlationId' in asked.by && !UUID.test(asked.by.correlationId)
  const calls = asked.txnType === 'receipt' || impossible ? [] : await findCalls(tx, agreement, asked.by, kinds)
  const last = calls.at(-1)
  const wanted = 'references' in asked.by ? new Set(asked.by.references) : undefined
  const items = calls.flatMap(itemsOf).filter((one) => !wanted || wanted.has(one.reference_id))
  const found = {
    transaction_id: last?.transaction_id ?? asked.transactionId,
    correlation_id: last?.id ?? asked.correlationId,
  }
  return {
    status: last ? 'succ' : 'rjct',
    ...(!last && { said: 'no such transaction' }),
    message: {
      transaction_id: asked.transactionId,
      correlation_id: asked.correlationId,
      txnstatus_response: {
        reference_id: asked.referenceId,
        timestamp: now.toISOString(),
        txn_type: asked.txnType,
        txn_status:
          asked.txnType === 'receipt'
            ? { transaction_id: found.transaction_id, receipt_information: { beneficiaries: [] } }
            : {
                ...found,
                // The schema knows this shape for every kind of transaction; what subscribing adds stands beside it.
                search_response: items.map(inSearchWords),
                ...(asked.txnType === 'subscribe' && { subscribe_response: items }),
              },
      },
    },
  }
}

const itemsOf = (call: NotedCall): Item[] => (Array.isArray(call.items) ? (call.items as Item[]) : [])

function inSearchWords(item: Item) {
  const known = searchCodes.find((code) => code === item.code)
  const said = item.code !== undefined && !known ? item.code : item.said
  return {
    reference_id: item.reference_id,
    timestamp: item.timestamp,
    status: item.status,
    ...(known && { status_reason_code: known }),
    ...(said !== undefined && { status_reason_message: said }),
  }
}
