import { fail } from '@sveltejs/kit'
import { ask } from '#lib/api.ts'
import { check } from '#lib/check/ask.ts'
import { m } from '#messages'
import type { CheckedName } from '#src/distribution/check/schema.ts'
import type { Region, RegionRef } from '#src/regions/schema.ts'
import type { Actions, PageServerLoad } from './$types'

const isVillage = (code: string) => /^\d\d\.\d\d\.\d\d\.\d{4}$/.test(code)

/** First the village, in the address like any other place; then the name, which never stands there. */
export const load: PageServerLoad = async ({ fetch, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const code = url.searchParams.get('desa') ?? ''
  const q = (url.searchParams.get('q') ?? '').trim().slice(0, 100)
  const [village, found] = await Promise.all([
    isVillage(code) ? ask<Region>(fetch, `/api/regions/${code}`) : null,
    q ? ask<{ items: RegionRef[] }>(fetch, `/api/regions?${new URLSearchParams({ q, tier: 'village', limit: '12' })}`) : null, // prettier-ignore
  ])
  return {
    q,
    village: village?.ok ? { code, pathName: village.data.pathName, name: village.data.name } : null,
    found: found?.ok ? found.data.items : null,
  }
}

export const actions: Actions = {
  default: async ({ request, fetch, url }) => {
    const form = await request.formData()
    const typed = String(form.get('name') ?? '').trim().slice(0, 120) // prettier-ignore
    const regionCode = url.searchParams.get('desa') ?? ''
    const refuse = (field: string, message: string) =>
      fail(400, { typed, faults: [{ field, message }], question: null })
    if (!isVillage(regionCode)) return refuse('q', m.check_place_missing())
    if (typed.length < 2) return refuse('name', m.check_name_missing())
    const answer = await check<CheckedName>(fetch, '/api/check/name', { regionCode, name: typed }, form)
    if ('found' in answer) return { found: answer.found, day: new Date().toISOString() }
    const { status, ...refused } = answer
    return fail(status, { typed, ...refused })
  },
}
