import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { requireOpening } from './opening.ts'
import type { Assistance } from './schema.ts'

type Row = {
  id: string
  person_id: string | null
  name: string | null
  programme_code: string
  period_from: string
  period_to: string | null
  source: Assistance['source']
  source_ref: string | null
  received_on: string | null
}

/** What an opened family is said to receive or to have received: what runs first, then what ended last. At most 200. */
export async function familyAssistance(tx: Tx, actor: Actor, familyId: string): Promise<Assistance[]> {
  await requireOpening(tx, actor, familyId)
  const { rows } = await sql<Row>`
    select a.id, a.person_id, p.name, a.programme_code, a.period_from, a.period_to, a.source, a.source_ref, a.received_on
    from assistance a left join person p on p.id = a.person_id
    where a.family_id = ${familyId}
    order by a.period_to desc nulls first, a.period_from desc, a.id limit 200`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    personId: row.person_id,
    personName: row.name,
    programmeCode: row.programme_code,
    periodFrom: row.period_from,
    periodTo: row.period_to,
    source: row.source,
    sourceRef: row.source_ref,
    receivedOn: row.received_on,
  }))
}

/** The numbers an opened family and its people carry now: for modules that look for what else is known under them, never shown. */
type FamilyNumbers = { regionCode: string; kkNumber: string | null; niks: string[] }
export async function familyNumbers(tx: Tx, actor: Actor, familyId: string): Promise<FamilyNumbers> {
  await requireOpening(tx, actor, familyId)
  const { rows } = await sql<{ region_code: string; kk_number: string | null; niks: string[] }>`
    select f.region_code, f.kk_number,
      array(select p.nik from person p where p.family_id = f.id and p.nik is not null and p.status <> 'merged') as niks
    from family f where f.id = ${familyId}`.execute(tx)
  const [row] = rows
  return { regionCode: row?.region_code ?? '', kkNumber: row?.kk_number ?? null, niks: row?.niks ?? [] }
}
