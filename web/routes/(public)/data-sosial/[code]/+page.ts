import { read } from '#lib/api.ts'
import type { PublicPicture } from '#src/people/movement/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params }) => ({
  picture: await read<PublicPicture>(fetch, `/api/public-register/${encodeURIComponent(params.code)}`),
})
