import { sql } from 'kysely'
import type { Actor, Db, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, type FieldError, invalid, notFound } from '#src/platform/http/problem.ts'
import { cancelMessages } from '#src/platform/messages/index.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { told } from '../rounds/round.ts'
import { typedHash } from './codes.ts'
import { type DisputeCause, tellDispute } from './disputed.ts'
import { subjectOf, TOPIC } from './rows.ts'
import type { Answered, AskedQuestion, AskingAnswer } from './schema.ts'

type Held = {
  asking_id: string
  family_id: string
  round_id: string
  region_code: string
  expected: number
  planned: number
  state: 'waiting' | 'answered' | 'not_met'
  closes_on: string
  open: boolean
  number: string
  programme_code: string
  programme: string
  period: string
  village: string
}
type Asker = { at: Date; accountId: string | null; channel: 'message' | 'visit'; door: 'web' | 'pillar' | 'desk' }

const held = sql`
  select q.asking_id, q.family_id, q.round_id, q.region_code, q.expected, e.amount as planned, q.state, a.closes_on, a.closes_on >= acting_now()::date as open, d.number, d.programme_code,
    p.name as programme, d.period, r.name as village
  from delivery_question q join delivery_asking a on a.id = q.asking_id join distribution_round d on d.id = q.round_id
  join round_entitlement e on e.round_id = q.round_id and e.family_id = q.family_id
  join programme p on p.code = d.programme_code join region r on r.code = q.region_code`

/** What a citizen's code asks about; who received it is not told. Unknown codes throw 404. */
export async function openQuestion(db: Db, typed: string): Promise<AskedQuestion> {
  const hash = typedHash(typed)
  const rows = hash
    ? (
        await db.asSystem('distribution: a citizen opens a question by its code', (tx) =>
          sql<Held>`${held} where q.code_hash = ${hash}`.execute(tx),
        )
      ).rows
    : []
  const [row] = rows
  if (!row) throw notFound('question')
  return {
    programme: row.programme,
    period: row.period,
    village: row.village,
    state: row.state === 'answered' ? 'answered' : row.open ? 'waiting' : 'closed',
    closesOn: row.closes_on,
  }
}

/** A citizen answers by their code. What they say opens a complaint when it is not what was recorded; its secret is told once, here. */
export async function answerByCode(
  db: Db,
  secret: Buffer,
  typed: string,
  answer: AskingAnswer,
  at: Date = db.clock(),
): Promise<Answered> {
  const hash = typedHash(typed)
  if (!hash) throw notFound('question')
  return db.asSystem('distribution: a citizen answers a question', async (tx) => {
    const { rows } = await sql<Held>`${held} where q.code_hash = ${hash} for update of q`.execute(tx)
    if (!rows[0]) throw notFound('question')
    return write(tx, secret, rows[0], answer, { at, accountId: null, channel: 'message', door: 'web' })
  })
}

/** An officer or pillar asked at the door, and writes down what they heard; never about a delivery of their own. */
export async function answerByVisit(
  tx: Tx,
  actor: Actor,
  secret: Buffer,
  askingId: string,
  familyId: string,
  answer: AskingAnswer | { notMet: true },
): Promise<Answered> {
  const { rows: mine } = await sql<{
    asking_id: string
  }>`select asking_id from my_questions(${familyId}) where asking_id = ${askingId}`.execute(tx)
  if (mine.length === 0) throw notFound('question')
  return withinAsSystem(tx, 'distribution: an answer heard at the door', async (within) => {
    const { rows } =
      await sql<Held>`${held} where q.asking_id = ${askingId} and q.family_id = ${familyId} for update of q`.execute(
        within,
      )
    const [row] = rows
    if (!row) throw notFound('question')
    if ('notMet' in answer) {
      if (row.state === 'answered') throw conflict('asking_answered')
      await sql`update delivery_question set state = 'not_met', by_account = ${actor.accountId} where asking_id = ${askingId} and family_id = ${familyId}`.execute(
        within,
      )
      return { disputed: false, complaint: null }
    }
    const answered = await write(within, secret, row, answer, {
      at: actor.at,
      accountId: actor.accountId,
      channel: 'visit',
      door: actor.role === 'pillar' ? 'pillar' : 'desk',
    })
    // The secret belongs to the family; whoever asked learns the number and tells it.
    return answered
  })
}

/** Why an answer disputes the delivery; undefined when it agrees with what was recorded. */
export function disputeOf(answer: AskingAnswer, expected: number): DisputeCause | undefined {
  if (!answer.received) return 'not_received'
  if (answer.cut || (answer.cutAmount ?? 0) > 0) return 'cut'
  return (answer.amount ?? 0) < expected ? 'less' : undefined
}

function checkAnswer(answer: AskingAnswer, expected: number): void {
  if (!answer.received) {
    if ((answer.amount ?? 0) > 0) throw invalid({ field: 'amount', code: 'not_in_kind' })
    return
  }
  const wrong: FieldError[] = []
  // Of goods nobody says how many rupiah.
  if (answer.amount === undefined && expected > 0) wrong.push({ field: 'amount', code: 'required' })
  if (answer.cut === undefined) wrong.push({ field: 'cut', code: 'required' })
  if (wrong.length > 0) throw invalid(...wrong)
}

async function write(tx: Tx, secret: Buffer, row: Held, given: AskingAnswer, asker: Asker): Promise<Answered> {
  if (row.state === 'answered') throw conflict('asking_answered')
  if (!row.open) throw conflict('asking_closed')
  // What the list gives, when less was recorded as handed over: a cut that was written down is a cut all the same.
  const expected = Math.max(row.expected, row.planned)
  checkAnswer(given, expected)
  const note = cleanText(given.note ?? '') || null
  const cause = disputeOf(given, expected)
  const opened =
    cause &&
    (await tellDispute(tx, {
      cause,
      roundId: row.round_id,
      roundNumber: row.number,
      programmeCode: row.programme_code,
      period: row.period,
      regionCode: row.region_code,
      families: [row.family_id],
      expected,
      received: given.received ? (given.amount ?? 0) : 0,
      cut: given.cutAmount ?? 0,
      note,
      door: asker.door,
      byAccount: asker.accountId,
      at: asker.at,
      secret,
    }))
  await sql`
    update delivery_question set state = 'answered', received = ${given.received}, amount = ${given.received ? (given.amount ?? null) : 0},
      cut = ${given.received ? (given.cut ?? null) : null}, cut_amount = ${given.received && given.cut ? (given.cutAmount ?? null) : null}, note = ${note},
      channel = ${asker.channel}, answered_at = ${asker.at}, by_account = ${asker.accountId}, disputed = ${cause !== undefined}, complaint_id = ${opened?.complaintId ?? null}
    where asking_id = ${row.asking_id} and family_id = ${row.family_id}`.execute(tx)
  await cancelMessages(tx, TOPIC, [subjectOf(row.asking_id, row.family_id)])
  await told(tx, { id: row.round_id, region_code: row.region_code }, 'round.asking')
  return { disputed: cause !== undefined, complaint: opened ? { number: opened.number, secret: opened.secret } : null }
}
