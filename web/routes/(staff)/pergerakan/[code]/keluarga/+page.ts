import { error } from '@sveltejs/kit'
import { read } from '#lib/api.ts'
import { reasonWords } from '#lib/movement/words.ts'
import type { MovedRows, Reason } from '#src/people/movement/schema.ts'
import type { Region } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

const isReason = (word: string | null): word is Reason => word !== null && word in reasonWords

export const load: PageLoad = async ({ fetch, params, url }) => {
  const asked = url.searchParams
  const month = /^20\d\d-(0[1-9]|1[0-2])$/.exec(asked.get('bulan') ?? '')?.[0]
  if (!month) error(404)
  const direction = asked.get('arah') === 'keluar' ? ('out' as const) : ('in' as const)
  const who = asked.get('siapa') === 'orang' ? ('person' as const) : ('family' as const)
  const reason = isReason(asked.get('sebab')) ? (asked.get('sebab') as Reason) : undefined
  const after = /^[A-Za-z0-9_-]{1,200}$/.exec(asked.get('sesudah') ?? '')?.[0]
  const query = new URLSearchParams({ month, direction, who, ...(reason && { reason }), ...(after && { after }) })
  const code = encodeURIComponent(params.code)
  const [list, region] = await Promise.all([
    read<MovedRows>(fetch, `/api/register/movement/${code}/families?${query}`, url),
    read<Region>(fetch, `/api/regions/${code}`, url),
  ])
  return { list, region, month, direction, who, reason, later: after !== undefined }
}
