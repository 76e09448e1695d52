import { read } from '#lib/api.ts'
import type { ServiceCase } from '#src/programmes/services/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url, depends }) => {
  depends('pilar:service')
  return { held: await read<ServiceCase>(fetch, `/api/services/cases/${encodeURIComponent(params.id)}`, url) }
}
