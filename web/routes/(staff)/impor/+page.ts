import { read } from '#lib/api.ts'
import type { ImportList } from '#src/people/imports/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends('pilar:imports')
  return read<ImportList>(fetch, '/api/register/imports', url)
}
