import type { Region } from '#src/regions/schema.ts'
import { read } from '#lib/api.ts'
import { readForms } from '#lib/register/reference.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const own = me.acting?.regionCode ?? '00'
  const [asking, region] = await Promise.all([
    readForms(fetch, url),
    // An office of a village registers families of this village.
    own.length === 13 ? read<Region>(fetch, `/api/regions/${own}`, url) : null,
  ])
  return { ...asking, region: region && { code: region.code, pathName: region.pathName } }
}
