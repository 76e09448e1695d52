import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { ReadAccount, RowFault } from './read-row.ts'

/** A row that can be taken: whose it is, and where they live. */
export type Staged = { line: number; familyId: string; regionCode: string; bank: string; number: string; holder: string; since: string } // prettier-ignore
type Owner = { number: string; family_id: string; region_code: string }

/**
 * Finds the families of the rows within a region, and what is wrong between rows: one family twice, one account of several families.
 * As the system, because an office may know the account of a family it has not opened; families elsewhere are as unknown as
 * those that do not exist.
 */
export async function resolveRows(
  tx: Tx,
  [from, to]: readonly [string, string],
  reads: readonly ReadAccount[],
  faults: RowFault[],
): Promise<Staged[]> {
  const faulty = new Set(faults.filter((one) => !one.doubt).map((one) => one.line))
  const tell = (line: number, field: RowFault['field'], code: RowFault['code'], doubt = false) => {
    faults.push({ line, field, code, doubt })
    if (!doubt) faulty.add(line)
  }
  const { rows: people } = await sql<Owner>`
    select distinct p.nik as number, f.id as family_id, f.region_code from person p join family f on f.id = p.family_id
    where p.nik = any (${reads.flatMap((one) => one.nik ?? [])}::text[]) and p.status = 'active'
      and f.status in ('active', 'graduated') and f.region_code >= ${from} and f.region_code < ${to}`.execute(tx)
  const { rows: cards } = await sql<Owner>`
    select f.kk_number as number, f.id as family_id, f.region_code from family f
    where f.kk_number = any (${reads.flatMap((one) => one.kk ?? [])}::text[]) and f.status in ('active', 'graduated') and f.region_code >= ${from} and f.region_code < ${to}`.execute(
    tx,
  )
  const [byNik, byKk] = [grouped(people), grouped(cards)]
  const staged: Staged[] = []
  const first = new Map<string, Staged>()
  const contradicting = new Set<string>()
  for (const read of reads) {
    const nik = read.nik === null ? undefined : (byNik.get(read.nik) ?? [])
    const kk = read.kk === null ? undefined : (byKk.get(read.kk) ?? [])
    const before = faulty.has(read.line)
    if (nik?.length === 0) tell(read.line, 'nik', 'unknown')
    if (kk?.length === 0) tell(read.line, 'kk', 'unknown')
    if (!nik?.length && !kk?.length) continue
    const both = nik?.length && kk?.length ? nik.filter((one) => kk.some((other) => other.family_id === one.family_id)) : undefined // prettier-ignore
    const found = both ?? (nik?.length ? nik : (kk ?? []))
    if (both?.length === 0) tell(read.line, 'kk', 'other_family')
    else if (found.length > 1) tell(read.line, nik?.length ? 'nik' : 'kk', 'ambiguous')
    const [owner] = found
    if (!owner || before || faulty.has(read.line)) continue
    const { line, bank, number, holder, since } = read
    const row: Staged = { line, familyId: owner.family_id, regionCode: owner.region_code, bank, number, holder, since }
    const same = first.get(row.familyId)
    if (!same) {
      first.set(row.familyId, row)
      staged.push(row)
    } else if (same.bank === bank && same.number === number && same.holder === holder && same.since === since)
      tell(line, 'row', 'twice')
    else {
      tell(line, 'row', 'contradicts')
      contradicting.add(row.familyId)
    }
  }
  // Nobody knows which of them is right: none is taken.
  for (const familyId of contradicting) {
    const row = first.get(familyId)
    if (row) tell(row.line, 'row', 'contradicts')
  }
  const taken = staged.filter((row) => !contradicting.has(row.familyId))
  for (const line of await shared(tx, taken)) tell(line, 'number', 'shared', true)
  return taken
}

const grouped = (owners: readonly Owner[]): Map<string, Owner[]> => {
  const found = new Map<string, Owner[]>()
  for (const owner of owners) {
    const others = found.get(owner.number)
    if (others) others.push(owner)
    else found.set(owner.number, [owner])
  }
  return found
}

/** Lines whose account is another family's too, in the file or in use anywhere. */
async function shared(tx: Tx, rows: readonly Staged[]): Promise<number[]> {
  const times = new Map<string, number>()
  for (const row of rows) times.set(row.number, (times.get(row.number) ?? 0) + 1)
  const { rows: held } = await sql<{ line: number }>`
    select distinct x.line from json_to_recordset(${JSON.stringify(rows.map(({ line, number, familyId }) => ({ line, number, family_id: familyId })))}) x (line int, number text, family_id uuid)
    join family_account a on a.number = x.number and a.family_id <> x.family_id and a.ended_on is null`.execute(tx)
  const lines = new Set(held.map((one) => one.line))
  for (const row of rows) if ((times.get(row.number) ?? 0) > 1) lines.add(row.line)
  return [...lines].toSorted((a, b) => a - b)
}
