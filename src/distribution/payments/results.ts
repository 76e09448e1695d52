import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { csvLines } from '#src/platform/text/csv.ts'
import { settle } from '../handover/index.ts'
import { reopenReconciled } from '../reconciliation/reopening.ts'
import { told } from '../rounds/round.ts'
import { getPaymentFile } from './making.ts'
import { type Read, readCsv, readResult, resultColumns } from './read-csv.ts'
import type { Fault } from './schema.ts'

type Row = {
  row_no: number
  family_id: string
  amount: number
  checksum: string
  status: 'sent' | 'paid' | 'failed' | 'discarded'
}
type Taken = Read & Row & { was: Row['status'] }
export type FaultFound = Omit<Fault, 'message'>
export type Outcome = {
  id: string | null
  known: boolean
  name: string
  rows: number
  paid: number
  failed: number
  repeated: number
  /** Of those paid: the bank had called it failed, and the family is in another file meanwhile. */
  elsewhere: number
  faults: FaultFound[]
  importedAt: Date | null
}

/** States of a round in which a bank's answer is taken: what it says late, after all was reconciled, is worked out anew. */
export const answerable: ReadonlySet<string> = new Set(['open', 'closed', 'reconciled'])

/** What one row of the bank means for a row of ours: an outcome to write, the same again, or a fault. */
function judge(
  read: Read,
  row: Row | undefined,
  seen: ReadonlySet<number>,
): Fault['code'] | 'repeated' | 'paid' | 'failed' {
  if (read.no === undefined || !row) return 'unknown_row'
  if (seen.has(read.no)) return 'twice'
  if (read.checksum !== null && read.checksum !== row.checksum) return 'wrong_checksum'
  if (read.status === undefined) return 'unknown_status'
  if (read.amount === undefined || (read.amount !== null && read.amount !== row.amount)) return 'wrong_amount'
  if (read.date === undefined) return 'wrong_date'
  if (row.status === read.status) return 'repeated'
  // A bank may pay at its second try; it never takes back what it paid.
  if (row.status === 'paid' || row.status === 'discarded') return 'contradicts'
  if (read.status === 'failed' && read.reason === null) return 'no_reason'
  return read.status
}

/**
 * Takes in what a bank answered about a file: each row paid or failed, once. Paid becomes a redemption of way bank, failed an attempt; rows
 * that cannot be taken are kept with the reason. The same file again, or the same row again, changes nothing. With `dry` nothing is written.
 * Throws problems that name the field `file`.
 */
export async function importResult(
  tx: Tx,
  actor: Actor,
  roundId: string,
  fileId: string,
  given: { name: string; content: Buffer },
  dry: boolean,
): Promise<Outcome> {
  const file = await getPaymentFile(tx, actor, roundId, fileId, true)
  if (file.state !== 'released') throw conflict('payment_not_released')
  if (!answerable.has(file.round_state)) throw conflict('round_not_in_this_state')
  const sha256 = createHash('sha256').update(given.content).digest('hex')
  const known = await knownResult(tx, fileId, sha256)
  if (known) return known
  const lines = readCsv(decoded(given.content))
  const columns = resultColumns(lines[0])
  if (!columns) throw invalid({ field: 'file', code: 'result_columns' })
  const reads = lines
    .slice(1)
    .filter((line) => line.cells[0]?.toUpperCase() !== 'TOTAL')
    .map((line) => readResult(line, columns, file.number))
  if (reads.length === 0) throw invalid({ field: 'file', code: 'file_empty' })
  const name = cleanLine(given.name).slice(0, 120) || 'hasil.csv'

  return withinAsSystem(tx, 'distribution: a result of the bank', async (within) => {
    const { rows } = await sql<Row>`
      select row_no, family_id, amount, checksum, status from payment_row where file_id = ${fileId} and row_no = any (${reads.flatMap((one) => one.no ?? [])}::int[])
      for update`.execute(within)
    const ours = new Map(rows.map((row) => [row.row_no, row]))
    const seen = new Set<number>()
    const faults: FaultFound[] = []
    const taken: Taken[] = []
    let repeated = 0
    for (const read of reads) {
      const row = read.no === undefined ? undefined : ours.get(read.no)
      const said = judge(read, row, seen)
      if (row && read.no !== undefined) seen.add(read.no)
      if (said === 'repeated') repeated++
      else if ((said === 'paid' || said === 'failed') && row)
        taken.push({ ...read, ...row, status: said, was: row.status })
      else if (said !== 'paid' && said !== 'failed') faults.push({ line: read.line, ref: read.ref || null, code: said })
    }
    const again = taken.flatMap((one) => (one.status === 'paid' && one.was === 'failed' ? [one.family_id] : []))
    const elsewhere =
      again.length === 0
        ? undefined
        : await sql<{ n: number }>`
            select count(distinct family_id)::int as n from payment_row
            where round_id = ${roundId} and family_id = any (${again}::uuid[]) and file_id <> ${fileId} and status in ('sent', 'paid')`.execute(
            within,
          )
    const outcome: Outcome = {
      id: dry ? null : uuid(),
      known: false,
      name,
      rows: reads.length,
      paid: taken.filter((one) => one.status === 'paid').length,
      failed: taken.filter((one) => one.status === 'failed').length,
      repeated,
      elsewhere: elsewhere?.rows[0]?.n ?? 0,
      faults,
      importedAt: dry ? null : actor.at,
    }
    if (outcome.id === null) return outcome
    await sql`
      insert into payment_result (id, file_id, round_id, region_code, name, sha256, row_count, paid, failed, repeated, elsewhere, faults, imported_by)
      values (${outcome.id}, ${fileId}, ${roundId}, ${file.region_code}, ${name}, ${sha256}, ${outcome.rows}, ${outcome.paid}, ${outcome.failed}, ${repeated}, ${outcome.elsewhere}, ${faults.length}, ${actor.accountId})`.execute(
      within,
    )
    await sql`
      insert into payment_fault (result_id, line, region_code, code, ref)
      select ${outcome.id}, f.line, ${file.region_code}, f.code, f.ref from json_to_recordset(${JSON.stringify(faults)}) f (line int, code text, ref text)`.execute(
      within,
    )
    if (taken.length > 0) await reopenReconciled(within, roundId)
    await write(within, actor, file, outcome.id, taken)
    await told(within, { id: roundId, region_code: file.region_code }, 'round.payment')
    return outcome
  })
}

