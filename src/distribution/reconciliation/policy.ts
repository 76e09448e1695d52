import { isWithin, type Actor } from '#src/platform/db/index.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import type { Reconciliation } from './schema.ts'

type Facts = { roundState: string; region: string; state: Reconciliation['state']; stale: boolean; open: number }

/** What may be done about the reconciliation of a round now, in the order of the work. */
export function actsOnReconciliation(actor: Actor, facts: Facts): Reconciliation['can'] {
  if (!inSocialOffice(actor)) return []
  const leads = isWithin(facts.region, actor.regionCode)
  const closed = facts.roundState === 'closed'
  const made = facts.state === 'made'
  const acts: [Reconciliation['can'][number], boolean][] = [
    ['run', leads && closed && facts.state !== 'queued'],
    ['explain', closed && made],
    ['settle', leads && closed && made && !facts.stale && facts.open === 0],
  ]
  return acts.filter(([, may]) => may).map(([act]) => act)
}
