import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'

/** One number of a region; `region` null: the region asked for itself, else one directly beneath. */
export type CountRow = { region: string | null; dimension: string; month: string | null; key: string; n: number }

/**
 * Counts of a region and of those directly beneath it in some dimensions (see register_count in the migrations), all of one moment:
 * what changed a second ago included. Months bound the movement only. No rows where the reader may not look.
 */
export async function readCounts(
  tx: Tx,
  regionCode: string,
  dimensions: readonly string[],
  months: { from: string; to: string } = { from: '2000-01', to: '2000-01' },
): Promise<CountRow[]> {
  const { rows } = await sql<CountRow>`
    select region_code as region, dimension, to_char(month, 'YYYY-MM') as month, key, n
    from register_figures(${regionCode}, ${dimensions}, ${`${months.from}-01`}::date, ${`${months.to}-01`}::date)`.execute(
    tx,
  )
  return rows
}

/** Persons with a sealed PPKS kind, together; null beneath a regency. */
export async function readSealedCount(tx: Tx, regionCode: string): Promise<number | null> {
  const { rows } = await sql<{ n: number | null }>`select register_sealed_figure(${regionCode}) as n`.execute(tx)
  return rows[0]?.n ?? null
}

/** Folds everything that waits into the counts. Returns how many rows there were. */
export async function foldCounts(db: Db): Promise<number> {
  const most = 20_000
  for (let all = 0; ;) {
    const folded = await db.asSystem('movement: fold the counts', async (tx) => {
      const { rows } = await sql<{ n: number }>`select fold_register_counts(${most}) as n`.execute(tx)
      return rows[0]?.n ?? 0
    })
    all += folded
    if (folded < most) return all
  }
}

/** Sums rows of one dimension by key; only those `which` lets through. */
export function byKey(rows: readonly CountRow[], dimension: string, which: (row: CountRow) => boolean = () => true) {
  const found = new Map<string, number>()
  for (const row of rows)
    if (row.dimension === dimension && which(row)) found.set(row.key, (found.get(row.key) ?? 0) + row.n)
  return found
}

export const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, n) => all + n, 0)
