import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import {
  type FamilyPart,
  type Patch,
  type PersonPart,
  type PersonState,
  recordChange,
  requireOpening,
  type SealedState,
} from '../register/index.ts'
import { mayDecide } from './policy.ts'
import type { MergeBody, MergeField } from './schema.ts'

export type PersonNow = {
  id: string
  family_id: string | null
  region_code: string
  name: string
  nik: string | null
  birth_date: string | null
  birth_place: string | null
  sex: PersonState['sex'] | null
  relationship: PersonState['relationship'] | null
  mother_name: string | null
  marital_status: PersonState['maritalStatus'] | null
  schooling: PersonState['schooling'] | null
  school_level: PersonState['schoolLevel'] | null
  work: string | null
  ppks: number[]
  status: PersonState['status']
  died_on: string | null
}
type FamilyNow = {
  id: string
  head_id: string | null
  payee_id: string | null
  region_code: string
  members: string[]
  successor: string | null
}

/** A pair that one can see and decide, locked. */
async function takePair(tx: Tx, actor: Actor, left: string, right: string) {
  const pair = await tx
    .selectFrom('link_pair')
    .select(['left_id', 'right_id', 'left_region', 'right_region', 'region_code', 'state'])
    .where('left_id', '=', left)
    .where('right_id', '=', right)
    .forUpdate()
    .executeTakeFirst()
  if (!pair) throw notFound('pair')
  if (!mayDecide(actor, { leftRegion: pair.left_region, rightRegion: pair.right_region }))
    throw forbidden('linkage.decide')
  return pair
}

function reasonOf(text: string): string {
  const reason = cleanLine(text)
  if (reason.length < 5) throw invalid({ field: 'reason', code: 'minLength', params: { limit: 5 } })
  return reason
}

/** Two people after all, for good: no search brings the pair back. */
export async function markDifferent(tx: Tx, actor: Actor, left: string, right: string, why: string): Promise<void> {
  const pair = await takePair(tx, actor, left, right)
  if (pair.state !== 'possible') throw conflict('pair_decided')
  await tx
    .updateTable('link_pair')
    .set({ state: 'different', decided_by: actor.accountId, decided_at: actor.at, reason: reasonOf(why) })
    .where('left_id', '=', left)
    .where('right_id', '=', right)
    .execute()
}

const fieldColumns = {
  name: 'name',
  nik: 'nik',
  birthDate: 'birth_date',
  birthPlace: 'birth_place',
  sex: 'sex',
  motherName: 'mother_name',
  maritalStatus: 'marital_status',
  schooling: 'schooling',
  schoolLevel: 'school_level',
  work: 'work',
} as const satisfies Partial<Record<MergeField, keyof PersonNow>>

/** What both know and what differs: those who merge choose; the rest follows. */
export const toChoose = (left: PersonNow, right: PersonNow): MergeField[] => {
  const differs = (Object.entries(fieldColumns) as [MergeField, keyof PersonNow][])
    .filter(([, column]) => left[column] !== null && right[column] !== null && left[column] !== right[column])
    .map(([field]) => field)
  if (left.status !== right.status) differs.push('status')
  if (left.family_id !== right.family_id) differs.push('family')
  return differs
}

/**
 * Makes one record of two: the kept one takes the chosen values, the place in the family, the roles (head, payee) and the assistance of
 * the other, which stays with its own history, as merged. One change of the register, so one correction takes it back. Answers the
 * id of the merge. Both families must have been opened.
 */
