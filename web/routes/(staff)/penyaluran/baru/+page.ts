import { read } from '#lib/api.ts'
import type { ListsToHandOut } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => ({
  lists: await read<ListsToHandOut>(fetch, '/api/rounds/lists', url),
})
