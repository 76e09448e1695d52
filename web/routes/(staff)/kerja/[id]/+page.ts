import type { Case } from '#src/complaints/schema.ts'
import { read } from '#lib/api.ts'
import { readReference } from '#lib/work/reference.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params }) => {
  const [held, reference] = await Promise.all([
    read<Case>(fetch, `/api/complaints/${encodeURIComponent(params.id)}`, url),
    readReference(fetch),
  ])
  return { held, reference }
}
