import { ask, read } from '#lib/api.ts'
import type { Handers, Round, StopList } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params }) => {
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const after = url.searchParams.get('after') ?? ''
  const region = url.searchParams.get('region') ?? ''
  const sort = url.searchParams.get('sort') ?? ''
  const order = url.searchParams.get('order') ?? ''
  const chosen: Record<string, string> = { ...(region && { region }), ...(sort && { sort }), ...(order && { order }) }
  const asked = new URLSearchParams({ ...chosen, ...(after && { after }) })
  const [round, list] = await Promise.all([
    read<Round>(fetch, path, url),
    read<StopList>(fetch, `${path}/stops?${asked}`, url),
  ])
  const edited = list.items.find((one) => one.id === url.searchParams.get('ubah'))
  const handers = edited ? await ask<Handers>(fetch, `${path}/handers?village=${edited.village.code}`) : null
  return {
    round,
    list,
    edited: edited ?? null,
    handers: handers?.ok ? handers.data : [],
    later: after !== '',
    region,
    chosen,
  }
}
