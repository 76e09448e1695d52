import { read } from '#lib/api.ts'
import type { Catalogue } from '#src/programmes/catalogue/schema.ts'
import type { PageLoad } from './$types'

/** All programmes: some dozens, so what is asked for is picked out here. */
export const load: PageLoad = async ({ fetch, url }) => {
  const { items, mayCreate } = await read<Catalogue>(fetch, '/api/catalogue', url)
  const asked = {
    q: url.searchParams.get('q')?.trim() ?? '',
    kind: url.searchParams.get('kind') ?? '',
    owner: url.searchParams.get('owner') ?? '',
    running: url.searchParams.has('running'),
  }
  const words = asked.q.toLowerCase()
  return {
    mayCreate,
    asked,
    items: items.filter(
      (one) =>
        (!asked.kind || one.kind === asked.kind) &&
        (!asked.owner || one.owner === asked.owner) &&
        (!asked.running || one.runsToday) &&
        (!words || `${one.code} ${one.name} ${one.fullName}`.toLowerCase().includes(words)),
    ),
  }
}
