import { read } from '#lib/api.ts'
import type { Picture } from '#src/people/movement/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => ({
  picture: await read<Picture>(fetch, `/api/register/picture/${encodeURIComponent(params.code)}`, url),
})
