import { type Agreement, mayAsk, maySee, type Terms } from './agreement.ts'
import { type Attribute, type Entity, entities, findAttribute } from './attributes.ts'
import { attributesOf, collectionOf, type Condition, queryTypes, readQuery } from './condition.ts'
import { at, instantOf, isObject, type Json, textOf, wordOf } from './read.ts'
import { Rejected } from './refusal.ts'

/** One search, read and allowed. */
export type Criteria = {
  entity: Entity
  regType: string | undefined
  recordType: string
  condition: Condition
  sort: { attribute: Attribute; descending: boolean }[]
  /** null: everything at once, if it is not too much */
  page: { size: number; number: number } | null
}

/** Reads `search_criteria`; throws {@link Rejected} with the code of the part that is wrong. */
export function readCriteria(given: unknown, agreement: Agreement, terms: Terms): Criteria {
  if (!isObject(given)) throw new Rejected('rjct.search_criteria.invalid', 'search_criteria is missing')
  const type = wordOf(at(given, 'query_type'), queryTypes)
  if (!type)
    throw new Rejected('rjct.search_criteria.invalid', 'query_type must be idtype-value, expression or predicate')
  if (!mayAsk(agreement, type))
    throw new Rejected('rjct.search_criteria.invalid', 'the agreement does not name this query_type')
  const query = at(given, 'query')
  if (query === undefined || query === null) throw new Rejected('rjct.search_criteria.invalid', 'query is missing')
  const { entity, recordType } = readEntity(given, query)
  const condition = readQuery(type, query, entity)
  requireFields(condition, agreement)
  return {
    entity,
    recordType,
    regType: textOf(at(given, 'reg_type')),
    condition,
    sort: readSort(at(given, 'sort'), entity, agreement),
    page: readPage(at(given, 'pagination'), terms),
  }
}

/** Refuses a condition on anything the agreement does not name. */
export function requireFields(condition: Condition, agreement: Agreement): void {
  if (attributesOf(condition).some((one) => !maySee(agreement, one)))
    throw new Rejected('rjct.filter.invalid', 'the agreement does not name an attribute of the query')
}

function readEntity(given: Json, query: unknown): { entity: Entity; recordType: string } {
  const wanted = at(given, 'response_entity')
  const entity = wordOf(wanted, entities)
  if (wanted !== undefined && wanted !== null && wanted !== '' && !entity)
    throw new Rejected('rjct.search_criteria.invalid', 'response_entity must be Group or Member')
  const type = textOf(at(given, 'reg_record_type', 'record_type'))
  const found = entity ?? entityOf(type) ?? entityOf(collectionOf(query)) ?? 'Group'
  return { entity: found, recordType: type ?? found }
}

/** 'spdci-extensions-dci:Member', 'SRPerson' and 'person' are members, 'Group' and 'Household' groups. */
export function entityOf(type: string | undefined): Entity | undefined {
  const word = type?.replace(/^.*[:/]/, '')
  if (word === undefined) return undefined
  if (/member|person|individual/i.test(word)) return 'Member'
  return /group|household|family/i.test(word) ? 'Group' : undefined
}

function readSort(given: unknown, entity: Entity, agreement: Agreement): Criteria['sort'] {
  const bad = (message: string) => new Rejected('rjct.sort.invalid', message)
  if (given === undefined || given === null) return []
  const list = Array.isArray(given) ? given : [given]
  if (list.length > 10) throw bad('at most 10 attributes to sort by')
  return list.map((one) => {
    const name = textOf(at(one, 'attribute_name', 'attribute', 'sort_by'), 99)
    const attribute = name === undefined ? undefined : findAttribute(entity, name)
    if (!attribute || unsortable.has(attribute.kind)) throw bad('an attribute to sort by is not known')
    if (attribute.sealed || (entity === 'Group' && attribute.entity === 'Member'))
      throw bad('a group is sorted by its own attributes only, and nothing by sealed ones')
    if (!maySee(agreement, attribute)) throw bad('the agreement does not name an attribute to sort by')
    const said = at(one, 'sort_order', 'order')
    const order = said === undefined || said === null ? 'asc' : wordOf(said, ['asc', 'desc', 'ascending', 'descending'])
    if (!order) throw bad('sort_order must be asc or desc')
    return { attribute, descending: order.startsWith('desc') }
  })
}
const unsortable = new Set(['numbers', 'words'])

function readPage(given: unknown, terms: Terms): Criteria['page'] {
  const bad = (message: string) => new Rejected('rjct.pagination.invalid', message)
  if (given === undefined || given === null) return null
  if (!isObject(given)) throw bad('pagination is an object')
  const whole = (value: unknown) => {
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
    return typeof number === 'number' && Number.isSafeInteger(number) && number >= 1 ? number : undefined
  }
  const size = whole(at(given, 'page_size'))
  const asked = at(given, 'page_number')
  const number = asked === undefined || asked === null ? 1 : whole(asked)
  if (size === undefined) throw bad('page_size must be a whole number from 1')
  if (number === undefined) throw bad('page_number must be a whole number from 1')
  return { size: Math.min(size, terms.page), number }
}

/** A timestamp that was given must be one; the samples of the specification hold empty ones. */
export function requireTimestamp(given: unknown): void {
  if (given === '') return
  if (!instantOf(given)) throw new Rejected('rjct.timestamp.invalid', 'timestamp must be an instant of ISO 8601')
}
