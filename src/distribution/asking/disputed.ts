import type { Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'

export type DisputeCause = 'not_received' | 'less' | 'cut' | 'sign'

/** Somebody says that a delivery did not happen as it was recorded, or an officer makes a case of a sign of fraud. */
export type DeliveryDispute = {
  cause: DisputeCause
  roundId: string
  roundNumber: string
  programmeCode: string
  period: string
  /** the village of the delivery */
  regionCode: string
  /** families it is about, one at least; of a sign all those behind it */
  families: string[]
  /** rupiah: recorded as handed over, said to have been received, said to have been taken */
  expected: number
  received: number
  cut: number
  /** what they said, or what the officer wrote */
  note: string | null
  door: 'web' | 'pillar' | 'desk'
  byAccount: string | null
  at: Date
  /** key material of the installation: the citizen's secret is derived from it */
  secret: Buffer
}
/** What the dispute became: a complaint with a number; the secret is for the citizen alone. */
export type Opened = { complaintId: string; number: string; secret: string }

/** Runs in the transaction of the answer, as the system: the complaint is filed with it or not at all. */
export type DisputeListener = (tx: Tx, dispute: DeliveryDispute) => Promise<Opened>

const listeners = new Set<DisputeListener>()

/** Registers who opens a case when a delivery is disputed; gives back how to stop. */
export function onDeliveryDisputed(listener: DisputeListener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Tells whoever opens cases; undefined when nobody does. */
export async function tellDispute(tx: Tx, dispute: DeliveryDispute): Promise<Opened | undefined> {
  const [first] = listeners
  return (
    first &&
    withinAsSystem(tx, `distribution: a delivery of ${dispute.roundNumber} is disputed`, (within) =>
      first(within, dispute),
    )
  )
}
