import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { scopeEnd, type Actor, type Tx } from '#src/platform/db/index.ts'
import { emit } from '#src/platform/events/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import type { RegionKind } from '#src/regions/index.ts'
import { questionnairesOn } from '../register/questionnaire.ts'
import { byKey, readCounts } from './counts.ts'
import { maskName } from '../names.ts'
import { authorizeCampaign } from './policy.ts'
import type {
  Campaign,
  CampaignBrief,
  CampaignPlaces,
  CampaignState,
  CampaignTasks,
  TasksQuery,
  NewCampaign,
  Outcome,
} from './schema.ts'

export type CampaignRow = {
  id: string
  region_code: string
  region_name: string
  region_kind: RegionKind
  name: string
  reason: string
  state: CampaignState
  starts_on: string
  due_on: string
  questionnaire_from: string | null
  closed_at: Date | null
  close_note: string | null
  days_left: number
  total: number
  done: number
}

const chosen = sql`c.id, c.region_code, r.name as region_name, r.kind as region_kind, c.name, c.reason, c.state, c.starts_on, c.due_on,
  c.questionnaire_from, c.closed_at, c.close_note, c.due_on - (acting_now() at time zone r.time_zone)::date as days_left`

export const presentBrief = (row: CampaignRow): CampaignBrief => ({
  id: row.id,
  name: row.name,
  region: { code: row.region_code, name: row.region_name, kind: row.region_kind },
  state: row.state,
  startsOn: row.starts_on,
  dueOn: row.due_on,
  daysLeft: row.days_left,
  total: row.total,
  done: row.done,
})

/** A campaign as a draft: nobody is told anything yet. */
export async function createCampaign(tx: Tx, actor: Actor, given: NewCampaign): Promise<string> {
  authorizeCampaign(actor, given.regionCode)
  if (given.dueOn < given.startsOn) throw invalid({ field: 'dueOn', code: 'before_start' })
  const forms = given.withQuestionnaire === false ? [] : await questionnairesOn(tx, given.startsOn)
  const id = given.id ?? uuid()
  await tx
    .insertInto('campaign')
    .values({
      id,
      region_code: given.regionCode,
      name: cleanLine(given.name),
      reason: cleanText(given.reason),
      questionnaire_from: forms.find((one) => one.subject === 'family')?.validFrom ?? null,
      starts_on: given.startsOn,
      due_on: given.dueOn,
      state: 'draft',
      created_by: actor.accountId,
    })
    .execute()
  return id
}

/** Those of the actor's region, the running ones first. */
export async function listCampaigns(tx: Tx): Promise<CampaignBrief[]> {
  const { rows } = await sql<CampaignRow>`
    select ${chosen}, coalesce(k.total, 0) as total, coalesce(k.done, 0) as done
    from campaign c join region r on r.code = c.region_code
    left join campaign_count k on k.campaign_id = c.id and k.dimension = 'all'
    order by c.state = 'closed', c.due_on desc, c.id limit 200`.execute(tx)
  return rows.map(presentBrief)
}

async function getRow(tx: Tx, actor: Actor, id: string, lock = false): Promise<CampaignRow> {
  const { rows } = await sql<CampaignRow>`
    select ${chosen}, coalesce(k.total, 0) as total, coalesce(k.done, 0) as done
    from campaign c join region r on r.code = c.region_code
    left join campaign_count k on k.campaign_id = c.id and k.dimension = 'all'
    where c.id = ${id} ${lock ? sql`for update of c` : sql``}`.execute(tx)
  const [row] = rows
  if (!row) throw notFound('campaign')
  authorizeCampaign(actor, row.region_code)
  return row
}

