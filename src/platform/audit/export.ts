import { stringify } from 'csv-stringify/sync'
import type { Actor, Db } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { listEntries } from './queries.ts'
import type { AuditEntry, AuditFilter } from './schema.ts'

const PAGE = 1000

const columns: readonly (readonly [string, (entry: AuditEntry) => unknown])[] = [
  ['id', (entry) => entry.id],
  ['at', (entry) => entry.at],
  ['actor', (entry) => entry.actor?.name ?? ''],
  ['username', (entry) => entry.actor?.username ?? entry.actor?.id ?? ''],
  ['role', (entry) => entry.role],
  ['office', (entry) => entry.officeId],
  ['act', (entry) => entry.act],
  ['subject', (entry) => entry.subject],
  ['subject_id', (entry) => entry.subjectId],
  ['region', (entry) => entry.regionCode],
  ['detail', (entry) => JSON.stringify(entry.detail)],
  ['reason', (entry) => entry.reason],
  ['position', (entry) => entry.position],
]

/** CSV of RFC 4180, one page of entries at a time. A cell that a spreadsheet would take for a formula is made text. */
export async function* writeCsv(db: Db, actor: Actor, filter: AuditFilter, locale: Locale): AsyncGenerator<string> {
  yield line([columns.map(([name]) => sentence(`audit_column_${name}`, locale))])
  let after: number | undefined
  do {
    const from = after
    const entries = await db.as(actor, (tx) =>
      listEntries(tx, { ...filter, limit: PAGE, ...(from !== undefined && { after: from }) }),
    )
    if (entries.length > 0) yield line(entries.map((entry) => columns.map(([, value]) => value(entry))))
    after = entries.length === PAGE ? entries.at(-1)?.id : undefined
  } while (after !== undefined)
}

const line = (rows: unknown[][]): string => stringify(rows, { record_delimiter: 'windows', escape_formulas: true })

export const exportName = (at: Date): string => `audit-${at.toISOString().slice(0, 10)}.csv`
