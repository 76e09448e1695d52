import { read } from '#lib/api.ts'
import type { StepPage } from '#src/programmes/services/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => ({
  step: await read<StepPage>(
    fetch,
    `/api/services/cases/${encodeURIComponent(params.id)}/steps/${encodeURIComponent(params.seq)}`,
    url,
  ),
  // Where one came from, and goes back to.
  back: url.searchParams.get('dari') === 'kasus' ? `/layanan/${encodeURIComponent(params.id)}` : '/lapangan/layanan',
})
