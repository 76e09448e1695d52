import { sql } from 'kysely'
import { type Actor, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import type { EventKind, Source } from './change.ts'
import { inSocialOffice, mayCheck } from './policy.ts'
import { asRegister } from './record.ts'
import type { WaitingPage } from './schema.ts'

type Row = {
  change_id: string
  kind: EventKind | null
  region_code: string
  effective_on: string
  recorded_at: Date
  recorded_by: string | null
  source: Source
  families: string[] | null
}

/**
 * Changes of my region that wait for a check, in the order they were made. Of what is about health there is nothing but the family to
 * open; read with the eyes of the register, because those who have not opened it do not see such an event at all.
 */
export async function listWaiting(
  tx: Tx,
  actor: Actor,
  { after, limit = 50 }: { after?: string | undefined; limit?: number | undefined },
): Promise<WaitingPage> {
  if (!inSocialOffice(actor)) throw forbidden('register.check')
  const { rows } = await asRegister(tx, actor, (within) =>
    sql<Row>`
      select change_id,
        (array_agg(case when sealed and not has_opened(family_id) then null else kind end order by subject, seq, subject_id))[1] as kind,
        min(region_code) as region_code, min(effective_on) as effective_on, min(recorded_at) as recorded_at,
        (array_agg(recorded_by))[1] as recorded_by, min(source) as source,
        array_agg(distinct family_id) filter (where family_id is not null) as families
      from register_event
      where state = 'reported' and region_code >= ${actor.regionCode} and region_code < ${scopeEnd(actor.regionCode)}
        and (${after ?? null}::uuid is null or change_id > ${after ?? null}::uuid)
      group by change_id order by change_id limit ${limit + 1}`.execute(within),
  )
  const page = rows.slice(0, limit)
  return {
    rows: page.map((row) => ({
      changeId: row.change_id,
      kind: row.kind,
      regionCode: row.region_code,
      effectiveOn: row.effective_on,
      recordedAt: row.recorded_at.toISOString(),
      source: row.source,
      familyIds: row.families ?? [],
      mayCheck: mayCheck(actor, { regionCode: row.region_code, recordedBy: row.recorded_by }),
    })),
    next: rows.length > limit ? (page.at(-1)?.change_id ?? null) : null,
  }
}
