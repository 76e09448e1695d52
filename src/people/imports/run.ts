import { sql } from 'kysely'
import { localDay } from '#src/platform/calendar/index.ts'
import { type Actor, type Db, type Role, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { emit } from '#src/platform/events/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { type Batch, batchesOf } from './batches.ts'
import type { Mapping } from './columns.ts'
import { Unreadable } from './file/row.ts'
import { type Content, storedForm, type TableForm, tableRows } from './file/table.ts'
import { type BatchResult, loadBatch, planOf, resultOf } from './load-batch.ts'
import { openPlaces } from './places.ts'
import type { Telling } from './plan.ts'
import type { Reading } from './read-row.ts'
import type { ImportOptions, ImportState } from './schema.ts'
import { type Evidence, survey } from './survey.ts'

/** Opens a file of the store by its id. */
export type OpenFile = (fileId: string) => Content
export type Phase = 'check' | 'load'

export type ImportRecord = {
  id: string
  number: string
  regionCode: string
  actor: Omit<Actor, 'at'>
  fileId: string
  form: TableForm
  headersHash: string
  mapping: Mapping
  options: ImportOptions
  evidence: Evidence | null
  state: ImportState
  createdAt: Date
}

const running = { check: 'checking', load: 'loading' } as const

/** The import with what a load needs; undefined where its file is gone. */
export const findImport = (db: Db, id: string): Promise<ImportRecord | undefined> =>
  db.asSystem('import: what is to be loaded', (tx) => readImport(tx, id))

/** The same as whoever asks; throws where there is none. */
export async function getImport(tx: Tx, id: string): Promise<ImportRecord> {
  const record = await readImport(tx, id)
  if (!record) throw notFound('import')
  return record
}

async function readImport(tx: Tx, id: string): Promise<ImportRecord | undefined> {
  const row = await tx.selectFrom('register_import').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row?.file_id) return undefined
  const evidence = row.evidence as Partial<Evidence>
  return {
    id,
    number: row.number,
    regionCode: row.region_code,
    actor: {
      accountId: row.account_id,
      name: '',
      assignmentId: row.assignment_id ?? '',
      role: row.role as Role,
      regionCode: row.region_code,
      officeId: row.office_id,
      pillarKind: null,
    },
    fileId: row.file_id,
    form: storedForm(row.form),
    headersHash: row.headers_hash,
    mapping: row.mapping as Mapping,
    options: row.options as ImportOptions,
    evidence: evidence.batchRows === undefined ? null : (evidence as Evidence),
    state: row.state as ImportState,
    createdAt: row.created_at,
  }
}

/** Finds out what the columns hold, then tries every row without loading it. Goes on where it was cut off. */
export async function checkImport(
  db: Db,
  open: OpenFile,
  id: string,
  signal?: AbortSignal,
  { tryRows = true } = {},
): Promise<void> {
  const record = await findImport(db, id)
  if (record?.state !== 'checking') return
  await stoppedByFile(db, record, async () => {
    const content = open(record.fileId)
    const evidence = record.evidence ?? (await survey(tableRows(content, record.form), record.mapping))
    if (!record.evidence) await keepEvidence(db, record, evidence)
    if (evidence.dateOrder === null && record.options.dateOrder === null)
      return settle(db, record, 'check', 'uploaded', 'date_order')
    if (!tryRows) return settle(db, record, 'check', 'checked', null)
    await runPhase(db, record, evidence, content, 'check', signal)
  })
}

/** Loads every row that can be loaded, a batch at a time. Goes on after the last batch that was committed. */
export async function loadImport(db: Db, open: OpenFile, id: string, signal?: AbortSignal): Promise<void> {
  const record = await findImport(db, id)
  if (record?.state !== 'loading' || !record.evidence) return
  const { evidence } = record
  if (!(await stillActs(db, record))) return settle(db, record, 'load', 'paused', 'assignment_ended')
  await stoppedByFile(db, record, () => runPhase(db, record, evidence, open(record.fileId), 'load', signal))
}

/** A file that cannot be read any further ends the import with a reason; anything else is tried again. */
async function stoppedByFile(db: Db, record: ImportRecord, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    await settle(db, record, record.state === 'checking' ? 'check' : 'load', 'failed', error.code)
  }
}

/** Who confirmed the load must still hold the office they load for. */
async function stillActs(db: Db, { actor }: ImportRecord): Promise<boolean> {
  if (!actor.assignmentId) return true
  const found = await db.asSystem('import: does the assignment still hold', (tx) =>
    tx
      .selectFrom('assignment')
      .select('id')
      .where('id', '=', actor.assignmentId)
      .where('ended_at', 'is', null)
      .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>=', db.clock().toISOString().slice(0, 10))]))
      .executeTakeFirst(),
  )
  return found !== undefined
}

