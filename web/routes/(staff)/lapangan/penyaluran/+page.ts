import { read } from '#lib/api.ts'
import type { StopTask } from '#src/distribution/handover/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => ({
  stops: await read<StopTask[]>(fetch, '/api/handovers', url),
})
