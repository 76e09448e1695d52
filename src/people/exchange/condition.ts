import { type Attribute, type Entity, findAttribute, findIdentifier, plain } from './attributes.ts'
import { at, dayOf, instantOf, isObject, textOf, wordOf, type Json } from './read.ts'
import { Rejected } from './refusal.ts'

/** What a query asks, whichever of the three languages it was written in. Two-valued: what is unknown is not true. */
export type Condition =
  | { kind: 'all' | 'any'; of: Condition[] }
  | { kind: 'not'; of: Condition }
  | { kind: 'is'; attribute: Attribute; operator: Operator; values: Value[] }
export type Operator = 'eq' | 'lt' | 'le' | 'gt' | 'ge' | 'in'
export type Value = string | number | boolean

export const queryTypes = ['idtype-value', 'expression', 'predicate'] as const
export type QueryType = (typeof queryTypes)[number]

/** How many comparisons one query may hold, and how deep it may go: more is a mistake or an attack. */
const MOST = 100
const DEEPEST = 12

type Reading = { entity: Entity; left: number }

/** Reads `query` of a search or `filter` of a subscription; throws {@link Rejected} 'rjct.filter.invalid'. */
export function readQuery(type: QueryType, query: unknown, entity: Entity): Condition {
  const reading: Reading = { entity, left: MOST }
  if (type === 'idtype-value') return readIdentifier(query)
  if (type === 'predicate') return readPredicates(query, reading)
  return readExpression(unwrap(query), reading, 0)
}

const bad = (message: string) => new Rejected('rjct.filter.invalid', message)

/** {"type":"UIN","value":"…"}, also under `value` of a template or as the only one of a list. */
function readIdentifier(query: unknown): Condition {
  const given = Array.isArray(query) && query.length === 1 ? query[0] : query
  const inner = at(given, 'value')
  const pair = isObject(inner) && at(inner, 'value', 'identifier_value') !== undefined ? inner : given
  const type = textOf(at(pair, 'type', 'id_type', 'identifier_type'), 99)
  if (!isObject(pair) || type === undefined) throw bad('query must hold type and value')
  const attribute = findIdentifier(type)
  if (!attribute) throw bad('this type of identifier is not known')
  const value = at(pair, 'value', 'id_value', 'identifier_value')
  const list = Array.isArray(value) ? value : [value]
  if (list.length === 0 || list.length > 1000) throw bad('value must be one identifier, or up to 1000')
  return { kind: 'is', attribute, operator: 'in', values: list.map((one) => readValue(attribute, one)) }
}

/** {expression:{collection, query}}, {value:{…}}, {query:{…}} or the expression itself. */
function unwrap(query: unknown, depth = 0): unknown {
  if (!isObject(query) || depth > 6) return query
  if (Object.keys(query).some((key) => key.startsWith('$'))) return query
  for (const name of ['value', 'expression', 'query', 'filter'])
    if (Object.hasOwn(query, name) && isObject(query[name])) return unwrap(query[name], depth + 1)
  return query
}

/** The collection a template names, if it does. */
export const collectionOf = (query: unknown, depth = 0): string | undefined => {
  if (!isObject(query) || depth > 6) return undefined
  const named = textOf(query['collection'], 99)
  return named ?? collectionOf(query['value'] ?? query['expression'], depth + 1)
}

const comparisons: Readonly<Record<string, Operator | 'ne' | 'nin' | undefined>> = {
  eq: 'eq',
  equals: 'eq',
  '=': 'eq',
  '==': 'eq',
  lt: 'lt',
  '<': 'lt',
  lte: 'le',
  le: 'le',
  '<=': 'le',
  gt: 'gt',
  '>': 'gt',
  gte: 'ge',
  ge: 'ge',
  '>=': 'ge',
  in: 'in',
  ne: 'ne',
  neq: 'ne',
  '!=': 'ne',
  nin: 'nin',
  notin: 'nin',
}
const comparisonOf = (word: string) => {
  const key = word.replace(/^\$/, '').toLowerCase()
  return Object.hasOwn(comparisons, key) ? comparisons[key] : undefined
}

