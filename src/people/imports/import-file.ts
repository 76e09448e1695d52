import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Actor, Db } from '#src/platform/db/index.ts'
import { beginCheck, confirmImport, mapImport } from './acts.ts'
import { importLimits, receiveImport } from './receive.ts'
import { checkImport, findImport, getImport, loadImport } from './run.ts'
import type { ImportOptions } from './schema.ts'

/**
 * A whole import without HTTP and without the queue: the file at `file` is received, tried and loaded under the rules of any
 * other. For the demonstration and for installing. Answers its number; throws when the file asks for a decision of people.
 */
export async function importFile(
  db: Db,
  actor: Actor,
  given: {
    file: string
    options?: Partial<ImportOptions>
    /** false: rows are loaded without trying them first */
    check?: boolean
  },
): Promise<{ id: string; number: string }> {
  const { size } = await stat(given.file)
  const open = () => () => Promise.resolve(createReadStream(given.file, { highWaterMark: 256 * 1024 }))
  const limits = await db.asPublic((tx) => importLimits(tx, actor.at))
  const file = { fileId: given.file, name: path.basename(given.file), bytes: size }
  const received = await receiveImport(db, actor, file, open(), limits)
  const { id } = received
  const { options } = given
  await db.as(actor, async (tx) => {
    const record = await getImport(tx, id)
    if (options)
      await mapImport(tx, actor, id, { mapping: { ...record.mapping }, options: { ...record.options, ...options } })
    await beginCheck(tx, actor, id)
  })
  await checkImport(db, open, id, undefined, { tryRows: given.check ?? true })
  await db.as(actor, (tx) => confirmImport(tx, actor, id))
  await loadImport(db, open, id)
  const { state } = (await findImport(db, id)) ?? {}
  if (state !== 'done') throw new Error(`import ${received.number} stopped: ${state ?? 'gone'}`)
  // The file was never in the store.
  await db.as(actor, (tx) => tx.updateTable('register_import').set({ file_id: null }).where('id', '=', id).execute())
  return received
}
