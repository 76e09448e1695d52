import { v7 as uuid } from 'uuid'
import { emptyTotals } from '#src/programmes/determination/totals.ts'
import type { TestDatabase } from './postgres.ts'

/** Two villages of Bekasi Timur, invented families in them. */
export const VILLAGES = ['32.75.05.1003', '32.75.05.1004'] as const

export const RICE = { code: 'beras', name: 'Beras', nameEn: 'Rice', unit: 'kg', quantity: 10 }

export type ApprovedList = {
  determinationId: string
  programmeCode: string
  /** in the order of their entitlements: villages in turn */
  families: { id: string; payeeId: string; payeeName: string; village: string }[]
}

/**
 * An approved list as an approval leaves it: invented families in the register, with what the annex shows of them and what they are
 * entitled to. Goods: 10 kg of rice each, with Rp 200.000.
 */
export async function approvedList(
  sql: TestDatabase['sql'],
  given: {
    families: number
    villages?: readonly string[]
    goods?: boolean
    period?: string
    regionCode?: string
    names?: readonly string[]
    /** so many more who wait beyond the quota, in this order */
    waiting?: number
  },
): Promise<ApprovedList> {
  const villages = given.villages ?? VILLAGES
  const code = `UJI_${uuid().slice(-6).toUpperCase()}`
  const maker = uuid()
  await sql(
    `insert into programme (code, name, full_name, region_code) values ($1, 'Sembako Uji', 'Sembako Uji', '00')`,
    [code],
  )
  await sql(
    `insert into programme_version (programme_code, version, state, valid_from, name, full_name, owner, unit, kind, period, rule, goods, delivery, verified, source, published_at)
     values ($1, 1, 'published', '2020-01-01', 'Sembako Uji', 'Sembako Uji', 'ministry', 'family', 'goods', 'month', '{"conditions": [], "components": [], "limits": {}, "ranking": []}', $2, '{community_point}', false, 'uji', now())`,
    [code, JSON.stringify(given.goods === false ? [] : [RICE])],
  )
  const determinationId = uuid()
  const period = given.period ?? '2026-11'
  await sql(
    `insert into determination (id, number, programme_code, version, period, period_from, period_to, as_of, known_at, region_code, quota, totals, state, made_by, made_role)
     values ($1, $2, $3, 1, $4, '2026-11-01', '2026-11-30', '2026-11-01', now(), $5, $7, $8::jsonb, 'submitted', $6, 'officer')`,
    [
      determinationId,
      `PEN-${uuid().slice(-6)}`,
      code,
      period,
      given.regionCode ?? '32.75',
      maker,
      given.waiting ? given.families : null,
      JSON.stringify(given.waiting ? { ...emptyTotals, in: given.families, waiting: given.waiting } : {}),
    ],
  )
  const families: ApprovedList['families'] = []
  for (let at = 0; at < given.families + (given.waiting ?? 0); at++) {
    const family = {
      id: uuid(),
      payeeId: uuid(),
      payeeName: given.names?.[at] ?? `Warga Uji ${at + 1}`,
      village: villages[at % villages.length] ?? VILLAGES[0],
    }
    families.push(family)
  }
  const json = JSON.stringify(families)
  await sql(
    `insert into family (id, region_code, head_id, payee_id, address, rt, rw, status, member_count, valid_from, known_from, last_seq)
     select (f ->> 'id')::uuid, f ->> 'village', (f ->> 'payeeId')::uuid, (f ->> 'payeeId')::uuid, 'Jalan Contoh ' || n, lpad((n % 5 + 1)::text, 3, '0'), '001', 'active', 1,
       '2026-01-01', '2026-01-01', 1 from jsonb_array_elements($1::jsonb) with ordinality x (f, n)`,
    [json],
  )
  await sql(
    `insert into person (id, family_id, region_code, name, relationship, status, valid_from, known_from, last_seq)
     select (f ->> 'payeeId')::uuid, (f ->> 'id')::uuid, f ->> 'village', f ->> 'payeeName', 'head', 'active', '2026-01-01', '2026-01-01', 1 from jsonb_array_elements($1::jsonb) f`,
    [json],
  )
  await sql(
    `insert into register_event (subject_id, seq, subject, kind, change_id, family_id, region_code, effective_on, reported_on, source, state, recorded_at, known_at, patch, recorded_role)
     select (f ->> 'id')::uuid, 1, 'family', 'registered', gen_random_uuid(), (f ->> 'id')::uuid, f ->> 'village', '2026-01-01'::date, '2026-01-01'::date, 'import', 'in_force', '2026-01-01'::timestamptz, '2026-01-01'::timestamptz,
       jsonb_build_object('regionCode', f ->> 'village', 'headId', f ->> 'payeeId', 'payeeId', f ->> 'payeeId', 'address', 'Jalan Contoh ' || n, 'rt', lpad((n % 5 + 1)::text, 3, '0'),
         'rw', '001', 'status', 'active', 'answers', '{}'::jsonb), 'system' from jsonb_array_elements($1::jsonb) with ordinality x (f, n)
     union all
     select (f ->> 'payeeId')::uuid, 1, 'person', 'registered', gen_random_uuid(), (f ->> 'id')::uuid, f ->> 'village', '2026-01-01'::date, '2026-01-01'::date, 'import', 'in_force', '2026-01-01'::timestamptz, '2026-01-01'::timestamptz,
       jsonb_build_object('familyId', f ->> 'id', 'regionCode', f ->> 'village', 'name', f ->> 'payeeName', 'relationship', 'head', 'status', 'active', 'ppks', '[]'::jsonb, 'answers', '{}'::jsonb), 'system'
       from jsonb_array_elements($1::jsonb) f`,
    [json],
  )
  await sql(
    `insert into determination_fact (determination_id, family_id, region_code, shown, facts)
     select $2, (f ->> 'id')::uuid, f ->> 'village', jsonb_build_object('payeeName', f ->> 'payeeName', 'address', 'Jalan Contoh ' || n, 'rt', lpad((n % 5 + 1)::text, 3, '0'), 'rw', '001', 'nik', '999901******9' || lpad(n::text, 3, '0')), '{}'
     from jsonb_array_elements($1::jsonb) with ordinality x (f, n)`,
    [json, determinationId],
  )
  const entitled = JSON.stringify(families.slice(0, given.families))
  if (given.waiting)
    await sql(
      `insert into determination_result (determination_id, family_id, region_code, outcome, reason, rank, amount, persons)
       select $2, (f ->> 'id')::uuid, f ->> 'village', case when n <= $3 then 'in' else 'waiting' end, case when n <= $3 then 'eligible' else 'quota' end, n, 200000, 1
       from jsonb_array_elements($1::jsonb) with ordinality x (f, n)`,
      [json, determinationId, given.families],
    )
  await sql(`update determination set state = 'approved', decree_number = $2, decided_at = now() where id = $1`, [
    determinationId,
    `460/${uuid().slice(-6)}`,
  ])
  await sql(
    `insert into entitlement (determination_id, family_id, region_code, programme_code, period, period_from, period_to, payee_id, payee_name, amount, persons)
     select $2, (f ->> 'id')::uuid, f ->> 'village', $3, $4, '2026-11-01', '2026-11-30', (f ->> 'payeeId')::uuid, f ->> 'payeeName', 200000, 1 from jsonb_array_elements($1::jsonb) f`,
    [entitled, determinationId, code, period],
  )
  return { determinationId, programmeCode: code, families: families.slice(0, given.families) }
}
