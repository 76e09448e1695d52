import { v7 as uuid } from 'uuid'
import type { TestDatabase } from './postgres.ts'

type Sql = TestDatabase['sql']

export type Way = 'bank' | 'post_office' | 'community_point' | 'to_the_door'

/** One family of an invented round, and what became of it. */
export type Given = {
  village: string
  amount?: number
  goods?: { code: string; name?: string; quantity: number }[]
  /** null: on the list, in no round */
  state: 'open' | 'delivered' | 'undelivered' | 'cancelled' | null
  reason?: string
  name?: string
  stop?: string
  handovers?: Handover[]
}
/** `standing` is what settling made of it. */
export type Handover = {
  id?: string
  outcome?: 'received' | 'refused'
  standing?: 'counts' | 'double' | 'void' | 'attempt'
  amount?: number
  goods?: { code: string; quantity: number }[]
  at?: string
  device?: string
  proxy?: string
  point?: [lat: number, lng: number]
  channel?: 'field' | 'bank'
  by?: string
}
export type MadeRound = { id: string; determinationId: string; families: string[] }

/** An approved list and a round of it, written as the owner: what the verbs of rounds and handing over would have left behind. */
export async function makeRound(
  sql: Sql,
  given: {
    region: string
    state?: 'planned' | 'invited' | 'open' | 'closed'
    way?: Way
    goods?: { code: string; name: string; quantity: number }[]
    stops?: { id: string; village: string; way: Way; at?: string; until?: string; point?: [number, number] }[]
    families: Given[]
  },
): Promise<MadeRound> {
  const [version] = await sql<{ programme_code: string; version: number }>(
    `select programme_code, version from programme_version where state = 'published' order by programme_code <> 'BST', programme_code limit 1`,
  )
  if (!version) throw new Error('no published programme')
  const determinationId = uuid()
  const id = uuid()
  const maker = uuid()
  await sql(
    `insert into determination (id, number, programme_code, version, period, period_from, period_to, as_of, known_at, region_code, state, made_by, made_role, decree_number, decided_at)
     values ($1, $6, $2, $3, '2026-11', '2026-11-01', '2026-11-30', '2026-10-31', '2026-10-31', $4, 'approved', $5, 'officer', $6, '2026-11-01')`,
    [determinationId, version.programme_code, version.version, given.region, maker, `PEN-${determinationId.slice(-8)}`],
  )
  const families = given.families.map(() => uuid())
  const rows = given.families.map((one, at) => ({
    family_id: families[at],
    region_code: one.village,
    amount: one.amount ?? 300_000,
    payee_name: one.name ?? `Penerima ${at + 1}`,
    goods: (one.goods ?? given.goods ?? []).map((item) => ({
      name: item.code,
      nameEn: item.code,
      unit: 'kg',
      ...item,
    })),
    state: one.state,
    reason:
      one.reason ?? (one.state === 'undelivered' ? 'not_come' : one.state === 'cancelled' ? 'list_changed' : null),
    stop_id: one.stop ?? null,
  }))
  await sql(
    `insert into entitlement (determination_id, family_id, region_code, programme_code, period, period_from, period_to, payee_name, amount, persons, state)
     select $1, x.family_id, x.region_code, $2, '2026-11', '2026-11-01', '2026-11-30', x.payee_name, x.amount, 1,
       case x.state when 'cancelled' then 'cancelled' else 'open' end
     from json_to_recordset($3) x (family_id uuid, region_code text, payee_name text, amount bigint, state text)`,
    [determinationId, version.programme_code, JSON.stringify(rows)],
  )
  const state = given.state ?? 'closed'
  await sql(
    `insert into distribution_round (id, number, determination_id, programme_code, period, name, region_code, way, goods, opens_on, closes_on, state, made_by, closed_at)
     values ($1, 'SAL-' || lpad(nextval('distribution_round_number')::text, 6, '0'), $2, $3, '2026-11', 'Putaran November', $4, $5, $6, '2026-11-02', '2026-11-20', $7, $8, $9)`,
    [
      id,
      determinationId,
      version.programme_code,
      given.region,
      given.way ?? 'community_point',
      JSON.stringify((given.goods ?? []).map((item) => ({ nameEn: item.name, unit: 'kg', ...item }))),
      state,
      maker,
      state === 'closed' ? '2026-11-20T10:00:00Z' : null,
    ],
  )
  for (const stop of given.stops ?? [])
    await sql(
      `insert into distribution_stop (id, round_id, region_code, way, place, starts_at, ends_at, made_by, lat, lng)
       values ($1, $2, $3, $4, 'Balai desa', $5, $6, $7, $8, $9)`,
      [
        stop.id,
        id,
        stop.village,
        stop.way,
        stop.at ?? '2026-11-10T01:00:00Z',
        stop.until ?? '2026-11-10T08:00:00Z',
        maker,
        stop.point?.[0] ?? null,
        stop.point?.[1] ?? null,
      ],
    )
  const handovers = given.families.flatMap((one, at) =>
    (one.handovers ?? (one.state === 'delivered' ? [{}] : [])).map((handover, place) => {
      const outcome = handover.outcome ?? 'received'
      const standing = handover.standing ?? (outcome === 'refused' ? 'attempt' : place === 0 ? 'counts' : 'double')
      return {
        id: handover.id ?? uuid(),
        family_id: families[at],
        region_code: one.village,
        stop_id: one.stop ?? null,
        outcome,
        reason: outcome === 'refused' ? 'not_come' : null,
        received_by: outcome === 'refused' ? null : handover.proxy ? 'proxy' : 'self',
        proxy_name: handover.proxy ?? null,
        proxy_relation: handover.proxy ? 'neighbour' : null,
        amount: outcome === 'refused' ? 0 : (handover.amount ?? one.amount ?? 300_000),
        goods:
          outcome === 'refused'
            ? []
            : (handover.goods ?? (one.goods ?? given.goods ?? []).map(({ code, quantity }) => ({ code, quantity }))),
        at: handover.at ?? '2026-11-10T03:00:00Z',
        device: handover.device ?? `device-${at}`,
        lat: handover.point?.[0] ?? null,
        lng: handover.point?.[1] ?? null,
        channel: handover.channel ?? 'field',
        by: handover.by ?? maker,
        standing,
      }
    }),
  )
  const kept = rows.filter((row) => row.state !== null)
  await sql(
    `insert into round_entitlement (round_id, family_id, region_code, determination_id, payee_name, amount, goods, stop_id, state, nik_masked)
     select $1, x.family_id, x.region_code, $2, x.payee_name, x.amount, x.goods, x.stop_id, 'open', '999901******9001'
     from json_to_recordset($3) x (family_id uuid, region_code text, payee_name text, amount bigint, goods jsonb, stop_id uuid)`,
    [id, determinationId, JSON.stringify(kept)],
  )
  await sql(
    `insert into redemption (id, round_id, family_id, region_code, stop_id, found_by, channel, outcome, reason, received_by, proxy_name, proxy_relation, amount, goods,
       happened_at, device_at, recorded_at, device_id, lat, lng, offline, by_account, by_role, standing)
     select x.id, $1, x.family_id, x.region_code, x.stop_id, 'search', x.channel, x.outcome, x.reason, x.received_by, x.proxy_name, x.proxy_relation, x.amount, x.goods,
       x.at, x.at, x.at, x.device, x.lat, x.lng, false, x.by, 'pillar', x.standing
     from json_to_recordset($2) x (id uuid, family_id uuid, region_code text, stop_id uuid, channel text, outcome text, reason text, received_by text, proxy_name text,
       proxy_relation text, amount bigint, goods jsonb, at timestamptz, device text, lat float8, lng float8, by uuid, standing text)`,
    [id, JSON.stringify(handovers)],
  )
  await sql(
    `update round_entitlement e set state = x.state, reason = x.reason, held = x.state <> 'cancelled',
       redemption_id = case x.state when 'delivered' then d.id end, given_amount = case x.state when 'delivered' then d.amount end
     from json_to_recordset($2) x (family_id uuid, state text, reason text)
     left join redemption d on d.round_id = $1 and d.family_id = x.family_id and d.standing = 'counts'
     where e.round_id = $1 and e.family_id = x.family_id and x.state <> 'open'`,
    [id, JSON.stringify(kept)],
  )
  return { id, determinationId, families }
}
