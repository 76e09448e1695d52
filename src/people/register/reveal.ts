import { recordAct } from '#src/platform/audit/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { requireOpening } from './opening.ts'

/** Why somebody looks, in their own words: at least five letters. */
export const reasonOf = (text: string): string => {
  const reason = cleanLine(text)
  if (reason.length < 5) throw invalid({ field: 'reason', code: 'minLength', params: { limit: 5 } })
  return reason
}

/** The full NIK of a member of a family one has opened. The look is in the audit log before the number is seen. */
export async function revealNik(tx: Tx, actor: Actor, personId: string, reason: string): Promise<string> {
  const row = await tx
    .selectFrom('person')
    .select(['nik', 'family_id', 'region_code'])
    .where('id', '=', personId)
    .executeTakeFirst()
  if (!row?.family_id) throw notFound('person')
  await requireOpening(tx, actor, row.family_id)
  if (row.nik === null) throw notFound('number')
  const detail = { field: 'nik' }
  await recordAct(tx, {
    act: 'look',
    subject: 'person',
    subjectId: personId,
    regionCode: row.region_code,
    detail,
    reason: reasonOf(reason),
  })
  return row.nik
}

/** The full number of the family card; the same care. */
export async function revealKk(tx: Tx, actor: Actor, familyId: string, reason: string): Promise<string> {
  await requireOpening(tx, actor, familyId)
  const row = await tx
    .selectFrom('family')
    .select(['kk_number', 'region_code'])
    .where('id', '=', familyId)
    .executeTakeFirst()
  if (!row?.kk_number) throw notFound('number')
  const detail = { field: 'kkNumber' }
  await recordAct(tx, {
    act: 'look',
    subject: 'family',
    subjectId: familyId,
    regionCode: row.region_code,
    detail,
    reason: reasonOf(reason),
  })
  return row.kk_number
}
