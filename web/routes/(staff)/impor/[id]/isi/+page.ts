import { read } from '#lib/api.ts'
import type { ImportDetail, ImportedRows } from '#src/people/imports/schema.ts'
import type { PageLoad } from './$types'

/** Whom an import made or changed. */
export const load: PageLoad = async ({ fetch, url, params }) => {
  const who = url.searchParams.get('siapa') === 'orang' ? ('person' as const) : ('family' as const)
  const what = url.searchParams.get('apa') === 'berubah' ? ('changed' as const) : ('new' as const)
  const after = /^[0-9a-f-]{36}$/.exec(url.searchParams.get('sesudah') ?? '')?.[0]
  const path = `/api/register/imports/${encodeURIComponent(params.id)}`
  const [one, list] = await Promise.all([
    read<ImportDetail>(fetch, path, url),
    read<ImportedRows>(fetch, `${path}/rows?${new URLSearchParams({ who, what, ...(after && { after }) })}`, url),
  ])
  return { one, list, who, what, later: after !== undefined }
}
