import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { importLimits } from './receive.ts'

/** Deletes the files of imports that ended longer ago than files are kept, and of those nobody went on with. */
export async function removeOldFiles(db: Db, files: FileStore): Promise<number> {
  const now = db.clock()
  const { keptDays } = await db.asSystem('imports: how long files are kept', (tx) => importLimits(tx, now))
  const before = new Date(now.getTime() - keptDays * 86_400_000)
  const old = await db.asSystem('imports: delete the files that were kept long enough', async (tx) => {
    const rows = await tx
      .updateTable('register_import as i')
      .from('register_import as was')
      .set({ file_id: null, form: sql`i.form - 'samples'` })
      .whereRef('i.id', '=', 'was.id')
      .where('was.file_id', 'is not', null)
      .where((eb) =>
        eb.or([
          eb('i.ended_at', '<', before),
          eb.and([eb('i.state', 'in', ['uploaded', 'checked', 'paused']), eb('i.created_at', '<', before)]),
        ]),
      )
      .returning('was.file_id as fileId')
      .execute()
    return rows.flatMap(({ fileId }) => fileId ?? [])
  })
  for (const fileId of new Set(old)) await removeUnlessUsed(db, files, fileId)
  return old.length
}

/** Equal contents are one file: it goes with the last import that names it. */
export async function removeUnlessUsed(db: Db, files: FileStore, fileId: string): Promise<void> {
  const used = await db.asSystem('imports: is a file still named', (tx) => isNamed(tx, fileId))
  if (!used) await files.remove(fileId)
}

const isNamed = async (tx: Tx, fileId: string): Promise<boolean> =>
  (await tx.selectFrom('register_import').select('id').where('file_id', '=', fileId).limit(1).executeTakeFirst()) !==
  undefined
