import { sql } from 'kysely'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { distributionTerms } from '../reconciliation/terms.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import { getRound, presentBrief, rangeOf } from '../rounds/round.ts'
import { askingCode } from './codes.ts'
import { matching, questionRows, tally } from './rows.ts'
import type { Askings, MessageStands, Question, Questions, QuestionsQuery, VisitTask } from './schema.ts'

type Tally = {
  asked: number
  waiting: number
  not_met: number
  answered: number
  received: number
  not_received: number
  cuts: number
  cut_total: number
  mean_cut: number | null
  disputed: number
  reached: number
  unreached: number
  visited: number
  reminded: number
}
const nothing: Tally = { asked: 0, waiting: 0, not_met: 0, answered: 0, received: 0, not_received: 0, cuts: 0, cut_total: 0, mean_cut: null, disputed: 0, reached: 0, unreached: 0, visited: 0, reminded: 0 } // prettier-ignore

/** Figures of a row; hidden, they say nothing of the answers: a village with few would show what single families said. */
const present = (row: Tally, hidden: boolean) => ({
  asked: row.asked,
  answered: hidden ? null : row.answered,
  waiting: hidden ? null : row.waiting,
  notMet: hidden ? null : row.not_met,
  received: hidden ? null : row.received,
  notReceived: hidden ? null : row.not_received,
  cuts: hidden ? null : row.cuts,
  cutTotal: hidden ? null : row.cut_total,
  meanCut: hidden ? null : row.mean_cut,
  disputed: hidden ? null : row.disputed,
  reached: row.reached,
  unreached: row.unreached,
  visited: row.visited,
  reminded: row.reminded,
})

/** Samples of a round and what they found, in the reader's region; villages with few answers hidden. */
export async function readAskings(tx: Tx, actor: Actor, roundId: string): Promise<Askings> {
  const round = await getRound(tx, actor, roundId)
  const asked = sql`${questionRows(roundId, rangeOf(actor.regionCode))} x`
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
  const { rows: all } = await sql<Tally & { messages: Askings['all']['messages'] }>`
    select ${tally}, (select coalesce(json_agg(json_build_object('stands', s.stands, 'count', s.count) order by s.stands), '[]')
      from (select x.stands, count(*)::int as count from ${asked} group by 1) s) as messages from ${asked}`.execute(tx)
  const { rows: villages } = await sql<Tally & { code: string; name: string }>`
    select y.*, r.name from (select x.region_code as code, ${tally} from ${asked} group by 1) y join region r on r.code = y.code order by y.asked desc, y.code limit 300`.execute(
    tx,
  )
  const few = (row: Tally) => row.answered < small
  // One hidden village alone would be the difference to the sum: then the sum is hidden too.
  const hidden = villages.filter((row) => few(row) && row.answered > 0)
  const total = all[0] ?? { ...nothing, messages: [] }
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
    all: { ...present(total, few(total) || givesAway), messages: total.messages },
    villages: villages.map((row) => ({
      code: row.code,
      name: row.name,
      hidden: few(row),
      ...present(row, few(row)),
    })),
    small,
    mayAsk: inSocialOffice(actor) && ['open', 'closed', 'reconciled'].includes(round.state),
  }
}

type Row = {
  asking_id: string
  family_id: string
  region_code: string
  payee_name: string
  village: string
  time_zone: string
  door: 'message' | 'visit'
  visit_since: Date | null
  stands: MessageStands
  stands_at: Date | null
  fault: string | null
  reminded_at: Date | null
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
}

/** Questions of a filter, fifty at a time, with the code of those who have not answered; the look is written down. */
export async function pageOfQuestions(
  tx: Tx,
  actor: Actor,
  secret: Buffer,
  roundId: string,
  query: QuestionsQuery,
): Promise<Pick<Questions, 'items' | 'next'>> {
  const most = 50
  const region = query.region ?? actor.regionCode
  if (!isWithin(region, actor.regionCode)) throw notFound('region')
  const [village, family] = query.after?.split('_') ?? []
  const { rows } = await sql<Row>`
    select x.*, e.payee_name, r.name as village, r.time_zone from (
      select x.* from ${questionRows(roundId, rangeOf(region))} x
      where ${matching(query)} and (${village ?? null}::text is null or (x.region_code, x.family_id) > (${village ?? null}, ${family ?? null}::uuid))
      order by x.region_code, x.family_id limit ${most + 1}) x
    join round_entitlement e on e.round_id = x.round_id and e.family_id = x.family_id join region r on r.code = x.region_code
    order by x.region_code, x.family_id`.execute(tx)
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
      timeZone: row.time_zone,
      door: row.door,
      visitSince: row.visit_since?.toISOString() ?? null,
      message: {
        stands: row.stands,
        at: row.stands_at?.toISOString() ?? null,
        fault: row.stands === 'failed' ? row.fault : null,
        remindedAt: row.reminded_at?.toISOString() ?? null,
      },
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

/** A page of questions, and how many and how much money the filter holds on all of them. Throws 404. */
export async function listQuestions(
  tx: Tx,
  actor: Actor,
  secret: Buffer,
  roundId: string,
  query: QuestionsQuery,
): Promise<Questions> {
  await getRound(tx, actor, roundId)
  const page = await pageOfQuestions(tx, actor, secret, roundId, query)
  const { rows } = await sql<Tally>`
    select ${tally} from ${questionRows(roundId, rangeOf(query.region ?? actor.regionCode))} x where ${matching(query)}`.execute(
    tx,
  )
  return { ...page, total: rows[0]?.asked ?? 0, cutTotal: rows[0]?.cut_total ?? 0, at: actor.at.toISOString() }
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
