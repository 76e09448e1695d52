import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { Matter, SimilarCase, State } from './schema.ts'

export async function listMatters(tx: Tx): Promise<Matter[]> {
  const rows = await tx.selectFrom('complaint_matter').selectAll().orderBy('position').execute()
  return rows.map((row) => ({ code: row.code, parentCode: row.parent_code, nameId: row.name_id, nameEn: row.name_en }))
}

type Like = { regionCode: string; matter: string; programmeCode?: string | null; body: string }

/** Likely duplicates of a story that is being told: ids and codes, no text, no name, no number. */
export async function findSimilar(tx: Tx, like: Like): Promise<SimilarCase[]> {
  const found = await sql<{
    id: string
    score: number
    filed_on: string
    matter: string
    programme_code: string | null
    state: State
    joined_count: number
  }>`select * from similar_complaints(${like.regionCode}, ${like.matter}, ${like.programmeCode ?? null}, ${like.body})`.execute(
    tx,
  )
  return found.rows.map((row) => ({
    id: row.id,
    filedOn: row.filed_on,
    matter: row.matter,
    programmeCode: row.programme_code,
    state: row.state,
    joinedCount: row.joined_count,
    score: Math.min(1, Math.max(0, row.score)),
  }))
}
