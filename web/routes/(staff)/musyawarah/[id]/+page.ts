import type { Meeting } from '#src/people/proposals/schema.ts'
import { read } from '#lib/api.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params }) => ({
  held: await read<Meeting>(fetch, `/api/meetings/${encodeURIComponent(params.id)}`, url),
})
