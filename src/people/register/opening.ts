import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { forbidden, invalid, notFound, Problem } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { inSocialOffice } from './policy.ts'
import { registerTerm } from './terms.ts'

export const works = [
  'complaint',
  'proposal',
  'meeting',
  'field_check',
  'correction',
  'campaign',
  'linkage',
  'rights',
  'service',
  'other',
] as const
export type Work = (typeof works)[number]

/** `reason` in the officer's words, 5 to 300 letters; `workRef`: number of the complaint, proposal … it is for */
export type OpeningRequest = { familyId: string; reason: string; work: Work; workRef?: string | undefined }
export type Opening = { id: string; expiresAt: Date }

/** Opens a family for one piece of work. The same work again goes on with the opening that still runs. */
export async function openFamily(tx: Tx, actor: Actor, request: OpeningRequest): Promise<Opening> {
  if (!inSocialOffice(actor)) throw forbidden('register.open')
  const reason = cleanLine(request.reason)
  if (reason.length < 5) throw invalid({ field: 'reason', code: 'minLength', params: { limit: 5 } })
  const regionCode = await regionOf(tx, request.familyId)
  if (regionCode === undefined) throw notFound('family')
  const workRef = request.workRef ? cleanLine(request.workRef) : null
  const running = await tx
    .selectFrom('family_opening')
    .select(['id', 'expires_at'])
    .where('account_id', '=', actor.accountId)
    .where('family_id', '=', request.familyId)
    .where('work', '=', request.work)
    .where(sql<boolean>`work_ref is not distinct from ${workRef}`)
    .where(sql<boolean>`expires_at > acting_now()`)
    .orderBy('expires_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (running) return { id: running.id, expiresAt: running.expires_at }
  const { amount } = await registerTerm(tx, 'opening', actor.at.toISOString().slice(0, 10))
  const id = uuid()
  const expiresAt = new Date(actor.at.getTime() + amount * 86_400_000)
  await tx
    .insertInto('family_opening')
    .values({
      id,
      account_id: actor.accountId,
      family_id: request.familyId,
      region_code: regionCode,
      reason: reason.slice(0, 300),
      work: request.work,
      work_ref: workRef,
      expires_at: expiresAt,
    })
    .execute()
  return { id, expiresAt }
}

/** Of a family one can see, or of one that waits to be registered. */
async function regionOf(tx: Tx, familyId: string): Promise<string | undefined> {
  const { rows } = await sql<{ region_code: string }>`
    select region_code from family where id = ${familyId}
    union all select region_code from register_event
      where subject_id = ${familyId} and subject = 'family' and seq = 1 and state = 'reported' limit 1`.execute(tx)
  return rows[0]?.region_code
}

/** Refuses to go on unless the actor has opened the family: 404 when it is not theirs to see, else 403 `open_first`. */
export async function requireOpening(tx: Tx, actor: Actor, familyId: string): Promise<void> {
  const { rows } = await sql<{ opened: boolean }>`select has_opened(${familyId}) as opened`.execute(tx)
  if (!inSocialOffice(actor)) throw forbidden('register.open')
  const regionCode = await regionOf(tx, familyId)
  if (regionCode === undefined) throw notFound('family')
  if (!rows[0]?.opened) throw new Problem(403, 'open_first')
}
