import { sql } from 'kysely'
import type { Locale } from '#src/platform/http/locale.ts'
import { type Actor, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { BOM, csvLines } from '#src/platform/text/csv.ts'
import { distributionTerms } from '../../reconciliation/terms.ts'
import { outcomeOf, rowsSeen } from './take.ts'
import {
  type AccountFault,
  type AccountImport,
  type AccountImportQuery,
  type AccountImportRow,
  type AccountImports,
  type AccountImportView,
  type AccountOutcome,
  accountOutcomes,
} from './schema.ts'

type Row = {
  id: string
  number: string
  region_code: string
  region: string
  office_id: string
  name: string
  source: AccountImport['source']
  since: string
  state: AccountImport['state']
  row_count: number
  faulty: number
  doubtful: number
  maker: string | null
  made_by: string
  made_at: Date
  ender: string | null
  ended_at: Date | null
}
type Counted = Partial<Record<AccountOutcome, number>>

const present = (actor: Actor, row: Row, counted: Counted): AccountImport => ({
  id: row.id,
  number: row.number,
  region: { code: row.region_code, name: row.region },
  name: row.name,
  source: row.source,
  since: row.since,
  state: row.state,
  rows: row.row_count,
  faulty: row.faulty,
  doubtful: row.doubtful,
  outcomes: Object.fromEntries(accountOutcomes.map((one) => [one, counted[one] ?? 0])) as AccountImport['outcomes'],
  madeBy: row.maker,
  madeAt: row.made_at.toISOString(),
  endedBy: row.ender,
  endedAt: row.ended_at?.toISOString() ?? null,
  can:
    row.state !== 'tried'
      ? []
      : [
          ...((counted.added ?? 0) + (counted.replaced ?? 0) > 0 && row.made_by !== actor.accountId
            ? (['take'] as const)
            : []),
          ...(row.office_id === actor.officeId ? (['drop'] as const) : []),
        ],
})

async function find(tx: Tx, actor: Actor, id: string | null): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select i.*, r.name as region, m.name as maker, e.name as ender from account_import i join region r on r.code = i.region_code
    left join account m on m.id = i.made_by left join account e on e.id = i.ended_by
    where i.region_code >= ${actor.regionCode} and i.region_code < ${scopeEnd(actor.regionCode)} and (${id}::uuid is null or i.id = ${id})
    order by i.made_at desc, i.id desc limit 50`.execute(tx)
  return rows
}

/** What the rows would do now; once the import ended, what they did. */
async function count(tx: Tx, row: Row): Promise<Counted> {
  const { rows } = await sql<{ outcome: AccountOutcome; n: number }>`
    select coalesce(s.outcome, ${outcomeOf}) as outcome, count(*)::int as n from ${rowsSeen(row.id, [row.region_code, scopeEnd(row.region_code)])} group by 1`.execute(
    tx,
  )
  return Object.fromEntries(rows.map((one) => [one.outcome, one.n]))
}

/** Files of accounts of the region. */
export async function listAccountImports(tx: Tx, actor: Actor): Promise<AccountImports> {
  const terms = await distributionTerms(tx, ['result_bytes', 'account_rows'])
  const items = await withinAsSystem(tx, 'distribution: files of accounts', async (within) => {
    const shown: AccountImport[] = []
    for (const row of await find(within, actor, null)) shown.push(present(actor, row, await count(within, row)))
    return shown
  })
  return { items, megabytes: terms.result_bytes / 1_000_000, mostRows: terms.account_rows }
}

/** One file with its rows, account numbers masked, and its faults; the look is written down. */
export async function readAccountImport(
  tx: Tx,
  actor: Actor,
  id: string,
  query: AccountImportQuery,
  locale: Locale,
): Promise<AccountImportView> {
  const most = { rows: 50, faults: 100 }
  const view = await withinAsSystem(tx, 'distribution: a file of accounts, masked', async (within) => {
    const [row] = await find(within, actor, id)
    if (!row) throw notFound('account_import')
    const { rows } = await sql<{
      line: number
      family_id: string
      family_name: string | null
      village: string
      bank: string
      masked: string | null
      holder: string
      since: string
      outcome: AccountOutcome
      now: AccountImportRow['now']
    }>`select x.*, r.name as village, p.name as family_name from (
        select s.line, s.family_id, s.region_code, s.bank, account_mask(coalesce(s.number, t.number)) as masked, s.holder, s.since, coalesce(s.outcome, ${outcomeOf}) as outcome,
          case when s.outcome is null and a.id is not null and f.id is not null
            then json_build_object('bank', a.bank, 'masked', account_mask(a.number), 'holder', a.holder, 'since', a.since) end as now,
          coalesce(f.payee_id, f.head_id) as person_id
        from account_import_row s
        left join family f on f.id = s.family_id and f.region_code >= ${row.region_code} and f.region_code < ${scopeEnd(row.region_code)}
        left join family_account a on a.family_id = s.family_id and a.ended_on is null
        left join family_account t on t.family_id = s.family_id and t.import_id = s.import_id
        where s.import_id = ${id} and s.line > ${query.after ?? 0}) x
      join region r on r.code = x.region_code left join person p on p.id = x.person_id
      where ${query.outcome ?? null}::text is null or x.outcome = ${query.outcome ?? null} order by x.line limit ${most.rows + 1}`.execute(
      within,
    )
    const faults = await faultRows(within, id, query.faultsAfter ?? 0, most.faults)
    const shown = rows.slice(0, most.rows)
    return {
      ...present(actor, row, await count(within, row)),
      items: shown.map((one) => ({
        line: one.line,
        familyId: one.family_id,
        familyName: one.family_name ?? '',
        village: one.village,
        bank: one.bank,
        masked: one.masked,
        holder: one.holder,
        since: one.since,
        outcome: one.outcome,
        now: one.now,
      })),
      next: rows.length > most.rows ? (shown.at(-1)?.line ?? null) : null,
      faults: faults.map((one) => told(one, locale)),
      nextFaults: faults.length >= most.faults ? (faults.at(-1)?.line ?? null) : null,
    }
  })
  await sql`select record_act('list', 'account_import', ${id}, ${view.region.code}, ${JSON.stringify({ rows: view.items.length })}::jsonb, null)`.execute(
    tx,
  )
  return view
}

type FaultRow = Omit<AccountFault, 'message'>
const told = (one: FaultRow, locale: Locale): AccountFault => ({
  ...one,
  message: `${sentence(`accounts_field_${one.field}`, locale)}: ${sentence(`accounts_fault_${one.code}`, locale)}`,
})

/** Faults of whole rows, at least `most` of them where there are so many: a row is never cut in two. */
async function faultRows(tx: Tx, id: string, after: number, most: number): Promise<FaultRow[]> {
  const { rows } = await sql<FaultRow>`
    select line, field, code, doubt from account_import_fault where import_id = ${id} and line > ${after}
    order by line, doubt, field, code fetch first ${most} rows only`.execute(tx)
  const last = rows.at(-1)
  if (rows.length < most || !last) return rows
  const { rows: rest } = await sql<FaultRow>`
    select line, field, code, doubt from account_import_fault where import_id = ${id} and line = ${last.line} order by doubt, field, code`.execute(
    tx,
  )
  return [...rows.filter((one) => one.line !== last.line), ...rest]
}

/** Rows with faults as a CSV: the line, whether it is taken all the same, the reason in words. Nothing of what the row held. */
export async function accountFaultsCsv(tx: Tx, id: string, locale: Locale): Promise<string> {
  const { rows: seen } = await sql`select id from account_import where id = ${id}`.execute(tx)
  if (seen.length === 0) throw notFound('account_import')
  const { rows } = await sql<FaultRow>`
    select line, field, code, doubt from account_import_fault where import_id = ${id} order by line, doubt, field, code`.execute(
    tx,
  )
  const column = (name: string) => sentence(`accounts_column_${name}`, locale)
  return (
    BOM +
    csvLines([
      [column('line'), column('weight'), column('reason')],
      ...rows.map((one) => [one.line, column(one.doubt ? 'doubt' : 'fault'), told(one, locale).message]),
    ])
  )
}
