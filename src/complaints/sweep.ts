import type { Db, Tx } from '#src/platform/db/index.ts'
import { holdCase, saveCase, step, theSystem, type Held } from './case.ts'
import { markOverdue, stop } from './clocks.ts'
import { climb, lapseReferral } from './referral.ts'

export type Swept = {
  reminded: number
  overdue: number
  climbed: number
  lapsed: number
  closed: number
  moved: number
}

/**
 * What time alone does to cases: reminds before a deadline, marks what is overdue and refers it to the next tier,
 * lets unanswered referrals count as accepted, closes what the citizen did not object to, withdraws what was never
 * completed, and moves cases out of offices nobody works in any more. Each case in its own transaction, so that one
 * bad case stops no other; several processes may sweep at once (rows being worked on are left to the other).
 */
export async function sweep(db: Db, onError: (error: unknown, id: string) => void, most = 500): Promise<Swept> {
  const swept: Swept = { reminded: 0, overdue: 0, climbed: 0, lapsed: 0, closed: 0, moved: 0 }
  const now = db.clock()
  const each = async (column: 'lapses_at' | 'remind_at' | 'climbs_at', work: (tx: Tx, held: Held) => Promise<void>) => {
    const due = await db.asSystem('complaints: what is due', (tx) =>
      tx
        .selectFrom('complaint')
        .select('id')
        .where(column, '<=', now)
        .where('open', '=', true)
        .orderBy(column)
        .limit(most)
        .execute(),
    )
    await inTurn(db, due, onError, async (tx, id) => {
      const held = await holdCase(tx, theSystem(now), id)
      const at = held.row[column]
      // Somebody may have worked on it since the list was read.
      if (at && at <= now) await work(tx, held)
    })
  }
  const who = theSystem(now)

  await inTurn(
    db,
    await db.asSystem('complaints: unanswered referrals', (tx) =>
      tx
        .selectFrom('referral')
        .select('complaint_id as id')
        .where('status', '=', 'offered')
        .where('answer_by', '<=', now)
        .limit(most)
        .execute(),
    ),
    onError,
    async (tx, id) => {
      const held = await holdCase(tx, who, id)
      if (!held.offered) return
      await lapseReferral(tx, who, held)
      swept.lapsed++
    },
  )
  await each('lapses_at', async (tx, held) => {
    const waiting = held.row.state === 'awaiting_completion'
    const state = step(held, waiting ? 'withdraw_automatically' : 'close_automatically')
    await saveCase(
      tx,
      who,
      held,
      { state, lapses_at: null },
      [{ kind: waiting ? 'withdrawn_automatically' : 'closed_automatically', public: true }],
      stop(held.clocks, now, waiting ? 'withdrawn' : 'closed'),
    )
    swept.closed++
  })
  await each('climbs_at', async (tx, held) => {
    const clocks = markOverdue(held.clocks, now)
    const late = clocks.filter((clock, index) => clock !== held.clocks[index])
    if (late.length > 0) {
      await saveCase(
        tx,
        who,
        held,
        {},
        late.map((clock) => ({
          kind: 'overdue',
          public: clock.kind !== 'verification',
          data: { clock: clock.kind, dueAt: clock.dueAt },
        })),
        clocks,
      )
      swept.overdue++
    }
    if (await climb(tx, who, held, 'automatic')) swept.climbed++
    else if (late.length === 0) await saveCase(tx, who, held, { climbs_at: null }, [])
  })
  await each('remind_at', async (tx, held) => {
    const clock = held.row.due_clock
    await saveCase(
      tx,
      who,
      held,
      {},
      clock ? [{ kind: 'reminded', public: false, data: { clock, dueAt: held.row.due_at } }] : [],
    )
    swept.reminded++
  })
  await inTurn(
    db,
    await db.asSystem('complaints: offices without staff', (tx) =>
      tx
        .selectFrom('complaint as c')
        .innerJoin('office as o', 'o.id', 'c.office_id')
        .select('c.id')
        .where('c.open', '=', true)
        .where('o.staffed', '=', false)
        .where('o.tier', '<>', 'nation')
        .limit(most)
        .execute(),
    ),
    onError,
    async (tx, id) => {
      const held = await holdCase(tx, who, id)
      if (await climb(tx, who, held, 'unstaffed')) swept.moved++
    },
  )
  return swept
}

async function inTurn(
  db: Db,
  rows: { id: string }[],
  onError: (error: unknown, id: string) => void,
  work: (tx: Tx, id: string) => Promise<void>,
) {
  for (const { id } of rows)
    await db.asSystem('complaints: time has come', (tx) => work(tx, id)).catch((error: unknown) => onError(error, id))
}
