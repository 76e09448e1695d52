import type { Proposal } from '#src/people/proposals/schema.ts'
import { read } from '#lib/api.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params }) => ({
  held: await read<Proposal>(fetch, `/api/proposals/${encodeURIComponent(params.id)}`, url),
})
