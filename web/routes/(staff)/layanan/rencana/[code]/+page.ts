import { read } from '#lib/api.ts'
import type { PlanList } from '#src/programmes/services/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params }) => ({
  plans: await read<PlanList>(fetch, `/api/services/plans/${encodeURIComponent(params.code)}`, url),
})
