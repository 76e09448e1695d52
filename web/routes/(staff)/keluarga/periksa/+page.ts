import type { WaitingPage } from '#src/people/register/schema.ts'
import type { RegionRef } from '#src/regions/schema.ts'
import { ask, read } from '#lib/api.ts'
import { readForms } from '#lib/register/reference.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => {
  const query = new URLSearchParams()
  const after = url.searchParams.get('after')
  if (after && /^[0-9a-f-]{36}$/.test(after)) query.set('after', after)
  const [page, { kinds }] = await Promise.all([
    read<WaitingPage>(fetch, `/api/register/waiting?${query}`, url),
    readForms(fetch, url),
  ])
  const codes = [...new Set(page.rows.map((one) => one.regionCode))]
  const names = await Promise.all(
    codes.map(async (code) => {
      const answer = await ask<RegionRef>(fetch, `/api/regions/${code}`)
      return [code, answer.ok ? answer.data.name : code] as const
    }),
  )
  return { page, kinds, places: Object.fromEntries(names) as Record<string, string> }
}
