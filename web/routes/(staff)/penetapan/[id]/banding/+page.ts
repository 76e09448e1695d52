import { read } from '#lib/api.ts'
import { askedOf } from '#lib/determination/address.ts'
import { pathOf, readDetermination } from '#lib/determination/load.ts'
import type { Comparison, ComparisonPage, ComparisonQuery } from '#src/programmes/determination/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async (event) => {
  const { fetch, url, setHeaders } = event
  setHeaders({ 'cache-control': 'no-store' })
  const list = await readDetermination(event)
  const asked = askedOf(url, ['change', 'after'])
  const change: ComparisonQuery['change'] =
    asked.change === 'left' || asked.change === 'changed' ? asked.change : 'entered'
  const query = new URLSearchParams({ change, ...(asked.after && { after: asked.after }) })
  const path = `${pathOf(list.id)}/comparison`
  const [comparison, families] = await Promise.all([
    read<Comparison>(fetch, path, url),
    read<ComparisonPage>(fetch, `${path}/families?${query}`, url),
  ])
  return { list, comparison, families, change, later: asked.after !== undefined }
}
