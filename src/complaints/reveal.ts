import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { take, words } from './casework.ts'
import type { RevealAct } from './schema.ts'

/** A full NIK, KK or telephone number, for a stated reason. The look is in the audit log before the number is seen. */
export async function reveal(
  tx: Tx,
  actor: Actor,
  id: string,
  { seq, field, reason }: Static<typeof RevealAct>,
): Promise<string> {
  const held = await take(tx, actor, id, 'reveal')
  const column = ({ nik: 'nik', kkNumber: 'kk_number', phone: 'phone' } as const)[field]
  const row = await tx
    .selectFrom('complaint_person')
    .select(column)
    .where('complaint_id', '=', id)
    .where('seq', '=', seq)
    .executeTakeFirst()
  const value = row?.[column as keyof typeof row]
  if (typeof value !== 'string') throw notFound('number')
  await sql`select record_act('look', 'complaint_person', ${`${id}/${seq}`}, ${held.row.region_code}, ${JSON.stringify({ field })}, ${words(reason, 'reason')})`.execute(
    tx,
  )
  return value
}
