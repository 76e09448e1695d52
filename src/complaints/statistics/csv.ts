import { BOM, csvLines } from '#src/platform/text/csv.ts'
import type { Table } from './tables.ts'

export { BOM, csvLines } from '#src/platform/text/csv.ts'

/** Several tables in one file: a line for each number, with where it stands. */
export function tablesAsCsv(tables: readonly Table[], head: readonly string[]): string {
  const lines = tables.flatMap(({ title, head: columns, rows, shares }) =>
    rows.flatMap((row) => {
      const first = row.findIndex((cell, at) => typeof cell === 'number' || cell === null || at === row.length - 1)
      const name = row.slice(0, first).join(' ')
      return row
        .slice(first)
        .map((cell, at) => [
          title,
          name,
          columns[first + at] ?? '',
          typeof cell === 'number' && shares.has(first + at) ? Math.round(cell * 1000) / 1000 : cell,
        ])
    }),
  )
  return BOM + csvLines([[...head], ...lines])
}
