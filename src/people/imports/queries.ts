import { sql } from 'kysely'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { regionNames } from '#src/regions/index.ts'
import { lacking, type Mapping, recognise } from './columns.ts'
import { storedForm, type TableForm } from './file/table.ts'
import { actsOn } from './policy.ts'
import { rememberedMapping } from './receive.ts'
import { isFailure } from './remarks.ts'
import type { ImportCounts, ImportDetail, ImportOptions, ImportReason, ImportRow, ImportState } from './schema.ts'
import type { Evidence } from './survey.ts'

type Row = {
  id: string
  number: string
  file_name: string
  bytes: number
  region_code: string
  office_id: string | null
  state: string
  problem: string | null
  rows_total: number
  created_at: Date
  ended_at: Date | null
  checked_rows: number | null
  loaded_rows: number | null
  checked_failed: number | null
  loaded_failed: number | null
}

const MOST = 100

const rows = (tx: Tx, id: string | null) =>
  sql<Row>`
    select i.id, i.number, i.file_name, i.bytes, i.region_code, i.office_id, i.state, i.problem, i.rows_total, i.created_at, i.ended_at,
      c.rows_done as checked_rows, c.failed as checked_failed, l.rows_done as loaded_rows, l.failed as loaded_failed
    from register_import i
    left join lateral (select max(rows_done) rows_done, sum((counts ->> 'failed')::int)::int failed from register_import_batch b
      where b.import_id = i.id and b.phase = 'check') c on true
    left join lateral (select max(rows_done) rows_done, sum((counts ->> 'failed')::int)::int failed from register_import_batch b
      where b.import_id = i.id and b.phase = 'load') l on true
    where ${id}::uuid is null or i.id = ${id}::uuid
    order by i.created_at desc, i.number desc limit ${MOST}`.execute(tx)

function present(row: Row, names: ReadonlyMap<string, string>, locale: Locale): ImportRow {
  const loads = row.loaded_rows !== null || ['loading', 'paused', 'done'].includes(row.state)
  return {
    id: row.id,
    number: row.number,
    fileName: row.file_name,
    bytes: row.bytes,
    regionCode: row.region_code,
    regionName: names.get(row.region_code) ?? row.region_code,
    state: row.state as ImportState,
    problem: row.problem && sentence(`imports_problem_${row.problem}`, locale),
    rows: row.rows_total,
    rowsDone: (loads ? row.loaded_rows : row.checked_rows) ?? 0,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    failed: (loads ? row.loaded_failed : row.checked_failed) ?? 0,
  }
}

/** The newest imports of the reader's region. */
export async function listImports(tx: Tx, locale: Locale): Promise<ImportRow[]> {
  const found = await rows(tx, null)
  const names = await regionNames(
    tx,
    found.rows.map((row) => row.region_code),
  )
  return found.rows.map((row) => present(row, names, locale))
}

/** One import with everything its page shows. */
export async function getImportDetail(tx: Tx, actor: Actor, id: string, locale: Locale): Promise<ImportDetail> {
  const [row] = (await rows(tx, id)).rows
  if (!row || !isWithin(row.region_code, actor.regionCode)) throw notFound('import')
  const more = await tx
    .selectFrom('register_import')
    .select(['form', 'mapping', 'options', 'evidence', 'headers_hash', 'file_id'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const form: TableForm & { samples?: string[][] } = storedForm(more.form)
  const mapping = more.mapping as Mapping
  const options = more.options as ImportOptions
  const evidence = more.evidence as Partial<Evidence>
  const remembered = await rememberedMapping(tx, row.region_code, more.headers_hash)
  const counts = await countsOf(tx, id)
  const ours = row.office_id === actor.officeId
  return {
    ...present(row, await regionNames(tx, [row.region_code]), locale),
    form: {
      kind: form.kind,
      encoding: form.kind === 'csv' ? form.encoding : null,
      delimiter: form.kind === 'csv' ? form.delimiter : null,
      sheet: form.sheetName ?? null,
      headerRow: form.headerAt,
    },
    columns:
      more.file_id === null
        ? []
        : form.headers.map((header, index) => ({
            index,
            header,
            samples: form.samples?.[index] ?? [],
            target: mapping[String(index)] ?? null,
            recognised: recognise(header) !== null,
          })),
    options,
    remembered: remembered !== undefined && sameMapping(remembered.mapping, mapping),
    lacking: lacking(mapping),
    asksDateOrder: evidence.dateOrder === null || options.dateOrder !== null,
    checked: counts.check ?? null,
    loaded: counts.load ?? null,
    reasons: await reasonsOf(tx, id, counts.load ? 'load' : 'check', locale),
    acts: actsOn(row.state as ImportState, ours && more.file_id !== null),
    fileKept: more.file_id !== null,
  }
}

const sameMapping = (one: Mapping, other: Mapping) =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())

async function countsOf(tx: Tx, id: string): Promise<{ check?: ImportCounts; load?: ImportCounts }> {
  const { rows: sums } = await sql<{ phase: 'check' | 'load'; counts: ImportCounts }>`
    select phase, jsonb_object_agg(key, total) as counts
    from (select phase, key, sum(value::int) as total from register_import_batch, jsonb_each_text(counts) where import_id = ${id}::uuid
      group by phase, key) s
    group by phase`.execute(tx)
  return Object.fromEntries(sums.map(({ phase, counts }) => [phase, counts]))
}

const FIRST_ROWS = 8

/** How often each reason was given, and the first rows it was given for. */
async function reasonsOf(tx: Tx, id: string, phase: 'check' | 'load', locale: Locale): Promise<ImportReason[]> {
  const { rows: found } = await sql<{ code: string; count: number; rows: number[] }>`
    select r ->> 1 as code, count(*)::int as count,
      (array_agg((r ->> 0)::int order by (r ->> 0)::int))[1:${sql.lit(FIRST_ROWS)}] as rows
    from register_import_batch b, jsonb_array_elements(b.remarks) r
    where b.import_id = ${id}::uuid and b.phase = ${phase}
    group by 1 order by 2 desc, 1`.execute(tx)
  return found
    .map(({ code, count, rows: at }): ImportReason => ({
      code,
      severity: isFailure(code) ? 'failed' : 'warned',
      sentence: sentence(`imports_reason_${code}`, locale),
      count,
      rows: at,
    }))
    .sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'failed' ? -1 : 1))
}

/** Reasons by row: of those that failed, or of those only warned of. */
export async function remarksByRow(
  tx: Tx,
  id: string,
  warned: boolean,
): Promise<Map<number, { code: string; column: number }[]>> {
  const { rows: found } = await sql<{ at: number; code: string; column: number }>`
    select (r ->> 0)::int as at, r ->> 1 as code, (r ->> 2)::int as column
    from register_import_batch b, jsonb_array_elements(b.remarks) r
    where b.import_id = ${id}::uuid
      and b.phase = case when exists (select from register_import_batch l where l.import_id = ${id}::uuid and l.phase = 'load')
        then 'load' else 'check' end`.execute(tx)
  const failed = new Set(found.filter((one) => isFailure(one.code)).map((one) => one.at))
  const by = new Map<number, { code: string; column: number }[]>()
  for (const { at, code, column } of found) {
    if (failed.has(at) === warned) continue
    const list = by.get(at)
    if (list) list.push({ code, column })
    else by.set(at, [{ code, column }])
  }
  return by
}
