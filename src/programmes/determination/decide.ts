import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { today } from '../catalogue/versions.ts'
import { holdList, type ListRow } from './list.ts'
import { told } from './make.ts'
import { entitledElsewhere } from './run.ts'
import { determinationTerm } from './term.ts'

/** A list that came into force: what entitlements are made of is written, and whoever listens acts in the same transaction. */
export type DeterminedNews = {
  determinationId: string
  number: string
  decreeNumber: string
  programmeCode: string
  period: string
  regionCode: string
}
/** Runs in the transaction of the last approval, as the system: with it or not at all. */
export type DeterminedListener = (tx: Tx, news: DeterminedNews) => Promise<void>
const listeners = new Set<DeterminedListener>()

/** Registers what must follow when a list is approved; gives back how to stop. */
export function onDetermined(listener: DeterminedListener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Gives the list to those who decide; from here on nobody changes it. */
export async function submitDetermination(tx: Tx, actor: Actor, id: string): Promise<void> {
  const list = await holdList(tx, actor, id, 'submit')
  if (!('in' in list.totals) || list.totals.in === 0) throw conflict('determination_empty')
  await sql`update determination set state = 'submitted', submitted_at = acting_now() where id = ${id}`.execute(tx)
  await told(tx, list, 'determination.submitted')
}

/** One person's approval; the last that is needed puts the list in force. */
export async function approveDetermination(tx: Tx, actor: Actor, id: string, note: string | undefined): Promise<void> {
  const list = await holdList(tx, actor, id, 'approve')
  await keepDecision(tx, actor, id, 'approve', note)
  const needed = await determinationTerm(tx, 'approvals', list.made_at)
  await told(tx, list, 'determination.signed')
  if (list.decided_by.length + 1 < needed) return
  await withinAsSystem(tx, `determination ${list.number}: approved`, (system) => putInForce(system, list, actor.at))
}

/** Ends a list with a reason; another one has to be made. */
export async function rejectDetermination(tx: Tx, actor: Actor, id: string, note: string): Promise<void> {
  const list = await holdList(tx, actor, id, 'reject')
  await keepDecision(tx, actor, id, 'reject', note)
  await sql`update determination set state = 'rejected', decided_at = acting_now() where id = ${id}`.execute(tx)
  await told(tx, list, 'determination.rejected')
}

async function keepDecision(
  tx: Tx,
  actor: Actor,
  id: string,
  decision: 'approve' | 'reject',
  note: string | undefined,
): Promise<void> {
  await tx
    .insertInto('determination_approval')
    .values({
      determination_id: id,
      account_id: actor.accountId,
      role: actor.role,
      decision,
      note: cleanText(note ?? '') || null,
      decided_at: actor.at,
    })
    .execute()
}

/** Number, entitlements, what the family pages tell, and everybody who listens: all or nothing. */
async function putInForce(tx: Tx, list: ListRow, at: Date): Promise<void> {
  // Two lists of one programme that come into force at once take turns: the second sees whom the first has entitled.
  await sql`select pg_advisory_xact_lock(7421, hashtext(${list.programme_code}))`.execute(tx)
  const taken = await sql<{ n: number }>`
    select count(*) as n from (${entitledElsewhere(list)}) e
    cross join lateral (select from determination_result r where r.determination_id = ${list.id} and r.family_id = e.family_id and r.outcome = 'in' offset 0) r`.execute(
    tx,
  )
  if ((taken.rows[0]?.n ?? 0) > 0) throw conflict('determination_entitled_since', { count: taken.rows[0]?.n ?? 0 })
  const decree = await decreeNumber(tx, list.programme_code, today(at).slice(0, 4))
  await sql`
    insert into entitlement (determination_id, family_id, region_code, programme_code, period, period_from, period_to, payee_id, payee_name, amount, persons)
    select r.determination_id, r.family_id, r.region_code, ${list.programme_code}, ${list.period}, ${list.period_from}::date, ${list.period_to}::date,
      (f.shown ->> 'payeeId')::uuid, coalesce(f.shown ->> 'payeeName', f.shown ->> 'headName', '-'), r.amount, r.persons
    from determination_result r
    cross join lateral (select shown from determination_fact f where f.determination_id = r.determination_id and f.family_id = r.family_id offset 0) f
    where r.determination_id = ${list.id} and r.outcome = 'in'`.execute(tx)
  await sql`
    insert into assistance (family_id, id, region_code, programme_code, period_from, period_to, source, source_ref)
    select family_id, gen_random_uuid(), region_code, programme_code, period_from, period_to, 'office', ${list.number}
    from entitlement where determination_id = ${list.id} on conflict do nothing`.execute(tx)
  await sql`
    update determination set state = 'approved', decided_at = acting_now(), decree_number = ${decree} where id = ${list.id}`.execute(
    tx,
  )
  await told(tx, list, 'determination.approved')
  const news: DeterminedNews = {
    determinationId: list.id,
    number: list.number,
    decreeNumber: decree,
    programmeCode: list.programme_code,
    period: list.period,
    regionCode: list.region_code,
  }
  for (const listener of listeners) await listener(tx, news)
}

/** '0001/PKH/2026': counted without a gap within programme and year. */
async function decreeNumber(tx: Tx, programme: string, year: string): Promise<string> {
  const { rows } = await sql<{ last: number }>`
    insert into decree_sequence as s (programme_code, year, last) values (${programme}, ${Number(year)}, 1)
    on conflict (programme_code, year) do update set last = s.last + 1 returning last`.execute(tx)
  return `${String(rows[0]?.last ?? 1).padStart(4, '0')}/${programme}/${year}`
}
