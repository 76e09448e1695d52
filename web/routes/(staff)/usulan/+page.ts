import type { Calendar, ProposalPage } from '#src/people/proposals/schema.ts'
import { read } from '#lib/api.ts'
import type { PageLoad } from './$types'

const kept = ['view', 'status', 'state', 'kind', 'period', 'q', 'sort', 'after'] as const

/** The list with the filters of the address, and the calendar of the place. */
export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const asked = new URLSearchParams()
  for (const key of kept) {
    const value = url.searchParams.get(key)
    if (value) asked.set(key, value)
  }
  if (!asked.has('view')) asked.set('view', me.acting?.role === 'auditor' ? 'all' : 'todo')
  const region = me.acting?.regionCode ?? '00'
  const [list, calendar] = await Promise.all([
    read<ProposalPage>(fetch, `/api/proposals?${asked}`, url),
    read<Calendar>(fetch, `/api/proposals/calendar?region=${region}`, url),
  ])
  return { list, calendar, asked: Object.fromEntries(asked) as Partial<Record<(typeof kept)[number], string>> }
}
