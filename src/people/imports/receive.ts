import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Db, Tx } from '#src/platform/db/index.ts'
import { shorten } from '#src/platform/text/index.ts'
import { maskNik } from '../identity.ts'
import { registerTerm } from '../register/index.ts'
import { fields, type Mapping, programmeOf, proposeMapping, type Target } from './columns.ts'
import { headersHash } from './file/header.ts'
import { type Row, shownCell } from './file/row.ts'
import { type Content, type Found, recogniseTable } from './file/table.ts'
import type { ImportOptions } from './schema.ts'

export type Received = { id: string; number: string }
export type SentFile = { fileId: string; name: string; bytes: number }

/** Limits of a file as they are in force. */
export async function importLimits(tx: Tx, at: Date): Promise<{ megabytes: number; rows: number; keptDays: number }> {
  const day = at.toISOString().slice(0, 10)
  const [megabytes, thousands, kept] = await Promise.all(
    ['import_megabytes', 'import_thousand_rows', 'import_file_kept'].map((key) => registerTerm(tx, key, day)),
  )
  return {
    megabytes: megabytes?.amount ?? 0,
    rows: (thousands?.amount ?? 0) * 1000,
    keptDays: kept?.amount ?? 0,
  }
}

/**
 * Takes in a file that lies in the store: finds out how it is written and proposes what its columns are, by the last file
 * with these headers or by their names. Throws `Unreadable`.
 */
export async function receiveImport(
  db: Db,
  actor: Actor,
  file: SentFile,
  content: Content,
  limits: { rows: number },
): Promise<Received> {
  const found = await recogniseTable(content, limits)
  return db.as(actor, (tx) => keepImport(tx, actor, file, found))
}

async function keepImport(tx: Tx, actor: Actor, file: SentFile, { form, rows, first }: Found): Promise<Received> {
  const hash = headersHash(form.headers)
  const before = await rememberedMapping(tx, actor.regionCode, hash)
  const { rows: numbers } = await sql<{ n: number }>`select nextval('register_import_number') as n`.execute(tx)
  const number = `IMP-${String(numbers[0]?.n ?? 0).padStart(6, '0')}`
  const id = uuidv7()
  const options: ImportOptions = {
    asOf: localDay(actor.at, 'Asia/Jakarta'),
    decileSource: before?.options.decileSource ?? 'DTSEN',
    decilePeriod: null,
    dateOrder: null,
  }
  await tx
    .insertInto('register_import')
    .values({
      id,
      number,
      region_code: actor.regionCode,
      office_id: actor.officeId,
      account_id: actor.accountId,
      assignment_id: actor.assignmentId,
      role: actor.role,
      file_id: file.fileId,
      file_name: file.name,
      bytes: file.bytes,
      form: JSON.stringify({ ...form, samples: samplesOf(form.headers.length, first) }),
      headers_hash: hash,
      rows_total: rows,
      mapping: JSON.stringify(before?.mapping ?? proposeMapping(form.headers)),
      options: JSON.stringify(options),
      state: 'uploaded',
      created_at: actor.at,
    })
    .execute()
  return { id, number }
}

const SAMPLES = 4

/** Some different values of each column for people to recognise it by; numbers of people masked. Forgotten with the file. */
const samplesOf = (columns: number, rows: readonly Row[]): string[][] =>
  Array.from({ length: columns }, (_, at) => {
    const shown = rows.map((row) => shorten(masked(shownCell(row.cells[at] ?? '')), 40)).filter(Boolean)
    return [...new Set(shown)].slice(0, SAMPLES)
  })

/** Long runs of digits lose their middle: '327505******9001'. */
const masked = (text: string): string =>
  text.replace(/\d(?:[ .-]?\d){11,}/g, (number) => maskNik(number.replace(/\D/g, '')) ?? '')

/** How a file with these headers was read last in the region. */
export async function rememberedMapping(
  tx: Tx,
  regionCode: string,
  hash: string,
): Promise<{ mapping: Mapping; options: ImportOptions } | undefined> {
  const row = await tx
    .selectFrom('register_import_mapping')
    .select(['mapping', 'options'])
    .where('region_code', '=', regionCode)
    .where('headers_hash', '=', hash)
    .executeTakeFirst()
  return row && { mapping: row.mapping as Mapping, options: row.options as ImportOptions }
}

export async function rememberMapping(
  tx: Tx,
  given: { regionCode: string; hash: string; mapping: Mapping; options: ImportOptions; at: Date },
): Promise<void> {
  const changed = {
    mapping: JSON.stringify(given.mapping),
    options: JSON.stringify(given.options),
    changed_at: given.at,
  }
  await tx
    .insertInto('register_import_mapping')
    .values({ region_code: given.regionCode, headers_hash: given.hash, ...changed })
    .onConflict((on) => on.columns(['region_code', 'headers_hash']).doUpdateSet(changed))
    .execute()
}

/** What is wrong with a mapping: the column, and a code of a sentence. Empty: nothing. */
export function faultsOfMapping(
  mapping: Readonly<Record<string, string>>,
  columns: number,
  programmes: ReadonlySet<string>,
): { field: string; code: string }[] {
  const faults: { field: string; code: string }[] = []
  const taken = new Set<string>()
  for (const [at, target] of Object.entries(mapping)) {
    const programme = programmeOf(target as Target)
    const known = programme === null ? (fields as readonly string[]).includes(target) : programmes.has(programme)
    if (!known || Number(at) >= columns) faults.push({ field: `mapping.${at}`, code: 'unknown' })
    else if (taken.has(target)) faults.push({ field: `mapping.${at}`, code: 'import_column_twice' })
    taken.add(target)
  }
  return faults
}