export async function mergePair(tx: Tx, actor: Actor, left: string, right: string, body: MergeBody): Promise<string> {
  const reason = reasonOf(body.reason)
  const pair = await takePair(tx, actor, left, right)
  if (pair.state !== 'possible') throw conflict('pair_decided')
  const persons = await readPersons(tx, [left, right])
  const [one, other] = [persons.get(left), persons.get(right)]
  if (!one || !other) throw notFound('pair')
  if (one.status === 'merged' || other.status === 'merged') throw conflict('pair_decided')
  for (const family of new Set([one.family_id, other.family_id])) if (family) await requireOpening(tx, actor, family)
  const [kept, gone] = body.keep === 'left' ? [one, other] : [other, one]
  const goneSide = body.keep === 'left' ? 'right' : 'left'
  const takes = (field: MergeField, unknown: boolean) =>
    body.choose?.[field] === undefined ? unknown : body.choose[field] === goneSide

  const patch: Record<string, unknown> = {}
  for (const [field, column] of Object.entries(fieldColumns) as [keyof typeof fieldColumns, keyof PersonNow][])
    if (kept[column] !== gone[column] && takes(field, kept[column] === null)) patch[field] = gone[column]
  if (kept.status !== gone.status && takes('status', false)) {
    patch['status'] = gone.status
    patch['diedOn'] = gone.died_on
  }
  const ppks = [...new Set([...kept.ppks, ...gone.ppks])].toSorted((a, b) => a - b)
  if (ppks.length > kept.ppks.length) patch['ppks'] = ppks
  const moves = kept.family_id !== gone.family_id && takes('family', kept.family_id === null)
  if (moves) {
    patch['familyId'] = gone.family_id
    patch['relationship'] = gone.relationship
    if (gone.family_id === null) patch['regionCode'] = gone.region_code
  }
  const target = moves ? gone.family_id : kept.family_id
  const sealed = await sealedUnion(tx, kept.id, gone.id)
  const { parts, dissolved } = await familyParts(tx, kept, gone, target, patch)
  const changeId = uuid()
  await recordChange(tx, actor, {
    id: changeId,
    kind: 'merged',
    effectiveOn: await today(tx),
    source: 'linkage',
    note: reason,
    check: 'none',
    parts: [
      ...(Object.keys(patch).length > 0 || sealed
        ? [
            {
              subject: 'person',
              subjectId: kept.id,
              patch: patch as Patch<PersonState>,
              ...(sealed && { sealed }),
            } satisfies PersonPart,
          ]
        : []),
      { subject: 'person', subjectId: gone.id, patch: { status: 'merged', mergedInto: kept.id, familyId: null } },
      ...parts,
    ],
  })
  const moved = target ? await moveAssistance(tx, gone.id, kept.id, target, dissolved) : []
  const id = uuid()
  await sql`insert into link_merge (id, kept_id, gone_id, region_code, change_id, moved, reason, merged_by)
    values (${id}, ${kept.id}, ${gone.id}, ${pair.region_code}, ${changeId}, ${JSON.stringify(moved)}::jsonb, ${reason}, ${actor.accountId})`.execute(
    tx,
  )
  await tx
    .updateTable('link_pair')
    .set({ state: 'merged', decided_by: actor.accountId, decided_at: actor.at, reason })
    .where('left_id', '=', left)
    .where('right_id', '=', right)
    .execute()
  await withinAsSystem(tx, 'linkage: pairs follow who was merged', (within) =>
    followPairs(within, kept.id, gone.id, id),
  )
  return id
}

async function today(tx: Tx): Promise<string> {
  const { rows } = await sql<{
    day: string
  }>`select (acting_now() at time zone 'Asia/Jakarta')::date::text as day`.execute(tx)
  return rows[0]?.day ?? ''
}

export async function readPersons(tx: Tx, ids: readonly string[]): Promise<Map<string, PersonNow>> {
  const { rows } = await sql<PersonNow>`
    select id, family_id, region_code, name, nik, birth_date, birth_place, sex, relationship, mother_name, marital_status, schooling,
      school_level, work, ppks, status, died_on from person where id = any (${[...ids]}::uuid[])`.execute(tx)
  return new Map(rows.map((row) => [row.id, row]))
}

