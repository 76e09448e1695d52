import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { CaseRow } from './cases.ts'
import type { Plan } from './plans.ts'

/** That a service was applied for, or has ended. Of a confidential programme `programme` and `outcome` are null: they say too much. */
export type ServiceNews = {
  serviceId: string
  number: string
  kind: 'applied' | 'finished' | 'stopped' | 'rejected'
  /** the number of the complaint it came from, as it was typed */
  complaintNumber: string | null
  programme: string | null
  outcome: string | null
  at: Date
}

/** Runs in the transaction of the act, as the actor: who follows services learns of it with it or not at all. */
export type ServiceListener = (tx: Tx, actor: Actor, news: ServiceNews) => Promise<void>

const listeners = new Set<ServiceListener>()

/** Registers what must follow when a service begins or ends; gives back how to stop. */
export function onServiceChanged(listener: ServiceListener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export async function tellServiceChange(
  tx: Tx,
  actor: Actor,
  { row, plan }: { row: CaseRow; plan: Plan },
  kind: ServiceNews['kind'],
): Promise<void> {
  const outcome = plan.definition.outcomes.find((one) => one.code === row.outcome)
  for (const listener of listeners)
    await listener(tx, actor, {
      serviceId: row.id,
      number: row.number,
      kind,
      complaintNumber: row.complaint_number,
      programme: row.confidential ? null : plan.name,
      outcome: row.confidential ? null : (outcome?.name ?? null),
      at: actor.at,
    })
}