function readExpression(given: unknown, reading: Reading, depth: number): Condition {
  if (depth > DEEPEST) throw bad('the expression is too deep')
  if (!isObject(given)) throw bad('an expression is an object')
  const entries = Object.entries(given)
  if (entries.length === 0) throw bad('an expression must say something')
  const parts = entries.map(([key, value]): Condition => {
    if (!key.startsWith('$')) return readComparisons(key, value, reading, depth + 1)
    const word = key.slice(1).toLowerCase()
    if (word === 'not') return { kind: 'not', of: readExpression(value, reading, depth + 1) }
    if (word !== 'and' && word !== 'or' && word !== 'nor')
      throw bad('the expression holds an operator that is not known')
    const list = Array.isArray(value) ? value : [value]
    if (list.length === 0) throw bad('$and and $or want at least one part')
    const of = list.map((one) => readExpression(one, reading, depth + 1))
    return word === 'nor' ? { kind: 'not', of: { kind: 'any', of } } : { kind: word === 'and' ? 'all' : 'any', of }
  })
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'all', of: parts }
}

/** 5, or {"$gte":5,"$lt":8}, or {"$not":{…}}, of one attribute. */
function readComparisons(name: string, value: unknown, reading: Reading, depth: number): Condition {
  if (depth > DEEPEST) throw bad('the expression is too deep')
  if (!isObject(value)) return compare(name, 'eq', value, reading)
  const entries = Object.entries(value)
  if (entries.length === 0) throw bad('a comparison must say something')
  const parts = entries.map(([operator, one]): Condition =>
    operator.toLowerCase() === '$not'
      ? { kind: 'not', of: readComparisons(name, one, reading, depth + 1) }
      : compare(name, operator, one, reading),
  )
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'all', of: parts }
}

function compare(name: string, word: unknown, value: unknown, reading: Reading): Condition {
  if (--reading.left < 0) throw bad(`a query holds at most ${MOST} comparisons`)
  const attribute = findAttribute(reading.entity, name)
  if (!attribute) throw bad('an attribute of the query is not known')
  const operator = typeof word === 'string' ? comparisonOf(word) : undefined
  if (!operator) throw bad('an operator of the query is not known')
  const many = operator === 'in' || operator === 'nin'
  const list = many
    ? Array.isArray(value)
      ? value
      : typeof value === 'string'
        ? value.split(',').map((one) => one.trim())
        : [value]
    : [value]
  if (list.length === 0 || list.length > 1000) throw bad('a list holds 1 to 1000 values')
  const values = list.map((one) => readValue(attribute, one))
  if (!many && operator !== 'eq' && operator !== 'ne' && !ordered.has(attribute.kind))
    throw bad('an attribute of the query has no order')
  const positive: Operator = operator === 'ne' ? 'eq' : operator === 'nin' ? 'in' : operator
  const is: Condition = { kind: 'is', attribute, operator: positive, values }
  return operator === 'ne' || operator === 'nin' ? { kind: 'not', of: is } : is
}
const ordered = new Set(['integer', 'text', 'code', 'date', 'instant'])

/**
 * A list of {seq_num, expression1, condition, expression2}, in the order of seq_num. Within an item `condition` joins
 * the two expressions ('not': the first and not the second; alone: not the first). An item with one expression and
 * 'and' or 'or' is joined to the next by that word; items are joined by 'and' otherwise, from the left.
 */
