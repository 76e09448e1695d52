import { sql } from 'kysely'
import { familyNumbers } from '#src/people/index.ts'
import { recordAct } from '#src/platform/audit/index.ts'
import { type Actor, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { presentRows } from './inbox.ts'
import type { ListItem } from './schema.ts'

/** Enough to find an old case of the family; how many more there are the list of cases knows. */
const MOST = 20

/**
 * Cases the reader may see in which somebody of an opened family of the register is the one it is about, or complains: by NIK and family
 * card, within the kecamatan they live in, the latest first. The look is written down. Throws 404, 403 `open_first`.
 */
export async function casesOfFamily(tx: Tx, actor: Actor, familyId: string): Promise<ListItem[]> {
  const { regionCode, kkNumber, niks } = await familyNumbers(tx, actor, familyId)
  if (kkNumber === null && niks.length === 0) return []
  const district = regionCode.slice(0, 8)
  const { rows } = await sql<Parameters<typeof presentRows>[2][number]>`
    select c.*, r.name as region_name, null as assignee_name
    from complaint c join region r on r.code = c.region_code
    where c.region_code >= ${district} and c.region_code < ${scopeEnd(district)}
      and exists (select from complaint_person p where p.complaint_id = c.id
        and (p.kk_number = ${kkNumber} or p.nik = any (${niks}::text[])))
    order by c.filed_at desc, c.id limit ${MOST}`.execute(tx)
  await recordAct(tx, {
    act: 'look',
    subject: 'family',
    subjectId: familyId,
    regionCode,
    detail: { what: 'complaints', rows: rows.length },
  })
  return presentRows(tx, actor, rows)
}
