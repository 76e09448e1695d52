import { read } from '#lib/api.ts'
import { addressOf, askedOf } from '#lib/determination/address.ts'
import { pathOf, readDetermination } from '#lib/determination/load.ts'
import { changes, type Comparison, type ComparisonPage } from '#src/programmes/determination/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async (event) => {
  const { fetch, url, setHeaders } = event
  setHeaders({ 'cache-control': 'no-store' })
  const list = await readDetermination(event)
  const { after, ...asked } = askedOf(url, ['change', 'why', 'condition', 'after'])
  const change = changes.find((one) => one === asked.change) ?? 'entered'
  const filters = change === 'left' ? { change, why: asked.why, condition: asked.condition } : { change }
  const query = addressOf('', { ...filters, after })
  const path = `${pathOf(list.id)}/comparison`
  const [comparison, families] = await Promise.all([
    read<Comparison>(fetch, path, url),
    read<ComparisonPage>(fetch, `${path}/families${query}`, url),
  ])
  return { list, comparison, families, change, filters, later: after !== undefined }
}
