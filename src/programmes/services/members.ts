import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { requireOpening } from '#src/people/register/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import { hold, settle } from './cases.ts'
import type { MemberAct } from './schema.ts'

/** A family joins a group: one of the register that was opened before, or somebody by name. The same id again is the same member. */
export async function addMember(tx: Tx, actor: Actor, id: string, given: MemberAct): Promise<void> {
  const held = await hold(tx, actor, id, 'member')
  const memberId = given.id ?? uuid()
  const known = await tx
    .selectFrom('service_member')
    .select(['id', 'family_id', 'left_on'])
    .where('case_id', '=', id)
    .execute()
  if (known.some((one) => one.id === memberId)) return
  if (known.filter((one) => one.left_on === null).length >= 200) throw conflict('service_group_full')
  const name = given.familyId ? await headOf(tx, actor, given.familyId) : cleanLine(given.name ?? '')
  if (!name) throw invalid({ field: 'name', code: 'required' })
  if (given.familyId && known.some((one) => one.left_on === null && one.family_id === given.familyId))
    throw conflict('service_member_already')
  await tx
    .insertInto('service_member')
    .values({ case_id: id, id: memberId, family_id: given.familyId ?? null, name, joined_on: held.today })
    .execute()
  await settle(tx, actor, held, { kind: 'member_joined', detail: { member: memberId } })
}

async function headOf(tx: Tx, actor: Actor, familyId: string): Promise<string> {
  await requireOpening(tx, actor, familyId)
  const { rows } = await sql<{ name: string | null }>`
    select p.name from family f left join person p on p.id = f.head_id where f.id = ${familyId} and f.status = 'active'`.execute(
    tx,
  )
  if (!rows[0]) throw conflict('family_not_active')
  return rows[0].name ?? '–'
}

/** A family leaves the group; where it was present stays. */
export async function leaveGroup(tx: Tx, actor: Actor, id: string, memberId: string, reason: string): Promise<void> {
  const held = await hold(tx, actor, id, 'member')
  const said = cleanText(reason)
  if (said.length < 5) throw invalid({ field: 'reason', code: 'minLength', params: { limit: 5 } })
  const row = await tx
    .selectFrom('service_member')
    .select('left_on')
    .where('case_id', '=', id)
    .where('id', '=', memberId)
    .executeTakeFirst()
  if (!row) throw notFound('member')
  if (row.left_on !== null) return
  await tx
    .updateTable('service_member')
    .set({ left_on: held.today, left_reason: said.slice(0, 300) })
    .where('case_id', '=', id)
    .where('id', '=', memberId)
    .execute()
  await settle(tx, actor, held, { kind: 'member_left', detail: { member: memberId } })
}
