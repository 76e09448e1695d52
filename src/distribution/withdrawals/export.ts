import { sql } from 'kysely'
import type { Actor, Db } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { type PagedCsv, pagedCsv } from '#src/platform/http/paged-csv.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { listWithdrawals } from './queries.ts'
import type { Withdrawal, WithdrawalsExport } from './schema.ts'

const STEP = 500

const columns: [string, (row: Withdrawal, locale: Locale) => string | number | null][] = [
  ['withdrawal_asked_column', (row) => row.askedAt],
  ['distribution_column_programme', (row) => row.programmeName],
  ['distribution_column_period', (row) => row.period],
  ['withdrawal_list_column', (row) => row.determination.number],
  ['distribution_column_village', (row) => row.village.name],
  ['distribution_column_payee', (row) => row.payeeName],
  ['distribution_column_amount', (row) => row.amount],
  ['withdrawal_reason', (row, locale) => (locale === 'en' ? row.reason.nameEn : row.reason.name)],
  ['withdrawal_note', (row) => row.note],
  ['withdrawal_ref', (row) => row.ref],
  ['distribution_column_state', (row, locale) => sentence(`withdrawal_state_${row.state}`, locale)],
  ['withdrawal_asked_by_column', (row) => row.askedBy],
  ['withdrawal_decided_by_column', (row) => row.decidedBy],
  ['withdrawal_decided_column', (row) => row.decidedAt],
]

/** Withdrawals with the filters of their page; taking the file is written down first. */
export async function withdrawalsCsv(
  db: Db,
  actor: Actor,
  query: WithdrawalsExport,
  locale: Locale,
): Promise<PagedCsv> {
  await db.as(actor, async (tx) => {
    await listWithdrawals(tx, actor, query, 1)
    await sql`select record_act('export', 'entitlement_withdrawal', 'all', ${actor.regionCode}, '{}'::jsonb, null)`.execute(
      tx,
    )
  })
  return pagedCsv(
    'pencabutan-hak.csv',
    columns.map(([name]) => sentence(name, locale)),
    async (after) => {
      const { items, next } = await db.as(actor, (tx) =>
        listWithdrawals(tx, actor, { ...query, ...(after && { after }) }, STEP),
      )
      return { rows: items.map((row) => columns.map(([, value]) => value(row, locale))), next }
    },
  )
}
