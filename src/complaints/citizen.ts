import type { Citizen, Tx } from '#src/platform/db/index.ts'
import { conflict } from '#src/platform/http/problem.ts'
import { holdCase, saveCase, step, theCitizen } from './case.ts'
import { words } from './casework.ts'
import { resume, start, stop } from './clocks.ts'
import { isOpen } from './machine.ts'
import { stateBefore } from './joining.ts'

/** The citizen writes. When the office was waiting for them, the file counts as completed and the clocks go on. */
export async function citizenReplies(
  tx: Tx,
  citizen: Citizen,
  body: string | null,
  attachment?: string,
): Promise<void> {
  const who = theCitizen(citizen.at)
  const held = await holdCase(tx, who, citizen.complaintId)
  if (!isOpen(held.row.state)) throw conflict('not_in_this_state', { act: 'reply', state: held.row.state })
  const events = [
    ...(body === null ? [] : [{ kind: 'citizen_replied', public: true, body: words(body) }]),
    ...(attachment ? [{ kind: 'evidence_added', public: true, data: { attachment } }] : []),
  ]
  if (held.row.state !== 'awaiting_completion') {
    await saveCase(tx, who, held, {}, events)
    return
  }
  const before = await stateBefore(tx, held.row.id, 'completion_asked')
  await saveCase(
    tx,
    who,
    held,
    { state: step(held, 'complete', before), lapses_at: null },
    [...events, { kind: 'completed', public: true }],
    resume(held.clocks, who.at, held.calendar),
  )
}

/** The citizen no longer wants it handled. */
export async function withdraw(tx: Tx, citizen: Citizen, reason: string): Promise<void> {
  const who = theCitizen(citizen.at)
  const held = await holdCase(tx, who, citizen.complaintId)
  await saveCase(
    tx,
    who,
    held,
    { state: step(held, 'withdraw'), lapses_at: null },
    [{ kind: 'withdrawn', public: true, body: words(reason, 'reason') }],
    stop(held.clocks, who.at, 'withdrawn'),
  )
}

export async function satisfied(tx: Tx, citizen: Citizen): Promise<void> {
  const who = theCitizen(citizen.at)
  const held = await holdCase(tx, who, citizen.complaintId)
  await saveCase(
    tx,
    who,
    held,
    { state: step(held, 'satisfied'), satisfied: true, lapses_at: null },
    [
      { kind: 'satisfied', public: true },
      { kind: 'closed', public: true },
    ],
    stop(held.clocks, who.at, 'closed'),
  )
}

/** Not settled: the case goes back to the office that holds it, with a settlement clock of its own. */
export async function reopen(tx: Tx, citizen: Citizen, body: string): Promise<void> {
  const who = theCitizen(citizen.at)
  const held = await holdCase(tx, who, citizen.complaintId)
  const state = step(held, 'contest')
  let clocks = stop(held.clocks, who.at, 'replaced', ['verification'])
  clocks = start(clocks, 'settlement', held.term('settlement'), who.at, held.calendar)
  await saveCase(
    tx,
    who,
    held,
    {
      state,
      satisfied: false,
      reopened: held.row.reopened + 1,
      answered_at: null,
      answered_by: null,
      answered_tier: null,
      verified_by: null,
      settled_at: null,
      settled_days: null,
      lapses_at: null,
    },
    [{ kind: 'reopened', public: true, body: words(body) }],
    clocks,
  )
}
