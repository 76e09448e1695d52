import { sql } from 'kysely'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { distributionTerms } from '../reconciliation/terms.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import { getRound, presentBrief, rangeOf } from '../rounds/round.ts'
import { askingCode } from './codes.ts'
import type { Askings, Question, Questions, QuestionsQuery, VisitTask } from './schema.ts'

type Tally = { asked: number; answered: number; received: number; cuts: number; mean_cut: number | null }
const tallyOf = (row: Tally): Askings['all'] => ({
  asked: row.asked,
  answered: row.answered,
  received: row.received,
  cuts: row.cuts,
  meanCut: row.mean_cut,
})
/** A village with few answers would show what single families said. */
const hiddenTally = (row: Tally): Askings['all'] => ({
  asked: row.asked,
  answered: null,
  received: null,
  cuts: null,
  meanCut: null,
})

const tally = sql`count(*)::int as asked, count(*) filter (where q.state = 'answered')::int as answered, count(*) filter (where q.received)::int as received,
  count(*) filter (where q.cut)::int as cuts, round(avg(coalesce(q.cut_amount, 0)) filter (where q.state = 'answered'))::bigint as mean_cut`

/** Samples of a round and what they found, in the reader's region; villages with few answers hidden. */
export async function readAskings(tx: Tx, actor: Actor, roundId: string): Promise<Askings> {
  const round = await getRound(tx, actor, roundId)
  const [from, to] = rangeOf(actor.regionCode)
  const { asking_small: small } = await distributionTerms(tx, ['asking_small'])
  const { rows: items } = await sql<{
    id: string
    door: 'message' | 'visit'
    size: number
    drawn: number
    population: number
    seed: string
    closes_on: string
    made_at: Date
    made_by: string | null
  }>`select a.*, c.name as made_by, (select count(*)::int from delivery_question q where q.asking_id = a.id) as drawn
    from delivery_asking a left join ending_people(${roundId}) c on c.account_id = a.made_by where a.round_id = ${roundId} order by a.made_at desc, a.id desc limit 50`.execute(
    tx,
  )
  const where = sql`from delivery_question q where q.round_id = ${roundId} and q.region_code >= ${from} and q.region_code < ${to}`
  const { rows: all } = await sql<Tally>`select ${tally} ${where}`.execute(tx)
  const { rows: villages } = await sql<Tally & { code: string; name: string }>`
    select x.*, r.name from (select q.region_code as code, ${tally} ${where} group by 1) x join region r on r.code = x.code order by x.asked desc, x.code limit 300`.execute(
    tx,
  )
  const few = (row: Tally) => row.answered < small
  // One hidden village alone would be the difference to the sum: then the sum is hidden too.
  const hidden = villages.filter((row) => few(row) && row.answered > 0)
  const total = all[0] ?? { asked: 0, answered: 0, received: 0, cuts: 0, mean_cut: null }
  const givesAway = hidden.length === 1 && villages.some((row) => !few(row))
  return {
    round: presentBrief(round),
    items: items.map((row) => ({
      id: row.id,
      door: row.door,
      size: row.size,
      drawn: row.drawn,
      population: row.population,
      seed: row.seed,
      closesOn: row.closes_on,
      madeAt: row.made_at.toISOString(),
      madeBy: row.made_by,
    })),
    all: few(total) || givesAway ? hiddenTally(total) : tallyOf(total),
    villages: villages.map((row) => ({
      code: row.code,
      name: row.name,
      hidden: few(row),
      ...(few(row) ? hiddenTally(row) : tallyOf(row)),
    })),
    small,
    mayAsk: inSocialOffice(actor) && ['open', 'closed', 'reconciled'].includes(round.state),
  }
}

/** Who was asked and what they said, fifty at a time, with the code of those who have not answered; the look is written down. */
export async function listQuestions(
  tx: Tx,
  actor: Actor,
  secret: Buffer,
  roundId: string,
  query: QuestionsQuery,
): Promise<Questions> {
  const most = 50
  await getRound(tx, actor, roundId)
  const region = query.region ?? actor.regionCode
  if (!isWithin(region, actor.regionCode)) throw notFound('region')
  const [from, to] = rangeOf(region)
  const [village, family] = query.after?.split('_') ?? []
  const { rows } = await sql<{
    asking_id: string
    family_id: string
    region_code: string
    payee_name: string
    village: string
    door: 'message' | 'visit'
    state: Question['state']
    expected: number
    received: boolean | null
    amount: number | null
    cut: boolean | null
    cut_amount: number | null
    note: string | null
    channel: 'message' | 'visit' | null
    answered_at: Date | null
    disputed: boolean
    complaint_id: string | null
  }>`select q.*, e.payee_name, r.name as village, a.door
    from delivery_question q join delivery_asking a on a.id = q.asking_id join round_entitlement e on e.round_id = q.round_id and e.family_id = q.family_id
    join region r on r.code = q.region_code
    where q.round_id = ${roundId} and q.region_code >= ${from} and q.region_code < ${to}
      and (${query.state ?? null}::text is null or q.state = ${query.state ?? null}) and (${query.disputed ?? null}::boolean is null or q.disputed = ${query.disputed ?? null})
      and (${village ?? null}::text is null or (q.region_code, q.family_id) > (${village ?? null}, ${family ?? null}::uuid))
    order by q.region_code, q.family_id limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  await sql`select record_act('list', 'delivery_question', ${roundId}, ${region}, ${JSON.stringify({ rows: shown.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    items: shown.map((row) => ({
      askingId: row.asking_id,
      familyId: row.family_id,
      payeeName: row.payee_name,
      village: row.village,
      door: row.door,
      state: row.state,
      code: row.state === 'answered' || row.door === 'visit' ? null : askingCode(secret, row.asking_id, row.family_id),
      expected: row.expected,
      received: row.received,
      amount: row.amount,
      cut: row.cut,
      cutAmount: row.cut_amount,
      note: row.note,
      channel: row.channel,
      answeredAt: row.answered_at?.toISOString() ?? null,
      disputed: row.disputed,
      complaintId: row.complaint_id,
    })),
    next: rows.length > most && last ? `${last.region_code}_${last.family_id}` : null,
  }
}

/** Families to visit and ask, in the order of the houses; nobody asks about their own handing over. At most 200. */
export async function listVisits(tx: Tx, actor: Actor): Promise<VisitTask[]> {
  const { rows } = await sql<{
    asking_id: string
    family_id: string
    round_name: string
    programme: string
    period: string
    village: string
    payee_name: string
    address: string | null
    rt: string | null
    rw: string | null
    closes_on: string
  }>`select m.*, p.name as programme, r.name as village from my_questions() m join programme p on p.code = m.programme_code join region r on r.code = m.region_code
    order by m.region_code, lpad(m.rw, 3, '0') nulls last, lpad(m.rt, 3, '0') nulls last, m.payee_name, m.family_id limit 200`.execute(
    tx,
  )
  await sql`select record_act('list', 'delivery_question', 'visits', ${actor.regionCode}, ${JSON.stringify({ rows: rows.length })}::jsonb, null)`.execute(
    tx,
  )
  return rows.map((row) => ({
    askingId: row.asking_id,
    familyId: row.family_id,
    roundName: row.round_name,
    programme: row.programme,
    period: row.period,
    village: row.village,
    payeeName: row.payee_name,
    address: row.address,
    rt: row.rt,
    rw: row.rw,
    closesOn: row.closes_on,
  }))
}
