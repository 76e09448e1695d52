import { read } from '#lib/api.ts'
import type { RoundList } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => ({ list: await read<RoundList>(fetch, '/api/rounds', url) })
