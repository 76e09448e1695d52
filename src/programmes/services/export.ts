import type { Sheet } from 'write-excel-file/node'
import { recordAct } from '#src/platform/audit/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { BOM, csvLines } from '#src/platform/text/csv.ts'
import { listCases } from './list.ts'
import { readResults } from './results.ts'
import { type CaseBrief, type CaseQuery, type Counts, figures } from './schema.ts'

const MOST = 10_000
const columns: readonly [key: string, value: (one: CaseBrief, locale: Locale) => string | number][] = [
  ['number', (one) => one.number],
  ['programme', (one) => one.programme.name],
  // Initials for everybody: what leaves the building is nobody's own any more.
  ['about', (one) => masked(one.about.name)],
  ['region_code', (one) => one.region.code],
  ['region', (one) => one.region.name],
  ['state', (one, locale) => sentence(`services_state_${one.state}`, locale)],
  ['worker', (one) => one.worker ?? ''],
  ['opened_on', (one) => one.openedOn],
  ['started_on', (one) => one.startedOn ?? ''],
  ['closed_on', (one) => one.closedOn ?? ''],
  ['outcome', (one, locale) => (one.outcome ? (locale === 'en' ? one.outcome.nameEn : one.outcome.name) : '')],
  ['next_step', (one, locale) => (one.nextStep ? (locale === 'en' ? one.nextStep.nameEn : one.nextStep.name) : '')],
  ['next_due', (one) => one.nextDue ?? ''],
  ['steps_done', (one) => one.stepsDone],
  ['steps_planned', (one) => one.stepsPlanned],
]

const masked = (name: string | null): string =>
  (name ?? '').replace(/\p{L}+/gu, (word) => (word[0] ?? '') + '*'.repeat(Math.max(0, [...word].length - 1)))

/** The list as a table with what the filters leave, at most 10,000 rows; names by initials. That it left is written down. */
export async function casesAsTable(
  tx: Tx,
  actor: Actor,
  query: Omit<CaseQuery, 'after' | 'limit'>,
  locale: Locale,
): Promise<(string | number)[][]> {
  const rows: (string | number)[][] = []
  let after: string | null = null
  do {
    const page = await listCases(tx, { ...query, limit: 200, ...(after && { after }) })
    for (const one of page.items) rows.push(columns.map(([, value]) => value(one, locale)))
    after = page.next
  } while (after !== null && rows.length < MOST)
  await recordAct(tx, {
    act: 'export',
    subject: 'service_case',
    subjectId: actor.regionCode,
    regionCode: actor.regionCode,
    detail: { rows: rows.length },
  })
  return [columns.map(([key]) => sentence(`services_head_${key}`, locale)), ...rows.slice(0, MOST)]
}

/** What became of services as a table: one row for each programme and one for each region beneath. */
export async function resultsAsTable(
  tx: Tx,
  actor: Actor,
  asked: Parameters<typeof readResults>[2],
  locale: Locale,
): Promise<(string | number)[][]> {
  const { region, from, to, programmes, children } = await readResults(tx, actor, asked)
  const heads = ['region_code', 'region', 'programme'].map((key) => sentence(`services_head_${key}`, locale))
  const words = figures.map((key) => sentence(`services_figure_${key}`, locale))
  const row = (code: string, name: string, programme: string, counts: Counts) => [
    code,
    name,
    programme,
    ...figures.map((key) => counts[key]),
    from,
    to,
  ]
  await recordAct(tx, {
    act: 'export',
    subject: 'service_case',
    subjectId: region.code,
    regionCode: region.code,
    detail: { figures: programmes.length + children.length },
  })
  return [
    [...heads, ...words, sentence('services_results_from', locale), sentence('services_results_to', locale)],
    ...programmes.map((one) => row(region.code, region.name, one.programme.name, one.counts)),
    ...children.map((one) => row(one.region.code, one.region.name, sentence('services_total', locale), one.counts)),
  ]
}

export const tableAsCsv = (rows: readonly (readonly (string | number)[])[]): string => BOM + csvLines(rows)

/** A workbook of one sheet; everything in it is text or a number, never a formula. */
export async function tableAsWorkbook(rows: readonly (readonly (string | number)[])[], title: string): Promise<Buffer> {
  const [head = [], ...body] = rows
  const sheet: Sheet<never> = {
    sheet: title.slice(0, 31),
    stickyRowsCount: 1,
    columns: head.map((_, at) => ({
      width: Math.min(60, Math.max(...rows.slice(0, 200).map((row) => String(row[at] ?? '').length)) + 2),
    })),
    data: [
      head.map((value) => ({ value: String(value), type: String, fontWeight: 'bold' as const })),
      ...body.map((row) =>
        row.map((cell) =>
          cell === ''
            ? null
            : typeof cell === 'number'
              ? { value: cell, type: Number }
              : {
                  value: cell.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, ' '),
                  type: String,
                },
        ),
      ),
    ],
  }
  const { default: writeExcelFile } = await import('write-excel-file/node')
  return writeExcelFile([sheet]).toBuffer()
}
