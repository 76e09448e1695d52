import type { Calendar, MeetingItem } from '#src/people/proposals/schema.ts'
import { read } from '#lib/api.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const [meetings, calendar] = await Promise.all([
    read<MeetingItem[]>(fetch, '/api/meetings', url),
    read<Calendar>(fetch, `/api/proposals/calendar?region=${me.acting?.regionCode ?? '00'}`, url),
  ])
  return { meetings, calendar }
}
