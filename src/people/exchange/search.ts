import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { type Agreement, type Terms, withinRegions } from './agreement.ts'
import { compile } from './compile.ts'
import { attributesOf, type Condition } from './condition.ts'
import type { Criteria } from './criteria.ts'
import { readRecords, type Reg } from './records.ts'
import { Rejected } from './refusal.ts'

export type Found = { total: number; page: { size: number; number: number }; records: Reg[]; families: string[] }

/** Answers one search; runs in a transaction of the consumer. Throws 'rjct.search.too_many_records_found'. */
export async function search(tx: Tx, agreement: Agreement, criteria: Criteria, terms: Terms): Promise<Found> {
  const where = await conditionOn(tx, agreement, criteria.condition, criteria.entity)
  const from =
    criteria.entity === 'Group'
      ? sql`family f`
      : sql`person p left join family f on f.id = p.family_id and f.status <> 'merged'`
  const most = criteria.page ? terms.most : Math.min(terms.page, terms.most)
  const counted = await sql<{ total: number }>`
    select count(*) as total from (select 1 from ${from} where ${where} limit ${most + 1}) counted`.execute(tx)
  const total = counted.rows[0]?.total ?? 0
  if (total > most)
    throw new Rejected(
      'rjct.search.too_many_records_found',
      criteria.page ? `more than ${most} records` : `more than ${most} records: ask for pages`,
    )
  const page = criteria.page ?? { size: Math.max(1, total), number: 1 }
  const id = criteria.entity === 'Group' ? sql`f.id` : sql`p.id`
  const offset = (page.number - 1) * page.size
  if (offset >= total) return { total, page, records: [], families: [] }
  const family = criteria.entity === 'Group' ? sql`f.id` : sql`p.family_id`
  const { rows } = await sql<{ id: string; family: string | null }>`
    select ${id} as id, ${family} as family from ${from} where ${where} order by ${orderOf(criteria, id)} limit ${page.size} offset ${offset}`.execute(
    tx,
  )
  const ids = rows.map((row) => row.id)
  return {
    total,
    page,
    records: await readRecords(tx, agreement, criteria.entity, ids),
    families: [...new Set(rows.flatMap((row) => row.family ?? []))],
  }
}

/** The whole condition of a query: regions, what exists at all, and what was asked. */
export async function conditionOn(
  tx: Tx,
  agreement: Agreement,
  condition: Condition,
  entity: Criteria['entity'],
  who: 'active' | 'whoever' = 'active',
): Promise<RawBuilder<boolean>> {
  const alias = entity === 'Group' ? 'f' : 'p'
  // Who has left is found only by those who ask for it by name.
  const asksStatus =
    who === 'whoever' || attributesOf(condition).some((one) => one.entity === entity && one.name === 'status')
  const alive = asksStatus
    ? sql`${sql.ref(`${alias}.status`)} <> 'merged'`
    : sql`${sql.ref(`${alias}.status`)} = 'active'`
  return sql<boolean>`${withinRegions(`${alias}.region_code`, agreement)} and ${alive} and ${compile(await withCodes(tx, condition), entity)}`
}

function orderOf(criteria: Criteria, id: RawBuilder<unknown>) {
  const parts = criteria.sort.map(({ attribute, descending }) => {
    const column = sql.raw(attribute.column)
    const bytewise = ['text', 'code', 'choice', 'region'].includes(attribute.kind) ? sql` collate "C"` : sql``
    return descending ? sql`${column}${bytewise} desc nulls last` : sql`${column}${bytewise} asc nulls last`
  })
  return sql.join([...parts, id])
}

/** Regions may be named by their words; a name becomes the codes of every region of that name. */
async function withCodes(tx: Tx, condition: Condition): Promise<Condition> {
  if (condition.kind === 'not') return { kind: 'not', of: await withCodes(tx, condition.of) }
  if (condition.kind !== 'is') {
    const of: Condition[] = []
    for (const one of condition.of) of.push(await withCodes(tx, one))
    return { ...condition, of }
  }
  if (condition.attribute.kind !== 'region') return condition
  const given = condition.values.map(String)
  const values = given.flatMap((value) => regionCode(value) ?? [])
  const names = given.filter((value) => !regionCode(value)).map((value) => value.toLowerCase())
  if (names.length > 0) {
    const { rows } = await sql<{ code: string }>`
      select code from region where lower(name) = any (${names}::text[]) order by code limit 2000`.execute(tx)
    values.push(...rows.map((row) => row.code))
  }
  return { ...condition, operator: 'in', values }
}

/** '32.75.05' and '327505' are the same region. */
function regionCode(text: string): string | undefined {
  const digits = text.replaceAll('.', '')
  if (!/^[\d.]+$/.test(text) || ![2, 4, 6, 10].includes(digits.length)) return undefined
  return [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6), digits.slice(6)].filter(Boolean).join('.')
}
