import { read } from '#lib/api.ts'
import type { ServiceCase, StepPage } from '#src/programmes/services/schema.ts'
import type { PageLoad } from './$types'

/** A group with the meeting that is next, or the one that was asked for. */
export const load: PageLoad = async ({ fetch, params, url }) => {
  const path = `/api/services/cases/${encodeURIComponent(params.id)}`
  const held = await read<ServiceCase>(fetch, path, url)
  const open = held.steps.filter((one) => one.mayRecord)
  const asked = Number(url.searchParams.get('langkah'))
  const chosen =
    open.find((one) => one.seq === asked) ?? open.toSorted((a, b) => (a.dueOn ?? '').localeCompare(b.dueOn ?? ''))[0]
  const step = chosen ? await read<StepPage>(fetch, `${path}/steps/${chosen.seq}`, url) : null
  return { held, step }
}
