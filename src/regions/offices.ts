import type { Tx } from '#src/platform/db/index.ts'
import { notFound, Problem } from '#src/platform/http/problem.ts'
import { lineage } from './lineage.ts'
import type { Agency, Office, OfficeContact, OfficeLink, Tier } from './schema.ts'

/** The social offices of a region and all above it, the region's own first and the ministry last. One query. */
export async function officeChain(tx: Tx, regionCode: string): Promise<OfficeLink[]> {
  const rows = await tx
    .selectFrom('office')
    .select(['id', 'name', 'tier', 'region_code', 'staffed'])
    .where(
      'id',
      'in',
      lineage(regionCode).map((code) => `${code}/social`),
    )
    // A code sorts after every code above it.
    .orderBy('region_code', 'desc')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    tier: row.tier as Tier,
    regionCode: row.region_code,
    staffed: row.staffed,
  }))
}

/** The offices of one region, the social one first. */
export async function officesOf(tx: Tx, regionCode: string): Promise<Office[]> {
  const rows = await tx.selectFrom('office').selectAll().where('region_code', '=', regionCode).execute()
  const isSocial = (one: { agency: string }) => Number(one.agency === 'social')
  return rows.map(present).sort((a, b) => isSocial(b) - isSocial(a) || (a.name < b.name ? -1 : 1))
}

export async function getOffice(tx: Tx, regionCode: string, agency: Agency): Promise<Office> {
  const row = await tx.selectFrom('office').selectAll().where('id', '=', `${regionCode}/${agency}`).executeTakeFirst()
  if (!row) throw notFound('office')
  return present(row)
}

/** Writes down where an office can be reached. Row security lets only an administrator of the region or above. */
export async function changeContact(
  tx: Tx,
  regionCode: string,
  agency: Agency,
  contact: OfficeContact,
): Promise<Office> {
  const before = await getOffice(tx, regionCode, agency)
  const row = await tx
    .updateTable('office')
    .set({
      name: contact.name.trim(),
      address: contact.address?.trim() ?? null,
      phone: contact.phone?.trim() ?? null,
      email: contact.email?.trim().toLowerCase() ?? null,
    })
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirst()
  // The office is there for everybody to see; that no row was written means it is not theirs.
  if (!row) throw new Problem(403, 'outside_region')
  return present(row)
}

type Row = {
  id: string
  region_code: string
  agency: string
  tier: string
  name: string
  address: string | null
  phone: string | null
  email: string | null
  staffed: boolean
}
const present = (row: Row): Office => ({
  id: row.id,
  regionCode: row.region_code,
  agency: row.agency as Agency,
  tier: row.tier as Tier,
  name: row.name,
  address: row.address,
  phone: row.phone,
  email: row.email,
  staffed: row.staffed,
})
