import { read } from '#lib/api.ts'
import type { Catalogue, CatalogueItem } from '#src/programmes/catalogue/schema.ts'

type Running = CatalogueItem & {
  version: number
  validFrom: string
  verified: boolean
  period: NonNullable<CatalogueItem['period']>
}
const isRunning = (one: CatalogueItem): one is Running =>
  one.runsToday && one.version !== null && one.validFrom !== null && one.period !== null

const holds = (outer: string, inner: string) => outer === '00' || inner === outer || inner.startsWith(`${outer}.`)

/** Whether one of two regions holds the other. */
export const meets = (one: string, other: string): boolean => holds(one, other) || holds(other, one)

/** Programmes that run today somewhere in the reader's region, what is handed out before what is carried out. */
export async function programmesFor(fetch: typeof globalThis.fetch, url: URL, region: string): Promise<Running[]> {
  const { items } = await read<Catalogue>(fetch, '/api/catalogue', url)
  return items
    .filter(isRunning)
    .filter((one) => meets(one.region.code, region))
    .toSorted((a, b) => Number(a.kind === 'service') - Number(b.kind === 'service') || a.name.localeCompare(b.name))
}
