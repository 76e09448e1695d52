import { read } from '#lib/api.ts'
import type { Campaign, CampaignTasks, Outcome, TasksQuery } from '#src/people/movement/schema.ts'
import type { PageLoad } from './$types'

const named: Readonly<Record<string, TasksQuery['which']>> = { semua: 'all', sudah: 'done', 'tindak-lanjut': 'gone' }
const shaped: readonly [string, keyof TasksQuery, RegExp][] = [
  ['desa', 'village', /^[0-9.]{13}$/],
  ['pilar', 'pillar', /^(none|[0-9a-f-]{36})$/],
  ['hasil', 'outcome', /^(found|not_found|moved|head_dead|refused)$/],
  ['hari', 'day', /^20\d\d-\d\d-\d\d$/],
]

export const load: PageLoad = async ({ fetch, params, url }) => {
  const which = named[url.searchParams.get('yang') ?? ''] ?? 'left'
  const query = new URLSearchParams({ which })
  for (const [word, key, shape] of shaped) {
    const value = url.searchParams.get(word)
    if (value && shape.test(value)) query.set(key, value)
  }
  const after = /^[0-9.]{13}_[0-9a-f-]{36}$/.exec(url.searchParams.get('sesudah') ?? '')?.[0]
  const path = `/api/register/campaigns/${encodeURIComponent(params.id)}`
  const [campaign, tasks] = await Promise.all([
    read<Campaign>(fetch, path, url),
    read<CampaignTasks>(fetch, `${path}/families?${query}${after ? `&after=${after}` : ''}`, url),
  ])
  return {
    campaign,
    tasks,
    which,
    village: query.get('village'),
    pillar: query.get('pillar'),
    outcome: query.get('outcome') as Outcome | null,
    day: query.get('day'),
    later: after !== undefined,
  }
}
