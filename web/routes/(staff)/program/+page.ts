import { read } from '#lib/api.ts'
import { meets } from '#lib/determination/choices.ts'
import type { Catalogue } from '#src/programmes/catalogue/schema.ts'
import type { PageLoad } from './$types'

/**
 * Programmes that hold in the reader's region, or all: some dozens, so what is asked for is picked out here. What a region does is no secret
 * (the public sees which programmes run); it is only not everybody's work.
 */
export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const own = me.acting?.regionCode ?? '00'
  const { items, mayCreate } = await read<Catalogue>(fetch, '/api/catalogue', url)
  const asked = {
    q: url.searchParams.get('q')?.trim() ?? '',
    kind: url.searchParams.get('kind') ?? '',
    owner: url.searchParams.get('owner') ?? '',
    running: url.searchParams.has('running'),
    everywhere: url.searchParams.has('everywhere'),
  }
  const words = asked.q.toLowerCase()
  const here = items.filter((one) => asked.everywhere || meets(one.region.code, own))
  return {
    mayCreate,
    asked,
    elsewhere: items.length - here.length,
    items: here.filter(
      (one) =>
        (!asked.kind || one.kind === asked.kind) &&
        (!asked.owner || one.owner === asked.owner) &&
        (!asked.running || one.runsToday) &&
        (!words || `${one.code} ${one.name} ${one.fullName}`.toLowerCase().includes(words)),
    ),
  }
}
