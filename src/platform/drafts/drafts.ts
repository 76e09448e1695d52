import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import type { Kept } from '#src/platform/http/take-file.ts'
import type { DraftContent } from './schema.ts'

const HOURS = 24
const hash = (token: string) => createHash('sha256').update(token).digest()

type Row<File> = { id: string; token_hash: Buffer; content: DraftContent; files: File[]; expires_at: Date }
export type Drafts<File extends Kept> = ReturnType<typeof draftsIn<File>>

/** Drafts in `table`; `holder` says as whom the rows of the one with this id are touched. */
export function draftsIn<File extends Kept>(table: string, holder: (id: string, at: Date) => Parameters<Db['as']>[0]) {
  const set = (tx: Tx, id: string, column: 'content' | 'files', value: unknown) =>
    sql`update ${sql.table(table)} set ${sql.ref(column)} = ${JSON.stringify(value)} where id = ${id}`.execute(tx)
  return {
    async open(db: Db): Promise<{ id: string; token: string; expiresAt: string }> {
      const id = uuidv7()
      const token = randomBytes(24).toString('base64url')
      const at = db.clock()
      const expiresAt = new Date(at.getTime() + HOURS * 3_600_000).toISOString()
      await db.as(holder(id, at), (tx) =>
        sql`insert into ${sql.table(table)} (id, token_hash, expires_at) values (${id}, ${hash(token)}, ${expiresAt})`.execute(
          tx,
        ),
      )
      return { id, token, expiresAt }
    },
    /** Runs as whoever holds the draft that `header` ("<id>.<token>") opens; 404 when it does not, or has expired. */
    async with<T>(db: Db, header: string, work: (tx: Tx, draft: Row<File>) => Promise<T>): Promise<T> {
      const [id = '', token = ''] = header.split('.')
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) || token.length === 0) throw notFound('draft')
      return db.as(holder(id, db.clock()), async (tx) => {
        const { rows } = await sql<
          Row<File>
        >`select id, token_hash, content, files, expires_at from ${sql.table(table)} where id = ${id} for update`.execute(
          tx,
        )
        const [row] = rows
        if (!row || row.expires_at < db.clock() || !timingSafeEqual(hash(token), row.token_hash))
          throw notFound('draft')
        return work(tx, row)
      })
    },
    saveContent: (tx: Tx, id: string, content: DraftContent) => set(tx, id, 'content', content),
    saveFiles: (tx: Tx, id: string, files: readonly File[]) => set(tx, id, 'files', files),
    /** As its page reads it; where a file lies stays here. */
    present: (row: Row<File>) => ({
      id: row.id,
      content: row.content,
      files: row.files.map(({ fileId: _, ...file }) => file),
      expiresAt: row.expires_at.toISOString(),
    }),
  }
}
