import type { TestDatabase } from './postgres.ts'

/** What contradicts itself in the rows of these families and persons: what, and of whom. */
export const contradictions = (
  sql: TestDatabase['sql'],
  world: { persons: readonly string[]; families: readonly string[] },
): Promise<{ what: string; id: string }[]> =>
  sql(
    `select 'region' as what, p.id from person p join family f on f.id = p.family_id where p.region_code <> f.region_code and p.id = any ($1)
     union all select 'head', f.id from family f left join person p on p.id = f.head_id
       where f.id = any ($2) and f.head_id is not null and (p.family_id is distinct from f.id or p.status <> 'active') and f.status in ('active', 'graduated')
     union all select 'headless', f.id from family f where f.id = any ($2) and f.head_id is null and f.member_count > 0
     union all select 'members', f.id from family f where f.id = any ($2)
       and f.member_count <> (select count(*) from person p where p.family_id = f.id and p.status = 'active')
     union all select 'past region', p.person_id from person_version p join family_version f on f.family_id = p.family_id
       where p.person_id = any ($1) and p.known_to = 'infinity' and f.known_to = 'infinity' and p.region_code <> f.region_code
       and p.valid_from < f.valid_to and f.valid_from < p.valid_to
     union all select 'gap', subject_id from register_event where subject_id = any ($1) or subject_id = any ($2)
       group by subject_id having max(seq) <> count(*)`,
    [world.persons, world.families],
  )
