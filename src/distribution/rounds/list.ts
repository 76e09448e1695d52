import { sql } from 'kysely'
import type { Actor, Db, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { pagedCsv, type PagedCsv } from '#src/platform/http/paged-csv.ts'
import { inSocialOffice } from './policy.ts'
import { columns, counted, presentBrief, type RoundRow } from './round.ts'
import type { Progress, RoundBrief, RoundList, RoundsQuery } from './schema.ts'

const PAGE = 30
const STEP = 200

/** What a page is ordered by, all in one direction; the number makes it one order. */
const orders: Record<NonNullable<RoundsQuery['sort']>, { keys: readonly string[]; down: boolean }> = {
  running: { keys: [`d.state not in ('closed', 'reconciled', 'cancelled')`, 'd.opens_on', 'd.number'], down: true },
  opens: { keys: ['d.opens_on', 'd.number'], down: true },
  closes: { keys: ['d.closes_on', 'd.number'], down: true },
  name: { keys: ['d.name', 'd.number'], down: false },
}

/** Rounds of one's region and those above that reach it, a page at a time; unless told the running ones first. */
export async function listRounds(tx: Tx, actor: Actor, query: RoundsQuery, most = PAGE): Promise<RoundList> {
  const { keys, down } = orders[query.sort ?? 'running']
  const key = sql.raw(keys.join(', '))
  const order = sql.raw(keys.map((one) => `${one} ${down ? 'desc' : 'asc'}`).join(', '))
  const name = query.name?.trim().replace(/[\\%_]/g, '\\$&') ?? null
  const { rows } = await sql<RoundRow & Progress>`
    select ${columns}, ${counted}
    from distribution_round d join region r on r.code = d.region_code join programme p on p.code = d.programme_code
    left join distribution_count k on k.round_id = d.id and k.dimension = 'all'
    where (${query.state ?? null}::text is null or d.state = ${query.state ?? null})
      and (${query.programme ?? null}::text is null or d.programme_code = ${query.programme ?? null})
      and (${name}::text is null or d.name ilike '%' || ${name} || '%' or d.number ilike '%' || ${name} || '%')
      ${
        query.after === undefined
          ? sql``
          : sql`and (${key}) ${down ? sql`<` : sql`>`} (select ${key} from distribution_round d where d.id = ${query.after})`
      }
    order by ${order} limit ${most + 1}`.execute(tx)
  const { rows: programmes } = await sql<{ code: string; name: string }>`
    select distinct p.code, p.name from distribution_round d join programme p on p.code = d.programme_code order by p.name, p.code`.execute(
    tx,
  )
  const shown = rows.slice(0, most)
  return {
    items: shown.map(presentBrief),
    next: rows.length > most ? (shown.at(-1)?.id ?? null) : null,
    programmes,
    mayMake: inSocialOffice(actor),
  }
}

const fields: [string, (row: RoundBrief, locale: Locale) => string | number | null][] = [
  ['number', (row) => row.number],
  ['name', (row) => row.name],
  ['programme', (row) => row.programmeName],
  ['period', (row) => row.period],
  ['region', (row) => row.region.name],
  ['opens', (row) => row.opensOn],
  ['closes', (row) => row.closesOn],
  ['state', (row, locale) => sentence(`distribution_state_${row.state}`, locale)],
  ['families', (row) => row.total - row.cancelled],
  ['delivered', (row) => row.delivered],
  ['undelivered', (row) => row.undelivered],
  ['cancelled', (row) => row.cancelled],
  ['amount', (row) => row.amount],
  ['given', (row) => row.given],
]

/** The same rounds as a file. Nothing in it is about a person. */
export const roundsCsv = (db: Db, actor: Actor, query: RoundsQuery, locale: Locale): PagedCsv =>
  pagedCsv(
    'penyaluran.csv',
    fields.map(([name]) => sentence(`distribution_column_${name}`, locale)),
    async (after) => {
      const { items, next } = await db.as(actor, (tx) =>
        listRounds(tx, actor, { ...query, ...(after && { after }) }, STEP),
      )
      return { rows: items.map((row) => fields.map(([, value]) => value(row, locale))), next }
    },
  )
