import { read } from '#lib/api.ts'
import type { RegionRef } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => {
  const words = (url.searchParams.get('q') ?? '').trim().slice(0, 100)
  if (!words) return { words, regions: [] }
  const { items } = await read<{ items: RegionRef[] }>(fetch, `/api/regions?limit=20&q=${encodeURIComponent(words)}`)
  return { words, regions: items }
}
