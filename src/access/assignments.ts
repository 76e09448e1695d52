import type { Role, Tx } from '#src/platform/db/index.ts'

/** One role in one region, with the words a page needs. */
export type Assignment = {
  id: string
  role: Role
  regionCode: string
  regionName: string
  officeId: string | null
  officeName: string | null
  pillarKind: string | null
  validFrom: string
  validTo: string | null
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10)

/** Assignments of these accounts, by account, as far as the caller may see them; by default only those that hold at `at`. */
export async function findAssignments(
  tx: Tx,
  accountIds: string[],
  at: Date,
  options: { evenLater?: boolean } = {},
): Promise<Map<string, Assignment[]>> {
  const found = new Map<string, Assignment[]>()
  if (accountIds.length === 0) return found
  let query = tx
    .selectFrom('assignment as a')
    .innerJoin('region as r', 'r.code', 'a.region_code')
    .leftJoin('office as o', 'o.id', 'a.office_id')
    .where('a.account_id', 'in', accountIds)
    .where('a.ended_at', 'is', null)
    .where((eb) => eb.or([eb('a.valid_to', 'is', null), eb('a.valid_to', '>=', dayOf(at))]))
    .select(['a.id', 'a.account_id', 'a.role', 'a.region_code', 'a.office_id', 'a.pillar_kind', 'a.valid_from'])
    .select(['a.valid_to', 'r.path_name', 'o.name as office_name'])
    .orderBy('a.region_code')
    .orderBy('a.role')
    .orderBy('a.id')
  if (!options.evenLater) query = query.where('a.valid_from', '<=', dayOf(at))
  for (const row of await query.execute()) {
    const one: Assignment = {
      id: row.id,
      role: row.role as Role,
      regionCode: row.region_code,
      regionName: row.path_name,
      officeId: row.office_id,
      officeName: row.office_name,
      pillarKind: row.pillar_kind,
      validFrom: row.valid_from,
      validTo: row.valid_to,
    }
    const sofar = found.get(row.account_id)
    if (sofar) sofar.push(one)
    else found.set(row.account_id, [one])
  }
  return found
}

/** What somebody acts as after signing in: their only assignment, else the one they used last, else they are asked. */
export async function chooseAssignment(tx: Tx, accountId: string, at: Date): Promise<string | null> {
  const all = (await findAssignments(tx, [accountId], at)).get(accountId) ?? []
  if (all.length <= 1) return all[0]?.id ?? null
  const last = await tx
    .selectFrom('session')
    .select('assignment_id')
    .where('account_id', '=', accountId)
    .where(
      'assignment_id',
      'in',
      all.map((one) => one.id),
    )
    .orderBy('last_seen_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.assignment_id ?? null
}
