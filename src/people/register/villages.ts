import { sql } from 'kysely'
import { recordAct } from '#src/platform/audit/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import type { FamilyState } from './change.ts'
import { heldThen, seenOf } from './family.ts'
import { inSocialOffice, mayCheck, mayList } from './policy.ts'
import type { VillageRow, WaitingPage } from './schema.ts'

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

type WaitingRow = {
  change_id: string
  kind: WaitingPage['rows'][number]['kind']
  region_code: string
  effective_on: string
  recorded_at: Date
  recorded_by: string | null
  source: WaitingPage['rows'][number]['source']
  families: string[]
}

/** Changes of my region that wait for somebody else than who recorded them, the oldest first. Kinds about health only where opened. */
export async function listWaiting(
  tx: Tx,
  actor: Actor,
  { after, limit = 50 }: { after?: string | undefined; limit?: number | undefined },
): Promise<WaitingPage> {
  if (!inSocialOffice(actor)) throw forbidden('register.check')
  const { rows } = await sql<WaitingRow>`
    select change_id, (array_agg(kind order by subject, seq, subject_id))[1] as kind, min(region_code) as region_code,
      min(effective_on) as effective_on, min(recorded_at) as recorded_at, (array_agg(recorded_by))[1] as recorded_by,
      min(source) as source, array_agg(distinct family_id) filter (where family_id is not null) as families
    from register_event
    where state = 'reported' and region_code >= scope_from() and region_code < scope_to() and (${after ?? null}::uuid is null or change_id > ${after ?? null}::uuid)
    group by change_id order by change_id limit ${limit + 1}`.execute(tx)
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
