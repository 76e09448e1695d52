import { sql } from 'kysely'
import type { Db } from '#src/platform/db/index.ts'

/** A family of an approved list, as the annex shows it. */
export type AnnexRow = {
  head: string
  payee: string
  nik: string
  address: string
  rt: string
  rw: string
  persons: number
  amount: number
}
export type AnnexVillage = { code: string; name: string; families: number; amount: number }

/** The villages of an approved list with those who are in, by code. */
export async function annexVillages(db: Db, id: string): Promise<AnnexVillage[]> {
  return db.asSystem('annex of a decree: its villages', async (tx) => {
    const { rows } = await sql<AnnexVillage>`
      select c.region_code as code, g.path_name as name, sum(c.families)::bigint as families, sum(c.amount)::bigint as amount
      from determination_count c join region g on g.code = c.region_code
      where c.determination_id = ${id} and c.outcome = 'in' group by 1, 2 order by 1`.execute(tx)
    return rows
  })
}

/** The families of one village that were approved with the list, in the order of their neighbourhood and name. */
export async function annexRows(db: Db, id: string, village: string): Promise<AnnexRow[]> {
  return db.asSystem('annex of a decree: the families of a village', async (tx) => {
    const { rows } = await sql<AnnexRow>`
      select coalesce(f.shown ->> 'headName', '-') as head, e.payee_name as payee, coalesce(f.shown ->> 'nik', '-') as nik,
        coalesce(f.shown ->> 'address', '-') as address, coalesce(f.shown ->> 'rt', '-') as rt, coalesce(f.shown ->> 'rw', '-') as rw, e.persons, e.amount
      from entitlement e join determination_fact f using (determination_id, family_id)
      where e.determination_id = ${id} and e.region_code = ${village}
        and not exists (select from determination_addition a where a.determination_id = e.determination_id and a.family_id = e.family_id and a.state = 'approved')
      order by lpad(f.shown ->> 'rw', 3, '0') nulls last, lpad(f.shown ->> 'rt', 3, '0') nulls last, f.shown ->> 'headName', e.family_id`.execute(
      tx,
    )
    return rows
  })
}
