import type { Actor } from '#src/platform/db/index.ts'
import { conflict } from '#src/platform/http/problem.ts'

/**
 * A draft is put anew as a whole: only over what its writer has seen. `base` is its `madeAt` as it was read; without one, only over what one wrote
 * oneself. Throws 409 `draft_changed`. The draft is held by the transaction.
 */
export function requireBase(
  actor: Actor,
  draft: { made_by: string | null; made_at: Date },
  base: string | undefined,
): void {
  const isSeen =
    base === undefined ? draft.made_by === actor.accountId : new Date(base).getTime() === draft.made_at.getTime()
  if (!isSeen) throw conflict('draft_changed')
}
