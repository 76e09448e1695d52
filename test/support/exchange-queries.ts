import assert from 'node:assert/strict'
import fc from 'fast-check'
import { v7 as uuid } from 'uuid'
import type { TestFamily, TestPerson } from './exchange.ts'

/*
 * Families and queries drawn at random, and a naive reading of what a query means, without SQL. Today is 23 November 2026.
 */

let serial = 0
const nik = () => `9903014101809${String(100 + serial++)}`
const person: fc.Arbitrary<TestPerson> = fc.record({
  id: fc.constant(null).map(() => uuid()),
  nik: fc.boolean().map((has) => (has ? nik() : null)),
  name: fc.constantFrom('Suharti', 'budi santoso', 'Yohana', 'M. Ali', 'A'),
  birth_date: fc.constantFrom(null, '1950-01-01', '1980-02-29', '2008-11-23', '2008-11-24', '2026-11-01'),
  sex: fc.constantFrom('female', 'male', null),
  marital_status: fc.constantFrom('single', 'married', null),
  status: fc.constantFrom('active', 'active', 'active', 'dead'),
  disabilities: fc.constantFrom(null, [], ['visual'], ['visual', 'speech']),
})
/** A family that lives in one of these villages. */
export const familyIn = (places: readonly string[]): fc.Arbitrary<TestFamily> =>
  fc.record({
    id: fc.constant(null).map(() => uuid()),
    region_code: fc.constantFrom(...places),
    kk_number: fc.boolean().map((has) => (has ? nik() : null)),
    decile: fc.constantFrom(null, 1, 2, 3, 5, 10),
    status: fc.constantFrom('active', 'active', 'active', 'graduated'),
    address: fc.constantFrom(null, 'Jl. Melati 4', 'kp. baru'),
    members: fc.array(person, { minLength: 0, maxLength: 4 }),
  })
export type Node =
  | { all: Node[] }
  | { any: Node[] }
  | { not: Node }
  | {
      name: string
      operator: 'eq' | 'lt' | 'le' | 'gt' | 'ge' | 'in'
      value: string | number
      more?: (string | number)[] | undefined
    }
const ageOf = (birth: string): number => {
  const today = '2026-11-23'
  return Number(today.slice(0, 4)) - Number(birth.slice(0, 4)) - (today.slice(5) < birth.slice(5) ? 1 : 0)
}
const ofFamily: Record<string, (one: TestFamily) => string | number | null> = {
  poverty_score: (one) => one.decile,
  group_size: (one) => one.members.length,
  address: (one) => one.address?.toLowerCase() ?? null,
  HOUSEHOLD_ID: (one) => one.kk_number,
}
const ofPerson: Record<string, (one: TestPerson) => string | number | null> = {
  DOB: (one) => one.birth_date,
  age: (one) => (one.birth_date === null ? null : ageOf(one.birth_date)),
  YOB: (one) => (one.birth_date === null ? null : Number(one.birth_date.slice(0, 4))),
  name: (one) => one.name.toLowerCase(),
  sex: (one) => one.sex,
  marital_status: (one) => one.marital_status,
}
function compare(actual: string | number | null, node: Extract<Node, { name: string }>): boolean {
  if (actual === null) return false
  const values = (node.more ?? [node.value]).map((one) => (typeof one === 'string' ? one.toLowerCase() : one))
  const [first = ''] = values
  switch (node.operator) {
    case 'in':
      return values.includes(actual)
    case 'eq':
      return actual === first
    case 'lt':
      return actual < first
    case 'le':
      return actual <= first
    case 'gt':
      return actual > first
    case 'ge':
      return actual >= first
  }
}
/** Whether a family, or one person of it, is what a query asks for. */
export function holds(node: Node, whole: TestFamily, one: TestPerson | null): boolean {
  if ('all' in node) return node.all.every((part) => holds(part, whole, one))
  if ('any' in node) return node.any.some((part) => holds(part, whole, one))
  if ('not' in node) return !holds(node.not, whole, one)
  const group = ofFamily[node.name]
  if (group) return compare(group(whole), node)
  const single = ofPerson[node.name]
  assert.ok(single, node.name)
  if (one) return compare(single(one), node)
  return whole.members.some((each) => each.status === 'active' && compare(single(each), node))
}
const ordered = fc.constantFrom('eq' as const, 'lt' as const, 'le' as const, 'gt' as const, 'ge' as const)
const leaves: fc.Arbitrary<Node>[] = [
  fc.record({
    name: fc.constantFrom('poverty_score', 'group_size'),
    operator: ordered,
    value: fc.constantFrom(0, 1, 2, 2.5, 3, 5, 10),
  }),
  fc.record({ name: fc.constant('age'), operator: ordered, value: fc.integer({ min: 0, max: 80 }) }),
  fc.record({ name: fc.constant('YOB'), operator: ordered, value: fc.constantFrom(1950, 1980, 2008) }),
  fc.record({
    name: fc.constant('DOB'),
    operator: ordered,
    value: fc.constantFrom('1950-01-01', '1980-02-29', '2008-11-24'),
  }),
  fc.record({
    name: fc.constant('name'),
    operator: ordered,
    value: fc.constantFrom('suharti', 'BUDI SANTOSO', 'M', 'yohana'),
  }),
  fc.record({ name: fc.constant('address'), operator: ordered, value: fc.constantFrom('Jl. Melati 4', 'k') }),
  fc.record({
    name: fc.constant('sex'),
    operator: fc.constant('eq' as const),
    value: fc.constantFrom('female', 'male'),
  }),
  fc.record({
    name: fc.constant('marital_status'),
    operator: fc.constant('in' as const),
    value: fc.constant(''),
    more: fc.constantFrom<string[]>(['single'], ['single', 'married'], ['widowed']),
  }),
  fc.record({
    name: fc.constant('poverty_score'),
    operator: fc.constant('in' as const),
    value: fc.constant(0),
    more: fc.constantFrom<number[]>([1], [2, 3], [7]),
  }),
]
export const leaf = fc.oneof(...leaves)
export const tree = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node

const mongo: Record<string, string> = { eq: '$eq', lt: '$lt', le: '$lte', gt: '$gt', ge: '$gte', in: '$in' }
/** The query as an expression of the specification. */
export const asExpression = (node: Node): object =>
  'all' in node
    ? { $and: node.all.map(asExpression) }
    : 'any' in node
      ? { $or: node.any.map(asExpression) }
      : 'not' in node
        ? { $not: asExpression(node.not) }
        : { [node.name]: { [mongo[node.operator] ?? '']: node.more ?? node.value } }
