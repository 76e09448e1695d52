import type { CheckForm } from '#src/people/proposals/schema.ts'
import { read } from '#lib/api.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params }) => ({
  form: await read<CheckForm>(fetch, `/api/proposals/${encodeURIComponent(params.id)}/field-check`, url),
})