/** Rows of the bank, handed over or tried: in lots, so that a settlement stays small. */
async function write(
  within: Tx,
  actor: Actor,
  file: { id: string; number: string; round_id: string },
  resultId: string,
  taken: readonly Taken[],
): Promise<void> {
  for (let from = 0; from < taken.length; from += 5000) {
    const lot = taken.slice(from, from + 5000).map((one) => ({
      no: one.row_no,
      status: one.status,
      reason: one.reason,
      paid_on: one.date,
      reference: one.reference,
      family_id: one.family_id,
      redemption_id: uuid(),
    }))
    await sql`
      update payment_row p set status = x.status, reason = case x.status when 'failed' then x.reason end, paid_on = case x.status when 'paid' then x.paid_on end,
        bank_ref = x.reference, settled_at = acting_now(), result_id = ${resultId}
      from json_to_recordset(${JSON.stringify(lot)}) x (no int, status text, reason text, paid_on date, reference text)
      where p.file_id = ${file.id} and p.row_no = x.no`.execute(within)
    await sql`
      insert into redemption (id, round_id, family_id, region_code, voucher_id, stop_id, found_by, channel, outcome, reason, note, received_by, amount, goods,
        happened_at, device_at, recorded_at, device_id, offline, by_account, by_role, standing)
      select x.redemption_id, e.round_id, e.family_id, e.region_code, e.voucher_id, e.stop_id, 'bank', 'bank', case x.status when 'paid' then 'received' else 'refused' end,
        case x.status when 'failed' then 'bank_rejected' end, case x.status when 'failed' then x.reason end, case x.status when 'paid' then 'self' end,
        case x.status when 'paid' then p.amount else 0 end, '[]',
        -- noon of the day the bank says, never after now
        least(coalesce((x.paid_on + time '12:00') at time zone r.time_zone, acting_now()), acting_now()), acting_now(), acting_now(), ${file.number}, false, ${actor.accountId}, ${actor.role},
        case when x.status = 'failed' then 'attempt' when e.redemption_id is null then 'counts' else 'double' end
      from json_to_recordset(${JSON.stringify(lot)}) x (no int, status text, reason text, paid_on date, family_id uuid, redemption_id uuid)
      join payment_row p on p.file_id = ${file.id} and p.row_no = x.no
      join round_entitlement e on e.round_id = ${file.round_id} and e.family_id = x.family_id join region r on r.code = e.region_code`.execute(
      within,
    )
    await settle(
      within,
      file.round_id,
      lot.map((one) => one.family_id),
    )
  }
}

async function knownResult(tx: Tx, fileId: string, sha256: string): Promise<Outcome | undefined> {
  const { rows } = await sql<{
    id: string
    name: string
    row_count: number
    paid: number
    failed: number
    repeated: number
    elsewhere: number
    imported_at: Date
  }>`select id, name, row_count, paid, failed, repeated, elsewhere, imported_at from payment_result where file_id = ${fileId} and sha256 = ${sha256}`.execute(
    tx,
  )
  const [row] = rows
  if (!row) return undefined
  return {
    id: row.id,
    known: true,
    name: row.name,
    rows: row.row_count,
    paid: row.paid,
    failed: row.failed,
    repeated: row.repeated,
    elsewhere: row.elsewhere,
    faults: await faultsOf(tx, row.id),
    importedAt: row.imported_at,
  }
}

/** Rows of a result that could not be taken. */
export async function faultsOf(tx: Tx, resultId: string): Promise<FaultFound[]> {
  const { rows } =
    await sql<FaultFound>`select line, ref, code from payment_fault where result_id = ${resultId} order by line`.execute(
      tx,
    )
  return rows
}

/** The same as a CSV, each with its reason in words. */
export const faultsCsv = (faults: readonly FaultFound[], say: (code: Fault['code']) => string): string =>
  csvLines([['baris', 'id_baris', 'alasan'], ...faults.map((one) => [one.line, one.ref, say(one.code)])])

const decoded = (content: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return new TextDecoder('windows-1252').decode(content)
  }
}
