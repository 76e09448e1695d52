import { read } from '#lib/api.ts'
import type { Office, OfficeLink, Region, RegionMap, RegionRef } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params }) => {
  const at = `/api/regions/${encodeURIComponent(params.code)}`
  const [region, children, offices, map] = await Promise.all([
    read<Region>(fetch, at),
    read<{ items: RegionRef[] }>(fetch, `${at}/children`),
    read<{ items: Office[]; chain: OfficeLink[] }>(fetch, `${at}/offices`),
    read<RegionMap>(fetch, `${at}/map`),
  ])
  return {
    region,
    map,
    children: children.items,
    social: offices.items.find((one) => one.agency === 'social'),
    others: offices.items.filter((one) => one.agency !== 'social'),
    // The ministry answers where nobody works anywhere beneath it.
    responsible: offices.chain.find((one) => one.staffed) ?? offices.chain.at(-1),
  }
}
