import { read } from '#lib/api.ts'
import type { ImportLimits } from '#src/people/imports/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => ({
  limits: await read<ImportLimits>(fetch, '/api/register/imports/limits', url),
})
