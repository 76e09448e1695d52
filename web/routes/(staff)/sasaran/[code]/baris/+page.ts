import { error } from '@sveltejs/kit'
import { read } from '#lib/api.ts'
import { rowWords, spanQuery } from '#lib/targeting/words.ts'
import { m } from '#messages'
import type { RowsQuery, TargetingRows } from '#src/complaints/targeting/schema.ts'
import type { Region } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

const isKind = (word: string | null): word is RowsQuery['kind'] => word !== null && word in rowWords

/** What stands behind one figure. */
export const load: PageLoad = async ({ fetch, params, url }) => {
  const kind = url.searchParams.get('kind')
  if (!isKind(kind)) error(404, { message: m.common_error_404_title(), code: 'not_found' })
  const asked = spanQuery(url)
  const query = new URLSearchParams([...asked, ['kind', kind]])
  const decile = url.searchParams.get('decile')
  if (decile) query.set('decile', decile)
  const after = url.searchParams.get('after')
  if (after) query.set('after', after)
  const code = encodeURIComponent(params.code)
  const [page, region] = await Promise.all([
    read<TargetingRows>(fetch, `/api/targeting/${code}/rows?${query}`, url),
    read<Region>(fetch, `/api/regions/${code}`, url),
  ])
  return { page, region, kind, decile, asked: asked.toString() }
}
