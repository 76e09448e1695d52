import { type RawBuilder, sql } from 'kysely'
import { invalid } from '#src/platform/http/problem.ts'

/**
 * Complaints `c` that count as something: 'overdue', 'overdue:village,district', 'answered_in:2026-11'. The figures are counted by the same
 * function, so a list has as many rows as its figure; of months of filing the caller says which.
 */
export function countsAs(counted: string): RawBuilder<boolean> {
  const [dimension, keys] = counted.split(':', 2)
  return sql`exists (select from complaint_facts(c, (select r.time_zone from region r where r.code = c.region_code)) f
    where f.dimension = ${dimension} and ${ofKeys(dimension, keys)})`
}

function ofKeys(dimension: string | undefined, keys: string | undefined): RawBuilder<boolean> {
  if (keys === undefined) return sql`true`
  if (dimension !== 'answered_in') return sql`f.key = any (${keys.split(',')}::text[])`
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(keys)) throw invalid({ field: 'counted', code: 'invalid' })
  return sql`f.month = ${`${keys}-01`}::date`
}