/** A campaign with its progress by village, by pillar, by day and by outcome. */
export async function readCampaign(tx: Tx, actor: Actor, id: string): Promise<Campaign> {
  const row = await getRow(tx, actor, id)
  const counts = await tx
    .selectFrom('campaign_count')
    .select(['dimension', 'key', 'total', 'done'])
    .where('campaign_id', '=', id)
    .where((eb) => eb.or([eb('total', '>', 0), eb('done', '>', 0)]))
    .execute()
  const of = (dimension: string) => counts.filter((one) => one.dimension === dimension)
  const { rows: names } = await sql<{
    account_id: string
    name: string
  }>`select account_id, name from campaign_names(${id})`.execute(tx)
  const name = new Map(names.map((one) => [one.account_id, one.name]))
  const villages = await sql<{ code: string; name: string }>`
    select code, name from region where code = any (${of('village').map((one) => one.key)})`.execute(tx)
  const villageName = new Map(villages.rows.map((one) => [one.code, one.name]))
  const candidates = await sql<{
    account_id: string
    name: string
    region: string
    pillar_kind: string | null
    chosen: boolean
  }>`
    select p.account_id, p.name, r.name as region, p.pillar_kind,
      exists (select from campaign_pillar c where c.campaign_id = ${id} and c.account_id = p.account_id) as chosen
    from pillars_within(${row.region_code}) p join region r on r.code = p.region_code order by p.region_code, p.name limit 2000`.execute(
    tx,
  )
  const form = row.questionnaire_from
    ? await tx
        .selectFrom('questionnaire')
        .select('name')
        .where('subject', '=', 'family')
        .where('valid_from', '=', row.questionnaire_from)
        .executeTakeFirst()
    : undefined
  const active = byKey(
    (await readCounts(tx, row.region_code, ['family'])).filter((one) => one.region === null),
    'family',
  )
  return {
    ...presentBrief(row),
    reason: row.reason,
    questionnaire: form && row.questionnaire_from ? { name: form.name, validFrom: row.questionnaire_from } : null,
    families: active.get('active') ?? 0,
    villages: of('village')
      .map((one) => ({ code: one.key, name: villageName.get(one.key) ?? one.key, total: one.total, done: one.done }))
      .sort((a, b) => a.done / a.total - b.done / b.total || (a.code < b.code ? -1 : 1)),
    pillars: of('pillar')
      .map((one) => ({ accountId: one.key || null, name: name.get(one.key) ?? null, total: one.total, done: one.done }))
      .sort(
        (a, b) => Number(a.accountId !== null) - Number(b.accountId !== null) || a.done / a.total - b.done / b.total,
      ),
    days: of('day')
      .map((one) => ({ day: one.key, done: one.done }))
      .sort((a, b) => (a.day < b.day ? -1 : 1)),
    outcomes: of('outcome')
      .map((one) => ({ outcome: one.key as Outcome, count: one.done }))
      .sort((a, b) => b.count - a.count),
    candidates: candidates.rows.map((one) => ({
      accountId: one.account_id,
      name: one.name,
      kind: one.pillar_kind,
      region: one.region,
      chosen: one.chosen,
    })),
    closedAt: row.closed_at?.toISOString() ?? null,
    closeNote: row.close_note,
  }
}

/** From here on tasks are made in the background and given to the pillars chosen. Again on a campaign that started: nothing. */
export async function startCampaign(tx: Tx, actor: Actor, id: string, pillars?: readonly string[]): Promise<void> {
  const row = await getRow(tx, actor, id, true)
  if (row.state === 'preparing' || row.state === 'running') return
  if (row.state === 'closed') throw conflict('campaign_closed')
  const known = await sql<{ account_id: string }>`
    insert into campaign_pillar (campaign_id, account_id, region_code, pillar_kind)
    select ${id}::uuid, account_id, region_code, pillar_kind from pillars_within(${row.region_code})
    where ${pillars === undefined} or account_id = any (${pillars ?? []}::uuid[])
    on conflict do nothing returning account_id`.execute(tx)
  if (pillars && new Set(pillars).size !== known.rows.length) throw invalid({ field: 'pillars', code: 'unknown' })
  await tx
    .updateTable('campaign')
    .set({ state: 'preparing', started_at: sql<Date>`acting_now()` })
    .where('id', '=', id)
    .execute()
  await told(tx, row, 'campaign.started')
}

/** What was not done stays on the list; pillars see nothing of it any more. */
export async function closeCampaign(tx: Tx, actor: Actor, id: string, note: string | undefined): Promise<void> {
  const row = await getRow(tx, actor, id, true)
  if (row.state === 'closed') return
  if (row.state === 'preparing') throw conflict('campaign_preparing')
  await tx
    .updateTable('campaign')
    .set({
      state: 'closed',
      closed_at: sql<Date>`acting_now()`,
      closed_by: actor.accountId,
      close_note: cleanText(note ?? '') || null,
    })
    .where('id', '=', id)
    .execute()
  await told(tx, row, 'campaign.closed')
}

/** Gives the open visits of a village, an RW or an RT to one pillar of the region, or takes them back (null). Returns how many. */
export async function giveVisits(
  tx: Tx,
  actor: Actor,
  id: string,
  to: { villageCode: string; rw?: string; rt?: string; accountId: string | null },
): Promise<number> {
  const row = await getRow(tx, actor, id, true)
  if (row.state !== 'running') throw conflict(row.state === 'closed' ? 'campaign_closed' : 'campaign_preparing')
  if (to.accountId) {
    const known = await sql`
      insert into campaign_pillar (campaign_id, account_id, region_code, pillar_kind)
      select ${id}::uuid, account_id, region_code, pillar_kind from pillars_within(${row.region_code}) where account_id = ${to.accountId}
      on conflict do nothing`.execute(tx)
    if (!known.numAffectedRows) {
      const before = await tx
        .selectFrom('campaign_pillar')
        .select('account_id')
        .where('campaign_id', '=', id)
        .where('account_id', '=', to.accountId)
        .executeTakeFirst()
      if (!before) throw invalid({ field: 'accountId', code: 'unknown' })
    }
  }
  const given = await sql`
    update campaign_task set assignee = ${to.accountId} where campaign_id = ${id} and region_code = ${to.villageCode} and outcome is null
      and (${to.rw ?? null}::text is null or rw = ${to.rw ?? null}) and (${to.rt ?? null}::text is null or rt = ${to.rt ?? null})
      and assignee is distinct from ${to.accountId}::uuid`.execute(tx)
  const count = Number(given.numAffectedRows ?? 0)
  await sql`select record_act('give', 'campaign', ${id}, ${to.villageCode},
    ${JSON.stringify({ to: to.accountId, visits: count })}::jsonb, null)`.execute(tx)
  await told(tx, row, 'campaign.given', to.accountId)
  return count
}

