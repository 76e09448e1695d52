import { v7 as uuid } from 'uuid'
import type { Actor, Role, Tx } from '#src/platform/db/index.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { getAccount, getRegion } from './accounts.ts'
import { authorize, mayGive } from './policy.ts'

export type NewAssignment = {
  role: Role
  regionCode: string
  /** of an officer or supervisor; 'social' unless said otherwise */
  agency?: string | undefined
  /** of a pillar */
  pillarKind?: string | undefined
  validFrom?: string | undefined
  validTo?: string | undefined
}

/** Gives an account a role in a region. Officers and supervisors work in the office their agency has there. */
export async function giveAssignment(tx: Tx, actor: Actor, accountId: string, given: NewAssignment): Promise<string> {
  authorize(actor, 'assign', await getAccount(tx, actor, accountId))
  if (!mayGive(actor, given.role, given.regionCode)) throw forbidden('assignment.give')
  await getRegion(tx, given.regionCode, 'regionCode')
  const inOffice = given.role === 'officer' || given.role === 'supervisor'
  if (given.role === 'pillar' && !given.pillarKind) throw invalid({ field: 'pillarKind', code: 'required' })
  if (given.role !== 'pillar' && given.pillarKind) throw invalid({ field: 'pillarKind', code: 'not_here' })
  if (!inOffice && given.agency) throw invalid({ field: 'agency', code: 'not_here' })
  const officeId = inOffice ? `${given.regionCode}/${given.agency ?? 'social'}` : null
  if (officeId && !(await tx.selectFrom('office').select('id').where('id', '=', officeId).executeTakeFirst())) {
    throw invalid({ field: 'agency', code: 'no_office' })
  }
  const today = actor.at.toISOString().slice(0, 10)
  const validFrom = given.validFrom ?? today
  if (given.validTo && (given.validTo < validFrom || given.validTo < today))
    throw invalid({ field: 'validTo', code: 'past' })
  const twin = await tx
    .selectFrom('assignment')
    .select('id')
    .where('account_id', '=', accountId)
    .where('role', '=', given.role)
    .where('region_code', '=', given.regionCode)
    .where('office_id', 'is not distinct from', officeId)
    .where('pillar_kind', 'is not distinct from', given.pillarKind ?? null)
    .where('ended_at', 'is', null)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>=', validFrom)]))
    .executeTakeFirst()
  if (twin) throw conflict('assignment_exists')
  const id = uuid()
  await tx
    .insertInto('assignment')
    .values({
      id,
      account_id: accountId,
      role: given.role,
      region_code: given.regionCode,
      office_id: officeId,
      pillar_kind: given.pillarKind ?? null,
      valid_from: validFrom,
      valid_to: given.validTo ?? null,
      created_at: actor.at,
      created_by: actor.accountId,
    })
    .execute()
  return id
}

/** Ends an assignment now. Whoever acts for it is asked to choose another with their next click. */
export async function endAssignment(tx: Tx, actor: Actor, accountId: string, id: string): Promise<void> {
  const row = await tx
    .selectFrom('assignment')
    .select(['role', 'region_code', 'ended_at'])
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  if (!row || row.ended_at) throw notFound('assignment')
  if (accountId === actor.accountId || !mayGive(actor, row.role as Role, row.region_code))
    throw forbidden('assignment.end')
  await tx.updateTable('assignment').set({ ended_at: actor.at }).where('id', '=', id).execute()
}
