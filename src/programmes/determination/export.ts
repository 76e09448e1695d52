import { sql } from 'kysely'
import type { Actor, Db } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { conflict } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { BOM, csvLines } from '#src/platform/text/csv.ts'
import { getMade } from './list.ts'
import { filtered, listResults } from './results.ts'
import type { ExportQuery, ResultRow } from './schema.ts'
import { type Cell, sheet } from './sheet.ts'
import { determinationTerm } from './term.ts'

const PAGE = 200

const columns: [string, (row: ResultRow, locale: Locale) => Cell][] = [
  ['region_code', (row) => row.region.code],
  ['region', (row) => row.region.name],
  ['head', (row) => row.headName],
  ['payee', (row) => row.payeeName],
  ['nik', (row) => row.nik],
  ['address', (row) => row.address],
  ['rt', (row) => row.rt],
  ['rw', (row) => row.rw],
  ['outcome', (row, locale) => sentence(`determination_outcome_${row.outcome}`, locale)],
  ['reason', (row) => row.sentences.join('; ')],
  ['rank', (row) => row.rank],
  ['amount', (row) => row.amount],
  ['persons', (row) => row.persons],
  ['held_because', (row) => row.hold?.reason ?? null],
]
const headOf = (locale: Locale) => columns.map(([name]) => sentence(`determination_column_${name}`, locale))

/** Notes who takes which part of a list away, and looks whether it may be so long. */
async function begin(db: Db, actor: Actor, id: string, query: ExportQuery): Promise<string> {
  return db.as(actor, async (tx) => {
    const list = await getMade(tx, id)
    const where = filtered(actor, list, query)
    const { rows } = await sql<{ n: number }>`select count(*) as n from determination_result r where ${where}`.execute(
      tx,
    )
    const most = await determinationTerm(tx, query.format === 'xlsx' ? 'sheet' : 'annex', actor.at)
    const count = rows[0]?.n ?? 0
    if (count > most) throw conflict('determination_too_many_rows', { limit: most })
    await sql`select record_act('export', 'determination', ${id}, ${query.region ?? list.region_code},
      ${JSON.stringify({ rows: count, format: query.format })}::jsonb, null)`.execute(tx)
    return list.number
  })
}

async function* pages(db: Db, actor: Actor, id: string, query: ExportQuery, locale: Locale): AsyncGenerator<Cell[][]> {
  const { format: _, ...filters } = query
  for (let after: string | undefined; ;) {
    const page = await db.as(actor, (tx) =>
      listResults(tx, actor, id, { ...filters, limit: PAGE, ...(after && { after }) }, locale),
    )
    yield page.items.map((row) => columns.map(([, value]) => value(row, locale)))
    if (page.next === null) return
    after = page.next
  }
}

/** The list with its filters as CSV, a page at a time; names as on the annex, numbers masked. */
export async function exportCsv(
  db: Db,
  actor: Actor,
  id: string,
  query: ExportQuery,
  locale: Locale,
): Promise<{ name: string; lines: AsyncGenerator<string> }> {
  const number = await begin(db, actor, id, query)
  async function* lines(): AsyncGenerator<string> {
    yield BOM + csvLines([headOf(locale)])
    for await (const rows of pages(db, actor, id, query, locale)) yield csvLines(rows)
  }
  return { name: number, lines: lines() }
}

/** The same as a workbook. */
export async function exportSheet(
  db: Db,
  actor: Actor,
  id: string,
  query: ExportQuery,
  locale: Locale,
): Promise<{ name: string; book: Buffer }> {
  const number = await begin(db, actor, id, query)
  const all: Cell[][] = []
  for await (const rows of pages(db, actor, id, query, locale)) all.push(...rows)
  return { name: number, book: await sheet(number, headOf(locale), all) }
}
