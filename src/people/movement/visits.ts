import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import type { Kept } from '#src/platform/http/take-file.ts'
import { conflict, notFound, Problem } from '#src/platform/http/problem.ts'
import { localDay } from '#src/platform/calendar/index.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { regionZone } from '#src/regions/index.ts'
import { recordChange, registerTerm, type Change } from '../register/index.ts'
import { checkAnswers } from '../register/questionnaire.ts'
import { presentBrief, told, type CampaignRow } from './campaigns.ts'
import { membersOf } from './graduation.ts'
import type { CampaignBrief, Moved, Outcome, Visit, VisitReport, Visits } from './schema.ts'

/** The campaigns somebody visits for, the nearest due date first. Only those that run and have begun. */
export async function visitCampaigns(tx: Tx): Promise<CampaignBrief[]> {
  const { rows } = await sql<CampaignRow>`
    select c.id, c.region_code, r.name as region_name, r.kind as region_kind, c.name, c.reason, c.state, c.starts_on, c.due_on,
      c.questionnaire_from, c.closed_at, c.close_note, c.due_on - (acting_now() at time zone r.time_zone)::date as days_left,
      count(t.family_id)::int as total, count(t.outcome)::int as done
    from campaign c join region r on r.code = c.region_code join campaign_task t on t.campaign_id = c.id and t.assignee = actor_id()
    where c.state = 'running' and c.starts_on <= acting_now()::date
    group by c.id, r.code order by c.due_on, c.id`.execute(tx)
  return rows.map(presentBrief)
}

type Given = {
  family_id: string
  region_code: string
  village: string
  head_name: string | null
  address: string | null
  rt: string | null
  rw: string | null
  member_count: number
  child_count: number
  outcome: Outcome | null
  done_on: string | null
  waits: boolean | null
}

const presentVisit = (row: Given) => ({
  familyId: row.family_id,
  head: row.head_name,
  address: row.address,
  rt: row.rt,
  rw: row.rw,
  village: row.village,
  outcome: row.outcome,
  doneOn: row.done_on,
  waits: row.waits === true,
})

/** The families given to the actor in a campaign, by RW and RT, those to be visited first. */
export async function listVisits(tx: Tx, campaignId: string): Promise<Visits> {
  const most = 500
  const campaign = (await visitCampaigns(tx)).find((one) => one.id === campaignId)
  if (!campaign) throw notFound('campaign')
  const { rows } = await sql<Given>`
    select g.*, r.name as village from given_families(${campaignId}) g join region r on r.code = g.region_code
    order by g.outcome is not null, r.name, lpad(g.rw, 3, '0') nulls last, lpad(g.rt, 3, '0') nulls last, g.address, g.family_id limit ${most + 1}`.execute(
    tx,
  )
  return { campaign, items: rows.slice(0, most).map(presentVisit), more: rows.length > most }
}

/** One family, with the questions to ask. That somebody looked is written down. */
export async function readVisit(tx: Tx, campaignId: string, familyId: string): Promise<Visit> {
  const row = await given(tx, campaignId, familyId)
  const campaign = (await visitCampaigns(tx)).find((one) => one.id === campaignId)
  if (!campaign) throw notFound('campaign')
  const form = await formOf(tx, campaignId)
  const photos = await tx
    .selectFrom('campaign_photo')
    .select('id')
    .where('campaign_id', '=', campaignId)
    .where('family_id', '=', familyId)
    .orderBy('at')
    .execute()
  await sql`select record_act('look', 'campaign_task', ${`${campaignId}/${familyId}`}, ${row.region_code}, '{}', null)`.execute(
    tx,
  )
  return {
    ...presentVisit(row),
    members: row.member_count,
    children: row.child_count,
    campaign,
    questionnaire: form ? { name: form.name, schema: form.schema } : null,
    photos: photos.map((one) => one.id),
  }
}

async function given(tx: Tx, campaignId: string, familyId: string): Promise<Given> {
  const { rows } = await sql<Given>`
    select g.*, r.name as village from given_families(${campaignId}, ${familyId}) g join region r on r.code = g.region_code`.execute(
    tx,
  )
  if (!rows[0]) throw notFound('family')
  return rows[0]
}

async function formOf(tx: Tx, campaignId: string) {
  const row = await tx
    .selectFrom('campaign as c')
    .innerJoin('questionnaire as q', (join) =>
      join.onRef('q.valid_from', '=', 'c.questionnaire_from').on('q.subject', '=', 'family'),
    )
    .select(['q.name', 'q.valid_from', 'q.schema', 'q.source'])
    .where('c.id', '=', campaignId)
    .executeTakeFirst()
  return (
    row && {
      subject: 'family' as const,
      validFrom: row.valid_from,
      name: row.name,
      schema: row.schema as Record<string, unknown>,
      source: row.source,
    }
  )
}

/**
 * What a pillar found. It becomes a change of the register with the campaign as its source, in force or waiting for a check as the dated
 * terms say, and the visit is done. Sent twice (a line that broke) it is done once. Throws problems that name the field.
 */
