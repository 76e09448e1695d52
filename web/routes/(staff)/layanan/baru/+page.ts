import { ask, read } from '#lib/api.ts'
import type { CaseServices } from '#src/complaints/service-cases/schema.ts'
import type { Service } from '#src/programmes/services/schema.ts'
import type { PageLoad } from './$types'

/** Which services there are; with ?program= one of them, with ?keluarga= or ?aduan= for whom. */
export const load: PageLoad = async ({ fetch, url }) => {
  const { items } = await read<{ items: Service[] }>(fetch, '/api/services/programmes', url)
  const complaint = (url.searchParams.get('aduan') ?? '').slice(0, 40)
  return {
    services: items,
    chosen: items.find((one) => one.code === url.searchParams.get('program')) ?? null,
    family: url.searchParams.get('keluarga') ?? '',
    complaint,
    named: complaint ? await namedIn(fetch, complaint) : null,
  }
}

/** Whom a complaint names; null where one sees none of this number. */
async function namedIn(fetcher: typeof fetch, number: string): Promise<CaseServices | null> {
  const found = await ask<{ id: string }>(fetcher, `/api/complaints/by-number/${encodeURIComponent(number)}`)
  if (!found.ok) return null
  const answer = await ask<CaseServices>(fetcher, `/api/complaints/${found.data.id}/services`)
  return answer.ok ? answer.data : null
}
