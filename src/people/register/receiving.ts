import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'

/** What distribution says of one family, programme and period: it is on an approved list, has received, or was taken off. */
export type AssistanceTold = {
  familyId: string
  regionCode: string
  programmeCode: string
  /** 'YYYY-MM-DD' */
  periodFrom: string
  periodTo: string
  /** number of the list that entitles it */
  listNumber: string
  stands: 'listed' | 'received' | 'withdrawn'
  /** of what was received: the day, and the number of the round */
  receivedOn: string | null
  roundNumber: string | null
}

/**
 * Writes down what families receive as distribution knows it, set by set: received says source distribution, with day and round; taken back
 * says again what was said before; withdrawn goes away. What was believed until then stays in assistance_past (written by the database). The same
 * told again changes nothing. Where linkage has moved a family's assistance to another family, it is found there. In a transaction of the
 * system; answers how many rows changed.
 */
export async function recordAssistance(tx: Tx, told: readonly AssistanceTold[]): Promise<number> {
  if (told.length === 0) return 0
  const { rows } = await sql<{ n: number }>`
    with told as materialized (
      select t.*, a.id, a.source, a.source_ref, a.received_on from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) t ("familyId" uuid, "regionCode" text,
        "programmeCode" text, "periodFrom" date, "periodTo" date, "listNumber" text, stands text, "receivedOn" date, "roundNumber" text)
      left join lateral (
        select a.id, a.source, a.source_ref, a.received_on, 0 as place from assistance a
        where a.family_id = t."familyId" and a.programme_code = t."programmeCode" and a.period_from = t."periodFrom" and a.person_id is null
        union all
        select a.id, a.source, a.source_ref, a.received_on, 1 from assistance_past p join assistance a on a.id = p.id and a.family_id <> p.family_id
        where p.family_id = t."familyId" and p.programme_code = t."programmeCode" and p.period_from = t."periodFrom" and a.person_id is null
        order by place limit 1) a on true
    ), received as (
      update assistance a set source = 'distribution', source_ref = t."roundNumber", received_on = t."receivedOn" from told t
      where t.stands = 'received' and a.id = t.id
        and (t.source, t.source_ref, t.received_on) is distinct from ('distribution', t."roundNumber", t."receivedOn") returning 1
    ), added as (
      insert into assistance (family_id, id, region_code, programme_code, period_from, period_to, source, source_ref, received_on)
      select t."familyId", gen_random_uuid(), t."regionCode", t."programmeCode", t."periodFrom", t."periodTo", 'distribution', t."roundNumber", t."receivedOn"
      from told t where t.stands = 'received' and t.id is null on conflict do nothing returning 1
    ), back as (
      update assistance a set source = coalesce(b.source, 'office'), source_ref = coalesce(b.source_ref, t."listNumber"), received_on = null
      from told t left join lateral (
        select p.source, p.source_ref from assistance_past p where p.id = t.id and p.source <> 'distribution' order by p.known_to desc limit 1) b on true
      where t.stands = 'listed' and t.source = 'distribution' and a.id = t.id returning 1
    ), gone as (
      delete from assistance a using told t
      where t.stands = 'withdrawn' and a.id = t.id and (t.source = 'distribution' or t.source = 'office' and t.source_ref = t."listNumber") returning 1
    ) select (select count(*) from received) + (select count(*) from added) + (select count(*) from back) + (select count(*) from gone) as n`.execute(
    tx,
  )
  return rows[0]?.n ?? 0
}
