import type { AuditPage, Chain } from '#src/platform/audit/schema.ts'
import { read } from '#lib/api.ts'
import type { PageLoad } from './$types'

const filters = ['subject', 'subjectId', 'actor', 'act', 'region', 'from', 'to'] as const

/** The filter is the address, so that it can be kept, shared and gone back to. Empty fields of the form count as none. */
export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends('pilar:audit')
  const filter = new URLSearchParams()
  for (const name of filters) {
    const value = url.searchParams.get(name)?.trim()
    if (value) filter.set(name, value)
  }
  const after = url.searchParams.get('after')
  const query = new URLSearchParams(filter)
  if (after) query.set('after', after)
  const [list, chain] = await Promise.all([
    read<AuditPage>(fetch, `/api/audit?${query}`, url),
    read<Chain>(fetch, '/api/audit/chain', url),
  ])
  return { list, chain, filter: filter.toString(), after }
}
