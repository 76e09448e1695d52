import type { Tx } from '#src/platform/db/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { officeChain } from '#src/regions/index.ts'
import type { OfficeRef, Tier } from './schema.ts'

type Link = { id: string; name: string; tier: Tier; regionCode: string; staffed: boolean }

/**
 * The lowest staffed office for a village; when the complaint is about the village office itself, from the district up.
 * Somebody is always responsible: if nobody works anywhere above, the ministry is. `passedOver` is the office that
 * would have been first, when it was not taken because nobody works there.
 */
export function route(chain: readonly Link[], aboutOffice: boolean): { office: Link; passedOver: Link | null } {
  const candidates = aboutOffice ? chain.slice(1) : chain
  const wanted = candidates[0]
  const last = chain.at(-1)
  if (!wanted || !last) throw new Error('a village has offices up to the nation')
  const office = candidates.find((link) => link.staffed) ?? last
  return { office, passedOver: office.id === wanted.id ? null : wanted }
}

/**
 * The next office up that has staff, else the ministry; null at the top. An agency beside the social office (health,
 * civil registry …) hands back to the social office of its own region, which keeps the case together.
 */
export function nextUp(chain: readonly Link[], officeId: string): Link | null {
  const [regionCode = '', agency] = officeId.split('/')
  const own = chain.findIndex((link) => link.regionCode === regionCode)
  const from = agency === 'social' ? own + 1 : own
  const above = chain.slice(from === -1 ? chain.length : from)
  return above.find((link) => link.staffed) ?? above.at(-1) ?? null
}

/** Offices a case may be sent down to: on the path from the responsible office to the village, staffed. */
export function below(chain: readonly Link[], officeId: string): Link[] {
  const regionCode = officeId.split('/')[0] ?? ''
  const own = chain.findIndex((link) => link.regionCode === regionCode)
  return own <= 0 ? [] : chain.slice(0, own).filter((link) => link.staffed)
}

/** Agencies beside the responsible office: of its own region and, for villages and districts, of their regency. */
export const sideways = (tx: Tx, officeId: string) => {
  const regionCode = officeId.split('/')[0] ?? ''
  const regions = [...new Set([regionCode, regionCode.slice(0, 5), regionCode.slice(0, 2)])]
  return tx
    .selectFrom('office')
    .select(['id', 'name', 'tier', 'region_code as regionCode', 'staffed'])
    .where('region_code', 'in', regions)
    .where((eb) => eb.or([eb('agency', '<>', 'social'), eb('region_code', '=', regionCode)]))
    .where('id', '<>', officeId)
    .orderBy('staffed', 'desc')
    .orderBy('region_code', 'desc')
    .orderBy('agency')
    .execute()
}

/** The office named in a request, checked against where it may go. */
export async function chosenOffice(
  tx: Tx,
  village: string,
  officeId: string,
  toOffice: string | undefined,
  way: 'sideways' | 'down',
): Promise<Link> {
  if (!toOffice) throw invalid({ field: 'toOffice', code: 'required' })
  const offers = way === 'down' ? below(await officeChain(tx, village), officeId) : await sideways(tx, officeId)
  const office = offers.find((one) => one.id === toOffice)
  if (!office) throw invalid({ field: 'toOffice', code: 'unknown' })
  if (!office.staffed) throw invalid({ field: 'toOffice', code: 'unstaffed_office' })
  return { ...office, tier: office.tier as Tier }
}

export const officeRef = (link: { id: string; name: string; tier: string; regionCode: string }): OfficeRef => ({
  id: link.id,
  name: link.name,
  tier: link.tier as Tier,
  regionCode: link.regionCode,
})

/** Names of offices by id, for showing. One query for a whole page. */
export async function officeNames(tx: Tx, ids: Iterable<string | null>): Promise<Map<string, OfficeRef>> {
  const wanted = [...new Set([...ids].filter((id): id is string => id !== null))]
  if (wanted.length === 0) return new Map()
  const rows = await tx
    .selectFrom('office')
    .select(['id', 'name', 'tier', 'region_code as regionCode'])
    .where('id', 'in', wanted)
    .execute()
  return new Map(rows.map((row) => [row.id, officeRef(row)]))
}
