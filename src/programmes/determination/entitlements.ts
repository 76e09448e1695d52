import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { requireOpening } from '#src/people/register/index.ts'
import type { Entitlement } from './schema.ts'

type Row = {
  family_id: string
  determination_id: string
  number: string
  decree_number: string
  programme_code: string
  programme_name: string
  kind: string
  period: string
  period_from: string
  period_to: string
  payee_name: string
  amount: number
  persons: number
  state: Entitlement['state']
}

/** What approved lists entitle families to, by family, the latest first; of those whose rows the transaction sees. At most 200 rows a family asked for. */
export async function entitlementsOf(tx: Tx, families: readonly string[]): Promise<Map<string, Entitlement[]>> {
  const { rows } = await sql<Row>`
    select e.family_id, e.determination_id, d.number, d.decree_number, e.programme_code, v.name as programme_name, v.kind, e.period, e.period_from, e.period_to,
      e.payee_name, e.amount, e.persons, e.state
    from entitlement e join determination d on d.id = e.determination_id
    join programme_version v on v.programme_code = d.programme_code and v.version = d.version
    where e.family_id = any (${families}::uuid[]) order by e.period_from desc, e.programme_code, e.determination_id limit ${200 * families.length}`.execute(
    tx,
  )
  const found = new Map<string, Entitlement[]>(families.map((one) => [one, []]))
  for (const row of rows) found.get(row.family_id)?.push(present(row))
  return found
}

/** The same of one family, for whoever opened it. */
export async function familyEntitlements(tx: Tx, actor: Actor, familyId: string): Promise<Entitlement[]> {
  await requireOpening(tx, actor, familyId)
  return (await entitlementsOf(tx, [familyId])).get(familyId) ?? []
}

const present = (row: Row): Entitlement => ({
  determinationId: row.determination_id,
  number: row.number,
  decreeNumber: row.decree_number,
  programmeCode: row.programme_code,
  programmeName: row.programme_name,
  kind: row.kind,
  period: row.period,
  periodFrom: row.period_from,
  periodTo: row.period_to,
  payeeName: row.payee_name,
  amount: row.amount,
  persons: row.persons,
  state: row.state,
})
