import type { RegionRef } from '#src/regions/schema.ts'
import { ask, read } from '#lib/api.ts'

/** What a page needs to ask for a region step by step; made by `loadRegionSteps`, shown by RegionSteps. */
export type RegionStepsData = {
  /** Chosen so far, the province first. */
  path: RegionRef[]
  /** What can be chosen next; empty once a village is chosen. */
  children: RegionRef[]
  /** The village, once it is chosen. */
  chosen: RegionRef | null
  /** What was searched for, and what was found; null while nothing was searched. */
  q: string
  found: RegionRef[] | null
  /** The address named a region that does not exist. */
  unknown: boolean
}

type Path = { path: RegionRef[] } & RegionRef

const isCode = (text: string) => /^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$/.test(text)

/**
 * Reads the state of RegionSteps from a page's address: `?wilayah=` the region chosen last, `?cari=` a search. `start`
 * is where to begin when the address says nothing, for example what was chosen before. Works without JavaScript.
 */
export async function loadRegionSteps(fetch: typeof globalThis.fetch, url: URL, start = ''): Promise<RegionStepsData> {
  const q = (url.searchParams.get('cari') ?? '').trim().slice(0, 100)
  // An empty choice comes back as `wilayah=` beside the region it was to be chosen in.
  const given = url.searchParams.get('wilayah') || url.searchParams.get('di')
  const code = given ?? start
  const usable = isCode(code) && code !== '00' ? code : ''
  const answer = usable ? await ask<Path>(fetch, `/api/regions/${usable}`) : null
  const region = answer?.ok ? answer.data : null
  const path = region ? [...region.path.filter((one) => one.tier !== 'nation'), refOf(region)] : []
  const chosen = region?.tier === 'village' ? refOf(region) : null
  const [children, found] = await Promise.all([
    chosen
      ? []
      : read<{ items: RegionRef[] }>(fetch, `/api/regions/${region?.code ?? '00'}/children`).then((one) => one.items),
    q === '' ? null : searchRegions(fetch, q),
  ])
  return { path, children, chosen, q, found, unknown: code !== '' && code !== '00' && !region }
}

const refOf = ({ code, name, kind, tier, pathName }: RegionRef): RegionRef => ({ code, name, kind, tier, pathName })

/** Regions as people type them, best first. */
export const searchRegions = (
  fetch: typeof globalThis.fetch,
  q: string,
  options: { within?: string | undefined; tier?: string | undefined; limit?: number; signal?: AbortSignal } = {},
): Promise<RegionRef[]> => {
  const query = new URLSearchParams({ q, limit: String(options.limit ?? 10) })
  if (options.within) query.set('within', options.within)
  if (options.tier) query.set('tier', options.tier)
  const withSignal: typeof fetch = (input, init) =>
    fetch(input, { ...init, ...(options.signal && { signal: options.signal }) })
  return read<{ items: RegionRef[] }>(withSignal, `/api/regions?${query}`).then((one) => one.items)
}
