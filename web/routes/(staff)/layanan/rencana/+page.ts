import { read } from '#lib/api.ts'
import type { PlanCatalogue } from '#src/programmes/services/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => ({
  plans: await read<PlanCatalogue>(fetch, '/api/services/plans', url),
})
