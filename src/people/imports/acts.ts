import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { emit } from '#src/platform/events/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { lacking, type Mapping } from './columns.ts'
import { storedForm, type TableForm } from './file/table.ts'
import { canDo, type ImportAct } from './policy.ts'
import { faultsOfMapping, rememberMapping } from './receive.ts'
import type { ImportMapping, ImportOptions, ImportState } from './schema.ts'

type Held = {
  id: string
  state: ImportState
  regionCode: string
  form: TableForm
  headersHash: string
  mapping: Mapping
  options: ImportOptions
}

/** The import, held until the transaction ends, if this may be done to it now. */
async function hold(tx: Tx, actor: Actor, id: string, act: ImportAct): Promise<Held> {
  const row = await tx.selectFrom('register_import').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) throw notFound('import')
  const state = row.state as ImportState
  if (!canDo(act, state, row.office_id === actor.officeId)) throw conflict('import_not_in_this_state')
  if (row.file_id === null) throw conflict('import_file_gone')
  return {
    id,
    state,
    regionCode: row.region_code,
    form: storedForm(row.form),
    headersHash: row.headers_hash,
    mapping: row.mapping as Mapping,
    options: row.options as ImportOptions,
  }
}

const change = async (
  tx: Tx,
  held: Held,
  set: {
    state?: ImportState
    mapping?: string
    options?: string
    evidence?: string
    problem?: null
    confirmed_at?: Date
    ended_at?: Date
    assignment_id?: string
    account_id?: string
    role?: string
  },
): Promise<void> => {
  await tx.updateTable('register_import').set(set).where('id', '=', held.id).execute()
  await emit(tx, {
    kind: 'import.progress',
    subject: 'import',
    subjectId: held.id,
    regionCode: held.regionCode,
    data: { phase: set.state ?? held.state, rowsDone: -1 },
  })
}

/** Says what the columns are and how the file is to be understood; what was tried before is forgotten. */
export async function mapImport(tx: Tx, actor: Actor, id: string, given: ImportMapping): Promise<void> {
  const held = await hold(tx, actor, id, 'map')
  const programmes = await tx.selectFrom('programme').select('code').execute()
  const faults = faultsOfMapping(given.mapping, held.form.headers.length, new Set(programmes.map((one) => one.code)))
  if (given.options.asOf > localDay(actor.at, 'Asia/Jakarta'))
    faults.push({ field: 'options.asOf', code: 'future_day' })
  if (given.options.asOf < '1990-01-01') faults.push({ field: 'options.asOf', code: 'invalid' })
  if (faults.length > 0) throw invalid(...faults)
  await forgetTrial(tx, id)
  const [mapping, options] = [JSON.stringify(given.mapping), JSON.stringify(given.options)]
  await change(tx, held, { state: 'uploaded', mapping, options, evidence: '{}', problem: null })
}

const forgetTrial = (tx: Tx, id: string) =>
  tx.deleteFrom('register_import_batch').where('import_id', '=', id).where('phase', '=', 'check').execute()

/** Begins to try every row; what the columns are must be said. */
export async function beginCheck(tx: Tx, actor: Actor, id: string): Promise<void> {
  const held = await hold(tx, actor, id, 'check')
  const [missing] = lacking(held.mapping)
  if (missing) throw invalid({ field: 'mapping', code: `import_lacks_${missing}` })
  await forgetTrial(tx, id)
  await change(tx, held, { state: 'checking', evidence: '{}', problem: null })
}

/** Begins to load; whoever confirms is answerable for it, and the mapping is remembered for the next file of its kind. */
export async function confirmImport(tx: Tx, actor: Actor, id: string): Promise<void> {
  const held = await hold(tx, actor, id, 'confirm')
  const { regionCode, headersHash: hash, mapping, options } = held
  await rememberMapping(tx, { regionCode, hash, mapping, options, at: actor.at })
  await change(tx, held, { state: 'loading', problem: null, confirmed_at: actor.at, ...answerable(actor) })
}

const answerable = (actor: Actor) => ({
  account_id: actor.accountId,
  role: actor.role,
  ...(actor.assignmentId && { assignment_id: actor.assignmentId }),
})

/** Stops after the batch under way; what was loaded stays. */
export async function pauseImport(tx: Tx, actor: Actor, id: string): Promise<void> {
  await change(tx, await hold(tx, actor, id, 'pause'), { state: 'paused' })
}

export async function resumeImport(tx: Tx, actor: Actor, id: string): Promise<void> {
  await change(tx, await hold(tx, actor, id, 'resume'), { state: 'loading', problem: null, ...answerable(actor) })
}

/** Ends it; what was loaded stays, and the number of the import tells what that was. */
export async function cancelImport(tx: Tx, actor: Actor, id: string): Promise<void> {
  await change(tx, await hold(tx, actor, id, 'cancel'), { state: 'cancelled', ended_at: actor.at })
}
