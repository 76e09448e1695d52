import { sql } from 'kysely'
import type { Actor, Db } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { type PagedCsv, pagedCsv } from '#src/platform/http/paged-csv.ts'
import { getRound } from '../rounds/round.ts'
import { listSigns } from './judging.ts'
import type { SignKind, SignsQuery } from './schema.ts'

const columns = ['kind', 'village', 'handovers', 'families', 'measured', 'state', 'note', 'by', 'at'] as const
/** Keys of the words pages use. */
const kinds: Record<SignKind, string> = {
  fast_device: 'fast',
  fast_person: 'fast_person',
  same_signature: 'signature',
  near_signature: 'near',
  same_photo: 'photo',
  same_proxy: 'proxy',
  far: 'far',
  dead: 'dead',
  odd_hours: 'hours',
}

/** Signs with the filters of their page, without the people behind them; taking it is written down first. */
export async function signsCsv(
  db: Db,
  actor: Actor,
  roundId: string,
  query: Omit<SignsQuery, 'page'>,
  locale: Locale,
): Promise<PagedCsv> {
  const say = (key: string) => sentence(key, locale)
  const number = await db.as(actor, async (tx) => {
    const round = await getRound(tx, actor, roundId)
    await sql`select record_act('export', 'delivery_sign', ${roundId}, ${actor.regionCode}, '{}'::jsonb, null)`.execute(
      tx,
    )
    return round.number
  })
  return pagedCsv(
    `${number}-tanda.csv`,
    columns.map((name) => say(`reconciliation_column_${name}`)),
    async (after) => {
      const page = await db.as(actor, (tx) => listSigns(tx, actor, roundId, { ...query, page: Number(after ?? 1) }))
      return {
        next: page.next === null ? null : String(page.next),
        rows: page.items.map((one) => [
          say(`reconciliation_sign_${kinds[one.kind]}`),
          one.region.name,
          one.handovers,
          one.families,
          one.measured,
          say(`reconciliation_sign_${one.state}`),
          one.note,
          one.judgedBy,
          one.judgedAt,
        ]),
      }
    },
  )
}
