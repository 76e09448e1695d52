import { read } from '#lib/api.ts'
import type { VersionPage } from '#src/programmes/catalogue/schema.ts'
import type { RuleField } from '#src/programmes/rules/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params, depends }) => {
  depends('pilar:programme')
  const page = await read<VersionPage>(
    fetch,
    `/api/programmes/${encodeURIComponent(params.code)}/versions/${encodeURIComponent(params.version)}`,
    url,
  )
  const { items: fields } = await read<{ items: RuleField[] }>(fetch, '/api/rules/fields', url)
  return { page, fields }
}
