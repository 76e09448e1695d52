import type { Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import type { Kind, State } from './schema.ts'

/** What has become of a proposal that a complaint opened. `reason` is what the decision said, for people. */
export type ProposalNews = {
  proposalId: string
  complaintId: string
  number: string
  kind: Kind
  event: string
  state: State
  period: string
  reason: string | null
  at: Date
}

/** Runs in the transaction of the decision, as the system: the complaint learns of it with it or not at all. */
export type ProposalListener = (tx: Tx, news: ProposalNews) => Promise<void>

const listeners = new Set<ProposalListener>()

/** Registers what must follow when something happens to a proposal that came from a complaint; gives back how to stop. */
export function onProposalChanged(listener: ProposalListener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export async function tellProposalChange(tx: Tx, news: ProposalNews): Promise<void> {
  if (listeners.size === 0) return
  await withinAsSystem(tx, `proposal ${news.number}: the complaint learns of it`, async (system) => {
    for (const listener of listeners) await listener(system, news)
  })
}
