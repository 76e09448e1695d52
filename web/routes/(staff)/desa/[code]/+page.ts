import type { VillagePage } from '#src/people/register/schema.ts'
import type { Static } from 'typebox'
import type { Region } from '#src/regions/schema.ts'
import { ask, type Problem, read } from '#lib/api.ts'
import { momentOf, momentQuery } from '#lib/register/moment.ts'
import type { PageLoad } from './$types'

const works = new Set(['meeting', 'campaign', 'service', 'correction'])

/** The list itself is asked for only with a purpose: each page of it is written down. */
export const load: PageLoad = async ({ fetch, url, params }) => {
  const moment = momentOf(url)
  const region = await read<Region>(fetch, `/api/regions/${encodeURIComponent(params.code)}`, url)
  const work = url.searchParams.get('work') ?? ''
  const page: Static<typeof VillagePage> | null = null
  const problem: Problem | null = null
  if (!works.has(work)) return { region, moment, work: '', page, problem }
  const query = momentQuery(moment)
  query.set('work', work)
  query.set('limit', '100')
  const after = url.searchParams.get('after')
  if (after && /^[0-9a-f-]{36}$/.test(after)) query.set('after', after)
  const answer = await ask<Static<typeof VillagePage>>(fetch, `/api/register/villages/${region.code}/families?${query}`)
  return { region, moment, work, page: answer.ok ? answer.data : page, problem: answer.ok ? problem : answer.problem }
}
