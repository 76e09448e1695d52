import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { lineage } from './lineage.ts'
import type { Region, RegionKind, RegionRef, Tier } from './schema.ts'

const shown = ['code', 'name', 'kind', 'tier', 'path_name'] as const
type Row = { code: string; name: string; kind: string; tier: string; path_name: string }
const present = (row: Row): RegionRef => ({
  code: row.code,
  name: row.name,
  kind: row.kind as RegionKind,
  tier: row.tier as Tier,
  pathName: row.path_name,
})

/** A region with the regions above it (the nation first) and how many of each kind lie directly beneath. */
export async function getRegion(tx: Tx, code: string): Promise<Region> {
  const line = await tx
    .selectFrom('region')
    .select([...shown, 'time_zone'])
    .where('code', 'in', lineage(code))
    .orderBy('code')
    .execute()
  const own = line.at(-1)
  if (own?.code !== code) throw notFound('region')
  const children = await tx
    .selectFrom('region')
    .select(['kind', (eb) => eb.fn.countAll<number>().as('count')])
    .where('parent_code', '=', code)
    .groupBy('kind')
    .orderBy('kind')
    .execute()
  return {
    ...present(own),
    timeZone: own.time_zone as Region['timeZone'],
    path: line.slice(0, -1).map(present),
    children: children.map((one) => ({ kind: one.kind as RegionKind, count: one.count })),
  }
}

/** The regions directly beneath, in the order of the alphabet; towns after the regencies. */
export async function childrenOf(tx: Tx, code: string): Promise<RegionRef[]> {
  const rows = await tx
    .selectFrom('region')
    .select(shown)
    .where('parent_code', '=', code)
    .orderBy('name')
    .orderBy('code')
    .execute()
  if (rows.length === 0) await getRegion(tx, code)
  return rows.map(present)
}

/** Names by code, for lists that hold codes. */
export async function regionNames(tx: Tx, codes: readonly string[]): Promise<Map<string, string>> {
  if (codes.length === 0) return new Map()
  const { rows } = await sql<{ code: string; name: string }>`
    select code, name from region where code = any (${[...new Set(codes)]})`.execute(tx)
  return new Map(rows.map((row) => [row.code, row.name]))
}
