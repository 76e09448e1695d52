import { sql } from 'kysely'
import type { Actor, Db } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { type PagedCsv, pagedCsv } from '#src/platform/http/paged-csv.ts'
import { getRound } from '../rounds/round.ts'
import { listQuestions, pageOfQuestions } from './queries.ts'
import type { QuestionsQuery } from './schema.ts'

const columns = ['village', 'payee', 'door', 'message', 'message_at', 'message_fault', 'reminded', 'state', 'expected', 'received', 'amount', 'cut', 'cut_amount', 'disputed', 'note', 'at'] as const // prettier-ignore

/** Answers with the filters of their page, without the codes that open a question; taking it is written down first. */
export async function questionsCsv(
  db: Db,
  actor: Actor,
  secret: Buffer,
  roundId: string,
  query: Omit<QuestionsQuery, 'after'>,
  locale: Locale,
): Promise<PagedCsv> {
  const say = (key: string) => sentence(key, locale)
  const yes = (value: boolean | null) => value === null ? null : say(value ? 'reconciliation_column_yes' : 'reconciliation_column_no') // prettier-ignore
  const number = await db.as(actor, async (tx) => {
    const round = await getRound(tx, actor, roundId)
    // The first page tells what is asked for wrongly before anything is sent.
    await listQuestions(tx, actor, secret, roundId, query)
    await sql`select record_act('export', 'delivery_question', ${roundId}, ${query.region ?? actor.regionCode}, '{}'::jsonb, null)`.execute(
      tx,
    )
    return round.number
  })
  return pagedCsv(
    `${number}-tanya.csv`,
    columns.map((name) => say(`reconciliation_column_${name}`)),
    async (after) => {
      const page = await db.as(actor, (tx) =>
        pageOfQuestions(tx, actor, secret, roundId, { ...query, ...(after && { after }) }),
      )
      return {
        next: page.next,
        rows: page.items.map((one) => [
          one.village,
          one.payeeName,
          say(`reconciliation_ask_${one.door}`),
          say(`reconciliation_stands_${one.message.stands}`),
          one.message.at,
          one.message.fault,
          one.message.remindedAt,
          say(`reconciliation_ask_${one.state}`),
          one.expected,
          yes(one.received),
          one.amount,
          yes(one.cut),
          one.cutAmount,
          yes(one.disputed),
          one.note,
          one.answeredAt,
        ]),
      }
    },
  )
}
