import { ask, read } from '#lib/api.ts'
import { askedOf } from '#lib/determination/address.ts'
import { pathOf, readDetermination } from '#lib/determination/load.ts'
import type { Results } from '#src/programmes/determination/schema.ts'
import type { Region } from '#src/regions/schema.ts'
import { error } from '@sveltejs/kit'
import type { PageLoad } from './$types'

/** Families of a list; names are personal. A filter that is refused is said at its field, not as an error page. */
export const load: PageLoad = async (event) => {
  const { fetch, url, setHeaders } = event
  setHeaders({ 'cache-control': 'no-store' })
  const asked = askedOf(url, ['outcome', 'reason', 'condition', 'hold', 'region', 'name', 'sort', 'after'])
  const list = await readDetermination(event)
  const [found, region] = await Promise.all([
    ask<Results>(fetch, `${pathOf(list.id)}/families?${new URLSearchParams(asked)}`),
    asked.region ? read<Region>(fetch, `/api/regions/${encodeURIComponent(asked.region)}`, url) : null,
  ])
  if (!found.ok && found.status !== 400) error(found.status, { message: found.problem.title, code: found.problem.code })
  return {
    list,
    asked,
    regionText: region?.pathName ?? '',
    found: found.ok ? found.data : null,
    problem: found.ok ? null : found.problem,
  }
}
