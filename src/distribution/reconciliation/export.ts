import { sql } from 'kysely'
import type { Actor, Db } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { type PagedCsv, pagedCsv } from '#src/platform/http/paged-csv.ts'
import { getRound } from '../rounds/round.ts'
import { listDifferences } from './queries.ts'
import type { DifferencesQuery } from './schema.ts'

const columns = ['village', 'kind', 'payee', 'item', 'planned', 'found', 'state', 'reason', 'note', 'by', 'at'] as const

/** What does not agree, with the filters of its page; taking it is written down before the first line. */
export async function differencesCsv(
  db: Db,
  actor: Actor,
  roundId: string,
  query: Omit<DifferencesQuery, 'after'>,
  locale: Locale,
): Promise<PagedCsv> {
  const say = (key: string) => sentence(key, locale)
  const number = await db.as(actor, async (tx) => {
    const round = await getRound(tx, actor, roundId)
    // The first page tells what is asked for wrongly before anything is sent.
    await listDifferences(tx, actor, roundId, query)
    await sql`select record_act('export', 'round_reconciliation', ${roundId}, ${query.region ?? actor.regionCode}, '{}'::jsonb, null)`.execute(
      tx,
    )
    return round.number
  })
  return pagedCsv(
    `${number}-selisih.csv`,
    columns.map((name) => say(`reconciliation_column_${name}`)),
    async (after) => {
      const page = await db.as(actor, (tx) =>
        listDifferences(tx, actor, roundId, { ...query, ...(after && { after }) }),
      )
      return {
        next: page.next,
        rows: page.items.map((one) => [
          one.village.name,
          say(`reconciliation_kind_${kindKeys[one.kind] ?? one.kind}`),
          one.payeeName,
          one.item,
          one.planned,
          one.found,
          say(`reconciliation_state_${one.state}`),
          one.reason && say(`distribution_reason_${one.reason}`),
          one.note,
          one.explainedBy,
          one.explainedAt,
        ]),
      }
    },
  )
}

/** Kinds whose word is kept under a shorter key. */
const kindKeys: Partial<Record<string, string>> = {
  without_entitlement: 'without',
  paid_not_received: 'paid',
  stock_below_zero: 'below',
}
