import { sql } from 'kysely'
import { type Actor, type Db, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { distributionTerms } from '../../reconciliation/terms.ts'

/**
 * What each row does, seen from the accounts as they are at this moment: `s` is a row, `a` the account in use, `f` the family where it
 * still lives in the region. Told before and decided when taken, by the same words.
 */
export const outcomeOf = sql`case when f.id is null then 'gone' when a.id is null then 'added'
  when (a.bank, a.number, a.holder) = (s.bank, s.number, s.holder) then 'same' when a.since > s.since then 'older' else 'replaced' end`
export const rowsSeen = (importId: string, [from, to]: readonly [string, string]) => sql`account_import_row s
  left join family f on f.id = s.family_id and f.region_code >= ${from} and f.region_code < ${to}
  left join family_account a on a.family_id = s.family_id and a.ended_on is null
  where s.import_id = ${importId}`

type Held = {
  id: string
  number: string
  region_code: string
  office_id: string
  made_by: string
  state: 'tried' | 'taken' | 'dropped'
}

async function hold(tx: Tx, actor: Actor, id: string): Promise<Held> {
  const { rows } = await sql<Held>`
    select id, number, region_code, office_id, made_by, state from account_import
    where id = ${id} and region_code >= ${actor.regionCode} and region_code < ${scopeEnd(actor.regionCode)} for update`.execute(
    tx,
  )
  if (!rows[0]) throw notFound('account_import')
  return rows[0]
}

/**
 * Takes over what a file says, all of it or nothing, in a few statements over all its rows: an account in use ends the day before the new
 * one, one that is the same or of a later day stays. Taken twice is taken once. Only families of the region of the import; by somebody of its office or one above
 * who did not load it.
 */
export async function takeAccounts(tx: Tx, actor: Actor, id: string): Promise<void> {
  await withinAsSystem(tx, 'distribution: take over accounts from a file', async (within) => {
    const held = await hold(within, actor, id)
    if (held.state === 'taken') return
    if (held.state === 'dropped') throw conflict('account_import_dropped')
    if (held.made_by === actor.accountId) throw conflict('account_import_by_another')
    // Two files that name the same family come one after the other.
    await sql`select pg_advisory_xact_lock(hashtextextended('take accounts', 0))`.execute(within)
    const scope = [held.region_code, scopeEnd(held.region_code)] as const
    await sql`
      create temp table accounts_taken on commit drop as
      select s.line, s.family_id, coalesce(f.region_code, s.region_code) as region_code, s.bank, s.number, s.holder, s.since, ${outcomeOf} as outcome
      from ${rowsSeen(id, scope)}`.execute(within)
    await sql`
      update family_account a set ended_on = greatest(a.since, x.since - 1) from accounts_taken x
      where x.outcome = 'replaced' and a.family_id = x.family_id and a.ended_on is null`.execute(within)
    await sql`
      insert into family_account (family_id, id, region_code, bank, number, holder, since, source, made_by, import_id)
      select x.family_id, gen_random_uuid(), x.region_code, x.bank, x.number, x.holder, x.since, i.source, ${actor.accountId}, i.id
      from accounts_taken x join account_import i on i.id = ${id} where x.outcome in ('added', 'replaced')`.execute(
      within,
    )
    await sql`
      update account_import_row s set outcome = x.outcome, number = null from accounts_taken x where s.import_id = ${id} and s.line = x.line`.execute(
      within,
    )
    await sql`drop table accounts_taken`.execute(within)
    await end(within, id, 'taken', actor.accountId)
  })
}

/** Gives up a file that was tried; the numbers in it are forgotten. */
export async function dropAccounts(tx: Tx, actor: Actor, id: string): Promise<void> {
  await withinAsSystem(tx, 'distribution: drop accounts from a file', async (within) => {
    const held = await hold(within, actor, id)
    if (held.state === 'dropped') return
    if (held.state === 'taken') throw conflict('account_import_taken')
    if (held.office_id !== actor.officeId) throw conflict('account_import_of_another')
    await forget(within, id, actor.accountId)
  })
}

const end = (tx: Tx, id: string, state: 'taken' | 'dropped', by: string | null) =>
  sql`update account_import set state = ${state}, ended_by = ${by}, ended_at = acting_now() where id = ${id}`.execute(
    tx,
  )

async function forget(tx: Tx, id: string, by: string | null): Promise<void> {
  await sql`delete from account_import_row where import_id = ${id}`.execute(tx)
  await end(tx, id, 'dropped', by)
}

/** Files that were tried and never taken go after `account_file_kept` days. Answers how many. */
export async function forgetOldAccounts(db: Db): Promise<number> {
  return db.asSystem('distribution: forget accounts that were only tried', async (tx) => {
    const { account_file_kept: days } = await distributionTerms(tx, ['account_file_kept'])
    const { rows } = await sql<{ id: string }>`
      select id from account_import where state = 'tried' and made_at < acting_now() - make_interval(days => ${days}) limit 100 for update skip locked`.execute(
      tx,
    )
    for (const { id } of rows) await forget(tx, id, null)
    return rows.length
  })
}
