import { type RawBuilder, sql } from 'kysely'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import type { RuleDefinition } from '../rules/index.ts'
import type { Example, Goods, ProgrammeVersion, PeriodKind } from './schema.ts'

/** A version as the database keeps it. */
export type VersionRow = {
  programme_code: string
  version: number
  state: ProgrammeVersion['state']
  valid_from: string
  valid_to: string | null
  name: string
  full_name: string
  summary: string | null
  summary_en: string | null
  legal_basis: string | null
  owner: ProgrammeVersion['owner']
  regions: string[]
  regions_without: string[]
  unit: ProgrammeVersion['unit']
  kind: ProgrammeVersion['kind']
  period: PeriodKind
  rule: RuleDefinition
  goods: Goods[]
  steps: Record<string, unknown>
  delivery: ProgrammeVersion['delivery']
  funding: string | null
  verified: boolean
  source: string
  made_by: string | null
  made_at: Date
  published_by: string | null
  published_at: Date | null
}

/** The calendar day programmes begin and end by: that of the capital. */
export const today = (at: Date): string => localDay(at, 'Asia/Jakarta')

async function rowsOf(tx: Tx, where: RawBuilder<unknown>): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`select * from programme_version where ${where}`.execute(tx)
  return rows
}

export async function getVersion(tx: Tx, code: string, version: number): Promise<VersionRow> {
  const [row] = await rowsOf(tx, sql`programme_code = ${code} and version = ${version}`)
  if (!row) throw notFound('programme_version')
  return row
}

export const findDraft = async (tx: Tx, code: string): Promise<VersionRow | undefined> =>
  (await rowsOf(tx, sql`programme_code = ${code} and state = 'draft' for update`))[0]

/** The latest first. */
export const versionsOf = (tx: Tx, code: string): Promise<VersionRow[]> =>
  rowsOf(tx, sql`programme_code = ${code} order by version desc`)

/** The version that counts on a day ('YYYY-MM-DD'): of those published whose time holds the day, the one that began last. */
export async function versionInForce(tx: Tx, code: string, day: string): Promise<VersionRow | undefined> {
  return (await versionsInForce(tx, day, code))[0]
}

/** The same for all programmes, or for one. */
export const versionsInForce = (tx: Tx, day: string, code?: string): Promise<VersionRow[]> =>
  rowsOf(
    tx,
    sql`(programme_code, version) in (
      select distinct on (programme_code) programme_code, version from programme_version
      where state = 'published' and valid_from <= ${day}::date and (valid_to is null or valid_to >= ${day}::date)
        ${code === undefined ? sql`` : sql`and programme_code = ${code}`}
      order by programme_code, valid_from desc, version desc)`,
  )

/** Its examples in their order. */
export async function examplesOf(tx: Tx, code: string, version: number): Promise<Example[]> {
  const { rows } = await sql<Example>`
    select name, facts, as_of as "asOf", expected, expected_amount as "expectedAmount" from programme_example
    where programme_code = ${code} and version = ${version} order by position`.execute(tx)
  return rows
}

/** Names of regions by code. */
export async function namesOf(tx: Tx, codes: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ code: string; name: string }>`
    select code, name from region where code = any (${[...new Set(codes)]})`.execute(tx)
  return new Map(rows.map((row) => [row.code, row.name]))
}

/** As it crosses the wire. */
export async function presentVersion(tx: Tx, row: VersionRow): Promise<ProgrammeVersion> {
  const names = await namesOf(tx, [...row.regions, ...row.regions_without])
  const places = (codes: readonly string[]) => codes.map((code) => ({ code, name: names.get(code) ?? code }))
  return {
    programmeCode: row.programme_code,
    version: row.version,
    state: row.state,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    name: row.name,
    fullName: row.full_name,
    summary: row.summary,
    summaryEn: row.summary_en,
    legalBasis: row.legal_basis,
    owner: row.owner,
    unit: row.unit,
    kind: row.kind,
    period: row.period,
    rule: row.rule,
    goods: row.goods,
    delivery: row.delivery,
    funding: row.funding,
    verified: row.verified,
    source: row.source,
    regions: places(row.regions),
    regionsWithout: places(row.regions_without),
    steps: row.steps,
    madeAt: row.made_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
  }
}
