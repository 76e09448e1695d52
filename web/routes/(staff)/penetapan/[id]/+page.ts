import { read } from '#lib/api.ts'
import { pathOf, readDetermination } from '#lib/determination/load.ts'
import type { Checks, RegionCounts } from '#src/programmes/determination/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async (event) => {
  const list = await readDetermination(event)
  const { fetch, url, parent } = event
  const { me } = await parent()
  if (!list.totals) return { list, counts: null, open: 0 }
  const region = url.searchParams.get('region') ?? ''
  const path = pathOf(list.id)
  const [counts, checks] = await Promise.all([
    read<RegionCounts>(fetch, `${path}/regions${region ? `?region=${encodeURIComponent(region)}` : ''}`, url),
    list.can.includes('submit') && me.acting?.role !== 'auditor' ? read<Checks>(fetch, `${path}/checks`, url) : null,
  ])
  return { list, counts, open: checks?.inclusion.reduce((all, one) => all + one.open, 0) ?? 0 }
}
