import { sql } from 'kysely'
import type { Db } from '#src/platform/db/index.ts'
import { parseNumber, secretMatches } from '#src/platform/text/ticket.ts'
import { secretLabel as ofProposal } from './proposals/submit.ts'
import { secretLabel as ofRequest } from './rights/requests.ts'

/**
 * What a number and a secret of people's work open, for whoever typed them where complaints are followed; null: neither. Both must
 * fit, so it tells nobody which numbers there are. It counts no tries: the caller has counted or will. `header`: "<NUMBER> <SECRET>".
 */
export async function openedBy(db: Db, header: string): Promise<'proposal' | 'data_request' | null> {
  const space = header.indexOf(' ')
  const number = parseNumber(header.slice(0, Math.max(space, 0)))
  if (!number.ok) return null
  const { rows } = await db.asSystem('tracking: what a number opens', (tx) =>
    sql<{ kind: 'proposal' | 'data_request'; id: string; secret_hash: string }>`
      select 'proposal' as kind, proposal_id as id, secret_hash from proposal_number where number = ${number.number}
      union all
      select 'data_request', r.id, i.secret_hash from data_request r join data_request_identity i on i.request_id = r.id
        where r.number = ${number.number}`.execute(tx),
  )
  const labels = { proposal: ofProposal, data_request: ofRequest }
  const secret = header.slice(space + 1)
  return rows.find((row) => secretMatches(labels[row.kind], row.id, secret, row.secret_hash))?.kind ?? null
}
