import type { Colleague, SavedView } from '#src/complaints/schema.ts'
import { read } from '#lib/api.ts'
import type { LayoutLoad } from './$types'

/** Who works here, and the saved views: asked once, not for every filter of the list. */
export const load: LayoutLoad = async ({ fetch, url, parent, depends, untrack }) => {
  depends('pilar:views')
  const { me } = await parent()
  const here = untrack(() => new URL(url))
  const role = me.acting?.role
  const works = role === 'officer' || role === 'supervisor'
  const [colleagues, views] = await Promise.all([
    works ? read<Colleague[]>(fetch, '/api/complaints/colleagues', here) : [],
    works || role === 'auditor' ? read<SavedView[]>(fetch, '/api/saved-views', here) : [],
  ])
  return { colleagues, views }
}
