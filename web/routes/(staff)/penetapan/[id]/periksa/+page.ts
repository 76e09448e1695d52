import { read } from '#lib/api.ts'
import { askedOf } from '#lib/determination/address.ts'
import { pathOf, readDetermination } from '#lib/determination/load.ts'
import type { Checks, Results } from '#src/programmes/determination/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async (event) => {
  const { fetch, url, setHeaders } = event
  setHeaders({ 'cache-control': 'no-store' })
  const list = await readDetermination(event)
  const asked = askedOf(url, ['side', 'kind', 'reason', 'open', 'after'])
  const side = asked.side === 'exclusion' ? 'exclusion' : 'inclusion'
  const query = new URLSearchParams({ side })
  if (side === 'inclusion' && asked.kind) query.set('kind', asked.kind)
  if (side === 'inclusion' && asked.open) query.set('open', 'true')
  if (side === 'exclusion' && asked.reason) query.set('reason', asked.reason)
  if (asked.after) query.set('after', asked.after)
  const path = pathOf(list.id)
  const [checks, families] = await Promise.all([
    read<Checks>(fetch, `${path}/checks`, url),
    read<Results>(fetch, `${path}/checks/families?${query}`, url),
  ])
  return {
    list,
    checks,
    families,
    side,
    kind: asked.kind ?? '',
    reason: asked.reason ?? '',
    open: asked.open !== undefined,
    later: asked.after !== undefined,
  }
}
