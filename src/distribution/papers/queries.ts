import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import { getRound, rangeOf } from '../rounds/round.ts'
import type { HandoverPaper, HandoverPapers } from './schema.ts'

type PaperRow = {
  id: string
  number: string
  code: string
  region_code: string
  village: string
  place: string | null
  listed: number
  received: number
  given: number
  pages: number
  issued_at: Date
  issued_by: string | null
  sha256: string
}
const present = (row: PaperRow): HandoverPaper => ({
  id: row.id,
  number: row.number,
  code: row.code,
  village: { code: row.region_code, name: row.village },
  place: row.place,
  listed: row.listed,
  received: row.received,
  given: row.given,
  pages: row.pages,
  issuedAt: row.issued_at.toISOString(),
  issuedBy: row.issued_by,
  sha256: row.sha256,
})

const papers = (roundId: string) => sql`
  select p.id, p.number, p.code, p.region_code, r.name as village, s.place, p.listed, p.received, p.given, p.pages, p.issued_at, c.name as issued_by, p.sha256
  from handover_paper p join region r on r.code = p.region_code left join distribution_stop s on s.id = p.stop_id
  left join ending_people(${roundId}) c on c.account_id = p.issued_by where p.round_id = ${roundId}`

/** Villages of a round in the actor's region with their minutes, forty at a time. */
export async function listMinutes(
  tx: Tx,
  actor: Actor,
  roundId: string,
  after: string | undefined,
): Promise<HandoverPapers> {
  const most = 40
  const round = await getRound(tx, actor, roundId)
  const [from, to] = rangeOf(actor.regionCode)
  const { rows: villages } = await sql<{
    code: string
    name: string
    total: number
    delivered: number
    undelivered: number
  }>`
    select k.key as code, r.name, k.total - k.cancelled as total, k.delivered, k.undelivered
    from distribution_count k join region r on r.code = k.key
    where k.round_id = ${roundId} and k.dimension = 'village' and k.key >= ${from} and k.key < ${to} and k.key > ${after ?? ''} and k.total > k.cancelled
    order by k.key limit ${most + 1}`.execute(tx)
  const shown = villages.slice(0, most)
  const codes = shown.map((one) => one.code)
  const { rows } =
    await sql<PaperRow>`${papers(roundId)} and p.region_code = any (${codes}::text[]) order by p.issued_at desc, p.number desc`.execute(
      tx,
    )
  const { rows: stops } = await sql<{ id: string; region_code: string; place: string; starts_at: Date }>`
    select id, region_code, place, starts_at from distribution_stop where round_id = ${roundId} and region_code = any (${codes}::text[]) and not cancelled
    order by starts_at, id`.execute(tx)
  return {
    villages: shown.map((one) => ({
      ...one,
      stops: stops
        .filter((stop) => stop.region_code === one.code)
        .map((stop) => ({ id: stop.id, place: stop.place, startsAt: stop.starts_at.toISOString() })),
      papers: rows.filter((paper) => paper.region_code === one.code).map(present),
    })),
    next: villages.length > most ? (shown.at(-1)?.code ?? null) : null,
    mayIssue: inSocialOffice(actor) && ['open', 'closed', 'reconciled'].includes(round.state),
  }
}

export async function getMinutes(tx: Tx, roundId: string, id: string): Promise<HandoverPaper> {
  const { rows } = await sql<PaperRow>`${papers(roundId)} and p.id = ${id}`.execute(tx)
  if (!rows[0]) throw notFound('handover_paper')
  return present(rows[0])
}
