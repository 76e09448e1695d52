import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { nameWords } from '../names.ts'
import { birthKey, bonesOf, bornKey, pairKey } from '../search-keys.ts'
import { skeleton } from '../names.ts'
import { type LinkPerson, personRow } from './profile-people.ts'
import type { Row } from './compare.ts'

/** What is compared of a person of the register, as it stands now. */
export type RegisterPerson = LinkPerson & { id: string; familyId: string | null; regionCode: string }

const columns = sql`p.id, p.family_id as "familyId", p.region_code as "regionCode", p.name, p.nik, p.birth_date as "birthDate",
  p.birth_place as "birthPlace", p.sex, p.mother_name as "motherName", f.kk_number as "kkNumber", f.address, f.rt, f.rw`

export const rowOfPerson = (person: RegisterPerson): Row => personRow(person)

/** Up to `limit` persons after an id, in the order of their ids; those merged into others are left out. */
export async function personsAfter(tx: Tx, after: string | null, limit: number): Promise<RegisterPerson[]> {
  const { rows } = await sql<RegisterPerson>`
    select ${columns} from person p left join family f on f.id = p.family_id
    where p.status <> 'merged' and p.id > ${after ?? '00000000-0000-0000-0000-000000000000'}
    order by p.id limit ${limit}`.execute(tx)
  return rows
}

export async function findPerson(tx: Tx, id: string): Promise<RegisterPerson | undefined> {
  const { rows } = await sql<RegisterPerson>`
    select ${columns} from person p left join family f on f.id = p.family_id where p.id = ${id} and p.status <> 'merged'`.execute(
    tx,
  )
  return rows[0]
}

/** More than this in one look means that the name is everybody's. */
const most = 2000

/**
 * Who may be the same as this person, by what is indexed: the number, the family, a word of the name born on the day, the
 * day in the kecamatan, two words of the name with a birth date that is near.
 */
export async function likelySame(tx: Tx, person: RegisterPerson): Promise<RegisterPerson[]> {
  const words = nameWords(person.name)
  const single = [...new Set(words.map(skeleton))]
  const born = person.birthDate
    ? [
        birthKey(person.regionCode, person.birthDate),
        ...bonesOf(words).map((bones) => bornKey(bones, person.birthDate ?? '')),
      ]
    : []
  const pairs = single.flatMap((one, at) => single.slice(at + 1).map((other) => pairKey(one, other)))
  const { rows } = await sql<RegisterPerson>`
    select ${columns}
    from (
      select id from person where nik = ${person.nik ?? null}
      union select id from person where family_id = ${person.familyId}
      union (select id from person where search_keys && ${born}::integer[] limit ${most})
      union (select id from person where search_keys && ${pairs}::integer[]
        and (birth_date is null or ${person.birthDate ?? null}::date is null
          or abs(extract(year from birth_date) - extract(year from ${person.birthDate ?? null}::date)) <= 1
          or to_char(birth_date, 'MMDD') = to_char(${person.birthDate ?? null}::date, 'MMDD')) limit ${most})
      union select p.id from family f join person p on p.family_id = f.id where f.kk_number = ${person.kkNumber ?? null}
    ) c join person p on p.id = c.id left join family f on f.id = p.family_id
    where p.id <> ${person.id} and p.status <> 'merged'`.execute(tx)
  return rows
}
