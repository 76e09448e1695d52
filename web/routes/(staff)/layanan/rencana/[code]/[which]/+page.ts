import { read } from '#lib/api.ts'
import type { PlanPage } from '#src/programmes/services/schema.ts'
import type { PageLoad } from './$types'

/** One plan by the day it begins, or the draft ('konsep'). */
export const load: PageLoad = async ({ fetch, url, params, depends }) => {
  depends('pilar:service-plan')
  const which = params.which === 'konsep' ? 'draft' : params.which
  return {
    page: await read<PlanPage>(
      fetch,
      `/api/services/plans/${encodeURIComponent(params.code)}/${encodeURIComponent(which)}`,
      url,
    ),
  }
}
