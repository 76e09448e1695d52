import { read } from '#lib/api.ts'
import type { Campaign, CampaignTasks } from '#src/people/movement/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => {
  const which = url.searchParams.get('yang') === 'tindak-lanjut' ? 'gone' : 'left'
  const after = /^[0-9.]{13}_[0-9a-f-]{36}$/.exec(url.searchParams.get('sesudah') ?? '')?.[0] ?? ''
  const path = `/api/register/campaigns/${encodeURIComponent(params.id)}`
  const [campaign, tasks] = await Promise.all([
    read<Campaign>(fetch, path, url),
    read<CampaignTasks>(fetch, `${path}/families?which=${which}${after ? `&after=${after}` : ''}`, url),
  ])
  return { campaign, tasks, which, later: after !== '' }
}
