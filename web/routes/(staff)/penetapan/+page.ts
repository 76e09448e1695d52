import { read } from '#lib/api.ts'
import { askedOf } from '#lib/determination/address.ts'
import type { Catalogue } from '#src/programmes/catalogue/schema.ts'
import type { AdditionsWaiting, DeterminationList } from '#src/programmes/determination/schema.ts'
import type { Region } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

/** Lists of recipients with the filters of the address. */
export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends('pilar:determinations')
  const { me } = await parent()
  const asked = askedOf(url, ['programme', 'region', 'state', 'after'])
  const [list, catalogue, region, additions] = await Promise.all([
    read<DeterminationList>(fetch, `/api/determinations?${new URLSearchParams(asked)}`, url),
    read<Catalogue>(fetch, '/api/catalogue', url),
    asked.region ? read<Region>(fetch, `/api/regions/${encodeURIComponent(asked.region)}`, url) : null,
    me.acting?.role === 'supervisor' ? read<AdditionsWaiting>(fetch, '/api/additions/waiting', url) : null,
  ])
  return {
    list,
    asked,
    additions: additions?.count ?? 0,
    programmes: catalogue.items.map(({ code, name }) => ({ value: code, label: name })),
    regionText: region?.pathName ?? '',
  }
}
