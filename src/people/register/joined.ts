import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'

/**
 * Families among those that changed which were dissolved because their people live in another one now (most of them, where they went several
 * ways), for what follows them there. As the system.
 *
 * @param holding which families matter, of `f`: those that have something to take along
 */
export async function joinedFamilies(
  tx: Tx,
  { families, persons }: { families: readonly string[]; persons: readonly string[] },
  holding: RawBuilder<unknown>,
): Promise<{ from: string; to: string }[]> {
  const { rows } = await sql<{ from: string; to: string }>`
    select distinct on (f.id) f.id as "from", coalesce(k.family_id, p.family_id) as "to"
    from family f join person_past w on w.family_id = f.id and w.person_id = any (${persons}::uuid[])
    join person p on p.id = w.person_id left join person k on k.id = p.merged_into
    where f.id = any (${families}::uuid[]) and f.status = 'dissolved' and coalesce(k.family_id, p.family_id) <> f.id and ${holding}
    group by f.id, coalesce(k.family_id, p.family_id) order by f.id, count(distinct w.person_id) desc, "to"`.execute(tx)
  return rows
}
