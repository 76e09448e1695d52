import { read } from '#lib/api.ts'
import type { CampaignBrief } from '#src/people/movement/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => ({
  campaigns: await read<CampaignBrief[]>(fetch, '/api/register/campaigns', url),
})
