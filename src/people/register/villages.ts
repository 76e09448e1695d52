import { sql } from 'kysely'
import { recordAct } from '#src/platform/audit/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import type { FamilyState } from './change.ts'
import { heldThen, seenOf } from './family.ts'
import { mayList } from './policy.ts'
import type { VillageRow } from './schema.ts'

export type VillageAsked = {
  on?: string | undefined
  knownAt?: string | undefined
  /** id of the last family of the page before */
  after?: string | undefined
  limit?: number | undefined
  /** the work that is a list */
  work: string
}

type Row = { id: string; state: FamilyState; since: string; head_name: string | null; members: number }

/** The families of a village on a day, as believed at a moment. Each page is written into the audit log. */
export async function listVillage(
  tx: Tx,
  actor: Actor,
  regionCode: string,
  asked: VillageAsked,
): Promise<{ rows: VillageRow[]; next: string | null }> {
  const place = await tx.selectFrom('region').select('tier').where('code', '=', regionCode).executeTakeFirst()
  if (place?.tier !== 'village') throw notFound('region')
  if (!mayList(actor, regionCode)) throw forbidden('register.list')
  const seen = await seenOf(tx, actor, asked)
  const most = asked.limit ?? 100
  const after = asked.after ?? null
  const { rows } = await sql<Row>`
    with page as materialized (
      select v.family_id, v.state, v.valid_from from family_version v
      where v.region_code = ${regionCode} and ${heldThen(seen)} and (${after}::uuid is null or v.family_id > ${after}::uuid)
      order by v.family_id limit ${most + 1}
    ), people as materialized (
      select v.person_id, v.family_id, v.state from person_version v
      where v.family_id in (select family_id from page) and ${heldThen(seen)}
    )
    select f.family_id as id, f.state, f.valid_from as since,
      (select p.state ->> 'name' from people p where p.person_id = (f.state ->> 'headId')::uuid) as head_name,
      (select count(*) from people p where p.family_id = f.family_id and p.state ->> 'status' = 'active') as members
    from page f order by f.family_id`.execute(tx)
  const page = rows.slice(0, most)
  const detail = { work: asked.work, rows: page.length, on: seen.on, past: seen.knownAt !== null }
  await recordAct(tx, { act: 'list', subject: 'family', subjectId: regionCode, regionCode, detail })
  return { rows: page.map(present), next: rows.length > most ? (page.at(-1)?.id ?? null) : null }
}

const present = ({ id, state, since, head_name, members }: Row): VillageRow => ({
  id,
  headName: head_name,
  ...(state.address !== undefined && { address: state.address }),
  ...(state.rt !== undefined && { rt: state.rt }),
  ...(state.rw !== undefined && { rw: state.rw }),
  ...(state.decile !== undefined && { decile: state.decile }),
  ...(state.checkedOn !== undefined && { checkedOn: state.checkedOn }),
  status: state.status,
  members,
  since,
})
