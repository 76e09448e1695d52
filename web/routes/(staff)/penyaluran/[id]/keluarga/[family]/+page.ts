import { error } from '@sveltejs/kit'
import { ask, read } from '#lib/api.ts'
import { readReference } from '#lib/work/reference.ts'
import type { CaseOfDelivery } from '#src/complaints/deliveries/schema.ts'
import type { Delivery } from '#src/distribution/handover/schema.ts'
import type { Behind } from '#src/distribution/reconciliation/schema.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

/** One delivery with all that stands behind it; who it is, is personal. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const family = encodeURIComponent(params.family)
  const [round, behind, delivery, cases, reference] = await Promise.all([
    read<Round>(fetch, path, url),
    read<Behind>(fetch, `${path}/behind/${family}`, url),
    ask<Delivery>(fetch, `${path}/entitlements/${family}`),
    read<CaseOfDelivery[]>(fetch, `/api/complaints/of-delivery/${encodeURIComponent(params.id)}/${family}`, url),
    readReference(fetch),
  ])
  // On the list, but not in this round: nothing happened at a door.
  if (!delivery.ok && delivery.status !== 404)
    error(delivery.status, { message: delivery.problem.title, code: delivery.problem.code })
  return {
    round,
    behind,
    redemptions: delivery.ok ? delivery.data.redemptions : [],
    cases,
    reference,
    // Pressed twice, or sent again after a broken line, it is one complaint.
    newId: crypto.randomUUID(),
  }
}
