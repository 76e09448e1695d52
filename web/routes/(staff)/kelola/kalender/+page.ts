import { read } from '#lib/api.ts'
import type { Holiday, Region, WorkingWeek } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

const isYear = (text: string | null): text is string => /^20\d\d$/.test(text ?? '')

export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const home = me.acting?.regionCode ?? '00'
  const code = url.searchParams.get('wilayah') || home
  const asked = url.searchParams.get('tahun')
  const year = isYear(asked) ? Number(asked) : new Date().getFullYear()
  const region = encodeURIComponent(code)
  const [place, holidays, weeks] = await Promise.all([
    read<Region>(fetch, `/api/regions/${region}`, url),
    read<{ items: Holiday[] }>(fetch, `/api/holidays?year=${year}&region=${region}`, url),
    read<{ items: WorkingWeek[] }>(fetch, `/api/working-weeks?region=${region}`, url),
  ])
  return { year, place, home, holidays: holidays.items, weeks: weeks.items }
}