export async function reportVisit(
  tx: Tx,
  actor: Actor,
  campaignId: string,
  familyId: string,
  report: VisitReport,
): Promise<Moved> {
  const row = await given(tx, campaignId, familyId)
  const form = await formOf(tx, campaignId)
  if (report.outcome === 'found' && form) checkAnswers(form, report.answers ?? {}, 'answers', true)
  else if (Object.keys(report.answers ?? {}).length > 0) checkAnswers(undefined, report.answers ?? {}, 'answers')
  const today = localDay(actor.at, await regionZone(tx, row.region_code))
  const photos = await tx
    .selectFrom('campaign_photo')
    .select('id')
    .where('campaign_id', '=', campaignId)
    .where('family_id', '=', familyId)
    .execute()
  // Pillars have no eyes in the register; what they report is recorded by the register itself, and who they were stands with the visit.
  return withinAsSystem(tx, 'movement: a visit of a campaign', async (within) => {
    const task = await within
      .selectFrom('campaign_task')
      .select(['outcome', 'change_id', 'waits', 'assignee'])
      .where('campaign_id', '=', campaignId)
      .where('region_code', '=', row.region_code)
      .where('family_id', '=', familyId)
      .forUpdate()
      .executeTakeFirst()
    if (task?.assignee !== actor.accountId) throw notFound('family')
    if (task.outcome !== null) {
      if (task.change_id === report.id) return { changeId: report.id, state: task.waits ? 'reported' : 'in_force' }
      throw conflict('visit_done')
    }
    const family = await within
      .selectFrom('family')
      .select('status')
      .where('id', '=', familyId)
      .executeTakeFirstOrThrow()
    const note = cleanText(report.note ?? '')
    const change =
      family.status === 'active'
        ? await changeOf(
            within,
            campaignId,
            familyId,
            report,
            today,
            note,
            photos.map((one) => one.id),
          )
        : null
    const waits = change !== null && (await record(within, change)) === 'reported'
    await within
      .updateTable('campaign_task')
      .set({
        outcome: report.outcome,
        done_at: sql<Date>`acting_now()`,
        done_on: today,
        done_by: actor.accountId,
        change_id: report.id,
        waits,
        note: note || null,
      })
      .where('campaign_id', '=', campaignId)
      .where('region_code', '=', row.region_code)
      .where('family_id', '=', familyId)
      .execute()
    const campaign = await within
      .selectFrom('campaign')
      .select(['id', 'region_code'])
      .where('id', '=', campaignId)
      .executeTakeFirstOrThrow()
    await told(within, campaign, 'campaign.visited')
    return { changeId: report.id, state: waits ? 'reported' : 'in_force' }
  })
}

/** The change a finding asks for; null where it changes nothing: nobody opened, so nothing was seen. */
async function changeOf(
  tx: Tx,
  campaignId: string,
  familyId: string,
  report: VisitReport,
  today: string,
  note: string,
  evidence: string[],
): Promise<Change | null> {
  if (report.outcome === 'refused') return null
  const seen = report.outcome === 'found' || report.outcome === 'head_dead'
  const { amount } = await registerTerm(tx, seen ? 'campaign_found_checked' : 'campaign_gone_checked', today)
  const status = report.outcome === 'not_found' ? ('not_found' as const) : ('moved_out' as const)
  return {
    id: report.id,
    kind: seen ? 'surveyed' : status,
    effectiveOn: today,
    source: 'campaign',
    sourceRef: campaignId,
    ...(note && { note }),
    ...(evidence.length > 0 && { evidence }),
    check: amount > 0 ? 'needed' : 'none',
    // A dead head is followed up by the desk, who learns the day and the next head; that the family was seen counts now.
    parts: seen
      ? [
          {
            subject: 'family',
            subjectId: familyId,
            patch: {
              checkedOn: today,
              ...(report.answers && report.outcome === 'found' && { answers: report.answers }),
            },
          },
        ]
      : [
          { subject: 'family', subjectId: familyId, patch: { status } },
          ...(await membersOf(tx, familyId, 'active', status)),
        ],
  }
}

/** A family that was seen today already, with the same answers, has nothing new: the visit counts all the same. */
async function record(tx: Tx, change: Change): Promise<'in_force' | 'reported' | 'refused'> {
  try {
    return (await recordChange(tx, { role: 'system' }, change)).state
  } catch (error) {
    if (error instanceof Problem && error.errors.some((one) => one.code === 'no_change')) return 'in_force'
    throw error
  }
}

/** A photo of the house, before the visit is reported. */
export async function keepPhoto(tx: Tx, actor: Actor, campaignId: string, familyId: string, file: Kept): Promise<void> {
  const row = await given(tx, campaignId, familyId)
  if (row.outcome !== null) throw conflict('visit_done')
  await tx
    .insertInto('campaign_photo')
    .values({
      id: file.id,
      campaign_id: campaignId,
      family_id: familyId,
      region_code: row.region_code,
      file_id: file.fileId,
      name: file.name,
      media_type: file.mediaType,
      bytes: file.bytes,
      by_account: actor.accountId,
    })
    .execute()
}

/** Refuses early whoever the family was not given to, before an upload is read. */
export const requireVisit = async (tx: Tx, campaignId: string, familyId: string): Promise<void> => {
  await given(tx, campaignId, familyId)
}
