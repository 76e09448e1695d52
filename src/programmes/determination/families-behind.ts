import { type RawBuilder, sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { BOM, csvLines } from '#src/platform/text/csv.ts'
import { maskedHeads } from './results.ts'
import { type Cell, sheet } from './sheet.ts'
import { determinationTerm } from './term.ts'

/*
 * The families behind a figure that is worked out anew for every question: what would be if, and what a rule comes to. Names are masked.
 */

/** What a figure counted: `among` which rows, `where` they count, where each lives, and the `columns` that say more of one. */
export type FamilySet = {
  among: RawBuilder<unknown>
  where: RawBuilder<boolean>
  place: RawBuilder<string>
  columns: RawBuilder<unknown>
}
/** What is said of each family, whatever the figure. */
export type FamilyBehind = {
  familyId: string
  region: { code: string; name: string }
  /** Masked; null where there is no head. */
  headName: string | null
  /** Why it stands there. */
  sentences: string[]
}
/** Puts a row of the set into words. */
export type Saying<Row, More> = (row: Row) => More & { sentences: string[] }

type Placed = { family_id: string; region_code: string; region_name: string }

/** A page of them by place, and how many there are. Throws 400 for an `after` that is not ours. */
export async function pageOfFamilies<Row extends object, More extends object>(
  tx: Tx,
  set: FamilySet,
  { after, limit = 50 }: { after?: string; limit?: number },
  say: Saying<Row, More>,
): Promise<{ count: number; items: (FamilyBehind & More)[]; next: string | null }> {
  const rows = await read<Row>(tx, set, after, limit + 1)
  const last = rows[limit - 1]
  return {
    count: await countOf(tx, set),
    items: await present(tx, rows.slice(0, limit), say),
    next: rows.length > limit && last ? `${last.region_code}_${last.family_id}` : null,
  }
}

/** Columns of a file: the key of its word, and what stands in it. */
export type FileColumns<Item> = readonly (readonly [string, (item: Item) => Cell])[]

/** All of them as a file. Throws `determination_too_many_rows` (409) beyond what a file may hold. */
export async function fileOfFamilies<Row extends object, More extends object>(
  tx: Tx,
  actor: Actor,
  set: FamilySet,
  { format, title, columns, locale }: FileOf<FamilyBehind & More>,
  say: Saying<Row, More>,
): Promise<Buffer | string> {
  const limit = await determinationTerm(tx, format === 'xlsx' ? 'sheet' : 'annex', actor.at)
  if ((await countOf(tx, set)) > limit) throw conflict('determination_too_many_rows', { limit })
  const items = await present(tx, await read<Row>(tx, set, undefined, limit), say)
  const all: FileColumns<FamilyBehind & More> = [
    ['region_code', (one) => one.region.code],
    ['region', (one) => one.region.name],
    ['head', (one) => one.headName],
    ['reason', (one) => one.sentences.join('; ')],
    ...columns,
  ]
  const head = all.map(([name]) => sentence(`determination_column_${name}`, locale))
  const cells = items.map((item) => all.map(([, value]) => value(item)))
  return format === 'xlsx' ? sheet(title, head, cells) : `${BOM}${csvLines([head, ...cells])}`
}
type FileOf<Item> = { format: 'csv' | 'xlsx'; title: string; columns: FileColumns<Item>; locale: Locale }

async function countOf(tx: Tx, { among, where }: FamilySet): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${among} where ${where}`.execute(tx)
  return rows[0]?.n ?? 0
}

async function read<Row extends object>(
  tx: Tx,
  { among, where, place, columns }: FamilySet,
  after: string | undefined,
  most: number,
): Promise<(Row & Placed)[]> {
  const [, code, family] = /^([0-9.]{2,13})_([0-9a-f-]{36})$/.exec(after ?? '') ?? []
  if (after !== undefined && !family) throw invalid({ field: 'after', code: 'invalid' })
  const { rows } = await sql<Row & Placed>`
    select family_id, ${place} as region_code, g.name as region_name, ${columns} from ${among} join region g on g.code = ${place}
    where ${where} and ${family ? sql`(${place}, family_id) > (${code}, ${family}::uuid)` : sql`true`}
    order by ${place}, family_id limit ${most}`.execute(tx)
  return rows
}

async function present<Row extends object, More extends object>(
  tx: Tx,
  rows: readonly (Row & Placed)[],
  say: Saying<Row, More>,
): Promise<(FamilyBehind & More)[]> {
  const names = await maskedHeads(
    tx,
    rows.map((row) => row.family_id),
  )
  return rows.map((row) => ({
    familyId: row.family_id,
    region: { code: row.region_code, name: row.region_name },
    headName: names.get(row.family_id) ?? null,
    ...say(row),
  }))
}
