import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { rangeOf, told } from './campaigns.ts'

/**
 * Makes the tasks of campaigns that were started, a district at a time, each in a transaction of its own: cut off anywhere it goes on
 * where it stopped, and several processes share the campaigns. Returns how many districts were done.
 */
export async function prepareCampaigns(db: Db): Promise<number> {
  for (let steps = 0; ; steps++) if (!(await db.asSystem('movement: prepare campaigns', prepareDistrict))) return steps
}

async function prepareDistrict(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ id: string; region_code: string; prepared_to: string | null }>`
    select id, region_code, prepared_to from campaign where state = 'preparing' order by started_at, id limit 1 for update skip locked`.execute(
    tx,
  )
  const campaign = rows[0]
  if (!campaign) return false
  const [from, to] = rangeOf(campaign.region_code)
  const next = await sql<{ district: string }>`
    select left(region_code, 8) as district from family
    where region_code >= ${from} and region_code < ${to} and region_code >= ${campaign.prepared_to === null ? '' : `${campaign.prepared_to}~`}
    order by region_code limit 1`.execute(tx)
  const district = next.rows[0]?.district
  if (district === undefined) {
    await sql`update campaign set state = 'running' where id = ${campaign.id}`.execute(tx)
    await told(tx, campaign, 'campaign.running')
    return true
  }
  const [start, end] = rangeOf(district.length > from.length ? district : from)
  await sql`
    insert into campaign_task (campaign_id, family_id, region_code, rt, rw)
    select ${campaign.id}::uuid, id, region_code, rt, rw from family
    where region_code >= ${start} and region_code < ${end} and region_code < ${to} and status = 'active'
    on conflict do nothing`.execute(tx)
  await dealVisits(tx, campaign.id, start, end)
  await sql`update campaign set prepared_to = ${district} where id = ${campaign.id}`.execute(tx)
  await told(tx, campaign, 'campaign.prepared')
  return true
}

/**
 * Gives the open visits nobody has to the pillars of their village, or else of the nearest region around it, in the order of RW and RT:
 * whole neighbourhoods together, shares that differ by one at most.
 */
export async function dealVisits(tx: Tx, campaignId: string, from: string, to: string): Promise<number> {
  const dealt = await sql`
    with open as (
      select region_code, family_id, count(*) over (partition by region_code) as total,
        row_number() over (partition by region_code order by lpad(rw, 3, '0') nulls last, lpad(rt, 3, '0') nulls last, family_id) - 1 as at
      from campaign_task where campaign_id = ${campaignId} and region_code >= ${from} and region_code < ${to} and assignee is null and outcome is null
    ), near as (
      select v.region_code as village, p.account_id, rank() over (partition by v.region_code order by length(p.region_code) desc) as nearness
      from (select distinct region_code from open) v
      join campaign_pillar p on p.campaign_id = ${campaignId} and (v.region_code = p.region_code or starts_with(v.region_code, p.region_code || '.'))
    ), eligible as (
      select village, account_id, row_number() over (partition by village order by account_id) - 1 as place, count(*) over (partition by village) as n
      from near where nearness = 1
    )
    update campaign_task t set assignee = e.account_id
    from open o join eligible e on e.village = o.region_code and e.place = o.at * e.n / o.total
    where t.campaign_id = ${campaignId} and t.region_code = o.region_code and t.family_id = o.family_id`.execute(tx)
  return Number(dealt.numAffectedRows ?? 0)
}

/** Tells those who still have visits that the due date is near; once for each campaign. Returns how many campaigns. */
export async function remindOfCampaigns(db: Db): Promise<number> {
  return db.asSystem('movement: remind of campaigns', async (tx) => {
    const { rows } = await sql<{ id: string; region_code: string }>`
      update campaign c set reminded_at = acting_now()
      where c.state = 'running' and c.reminded_at is null and c.due_on - acting_now()::date <= (
        select amount from register_term where key = 'campaign_reminder' and valid_from <= acting_now()::date order by valid_from desc limit 1)
      returning c.id, c.region_code`.execute(tx)
    for (const campaign of rows) {
      const open = await sql<{ assignee: string }>`
        select distinct assignee from campaign_task where campaign_id = ${campaign.id} and outcome is null and assignee is not null`.execute(
        tx,
      )
      for (const { assignee } of open.rows) await told(tx, campaign, 'campaign.due_soon', assignee)
      await told(tx, campaign, 'campaign.due_soon')
    }
    return rows.length
  })
}
