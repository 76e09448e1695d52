import type { Actor, Tx } from '#src/platform/db/index.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { BOM, csvLines } from '#src/platform/text/csv.ts'
import { listProposals } from './list.ts'
import type { ListQuery, ProposalItem } from './schema.ts'

const MOST = 10_000

const columns: [string, (item: ProposalItem) => string | number][] = [
  ['nomor', (one) => one.number],
  ['jenis', (one) => sentence(`proposals_kind_${one.kind}`, 'id')],
  ['keadaan', (one) => sentence(`proposals_state_${one.state}`, 'id')],
  ['atas_nama', (one) => one.about ?? ''],
  ['jumlah_orang', (one) => one.people],
  ['program', (one) => one.programmeCode ?? ''],
  ['kode_wilayah', (one) => one.regionCode],
  ['wilayah', (one) => one.regionName],
  ['periode', (one) => one.period],
  ['diusulkan', (one) => one.submittedAt],
]

/** The list as CSV with what the filters leave, names but no numbers of people; at most 10,000 rows. */
export async function csvOf(tx: Tx, actor: Actor, query: ListQuery): Promise<string> {
  const rows: (string | number)[][] = []
  const { after: _, ...filters } = query
  let after: string | null = null
  do {
    const page = await listProposals(tx, actor, { ...filters, limit: 200, ...(after && { after }) })
    for (const item of page.items) rows.push(columns.map(([, value]) => value(item)))
    after = page.next
  } while (after !== null && rows.length < MOST)
  return BOM + csvLines([columns.map(([name]) => name), ...rows.slice(0, MOST)])
}
