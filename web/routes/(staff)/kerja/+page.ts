import type { Colleague, Page, SavedView } from '#src/complaints/schema.ts'
import { read } from '#lib/api.ts'
import { queryOf, searchOf } from '#lib/work/query.ts'
import { readReference } from '#lib/work/reference.ts'
import type { PageLoad } from './$types'

/** The list as the address asks for it. Who works here and the saved views are asked once, not for every filter. */
export const load: PageLoad = async ({ fetch, url, parent, depends }) => {
  depends('pilar:list')
  const { me } = await parent()
  const query = queryOf(url.searchParams)
  const role = me.acting?.role
  const works = role === 'officer' || role === 'supervisor'
  const path = `/api/complaints?${searchOf(query)}`
  const [list, reference, colleagues, views] = await Promise.all([
    read<Page>(fetch, path, url),
    readReference(fetch),
    works ? read<Colleague[]>(fetch, '/api/complaints/colleagues', url) : [],
    works || role === 'auditor' ? read<SavedView[]>(fetch, '/api/saved-views', url) : [],
  ])
  return { query, path, list, reference, colleagues, views, works }
}
