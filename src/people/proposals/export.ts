import type { Actor, Tx } from '#src/platform/db/index.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { listProposals } from './list.ts'
import type { ListQuery, ProposalItem } from './schema.ts'

const MOST = 10_000

const columns: [string, (item: ProposalItem) => string][] = [
  ['nomor', (one) => one.number],
  ['jenis', (one) => sentence(`proposals_kind_${one.kind}`, 'id')],
  ['keadaan', (one) => sentence(`proposals_state_${one.state}`, 'id')],
  ['atas_nama', (one) => one.about ?? ''],
  ['jumlah_orang', (one) => String(one.people)],
  ['program', (one) => one.programmeCode ?? ''],
  ['kode_wilayah', (one) => one.regionCode],
  ['wilayah', (one) => one.regionName],
  ['periode', (one) => one.period],
  ['diusulkan', (one) => one.submittedAt],
]

/** The list as CSV with what the filters leave, names but no numbers of people; at most 10,000 rows. */
export async function csvOf(tx: Tx, actor: Actor, query: ListQuery): Promise<string> {
  const lines = [columns.map(([name]) => name).join(',')]
  const { after: _, ...filters } = query
  let after: string | null = null
  do {
    const page = await listProposals(tx, actor, { ...filters, limit: 200, ...(after && { after }) })
    for (const item of page.items) lines.push(columns.map(([, value]) => cell(value(item))).join(','))
    after = page.next
  } while (after !== null && lines.length <= MOST)
  return `\uFEFF${lines.join('\r\n')}\r\n`
}

/** Quoted where needed; a text a spreadsheet would take for a formula gets an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
