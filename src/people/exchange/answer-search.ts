import { recordAct } from '#src/platform/audit/index.ts'
import type { Db } from '#src/platform/db/index.ts'
import type { Agreement, Terms } from './agreement.ts'
import type { Item } from './calls.ts'
import { readCriteria, requireTimestamp } from './criteria.ts'
import type { Status } from './message.ts'
import { at, isObject, textOf } from './read.ts'
import { Rejected } from './refusal.ts'
import { search } from './search.ts'

export type SearchAnswer = { items: Item[]; message: object; status: Status }
type Asked = { transactionId: string; correlationId: string; requests: unknown[] }

/** Answers every request of a search, each for itself: some may succeed where others are rejected. */
export async function answerSearch(db: Db, agreement: Agreement, terms: Terms, asked: Asked): Promise<SearchAnswer> {
  const items: Item[] = []
  const answers: object[] = []
  const seen = new Set<string>()
  for (const request of asked.requests) {
    const { item, answer } = await answerOne(db, agreement, terms, request, seen, asked.correlationId)
    items.push(item)
    answers.push(answer)
  }
  return {
    items,
    status: overall(items),
    message: {
      transaction_id: asked.transactionId,
      correlation_id: asked.correlationId,
      search_response: answers,
    },
  }
}

export const overall = (items: readonly { status: Status }[]): Status =>
  items.some((one) => one.status !== 'rjct') ? 'succ' : 'rjct'

async function answerOne(
  db: Db,
  agreement: Agreement,
  terms: Terms,
  request: unknown,
  seen: Set<string>,
  correlationId: string,
): Promise<{ item: Item; answer: object }> {
  const now = db.clock()
  const base = { reference_id: referenceOf(request), timestamp: now.toISOString() }
  const locale = localeOf(request)
  try {
    takeReference(request, seen)
    requireTimestamp(at(request, 'timestamp'))
    const criteria = readCriteria(at(request, 'search_criteria'), agreement, terms)
    const found = await db.as({ agreementId: agreement.id, at: now }, async (tx) => {
      const result = await search(tx, agreement, criteria, terms)
      await recordAct(tx, {
        act: 'exchange_search',
        subject: 'agreement',
        subjectId: agreement.id,
        regionCode: agreement.regionCode,
        detail: {
          call: correlationId,
          entity: criteria.entity,
          attributes: [...new Set(namesOf(criteria))],
          records: result.records.length,
          total: result.total,
          families: result.families,
        },
      })
      return result
    })
    return {
      item: { ...base, status: 'succ', records: found.records.length },
      answer: {
        ...base,
        status: 'succ',
        data: {
          version: '1.0.0',
          reg_type: criteria.regType ?? 'ns:org:RegistryType:Social',
          reg_record_type: criteria.recordType,
          reg_records: found.records,
        },
        pagination: { page_size: found.page.size, page_number: found.page.number, total_count: found.total },
        locale,
      },
    }
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    return {
      item: { ...base, status: 'rjct', code: error.code, said: error.message },
      answer: {
        ...base,
        status: 'rjct',
        status_reason_code: error.code,
        status_reason_message: error.message,
        locale,
      },
    }
  }
}

const namesOf = (criteria: Awaited<ReturnType<typeof readCriteria>>): string[] => {
  const names = (condition: typeof criteria.condition): string[] =>
    condition.kind === 'is'
      ? [`${condition.attribute.entity}.${condition.attribute.name}`]
      : condition.kind === 'not'
        ? names(condition.of)
        : condition.of.flatMap(names)
  return names(criteria.condition)
}

/** The reference of a request, as it is told back; '' where it has none that can be. */
export const referenceOf = (request: unknown): string => textOf(at(request, 'reference_id')) ?? ''

/** Takes note of a reference; each stands once in a message. */
export function takeReference(request: unknown, seen: Set<string>): void {
  const reference = isObject(request) ? referenceOf(request) : ''
  if (reference === '')
    throw new Rejected('rjct.reference_id.invalid', 'reference_id must be text of 1 to 200 characters')
  if (seen.has(reference))
    throw new Rejected('rjct.reference_id.duplicate', 'reference_id stands twice in this message')
  seen.add(reference)
}

/** Three letters by the schema; two by its own sample. */
export function localeOf(request: unknown): string {
  const given = at(request, 'locale')
  return typeof given === 'string' && /^[a-z]{3}$/.test(given) ? given : 'eng'
}
