import { redirect } from '@sveltejs/kit'
import type { Page } from '#src/complaints/schema.ts'
import { ask, read } from '#lib/api.ts'
import { queryOf, searchOf } from '#lib/work/query.ts'
import { readReference } from '#lib/work/reference.ts'
import type { PageLoad } from './$types'

/** The list as the address asks for it. */
export const load: PageLoad = async ({ fetch, url, parent, depends }) => {
  depends('pilar:list')
  const { me } = await parent()
  const query = queryOf(url.searchParams)
  const role = me.acting?.role
  if (role === 'pillar') redirect(303, '/lapangan')
  const works = role === 'officer' || role === 'supervisor'
  const path = `/api/complaints?${searchOf(query)}`
  const [list, reference, region] = await Promise.all([
    read<Page>(fetch, path, url),
    readReference(fetch),
    query.region ? ask<{ name: string }>(fetch, `/api/regions/${query.region}`) : null,
  ])
  return { query, path, list, reference, works, regionName: region?.ok ? region.data.name : null }
}
