import { sql } from 'kysely'
import type { Actor, Db, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { BOM, csvLines } from '#src/platform/text/csv.ts'
import { maskedHeads } from './results.ts'
import type { Reason, WhatIfExport, WhatIfFamilies, WhatIfPage, WhatIfRow } from './schema.ts'
import { type Cell, sheet } from './sheet.ts'
import { determinationTerm } from './term.ts'
import { type Tried, tryOut } from './what-if.ts'
import { bothSides, placeOf, sideOf, within } from './what-if-figures.ts'
import { reasonSentences } from './words.ts'

type Row = {
  family_id: string
  region_code: string
  region_name: string
  before: number | null
  after: number | null
  place: number | null
  why: Reason | 'not_considered'
  failed: number
  missing: number
}

/** The families behind a figure of what was tried, a page at a time, names masked. Throws `what_if_hidden` (409) where nobody is shown. */
export const whatIfFamilies = (db: Db, actor: Actor, given: WhatIfFamilies, locale: Locale): Promise<WhatIfPage> =>
  tryOut(db, actor, given, async (tx, tried) => {
    const where = whereOf(tried, given)
    const most = given.limit ?? 50
    const rows = await read(tx, where, given.after, most + 1)
    const last = rows[most - 1]
    return {
      count: await countOf(tx, where),
      items: await present(tx, tried, rows.slice(0, most), locale),
      next: rows.length > most && last ? `${last.region_code}_${last.family_id}` : null,
    }
  })

const columns: [string, (row: WhatIfRow) => Cell][] = [
  ['region_code', (row) => row.region.code],
  ['region', (row) => row.region.name],
  ['head', (row) => row.headName],
  ['reason', (row) => row.sentences.join('; ')],
  ['rank', (row) => row.place],
  ['amount_before', (row) => row.amountBefore],
  ['amount_after', (row) => row.amountAfter],
]

/** All of them as a file. Throws `determination_too_many_rows` (409) beyond what a file may hold. */
export const whatIfFile = (db: Db, actor: Actor, given: WhatIfExport, locale: Locale): Promise<Buffer | string> =>
  tryOut(db, actor, given, async (tx, tried) => {
    const where = whereOf(tried, given)
    const limit = await determinationTerm(tx, given.format === 'xlsx' ? 'sheet' : 'annex', actor.at)
    if ((await countOf(tx, where)) > limit) throw conflict('determination_too_many_rows', { limit })
    const rows = await present(tx, tried, await read(tx, where, undefined, limit), locale)
    const head = columns.map(([name]) => sentence(`determination_column_${name}`, locale))
    const cells = rows.map((row) => columns.map(([, value]) => value(row)))
    return given.format === 'xlsx'
      ? sheet(`${tried.base.code} ${given.side}`, head, cells)
      : `${BOM}${csvLines([head, ...cells])}`
  })

function whereOf(tried: Tried, { side, condition }: Pick<WhatIfFamilies, 'side' | 'condition'>) {
  if (tried.hidden) throw conflict('what_if_hidden')
  const parts = [sideOf[side], within(tried.region)]
  if (condition !== undefined) {
    const at = tried.definition.conditions.findIndex((one) => one.code === condition)
    if (at < 0) throw invalid({ field: 'condition', code: 'unknown' })
    parts.push(sql`(a.failed | a.missing) & ${1 << at} <> 0`)
  }
  return sql`${sql.join(parts, sql` and `)}`
}

async function countOf(tx: Tx, where: ReturnType<typeof whereOf>): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${bothSides} where ${where}`.execute(tx)
  return rows[0]?.n ?? 0
}

async function read(
  tx: Tx,
  where: ReturnType<typeof whereOf>,
  after: string | undefined,
  most: number,
): Promise<Row[]> {
  const [, place, family] = /^([0-9.]{2,13})_([0-9a-f-]{36})$/.exec(after ?? '') ?? []
  if (after !== undefined && !family) throw invalid({ field: 'after', code: 'invalid' })
  const { rows } = await sql<Row>`
    select family_id, ${placeOf} as region_code, g.name as region_name, b.amount as before, case when a.taken then a.amount end as after,
      case when a.outcome = 'in' then a.place end as place, coalesce(a.failed, 0) as failed, coalesce(a.missing, 0) as missing,
      case when a.taken then 'eligible' when a.family_id is null then 'not_considered' when a.outcome = 'out' then 'condition'
        when a.outcome = 'waiting' then 'data_missing' else 'quota' end as why
    from ${bothSides} join region g on g.code = ${placeOf}
    where ${where} and ${family ? sql`(${placeOf}, family_id) > (${place}, ${family}::uuid)` : sql`true`}
    order by ${placeOf}, family_id limit ${most}`.execute(tx)
  return rows
}

async function present(tx: Tx, tried: Tried, rows: readonly Row[], locale: Locale): Promise<WhatIfRow[]> {
  const names = await maskedHeads(
    tx,
    rows.map((row) => row.family_id),
  )
  return rows.map((row) => ({
    familyId: row.family_id,
    region: { code: row.region_code, name: row.region_name },
    headName: names.get(row.family_id) ?? null,
    sentences:
      row.why === 'not_considered'
        ? [sentence('determination_left_not_considered', locale)]
        : reasonSentences({ ...row, reason: row.why, rank: row.place }, tried.definition, locale),
    place: row.place,
    amountBefore: row.before,
    amountAfter: row.after,
  }))
}