/** What is sealed of both, as one; undefined where the kept record loses and gains nothing. */
async function sealedUnion(tx: Tx, keptId: string, goneId: string): Promise<Patch<SealedState> | undefined> {
  const rows = await tx
    .selectFrom('person_sealed')
    .select(['person_id', 'disabilities', 'chronic_illnesses', 'ppks', 'pregnant', 'due_month'])
    .where('person_id', 'in', [keptId, goneId])
    .execute()
  const kept = rows.find((row) => row.person_id === keptId)
  const gone = rows.find((row) => row.person_id === goneId)
  if (!gone) return undefined
  const union = <Value>(a: readonly Value[] | undefined, b: readonly Value[]) => [...new Set([...(a ?? []), ...b])]
  const patch: Record<string, unknown> = {}
  const put = (field: string, before: readonly unknown[] | undefined, all: unknown[]) => {
    if (all.length > (before?.length ?? 0)) patch[field] = all
  }
  put('disabilities', kept?.disabilities, union(kept?.disabilities, gone.disabilities))
  put('chronicIllnesses', kept?.chronic_illnesses, union(kept?.chronic_illnesses, gone.chronic_illnesses))
  put('ppks', kept?.ppks, union(kept?.ppks, gone.ppks))
  if (gone.pregnant && !kept?.pregnant) Object.assign(patch, { pregnant: true, dueMonth: gone.due_month })
  return Object.keys(patch).length > 0 ? (patch as Patch<SealedState>) : undefined
}

/**
 * Roles follow the person: where the gone one was head or payee of the family the kept one lives in, the kept one is; a family both
 * have left gets the spouse, or else the oldest, as head, and is dissolved where nobody is left.
 */
async function familyParts(
  tx: Tx,
  kept: PersonNow,
  gone: PersonNow,
  target: string | null,
  patch: Record<string, unknown>,
) {
  const parts: (FamilyPart | PersonPart)[] = []
  let dissolved: string | null = null
  for (const id of new Set([kept.family_id, gone.family_id])) {
    if (id === null) continue
    const family = await readFamily(tx, id, [kept.id, gone.id])
    if (!family) continue
    const isTarget = id === target
    const heir = isTarget ? kept.id : family.successor
    const roles: { headId?: string | null; payeeId?: string | null; status?: 'dissolved' } = {}
    const left = (role: string | null) =>
      role !== null && (isTarget ? role === gone.id : role === kept.id || role === gone.id)
    if (left(family.head_id)) {
      roles.headId = heir
      if (isTarget) patch['relationship'] = 'head'
      else if (heir) parts.push({ subject: 'person', subjectId: heir, patch: { relationship: 'head' } })
    }
    if (left(family.payee_id)) roles.payeeId = heir
    if (!isTarget && family.members.length === 0) {
      roles.status = 'dissolved'
      dissolved = id
    }
    if (Object.keys(roles).length > 0) parts.push({ subject: 'family', subjectId: id, patch: roles })
  }
  return { parts, dissolved }
}

async function readFamily(tx: Tx, id: string, without: readonly string[]): Promise<FamilyNow | undefined> {
  const { rows } = await sql<FamilyNow>`
    select f.id, f.head_id, f.payee_id, f.region_code,
      coalesce(array_agg(p.id) filter (where p.id is not null), '{}') as members,
      (array_agg(p.id order by (p.relationship = 'spouse') desc nulls last, p.birth_date nulls last, p.id) filter (where p.id is not null))[1] as successor
    from family f left join person p on p.family_id = f.id and p.status = 'active' and p.id <> all (${[...without]}::uuid[])
    where f.id = ${id} group by f.id`.execute(tx)
  return rows[0]
}

type Moved = { id: string; familyId: string; personId: string | null; regionCode: string }

/** Assistance of the gone person, and of a family nobody is left in, goes on for the kept one, unless the very same is there already. */
async function moveAssistance(
  tx: Tx,
  goneId: string,
  keptId: string,
  familyId: string,
  dissolved: string | null,
): Promise<Moved[]> {
  const { rows } = await sql<Moved>`
    with going as (
      select a.id, a.family_id, a.person_id, a.region_code from assistance a
      where (a.person_id = ${goneId} or a.person_id = ${keptId} and a.family_id <> ${familyId} or a.family_id = ${dissolved} and a.person_id is null)
        and not exists (select from assistance b where b.family_id = ${familyId} and b.id <> a.id and b.programme_code = a.programme_code
          and b.period_from = a.period_from
          and coalesce(b.person_id, b.family_id) = case when a.person_id is null then ${familyId}::uuid else ${keptId}::uuid end)
    ), told as (
      update assistance a set family_id = ${familyId}, person_id = case when a.person_id is null then null else ${keptId}::uuid end,
        region_code = (select region_code from family where id = ${familyId})
      from going g where a.id = g.id and a.family_id = g.family_id returning a.id)
    select g.id, g.family_id as "familyId", g.person_id as "personId", g.region_code as "regionCode" from going g join told using (id)`.execute(
    tx,
  )
  return rows
}