function readPredicates(query: unknown, reading: Reading): Condition {
  const inner =
    isObject(query) && !at(query, 'expression1') ? (at(query, 'value', 'predicate', 'predicates') ?? query) : query
  const list = Array.isArray(inner) ? inner : [inner]
  if (list.length === 0 || list.length > MOST) throw bad(`a predicate list holds 1 to ${MOST} items`)
  const items = list.map((given, index) => {
    if (!isObject(given)) throw bad('a predicate is an object')
    const seq = at(given, 'seq_num')
    const order = seq === undefined || seq === null ? index + 1 : Number(seq)
    if (!Number.isFinite(order)) throw bad('seq_num must be a number')
    return { given, order, index }
  })
  let whole: Condition | undefined
  let join: 'all' | 'any' = 'all'
  for (const { given } of items.toSorted((a, b) => a.order - b.order || a.index - b.index)) {
    const { condition, next } = readPredicate(given, reading)
    whole = whole ? { kind: join, of: [whole, condition] } : condition
    join = next
  }
  if (!whole) throw bad('a predicate list must say something')
  return whole
}

function readPredicate(given: Json, reading: Reading): { condition: Condition; next: 'all' | 'any' } {
  const first = readSide(at(given, 'expression1'), reading)
  const other = at(given, 'expression2')
  const second =
    other === undefined || other === null || (isObject(other) && Object.keys(other).length === 0)
      ? undefined
      : readSide(other, reading)
  const said = at(given, 'condition')
  const word = said === undefined || said === null || said === '' ? undefined : wordOf(said, ['and', 'or', 'not'])
  if (said !== undefined && said !== null && said !== '' && !word) throw bad('condition must be and, or, not')
  if (!second)
    return word === 'not'
      ? { condition: { kind: 'not', of: first }, next: 'all' }
      : { condition: first, next: word === 'or' ? 'any' : 'all' }
  if (word === 'not') return { condition: { kind: 'all', of: [first, { kind: 'not', of: second }] }, next: 'all' }
  return { condition: { kind: word === 'or' ? 'any' : 'all', of: [first, second] }, next: 'all' }
}

function readSide(given: unknown, reading: Reading): Condition {
  const name = textOf(at(given, 'attribute_name', 'attribute'), 99)
  if (name === undefined) throw bad('an expression needs attribute_name')
  return compare(name, at(given, 'operator'), at(given, 'attribute_value', 'value'), reading)
}

/** A value as the attribute's kind, or 'rjct.filter.invalid'. */
function readValue(attribute: Attribute, given: unknown): Value {
  const wrong = () => bad(`a value for ${attribute.name} is not of its kind (${attribute.kind})`)
  const text = textOf(given, 500)
  switch (attribute.kind) {
    case 'integer':
    case 'numbers': {
      const number = typeof given === 'string' && /^-?\d{1,9}(\.\d{1,9})?$/.test(given.trim()) ? Number(given) : given
      if (typeof number !== 'number' || !Number.isFinite(number) || Math.abs(number) > 1e9) throw wrong()
      return number
    }
    case 'boolean': {
      if (typeof given === 'boolean') return given
      const word = text && plain(text)
      if (word === 'true' || word === '1' || word === 'yes') return true
      if (word === 'false' || word === '0' || word === 'no') return false
      throw wrong()
    }
    case 'date': {
      const day = dayOf(given)
      if (day === undefined) throw wrong()
      return day
    }
    case 'instant': {
      const instant = instantOf(given)
      if (!instant) throw wrong()
      return instant.toISOString()
    }
    case 'choice': {
      const words = attribute.values ?? {}
      const word = text && plain(text)
      // A word that is none of ours fits nobody: other registries have more words than we do.
      return word !== undefined && word !== ''
        ? Object.hasOwn(words, word)
          ? (words[word] ?? word)
          : word
        : reject(wrong)
    }
    default:
      return text ?? reject(wrong)
  }
}

const reject = (wrong: () => Error): never => {
  throw wrong()
}

/** Every attribute a condition names, for the agreement to be asked about. */
export function attributesOf(condition: Condition): Attribute[] {
  if (condition.kind === 'is') return [condition.attribute]
  return condition.kind === 'not' ? attributesOf(condition.of) : condition.of.flatMap(attributesOf)
}
