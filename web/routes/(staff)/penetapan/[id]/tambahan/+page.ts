import { read } from '#lib/api.ts'
import { pathOf, readDetermination } from '#lib/determination/load.ts'
import type { Additions, NextAddition } from '#src/programmes/determination/schema.ts'
import type { PageLoad } from './$types'

/** Places of a list that became free, whose turn it is, and what was decided; names are personal. */
export const load: PageLoad = async (event) => {
  const { fetch, url, setHeaders } = event
  setHeaders({ 'cache-control': 'no-store' })
  const after = url.searchParams.get('lanjut')
  const list = await readDetermination(event)
  const query = new URLSearchParams({ list: list.id, ...(after && { after }) })
  const [places, additions] = await Promise.all([
    read<NextAddition>(fetch, `${pathOf(list.id)}/additions/next`, url),
    read<Additions>(fetch, `/api/additions?${query}`, url),
  ])
  return { list, places, additions, later: after !== null }
}
