import { read } from '#lib/api.ts'
import type { VersionDifferences, VersionList } from '#src/programmes/catalogue/schema.ts'
import type { PageLoad } from './$types'

/** The versions of a programme, and with ?beda=3 what version 3 changed against the one before. */
export const load: PageLoad = async ({ fetch, url, params, depends }) => {
  depends('pilar:programme')
  const base = `/api/programmes/${encodeURIComponent(params.code)}/versions`
  const versions = await read<VersionList>(fetch, base, url)
  const asked = Number(url.searchParams.get('beda'))
  const known =
    versions.items.some((one) => one.version === asked) && versions.items.some((one) => one.version === asked - 1)
  const differences = known
    ? await read<VersionDifferences>(fetch, `${base}/${asked}/differences?from=${asked - 1}`, url)
    : null
  return { versions, differences }
}
