import type { Tx } from '#src/platform/db/index.ts'
import { conflict } from '#src/platform/http/problem.ts'
import { distributionTerms } from '../reconciliation/terms.ts'
import type { Doubt, NewRedemption } from './schema.ts'
import type { MyStop } from './stops.ts'

/** When something happened, and why that is not believed, if it is not. */
export type Moment = { at: Date; doubt: Doubt | null }

/**
 * The moment of a record. With a line it is the office's clock. Without one it is what the telephone says, within what can be: after the
 * round was opened, before the office has it, before the round, the stop or the person's part in it ended, give or take
 * `clock_tolerance`. What cannot be is kept all the same, for it has happened: with a doubt, and where the clock itself is wrong as of
 * the last moment it can have been. Refused only while the round has not been opened yet.
 */
export async function momentOf(
  tx: Tx,
  stop: MyStop,
  given: Pick<NewRedemption, 'offline' | 'happenedAt'>,
  now: Date,
): Promise<Moment> {
  if (!given.offline) return { at: now, doubt: null }
  if (stop.round_state === 'planned' || stop.round_state === 'invited') throw conflict('round_not_open')
  const { clock_tolerance } = await distributionTerms(tx, ['clock_tolerance'])
  const [told, opened, ended] = [Date.parse(given.happenedAt), stop.opened_at.getTime(), stop.ended_at?.getTime()]
  const tolerance = clock_tolerance * 1000
  const latest = now.getTime()
  if (told < opened - tolerance || told > latest + tolerance)
    return { at: new Date(Math.max(opened, Math.min(latest, ended ?? latest))), doubt: 'clock' }
  const at = new Date(Math.min(told, latest))
  return { at, doubt: ended !== undefined && told > ended + tolerance ? 'after_end' : null }
}
