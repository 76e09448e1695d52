import { read } from '#lib/api.ts'
import { spanQuery } from '#lib/targeting/words.ts'
import { readReference } from '#lib/work/reference.ts'
import type { Targeting } from '#src/complaints/targeting/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => {
  const asked = spanQuery(url)
  const [targeting, reference] = await Promise.all([
    read<Targeting>(fetch, `/api/targeting/${encodeURIComponent(params.code)}?${asked}`, url),
    readReference(fetch),
  ])
  return { targeting, reference, asked: asked.toString(), programme: asked.get('programme') ?? '' }
}
