import { read } from '#lib/api.ts'
import type { ImportDetail, ImportLimits } from '#src/people/imports/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params, depends }) => {
  depends('pilar:import')
  const [one, limits] = await Promise.all([
    read<ImportDetail>(fetch, `/api/register/imports/${encodeURIComponent(params.id)}`, url),
    read<ImportLimits>(fetch, '/api/register/imports/limits', url),
  ])
  return { one, programmes: limits.programmes }
}
