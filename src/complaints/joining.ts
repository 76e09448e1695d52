import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { factsOf, handOver, holdCase, saveCase, step, whoIs, type Held, type Who } from './case.ts'
import { goOn, stop } from './clocks.ts'
import { authorize } from './policy.ts'
import type { State } from './schema.ts'

/**
 * Handles this case together with another: it is put aside, its clocks stop, its citizen reads the other's answers.
 * The other must be of the same village or its region, be no joined case itself, and not this one.
 */
export async function join(tx: Tx, who: Who, held: Held, primaryId: string): Promise<void> {
  if (primaryId === held.row.id) throw invalid({ field: 'toId', code: 'unknown' })
  if (held.row.joined_count > 0) throw conflict('has_joined_cases')
  const to = step(held, 'join')
  const counted = await sql<{ counted: boolean }>`select count_joined(${primaryId}, 1) as counted`.execute(tx)
  if (!counted.rows[0]?.counted) throw invalid({ field: 'toId', code: 'unknown' })
  await saveCase(
    tx,
    who,
    held,
    { state: to, joined_to: primaryId, lapses_at: null },
    [{ kind: 'joined', public: true, data: { before: held.row.state } }],
    stop(held.clocks, who.at, 'joined'),
  )
  if (who.role !== 'citizen') await judge(tx, who, held.row.id, primaryId, 'joined')
}

/** An officer joins two cases of the same story. */
export async function joinCases(tx: Tx, actor: Actor, id: string, primaryId: string, version?: number): Promise<void> {
  const who = whoIs(actor)
  const held = await holdCase(tx, who, id, version)
  authorize(actor, 'join', factsOf(held))
  // The other case must be one the officer sees, else its mere existence would be told.
  const other = await tx
    .selectFrom('complaint')
    .select(['id', 'joined_to'])
    .where('id', '=', primaryId)
    .executeTakeFirst()
  if (!other || other.joined_to) throw invalid({ field: 'toId', code: 'unknown' })
  await join(tx, who, held, primaryId)
}

/** The two were different after all: the case comes back where it was, and its clocks go on. */
export async function separate(tx: Tx, actor: Actor, id: string, reason: string, version?: number): Promise<void> {
  const who = whoIs(actor)
  const held = await holdCase(tx, who, id, version)
  authorize(actor, 'separate', factsOf(held))
  const primaryId = held.row.joined_to
  const before = await stateBefore(tx, id, 'joined')
  const to = step(held, 'separate', before)
  let clocks = held.clocks
  for (const kind of ['first_response', 'settlement'] as const)
    if (held.clocks.some((clock) => clock.kind === kind && clock.stoppedBy === 'joined'))
      clocks = goOn(clocks, kind, who.at, held.calendar)
  const seq = await saveCase(
    tx,
    who,
    held,
    { state: to, joined_to: null },
    [{ kind: 'separated', public: true, body: reason }],
    clocks,
  )
  await handOver(tx, who, held, seq, { id: held.row.office_id, tier: held.row.office_tier }, 'separated', reason)
  if (primaryId) {
    await sql`select count_joined(${primaryId}, -1)`.execute(tx)
    await judge(tx, who, id, primaryId, 'different')
  }
}

/** The state a case had before its last event of a kind; used to go back. */
export async function stateBefore(tx: Tx, id: string, kind: string): Promise<State> {
  const event = await tx
    .selectFrom('complaint_event')
    .select('from_state')
    .where('complaint_id', '=', id)
    .where('kind', '=', kind)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (event?.from_state ?? 'received') as State
}

/** The verdict stays with the pair, in both directions, so that it is never asked again. */
export async function judge(
  tx: Tx,
  who: Who,
  one: string,
  other: string,
  verdict: 'different' | 'joined',
): Promise<void> {
  await tx
    .updateTable('complaint_similar')
    .set({ verdict, judged_by: who.accountId, judged_at: who.at })
    .where((eb) =>
      eb.or([
        eb.and([eb('complaint_id', '=', one), eb('other_id', '=', other)]),
        eb.and([eb('complaint_id', '=', other), eb('other_id', '=', one)]),
      ]),
    )
    .execute()
}
