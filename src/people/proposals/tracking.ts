import { sql } from 'kysely'
import type { Db, Proposer, Tx } from '#src/platform/db/index.ts'
import { countHit, windowIsFull } from '#src/platform/http/limits.ts'
import { notFound, tooMany } from '#src/platform/http/problem.ts'
import { parseNumber, secretMatches } from '#src/platform/text/ticket.ts'
import { registerTerm } from '../register/terms.ts'
import { machine } from './machine.ts'
import type { ProposalRow } from './proposal.ts'
import type { TrackedProposal } from './schema.ts'
import { secretLabel } from './submit.ts'
import { presentFile } from './view.ts'

/**
 * The proposal a number and a secret open; a number that does not exist and a secret that does not fit answer alike,
 * and only wrong tries are counted against the address. `header` is "<NUMBER> <SECRET>" as somebody typed them.
 */
export async function findTracked(db: Db, installation: Buffer, header: string, address: string): Promise<Proposer> {
  const space = header.indexOf(' ')
  const number = parseNumber(space === -1 ? header : header.slice(0, space))
  const asked = space === -1 || !number.ok ? '' : number.number
  const { rows } = await db.asSystem('tracking: check the secret', (tx) =>
    sql<{ wait: number | null; proposal_id: string | null; secret_hash: string | null }>`
      select (${windowIsFull(installation, 'tracking_miss', address)}) as wait, n.proposal_id, n.secret_hash
      from (values (${asked}::text)) asked (number) left join proposal_number n on n.number = asked.number`.execute(tx),
  )
  const [row] = rows
  if (row?.wait) throw tooMany(row.wait)
  if (
    row?.proposal_id &&
    row.secret_hash &&
    secretMatches(secretLabel, row.proposal_id, header.slice(space + 1), row.secret_hash)
  )
    return { proposalId: row.proposal_id, at: db.clock() }
  await countHit(db, installation, 'tracking_miss', address)
  throw notFound('proposal')
}

type View = ProposalRow & {
  path: string
  zone: string
  confidential: boolean | null
  events: { at: string; kind: string; by_role: string; office: string | null; body: string | null }[] | null
  files: Parameters<typeof presentFile>[0][] | null
}

/** The whole path in one statement: what the proposer sees, nothing else (row security leaves out internal events). */
export async function viewTracked(tx: Tx, proposer: Proposer): Promise<TrackedProposal> {
  const found = await sql<View>`select p.*, r.path_name as path, r.time_zone as zone,
      (select w.confidential from proposal_person w where w.proposal_id = p.id limit 1) as confidential,
      (select json_agg(json_build_object('at', e.at, 'kind', e.kind, 'by_role', e.by_role, 'office', o.name, 'body', e.body) order by e.seq)
        from proposal_event e left join office o on o.id = e.office_id where e.proposal_id = p.id) as events,
      (select json_agg(f order by f.at, f.id) from proposal_file f where f.proposal_id = p.id) as files
    from proposal p join region r on r.code = p.region_code where p.id = ${proposer.proposalId}`.execute(tx)
  const row = found.rows[0]
  if (!row) throw notFound('proposal')
  const cutOff = await registerTerm(tx, 'cut_off', row.submitted_on)
  return {
    number: row.number,
    kind: row.kind,
    removal: row.removal,
    state: row.state,
    programmeCode: row.programme_code,
    reason: row.reason,
    submittedAt: row.submitted_at.toISOString(),
    period: row.period,
    cutOff: cutOff.amount,
    regionPath: row.path,
    timeZone: row.zone,
    confidential: row.confidential ?? false,
    waitingForYou: row.state === 'returned',
    events: (row.events ?? []).map((event) => ({
      at: new Date(event.at).toISOString(),
      kind: event.kind,
      byCitizen: event.by_role === 'citizen' || event.kind === 'submitted',
      office: event.kind === 'submitted' ? null : event.office,
      body: event.body,
    })),
    files: (row.files ?? []).map(presentFile),
    can: [
      ...(machine.complete.from.includes(row.state) ? (['complete'] as const) : []),
      ...(machine.add_file.from.includes(row.state) ? (['add_file'] as const) : []),
      ...(machine.withdraw.from.includes(row.state) ? (['withdraw'] as const) : []),
    ],
  }
}
