import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'

export type StatisticsRule = {
  /** Counts above zero and below this are not published. */
  smallestShown: number
  /** A workbook holds at most so many rows of cases: it is made in memory. */
  workbookRows: number
}

/** The rule in force on the day of the transaction's moment: the newest whose day has come. */
export async function getStatisticsRule(tx: Tx): Promise<StatisticsRule> {
  const { rows } = await sql<StatisticsRule>`
    select smallest_shown as "smallestShown", workbook_rows as "workbookRows" from statistics_rule
    where valid_from <= acting_now()::date order by valid_from desc limit 1`.execute(tx)
  const [rule] = rows
  if (!rule) throw new Error('statistics_rule is empty')
  return rule
}
