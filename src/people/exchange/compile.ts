import { type RawBuilder, sql } from 'kysely'
import type { Attribute, Entity } from './attributes.ts'
import type { Condition, Operator, Value } from './condition.ts'

type Sql = RawBuilder<boolean>

/**
 * One boolean expression over f (family) and p (person); every value a parameter, every name from the list of attributes.
 * Never null: a comparison with something unknown is false, so that `not` is what people mean by it.
 */
export function compile(condition: Condition, entity: Entity): Sql {
  if (condition.kind === 'not') return sql`not (${compile(condition.of, entity)})`
  if (condition.kind !== 'is') {
    const parts = condition.of.map((one) => sql`(${compile(one, entity)})`)
    return sql`(${sql.join(parts, condition.kind === 'all' ? sql` and ` : sql` or `)})`
  }
  const { attribute } = condition
  const comparison = compare(attribute, condition.operator, condition.values)
  const ofPerson: Sql = attribute.sealed
    ? sql`exists (select from person_sealed s where s.person_id = p.id and ${comparison})`
    : comparison
  // A group is found by any of the people who live in it.
  if (entity === 'Group' && attribute.entity === 'Member')
    return sql`exists (select from person p where p.family_id = f.id and ${livingHere(attribute)} and ${ofPerson})`
  return ofPerson
}

const livingHere = (attribute: Attribute): Sql =>
  attribute.name === 'status' || attribute.name === 'death_date' ? sql`p.status <> 'merged'` : sql`p.status = 'active'`

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const operators: Readonly<Record<Exclude<Operator, 'in'>, string>> = { eq: '=', lt: '<', le: '<=', gt: '>', ge: '>=' }

function compare(attribute: Attribute, operator: Operator, values: Value[]): Sql {
  const column = sql.raw(attribute.column)
  const known = sql`${column} is not null`
  const sign = operator === 'in' ? undefined : sql.raw(operators[operator])
  const one = values[0] ?? ''
  switch (attribute.kind) {
    case 'integer':
      return sign
        ? sql`(${known} and ${column} ${sign} ${String(one)}::numeric)`
        : sql`(${known} and ${column} = any (${values.map(String)}::numeric[]))`
    case 'boolean':
      return sql`(${known} and (${column}) = any (${values}::boolean[]))`
    case 'date':
      return sign
        ? sql`(${known} and ${column} ${sign} ${one}::date)`
        : sql`(${known} and ${column} = any (${values}::date[]))`
    case 'instant':
      return sign
        ? sql`(${known} and ${column} ${sign} ${one}::timestamptz)`
        : sql`(${known} and ${column} = any (${values}::timestamptz[]))`
    case 'text': {
      const lower = values.map((value) => String(value).toLowerCase())
      return sign
        ? sql`(${known} and lower(${column}) collate "C" ${sign} ${lower[0]}::text)`
        : sql`(${known} and lower(${column}) = any (${lower}::text[]))`
    }
    case 'code':
      return sign && operator !== 'eq'
        ? sql`(${known} and ${column} collate "C" ${sign} ${String(one)}::text)`
        : sql`(${known} and ${column} = any (${values.map(String)}::text[]))`
    case 'choice':
      return sql`(${known} and ${column} = any (${values.map(String)}::text[]))`
    case 'uuid':
      return sql`${column} = any (${values.map(String).filter((value) => UUID.test(value))}::uuid[])`
    case 'region':
      return sql`(${known} and lies_within(${column}, ${values.map(String)}::text[]))`
    case 'numbers':
      return sql`(${known} and ${column} && ${values.map((value) => String(Math.trunc(Number(value)) === Number(value) && Math.abs(Number(value)) < 32_768 ? value : -1))}::smallint[])`
    case 'words':
      return sql`(${known} and ${column} && ${values.map((value) => String(value).toLowerCase())}::text[])`
  }
}
