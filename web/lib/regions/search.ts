import type { RegionRef, Tier } from '#src/regions/schema.ts'
import { ask } from '#lib/api.ts'

/** Regions as people type them, best first; none where the line is down. For type-ahead on officers' pages. */
export async function searchRegions(
  q: string,
  options: { within?: string | undefined; tier?: Tier | undefined; limit?: number; signal?: AbortSignal } = {},
): Promise<RegionRef[]> {
  const query = new URLSearchParams({ q, limit: String(options.limit ?? 10) })
  if (options.within) query.set('within', options.within)
  if (options.tier) query.set('tier', options.tier)
  const answer = await ask<{ items: RegionRef[] }>(fetch, `/api/regions?${query}`, {
    ...(options.signal && { signal: options.signal }),
  })
  return answer.ok ? answer.data.items : []
}