/** What was said of the gone person and others is said of the kept one: possible stays possible, different stays different. */
async function followPairs(tx: Tx, keptId: string, goneId: string, mergeId: string): Promise<void> {
  await sql`
    insert into link_pair (left_id, right_id, left_region, right_region, region_code, probability, weight, evidence, same_nik, same_family,
      state, follows, decided_by, decided_at, reason)
    select least(k.id, o.id), greatest(k.id, o.id), case when k.id < o.id then k.region_code else o.region_code end,
      case when k.id < o.id then o.region_code else k.region_code end, link_region(k.region_code, o.region_code), p.probability, p.weight,
      p.evidence, p.same_nik, coalesce(k.family_id = o.family_id, false), p.state, ${mergeId}, p.decided_by, p.decided_at, p.reason
    from link_pair p
    join person k on k.id = ${keptId}
    join person o on o.id = case when p.left_id = ${goneId} then p.right_id else p.left_id end and o.status <> 'merged'
    where (p.left_id = ${goneId} or p.right_id = ${goneId}) and o.id <> k.id and p.state <> 'merged'
    on conflict (left_id, right_id) do update set state = excluded.state, follows = excluded.follows, decided_by = excluded.decided_by,
      decided_at = excluded.decided_at, reason = excluded.reason
      where link_pair.state = 'possible' and excluded.state = 'different'`.execute(tx)
}

/** Takes a merge back: a correction takes back each of its events, so both records are believed again as before; assistance returns. */
export async function undoMerge(tx: Tx, actor: Actor, mergeId: string, why: string): Promise<void> {
  const reason = reasonOf(why)
  const merge = await tx.selectFrom('link_merge').selectAll().where('id', '=', mergeId).forUpdate().executeTakeFirst()
  if (!merge) throw notFound('merge')
  if (merge.undone_at !== null) throw conflict('merge_undone')
  const ids = [merge.kept_id, merge.gone_id].toSorted() as [string, string]
  await takePair(tx, actor, ...ids)
  for (const { family_id: family } of (await readPersons(tx, ids)).values())
    if (family) await requireOpening(tx, actor, family)
  const { rows: events } = await withinAsSystem(tx, 'linkage: take a merge back', (within) =>
    sql<{ subject: 'family' | 'person'; subjectId: string; seq: number }>`
      select subject, subject_id as "subjectId", seq from register_event
      where change_id = ${merge.change_id} and state = 'in_force' order by subject, subject_id, seq`.execute(within),
  )
  const changeId = uuid()
  await recordChange(tx, actor, {
    id: changeId,
    kind: 'corrected',
    effectiveOn: await today(tx),
    source: 'linkage',
    note: reason,
    check: 'none',
    parts: events.map(({ subject, subjectId, seq }) => ({ subject, subjectId, corrects: seq })),
  })
  await sql`
    update assistance a set family_id = m."familyId", person_id = m."personId", region_code = m."regionCode"
    from jsonb_to_recordset(${JSON.stringify(merge.moved)}::jsonb) as m (id uuid, "familyId" uuid, "personId" uuid, "regionCode" text)
    where a.id = m.id`.execute(tx)
  await tx
    .updateTable('link_merge')
    .set({ undone_change_id: changeId, undone_by: actor.accountId, undone_at: actor.at, undone_reason: reason })
    .where('id', '=', mergeId)
    .execute()
  await sql`update link_pair set state = 'possible', decided_by = null, decided_at = null, reason = null
    where left_id = ${ids[0]} and right_id = ${ids[1]}`.execute(tx)
  await withinAsSystem(tx, 'linkage: pairs that followed a merge', (within) =>
    sql`delete from link_pair where follows = ${mergeId} and (decided_at is null or decided_at <= ${merge.merged_at})`.execute(
      within,
    ),
  )
}
