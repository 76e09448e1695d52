import { read } from '#lib/api.ts'
import type { Campaign } from '#src/people/movement/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => {
  const path = `/api/register/campaigns/${encodeURIComponent(params.id)}`
  return { campaign: await read<Campaign>(fetch, path, url), path }
}
