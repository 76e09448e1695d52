import { read } from '#lib/api.ts'
import type { CampaignBrief, Visits } from '#src/people/movement/schema.ts'
import type { PageLoad } from './$types'

/** The families given to me; of the campaign that ends first unless another is chosen. */
export const load: PageLoad = async ({ fetch, url }) => {
  const campaigns = await read<CampaignBrief[]>(fetch, '/api/register/visits', url)
  const chosen = campaigns.find((one) => one.id === url.searchParams.get('pemutakhiran')) ?? campaigns[0]
  const visits = chosen ? await read<Visits>(fetch, `/api/register/visits/${chosen.id}`, url) : null
  return { campaigns, visits, sent: url.searchParams.get('terkirim') }
}
