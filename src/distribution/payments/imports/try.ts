import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { decideOrder, noEvidence, recogniseTable, type Row, tableRows, Unreadable, weigh } from '#src/people/index.ts'
import { localDay } from '#src/platform/calendar/index.ts'
import { type Actor, type Db, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { regionZone } from '#src/regions/index.ts'
import type { AccountSource } from '../schema.ts'
import { lacking, placesOf } from './columns.ts'
import { readAccountRow, type ReadAccount, type RowFault } from './read-row.ts'
import { resolveRows, type Staged } from './resolve.ts'

export type AccountFile = { name: string; content: Buffer }
export type SaidOfAll = { source: AccountSource; since: string }

/**
 * Tries a file of accounts: every row read and its family found, what is wrong told by row and field, what can be taken put aside.
 * Nothing of the register or of accounts changes. Answers the import. The same file, said the same of, is the same import
 * while it waits and once it was taken. Throws problems that name `file` or `since`.
 */
export async function tryAccounts(
  db: Db,
  actor: Actor,
  file: AccountFile,
  said: SaidOfAll,
  mostRows: number,
): Promise<string> {
  const sha256 = createHash('sha256').update(file.content).digest('hex')
  const known = await db.as(actor, async (tx) => {
    if (said.since > localDay(actor.at, await regionZone(tx, actor.regionCode)))
      throw invalid({ field: 'since', code: 'future' })
    return knownImport(tx, actor, sha256, said)
  })
  if (known) return known
  const { reads, faults, rows } = await readFile(file.content, said, mostRows, localDay(actor.at, 'Asia/Jayapura'))
  return db.as(actor, (tx) =>
    withinAsSystem(tx, 'distribution: try accounts from a file', async (within) => {
      await sql`select pg_advisory_xact_lock(hashtextextended('account_import ' || ${actor.officeId}, 0))`.execute(
        within,
      )
      const again = await knownImport(within, actor, sha256, said)
      if (again) return again
      const staged = await resolveRows(within, [actor.regionCode, scopeEnd(actor.regionCode)], reads, faults)
      return stage(
        within,
        actor,
        { name: cleanLine(file.name).slice(0, 120) || 'rekening', sha256, rows, ...said },
        staged,
        faults,
      )
    }),
  )
}

async function knownImport(tx: Tx, actor: Actor, sha256: string, said: SaidOfAll): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from account_import where office_id = ${actor.officeId} and region_code = ${actor.regionCode} and sha256 = ${sha256}
      and source = ${said.source} and since = ${said.since} and state <> 'dropped' order by state = 'taken' desc, made_at desc limit 1`.execute(
    tx,
  )
  return rows[0]?.id
}

/** Every row of the file, read. `today`: the last day an account may be of, in the easternmost zone. */
async function readFile(
  bytes: Buffer,
  said: SaidOfAll,
  mostRows: number,
  today: string,
): Promise<{ reads: ReadAccount[]; faults: RowFault[]; rows: number }> {
  const content = () => Promise.resolve(Readable.from([bytes]))
  const reads: ReadAccount[] = []
  const faults: RowFault[] = []
  try {
    const { form, rows } = await recogniseTable(content, { rows: mostRows })
    const places = placesOf(form.headers)
    const missing = lacking(places)
    if (missing.length > 0)
      throw invalid({ field: 'file', code: `accounts_lack_${missing.length > 1 ? 'columns' : (missing[0] ?? '')}` })
    const all: Row[] = []
    const evidence = noEvidence()
    for await (const some of tableRows(content, form))
      for (const row of some) {
        all.push(row)
        if (places.since !== undefined) weigh(evidence, row.cells[places.since] ?? '', null)
      }
    const ways = { places, order: decideOrder(evidence), since: said.since, today }
    for (const row of all) {
      const one = readAccountRow(row, ways)
      reads.push(one.read)
      faults.push(...one.faults)
    }
    return { reads, faults, rows }
  } catch (error) {
    if (error instanceof Unreadable)
      throw invalid({ field: 'file', code: `import_${error.code}`, params: error.params })
    throw error
  }
}

async function stage(
  tx: Tx,
  actor: Actor,
  head: { name: string; sha256: string; rows: number } & SaidOfAll,
  staged: readonly Staged[],
  faults: readonly RowFault[],
): Promise<string> {
  const id = uuid()
  const linesOf = (doubt: boolean) => new Set(faults.filter((one) => one.doubt === doubt).map((one) => one.line))
  await sql`
    insert into account_import (id, number, region_code, office_id, name, sha256, source, since, state, row_count, faulty, doubtful, made_by)
    values (${id}, 'REK-' || lpad(nextval('account_import_number')::text, 6, '0'), ${actor.regionCode}, ${actor.officeId}, ${head.name}, ${head.sha256}, ${head.source}, ${head.since},
      'tried', ${head.rows}, ${linesOf(false).size}, ${linesOf(true).size}, ${actor.accountId})`.execute(tx)
  await sql`
    insert into account_import_row (import_id, line, family_id, region_code, bank, number, holder, since)
    select ${id}, x.line, x."familyId", x."regionCode", x.bank, x.number, x.holder, x.since
    from json_to_recordset(${JSON.stringify(staged)}) x (line int, "familyId" uuid, "regionCode" text, bank text, number text, holder text, since date)`.execute(
    tx,
  )
  await sql`
    insert into account_import_fault (import_id, line, region_code, field, code, doubt)
    select ${id}, x.line, ${actor.regionCode}, x.field, x.code, x.doubt
    from json_to_recordset(${JSON.stringify(faults)}) x (line int, field text, code text, doubt boolean) on conflict do nothing`.execute(
    tx,
  )
  return id
}