/** The RTs of a village: how far they are and who has them. */
export async function campaignPlaces(tx: Tx, actor: Actor, id: string, village: string): Promise<CampaignPlaces> {
  await getRow(tx, actor, id)
  const { rows } = await sql<CampaignPlaces[number]>`
    select t.rw, t.rt, count(*)::int as total, count(t.outcome)::int as done,
      coalesce(array_agg(distinct n.name) filter (where n.name is not null), '{}') as names
    from campaign_task t left join campaign_names(${id}) n on n.account_id = t.assignee
    where t.campaign_id = ${id} and t.region_code = ${village}
    group by 1, 2 order by lpad(t.rw, 3, '0') nulls last, lpad(t.rt, 3, '0') nulls last limit 500`.execute(tx)
  return rows
}

const ofWhich = {
  all: sql`true`,
  done: sql`t.outcome is not null`,
  left: sql`t.outcome is null`,
  gone: sql`t.outcome <> 'found'`,
} as const

/** The tasks behind a figure of a campaign: of a village, a pillar, an outcome or a day. */
function tasksOf({ which, village, pillar, outcome, day }: TasksQuery) {
  return sql.join(
    [
      ofWhich[which],
      ...(village === undefined ? [] : [sql`t.region_code = ${village}`]),
      ...(pillar === undefined
        ? []
        : [pillar === 'none' ? sql`t.assignee is null` : sql`t.assignee = ${pillar}::uuid`]),
      ...(outcome === undefined ? [] : [sql`t.outcome = ${outcome}`]),
      ...(day === undefined ? [] : [sql`t.done_on = ${day}::date`]),
    ],
    sql` and `,
  )
}

/** Families of a campaign, fifty at a time; names masked. */
export async function campaignTasks(tx: Tx, actor: Actor, id: string, query: TasksQuery): Promise<CampaignTasks> {
  await getRow(tx, actor, id)
  const most = 50
  const { which, after } = query
  const [village, family] = after?.split('_') ?? []
  const { rows } = await sql<{
    family_id: string
    region_code: string
    head: string | null
    region_name: string
    rt: string | null
    rw: string | null
    pillar: string | null
    outcome: Outcome | null
    done_on: string | null
    waits: boolean | null
    note: string | null
    photos: string[]
  }>`
    with page as (
      select * from campaign_task t where t.campaign_id = ${id}
        and ${tasksOf(query)}
        and (${village ?? null}::text is null or (t.region_code, t.family_id) > (${village ?? null}, ${family ?? null}::uuid))
      order by t.region_code, t.family_id limit ${most + 1})
    select t.family_id, t.region_code, p.name as head, r.name as region_name, t.rt, t.rw, n.name as pillar, t.outcome, t.done_on, t.waits, t.note,
      array(select id from campaign_photo h where h.family_id = t.family_id and h.campaign_id = t.campaign_id order by h.at) as photos
    from page t join region r on r.code = t.region_code left join family f on f.id = t.family_id left join person p on p.id = f.head_id
    left join campaign_names(${id}) n on n.account_id = t.assignee
    order by t.region_code, t.family_id`.execute(tx)
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  await sql`select record_act('list', 'campaign', ${id}, null, ${JSON.stringify({ which, rows: shown.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    items: shown.map((row) => ({
      familyId: row.family_id,
      head: maskName(row.head),
      regionName: row.region_name,
      rt: row.rt,
      rw: row.rw,
      pillar: row.pillar,
      outcome: row.outcome,
      doneOn: row.done_on,
      waits: row.waits === true,
      note: row.note,
      photos: row.photos,
    })),
    next: rows.length > most && last ? `${last.region_code}_${last.family_id}` : null,
  }
}

/** Tells pages that show the campaign, and a pillar whose work changed. */
export async function told(
  tx: Tx,
  campaign: { id: string; region_code: string },
  kind: string,
  accountId: string | null = null,
): Promise<void> {
  await emit(tx, { kind, subject: 'campaign', subjectId: campaign.id, regionCode: campaign.region_code, accountId })
}

/** The range of codes of a region: from, and up to without. */
export const rangeOf = (regionCode: string): [from: string, to: string] => [
  regionCode === '00' ? '00' : regionCode,
  scopeEnd(regionCode),
]
