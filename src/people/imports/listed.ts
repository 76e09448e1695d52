import { sql } from 'kysely'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { presentRow, whoIs } from '../movement/behind.ts'
import type { ImportedQuery, ImportedRows } from './schema.ts'

/**
 * The families or persons an import made or changed, fifty at a time, names by letters: whose events name it. What it found as it was left no
 * event and is in the file only; of whom only sealed data changed nothing is told, for the list would tell of it. The look is recorded.
 */
export async function listImported(tx: Tx, actor: Actor, id: string, query: ImportedQuery): Promise<ImportedRows> {
  const { who, what, after } = query
  const one = await tx
    .selectFrom('register_import')
    .select(['number', 'region_code'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!one || !isWithin(one.region_code, actor.regionCode)) throw notFound('import')
  const most = 50
  const { family, joins } = whoIs(who)
  const { rows } = await sql<Parameters<typeof presentRow>[0]>`
    select s.id, ${family} as family_id, p.name, s.region_code, r.name as region_name, f.rt, f.rw
    from (select subject_id as id, max(region_code) as region_code from register_event
      where source_ref = ${one.number} and subject = ${who} and state = 'in_force' and (${after ?? null}::uuid is null or subject_id > ${after ?? null}::uuid)
      group by subject_id having ${what === 'new' ? sql`min(seq) = 1` : sql`min(seq) > 1`} order by subject_id limit ${most + 1}) s
    join region r on r.code = s.region_code ${joins} order by s.id`.execute(tx)
  await sql`select record_act('list', 'register_import', ${id}, ${one.region_code}, ${JSON.stringify({ who, what, rows: Math.min(rows.length, most) })}::jsonb, null)`.execute(
    tx,
  )
  return { items: rows.slice(0, most).map(presentRow), next: rows.length > most ? (rows[most - 1]?.id ?? null) : null }
}
