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
  await listed(tx, list.id)
  await sql`
    insert into determination_suspect (determination_id, family_id, region_code, kind)
    select distinct ${list.id}::uuid, family_id, region_code, kind from (
      select l.family_id, l.region_code, case when p.status = 'dead' then 'dead' else 'moved' end as kind from look_people l
        join person p on p.id = l.person_id where p.status in ('dead', 'moved_out', 'not_found')
      union all select l.family_id, l.region_code, case e.kind when 'died' then 'dead' else 'moved' end from look_people l
        join register_event e on e.subject_id = l.person_id where e.state = 'reported' and e.kind in ('died', 'moved_out')
      union all select l.family_id, l.region_code, 'moved' from look_families l
        join register_event e on e.subject_id = l.family_id where e.state = 'reported' and e.kind = 'moved_out'
      union all select l.family_id, l.region_code, 'moved' from look_families l
        join family f on f.id = l.family_id where f.status <> 'active' or f.region_code <> l.region_code
      union all select l.family_id, l.region_code, 'duplicate' from look_people l
        join link_pair k on k.left_id = l.person_id where k.state = 'possible' and k.probability >= ${likely}
      union all select l.family_id, l.region_code, 'duplicate' from look_people l
        join link_pair k on k.right_id = l.person_id where k.state = 'possible' and k.probability >= ${likely}
      union all select l.family_id, l.region_code, 'decile' from look_families l join family f on f.id = l.family_id where f.decile > ${limit}
      union all select l.family_id, l.region_code, 'civil_servant' from look_people l join person p on p.id = l.person_id
        where ${words}::text is not null and lower(p.work) ~ ('\\m(' || ${words}::text || ')\\M')) found`.execute(tx)
  await sql`
    insert into determination_suspect (determination_id, family_id, region_code, kind)
    select ${list.id}::uuid, l.family_id, l.region_code, 'excluded' from look_out l join family f on f.id = l.family_id
    where f.decile <= ${lowest} and f.status = 'active'`.execute(tx)
}

/**
 * Who is looked at, as temporary tables the planner knows the size of: of the rows of a list that was just written it knows nothing. People: everybody the
 * list was decided on, wherever they are by now.
 */
async function listed(tx: Tx, id: string): Promise<void> {
  const statements = [
    sql`drop table if exists pg_temp.look_families, pg_temp.look_people, pg_temp.look_out`,
    sql`create temporary table look_families on commit drop as select family_id, region_code from determination_result
      where determination_id = ${id} and (outcome = 'in' or reason = 'held')`,
    sql`alter table look_families add primary key (family_id)`,
    sql`create temporary table look_out on commit drop as select family_id, region_code from determination_result
      where determination_id = ${id} and outcome <> 'in' and reason <> 'entitled'`,
    sql`analyze look_families, look_out`,
    sql`create temporary table look_people on commit drop as select l.family_id, l.region_code, m.person_id from look_families l
      cross join lateral (select shown, facts from determination_fact d where d.determination_id = ${id} and d.family_id = l.family_id offset 0) d
      cross join lateral (select (one ->> 'id')::uuid as person_id from jsonb_array_elements(d.facts -> 'members') one
        union select (d.shown ->> 'payeeId')::uuid where d.shown ? 'payeeId') m`,
    sql`analyze look_people`,
  ]
  for (const statement of statements) await statement.execute(tx)
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
