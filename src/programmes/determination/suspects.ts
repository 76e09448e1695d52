import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import type { RuleDefinition } from '../rules/index.ts'
import { holdList, type ListRow } from './list.ts'
import { told } from './make.ts'
import { determinationTerm } from './term.ts'

/** The highest decile a rule lets in, where one of its conditions says so. */
export function decileLimit(rule: RuleDefinition): number | undefined {
  const limits = rule.conditions.flatMap(({ cel }) =>
    [...cel.matchAll(/family\.decile\s*(<=?)\s*([0-9]{1,2})\b/g)].map(([, sign, number]) =>
      sign === '<' ? Number(number) - 1 : Number(number),
    ),
  )
  return limits.length > 0 ? Math.min(...limits) : undefined
}

/**
 * Finds the families of a list that should be looked at before it is approved. In and perhaps wrongly: the head, the payee or another member is
 * dead or has moved out by what is known or reported now, the family has moved or left the register, one of its people is perhaps
 * somebody else's double, it is above the decile limit, or somebody works as a civil servant. Out and perhaps wrongly: of the lowest decile.
 */
export async function findSuspects(tx: Tx, list: ListRow): Promise<void> {
  const at = list.known_at
  const limit = decileLimit(list.rule) ?? (await determinationTerm(tx, 'inclusion_decile', at))
  const lowest = await determinationTerm(tx, 'exclusion_decile', at)
  const likely = (await determinationTerm(tx, 'duplicate', at)) / 1000
  const { rows } = await sql<{ words: string | null }>`
    select string_agg(word, '|' order by word) as words from (select distinct on (word) word from civil_servant_word
      where valid_from <= ${at}::date order by word, valid_from desc) w`.execute(tx)
  const words = rows[0]?.words ?? null
  await sql`delete from determination_suspect where determination_id = ${list.id}`.execute(tx)
  await sql`
    with listed as (select family_id, region_code from determination_result where determination_id = ${list.id} and (outcome = 'in' or reason = 'held')),
    -- everybody the list was decided on, as they stand now
    people as (
      select l.family_id, l.region_code, m.id as person_id, p.status, p.work
      from listed l join determination_fact d on d.determination_id = ${list.id} and d.family_id = l.family_id
      cross join lateral (select (one ->> 'id')::uuid as id from jsonb_array_elements(d.facts -> 'members') one
        union select (d.shown ->> 'payeeId')::uuid where d.shown ? 'payeeId') m join person p on p.id = m.id),
    reported as (
      select p.family_id, p.region_code, e.kind from people p join register_event e on e.subject_id = p.person_id and e.state = 'reported'
      where e.kind in ('died', 'moved_out')
      union all
      select l.family_id, l.region_code, e.kind from listed l join register_event e on e.subject_id = l.family_id and e.state = 'reported'
      where e.kind = 'moved_out')
    insert into determination_suspect (determination_id, family_id, region_code, kind)
    select ${list.id}::uuid, family_id, region_code, 'dead' from people where status = 'dead'
    union select ${list.id}::uuid, family_id, region_code, case kind when 'died' then 'dead' else 'moved' end from reported
    union select ${list.id}::uuid, family_id, region_code, 'moved' from people where status in ('moved_out', 'not_found')
    union select ${list.id}::uuid, l.family_id, l.region_code, 'moved' from listed l join family f on f.id = l.family_id
      where f.status <> 'active' or f.region_code <> l.region_code
    union select ${list.id}::uuid, p.family_id, p.region_code, 'duplicate' from people p
      where exists (select from link_pair k where k.left_id = p.person_id and k.state = 'possible' and k.probability >= ${likely})
        or exists (select from link_pair k where k.right_id = p.person_id and k.state = 'possible' and k.probability >= ${likely})
    union select ${list.id}::uuid, l.family_id, l.region_code, 'decile' from listed l join family f on f.id = l.family_id where f.decile > ${limit}
    union select ${list.id}::uuid, family_id, region_code, 'civil_servant' from people
      where ${words}::text is not null and lower(work) ~ ('\\m(' || ${words}::text || ')\\M')`.execute(tx)
  await sql`
    insert into determination_suspect (determination_id, family_id, region_code, kind)
    select ${list.id}::uuid, r.family_id, r.region_code, 'excluded' from determination_result r join family f on f.id = r.family_id
    where r.determination_id = ${list.id} and r.outcome <> 'in' and r.reason <> 'entitled' and f.decile <= ${lowest} and f.status = 'active'`.execute(
    tx,
  )
}

/** Looks again at what is known and reported now. */
export async function checkAgain(tx: Tx, actor: Actor, id: string): Promise<void> {
  const list = await holdList(tx, actor, id, 'check')
  await withinAsSystem(tx, `determination ${list.number}: looked for suspicions`, async (system) => {
    await findSuspects(system, { ...list, known_at: actor.at })
    await sql`update determination set checked_at = acting_now() where id = ${id}`.execute(system)
  })
  await told(tx, list, 'determination.checked')
}
