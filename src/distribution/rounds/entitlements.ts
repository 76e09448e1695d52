import { type RawBuilder, sql } from 'kysely'
import type { Actor, Db, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { pagedCsv, type PagedCsv } from '#src/platform/http/paged-csv.ts'
import { getRound, rangeOf } from './round.ts'
import type {
  EntitlementsQuery,
  EntitlementState,
  RoundEntitlement,
  RoundEntitlements,
  UndeliveredReason,
} from './schema.ts'

/** Rows of a page, and of a step of a file. */
const PAGE = 50
const STEP = 1000

type Row = {
  family_id: string
  determination_id: string
  village: string
  payee_name: string
  rt: string | null
  rw: string | null
  amount: number
  stop_id: string | null
  voucher_code: string | null
  state: EntitlementState
  reason: UndeliveredReason | null
  tries: number
  settled_at: Date | null
  on_hold: boolean
}

/** What a page is ordered by; the family makes it one order. */
const orders: Record<NonNullable<EntitlementsQuery['sort']>, readonly string[]> = {
  village: ['e.region_code', 'e.family_id'],
  name: ['e.payee_name', 'e.family_id'],
  amount: ['e.amount', 'e.family_id'],
  settled: [`coalesce(e.settled_at, '-infinity')`, 'e.family_id'],
}

/** Families of a round in the actor's region, a page at a time; names as the annex of the decree shows them. */
export async function listEntitlements(
  tx: Tx,
  actor: Actor,
  id: string,
  query: EntitlementsQuery,
  most = PAGE,
): Promise<RoundEntitlements> {
  await getRound(tx, actor, id)
  const region = query.region ?? actor.regionCode
  const { sort = 'village' } = query
  // A name is looked for, and another order is made, by reading every row of the region.
  const narrow = region.length >= 8 || (query.stop !== undefined && query.stop !== 'none')
  if (query.name !== undefined && !narrow) throw invalid({ field: 'name', code: 'within_district' })
  if (sort !== 'village' && !narrow) throw invalid({ field: 'sort', code: 'within_district' })
  const [from, to] = rangeOf(region)
  const down = query.order === 'desc'
  const key = sql.raw(orders[sort].join(', '))
  const order = sql.raw(orders[sort].map((one) => `${one} ${down ? 'desc' : 'asc'}`).join(', '))
  const { rows } = await sql<Row>`
    select e.family_id, e.determination_id, r.name as village, e.payee_name, e.rt, e.rw, e.amount, e.stop_id, e.voucher_code, e.state, e.reason, e.tries,
      e.settled_at, e.on_hold and e.state in ('open', 'undelivered') as on_hold
    from round_entitlement e join region r on r.code = e.region_code
    where e.round_id = ${id} and e.region_code >= ${from} and e.region_code < ${to} and ${sql.join([sql`true`, ...filters(query)], sql` and `)}
      ${
        query.after === undefined
          ? sql``
          : sql`and (${key}) ${down ? sql`<` : sql`>`} (select ${key} from round_entitlement e where e.round_id = ${id} and e.family_id = ${query.after})`
      }
    order by ${order} limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  const at = await tx.selectFrom('region').select('name').where('code', '=', region).executeTakeFirst()
  await sql`select record_act('list', 'distribution_round', ${id}, ${region}, ${JSON.stringify({ rows: shown.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    items: shown.map(present),
    next: rows.length > most ? (shown.at(-1)?.family_id ?? null) : null,
    region: { code: region, name: at?.name ?? region },
  }
}

function filters({ stop, state, reason, way, counted, invited, held, name }: EntitlementsQuery): RawBuilder<unknown>[] {
  return [
    ...(stop === undefined ? [] : [stop === 'none' ? sql`e.stop_id is null` : sql`e.stop_id = ${stop}`]),
    ...(state === undefined ? [] : [sql`e.state = ${state}`]),
    ...(reason === undefined ? [] : [sql`e.reason = ${reason}`]),
    ...(way === undefined
      ? []
      : [
          sql`coalesce((select s.way from distribution_stop s where s.id = e.stop_id), (select d.way from distribution_round d where d.id = e.round_id)) = ${way}`,
        ]),
    ...(counted === undefined ? [] : [sql`e.state <> 'cancelled'`]),
    ...(invited === undefined
      ? []
      : [invited === 'yes' ? sql`e.voucher_id is not null` : sql`e.voucher_id is null and e.state <> 'cancelled'`]),
    ...(held === undefined
      ? []
      : [held === 'yes' ? sql`e.on_hold and e.state in ('open', 'undelivered')` : sql`not e.on_hold`]),
    ...(name === undefined ? [] : [sql`e.payee_name ilike '%' || ${name.replace(/[\\%_]/g, '\\$&')} || '%'`]),
  ]
}

const present = (row: Row): RoundEntitlement => ({
  familyId: row.family_id,
  determinationId: row.determination_id,
  village: row.village,
  payeeName: row.payee_name,
  rt: row.rt,
  rw: row.rw,
  amount: row.amount,
  stopId: row.stop_id,
  voucherCode: row.voucher_code,
  state: row.state,
  reason: row.reason,
  tries: row.tries,
  settledAt: row.settled_at?.toISOString() ?? null,
  onHold: row.on_hold,
})

const columns: [string, (row: RoundEntitlement, locale: Locale) => string | number | null][] = [
  ['village', (row) => row.village],
  ['payee', (row) => row.payeeName],
  ['rt', (row) => row.rt],
  ['rw', (row) => row.rw],
  ['amount', (row) => row.amount],
  ['voucher', (row) => row.voucherCode],
  ['state', (row, locale) => sentence(`distribution_estate_${row.state}`, locale)],
  ['reason', (row, locale) => row.reason && sentence(`distribution_reason_${row.reason}`, locale)],
  ['tries', (row) => row.tries],
  ['settled', (row) => row.settledAt],
]

/** The same families as a file, however many there are; who took it is written down. */
export async function entitlementsCsv(
  db: Db,
  actor: Actor,
  id: string,
  query: EntitlementsQuery,
  locale: Locale,
): Promise<PagedCsv> {
  const round = await db.as(actor, async (tx) => {
    const found = await getRound(tx, actor, id)
    // What cannot be answered is refused before the file begins.
    await listEntitlements(tx, actor, id, query, 1)
    await sql`select record_act('export', 'distribution_round', ${id}, ${query.region ?? actor.regionCode}, '{}'::jsonb, null)`.execute(
      tx,
    )
    return found
  })
  return pagedCsv(
    `${round.number}-keluarga.csv`,
    columns.map(([name]) => sentence(`distribution_column_${name}`, locale)),
    async (after) => {
      const { items, next } = await db.as(actor, (tx) =>
        listEntitlements(tx, actor, id, { ...query, ...(after && { after }) }, STEP),
      )
      return { rows: items.map((row) => columns.map(([, value]) => value(row, locale))), next }
    },
  )
}