async function runPhase(
  db: Db,
  record: ImportRecord,
  evidence: Evidence,
  content: Content,
  phase: Phase,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { actor, options, regionCode, form } = record
  const acting = (): Actor => ({ ...actor, at: db.clock() })
  const { places, done, zone } = await db.as(acting(), async (tx) => ({
    places: await openPlaces(tx, regionCode),
    done: await lastBatch(tx, record.id, phase),
    zone: await latestZone(tx, regionCode),
  }))
  const reading: Reading = {
    mapping: record.mapping,
    headers: form.headers,
    lostColumns: evidence.lostColumns,
    dateOrder: options.dateOrder ?? evidence.dateOrder ?? 'dmy',
    // The same for all tries, so that a load that goes on judges as it did before.
    today: localDay(record.createdAt, zone),
    places,
  }
  const telling: Telling = {
    number: record.number,
    regionCode,
    asOf: options.asOf,
    decileSource: options.decileSource,
    decilePeriod: options.decilePeriod,
  }
  const batches = batchesOf(() => tableRows(content, form), reading, evidence)
  // The next batch is read while the database writes this one.
  let coming = batches.next()
  for (;;) {
    const { value: batch, done: ended } = await coming
    if (ended) break
    coming = batches.next()
    coming.catch(() => {})
    if (batch.seq <= done) continue
    if (signal?.aborted) throw new Error('the process is stopping')
    const today = localDay(db.clock(), zone)
    const work = async (tx: Tx, load: (batch: Batch) => Promise<BatchResult>): Promise<boolean> => {
      if (!(await mayGoOn(tx, record.id, phase, batch.seq))) return false
      const result = await load(batch)
      await keepBatch(tx, record, phase, batch, result)
      return true
    }
    const went =
      phase === 'load'
        ? await db.copying(acting(), (tx, copy) => {
            const who = acting()
            return work(tx, (one) => loadBatch(tx, copy, who, one, telling, today))
          })
        : await db.as(acting(), (tx) => work(tx, async (one) => resultOf(one, await planOf(tx, one, telling))))
    if (!went) {
      await batches.return(undefined)
      return
    }
  }
  await settle(db, record, phase, phase === 'check' ? 'checked' : 'done', null)
}

/** Holds the import while a batch is under way: pausing waits for it, and two processes never load the same one. */
async function mayGoOn(tx: Tx, id: string, phase: Phase, seq: number): Promise<boolean> {
  // What a crash takes of the last moments it takes as a whole: rows and mark are one transaction.
  await sql.raw('set local synchronous_commit = off').execute(tx)
  const row = await tx.selectFrom('register_import').select('state').where('id', '=', id).forUpdate().executeTakeFirst()
  if (row?.state !== running[phase]) return false
  return (await lastBatch(tx, id, phase)) === seq - 1
}

async function lastBatch(tx: Tx, id: string, phase: Phase): Promise<number> {
  const row = await tx
    .selectFrom('register_import_batch')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .where('import_id', '=', id)
    .where('phase', '=', phase)
    .executeTakeFirst()
  return row?.seq ?? 0
}

async function keepBatch(tx: Tx, record: ImportRecord, phase: Phase, batch: Batch, result: BatchResult): Promise<void> {
  await tx
    .insertInto('register_import_batch')
    .values({
      import_id: record.id,
      phase,
      seq: batch.seq,
      region_code: record.regionCode,
      rows_done: batch.rowsDone,
      families_done: batch.units.length,
      counts: JSON.stringify(result.counts),
      remarks: JSON.stringify(result.remarks),
      digest: batch.digest,
    })
    .execute()
  await tellProgress(tx, record, phase, batch.rowsDone)
}

const tellProgress = (tx: Tx, record: ImportRecord, phase: string, rowsDone: number) =>
  emit(tx, {
    kind: 'import.progress',
    subject: 'import',
    subjectId: record.id,
    regionCode: record.regionCode,
    data: { phase, rowsDone },
  })

async function keepEvidence(db: Db, record: ImportRecord, evidence: Evidence): Promise<void> {
  await db.as({ ...record.actor, at: db.clock() }, (tx) =>
    tx
      .updateTable('register_import')
      .set({ evidence: JSON.stringify(evidence) })
      .where('id', '=', record.id)
      .execute(),
  )
}

/** Ends a phase, unless somebody ended or paused it meanwhile. */
async function settle(
  db: Db,
  record: ImportRecord,
  phase: Phase,
  state: ImportState,
  problem: string | null,
): Promise<void> {
  const at = db.clock()
  const over = state === 'done' || state === 'failed'
  await db.as({ ...record.actor, at }, async (tx) => {
    await tx
      .updateTable('register_import')
      .set({ state, problem, ...(over && { ended_at: at }) })
      .where('id', '=', record.id)
      .where('state', '=', running[phase])
      .execute()
    await tellProgress(tx, record, state, -1)
  })
}

/** The zone of the region in which the day begins first: nothing effective there today lies in the future. */
async function latestZone(tx: Tx, regionCode: string): Promise<'Asia/Jakarta' | 'Asia/Makassar' | 'Asia/Jayapura'> {
  const { rows } = await sql<{ zone: string }>`
    select distinct time_zone as zone from region
    where code >= ${regionCode === '00' ? '00' : regionCode} and code < ${scopeEnd(regionCode)}`.execute(tx)
  const zones = new Set(rows.map((row) => row.zone))
  if (zones.has('Asia/Jayapura')) return 'Asia/Jayapura'
  return zones.has('Asia/Makassar') ? 'Asia/Makassar' : 'Asia/Jakarta'
}
