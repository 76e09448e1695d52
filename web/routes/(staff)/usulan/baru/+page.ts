import type { Calendar } from '#src/people/proposals/schema.ts'
import { read } from '#lib/api.ts'
import { readReference } from '#lib/work/reference.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const [reference, calendar] = await Promise.all([
    readReference(fetch),
    read<Calendar>(fetch, `/api/proposals/calendar?region=${me.acting?.regionCode ?? '00'}`, url),
  ])
  return { reference, calendar }
}
