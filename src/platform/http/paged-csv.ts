import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { BOM, csvLines } from '#src/platform/text/csv.ts'

type Line = readonly (string | number | null)[]
export type PagedCsv = { name: string; lines: AsyncGenerator<string> }

/** A list as CSV, a page of it at a time, however long it is. `page` answers rows and where the next begins. */
export function pagedCsv(
  name: string,
  head: Line,
  page: (after: string | undefined) => Promise<{ rows: readonly Line[]; next: string | null }>,
): PagedCsv {
  async function* lines(): AsyncGenerator<string> {
    yield BOM + csvLines([head])
    for (let after: string | undefined; ;) {
      const { rows, next } = await page(after)
      if (rows.length > 0) yield csvLines(rows)
      if (next === null) return
      after = next
    }
  }
  return { name, lines: lines() }
}

/** Sends it as a file to keep. */
export const sendCsv = (reply: FastifyReply, { name, lines }: PagedCsv): FastifyReply =>
  reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'private, no-store')
    .send(Readable.from(lines))
