import { read } from '#lib/api.ts'
import { askedOf } from '#lib/determination/address.ts'
import { programmesFor } from '#lib/determination/choices.ts'
import type { Region } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

/** What a list can be made of; what the address names is filled in. */
export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const own = me.acting?.regionCode ?? '00'
  const asked = askedOf(url, ['programmeCode', 'period', 'regionCode', 'quota', 'asOf'])
  const code = asked.regionCode ?? own
  const [programmes, region] = await Promise.all([
    programmesFor(fetch, url, own),
    read<Region>(fetch, `/api/regions/${encodeURIComponent(code)}`, url),
  ])
  return { programmes, asked, region, today: new Date().toISOString().slice(0, 10) }
}
