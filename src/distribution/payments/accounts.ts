import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { type FieldError, forbidden, invalid, notFound, Problem } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { regionZone } from '#src/regions/index.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import type { AccountsOf, NewAccount } from './schema.ts'

/*
 * Where a family's money goes. Personal financial data: whoever opened the family for a piece of work sees the last four digits; the whole
 * number comes out by a recorded act with a reason, and in the file for the bank.
 */

async function regionOfOpened(tx: Tx, actor: Actor, familyId: string): Promise<string> {
  if (!inSocialOffice(actor)) throw forbidden('account.read')
  const { rows } = await sql<{ region_code: string; opened: boolean }>`
    select region_code, has_opened(id) as opened from family where id = ${familyId}`.execute(tx)
  if (!rows[0]) throw notFound('family')
  if (!rows[0].opened) throw new Problem(403, 'open_first')
  return rows[0].region_code
}

/** Accounts of an opened family, the one in use first; the look is written down. Throws 404, 403 `open_first`. */
export async function readAccounts(tx: Tx, actor: Actor, familyId: string): Promise<AccountsOf> {
  const region = await regionOfOpened(tx, actor, familyId)
  const { rows } = await sql<{
    id: string
    bank: string
    masked: string
    holder: string
    since: string
    ended_on: string | null
    source: 'family' | 'bank' | 'office'
  }>`select a.id, a.bank, m.masked, a.holder, a.since, a.ended_on, a.source
    from family_account a join family_accounts(${familyId}) m on m.id = a.id
    where a.family_id = ${familyId} order by a.ended_on is not null, a.since desc, a.made_at desc`.execute(tx)
  await sql`select record_act('look', 'family_account', ${familyId}, ${region}, ${JSON.stringify({ rows: rows.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    region,
    items: rows.map(({ ended_on, ...row }) => ({ ...row, endedOn: ended_on })),
  }
}

/**
 * Writes down another account of an opened family; the one in use until now ends the day before. `found`: what the schema found wrong with
 * what was given. Throws a problem that names every wrong field.
 */
export async function setAccount(
  tx: Tx,
  actor: Actor,
  familyId: string,
  given: NewAccount,
  found: readonly FieldError[] = [],
): Promise<void> {
  const region = await regionOfOpened(tx, actor, familyId)
  const wrong = [...found]
  const sound = (field: keyof NewAccount) => !wrong.some((one) => one.field === field || one.field === 'body')
  const number = sound('number') ? given.number.replace(/[^0-9]/g, '') : ''
  if (sound('number') && (number.length < 5 || number.length > 20)) wrong.push({ field: 'number', code: 'invalid' })
  if (sound('since') && given.since > localDay(actor.at, await regionZone(tx, region)))
    wrong.push({ field: 'since', code: 'future' })
  for (const field of ['bank', 'holder'] as const)
    if (sound(field) && cleanLine(given[field]).length < 2) wrong.push({ field, code: 'required' })
  if (wrong.length > 0) throw invalid(...wrong)
  await sql`update family_account set ended_on = greatest(since, ${given.since}::date - 1) where family_id = ${familyId} and ended_on is null`.execute(
    tx,
  )
  await sql`insert into family_account (family_id, id, region_code, bank, number, holder, since, source, made_by)
    values (${familyId}, ${uuid()}, ${region}, ${cleanLine(given.bank).toUpperCase()}, ${number}, ${cleanLine(given.holder)}, ${given.since}, ${given.source}, ${actor.accountId})`.execute(
    tx,
  )
}

/** The number in full; who saw it and why is written down in the same statement. */
export async function revealAccount(
  tx: Tx,
  actor: Actor,
  familyId: string,
  accountId: string,
  reason: string,
): Promise<string> {
  await regionOfOpened(tx, actor, familyId)
  const { rows } = await sql<{ number: string | null }>`
    select reveal_account(${familyId}, ${accountId}, ${cleanLine(reason)}) as number`.execute(tx)
  const number = rows[0]?.number
  if (!number) throw notFound('account')
  return number
}
