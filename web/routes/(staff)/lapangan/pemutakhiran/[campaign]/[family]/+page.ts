import { read } from '#lib/api.ts'
import type { Visit } from '#src/people/movement/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => ({
  visit: await read<Visit>(
    fetch,
    `/api/register/visits/${encodeURIComponent(params.campaign)}/${encodeURIComponent(params.family)}`,
    url,
  ),
})
