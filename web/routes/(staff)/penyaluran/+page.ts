import { read } from '#lib/api.ts'
import type { RoundList } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

const allowed = ['state', 'programme', 'name', 'sort', 'after'] as const

export const load: PageLoad = async ({ fetch, url }) => {
  const asked = new URLSearchParams()
  for (const key of allowed) {
    const value = url.searchParams.get(key)?.trim()
    if (value) asked.set(key, value)
  }
  return { list: await read<RoundList>(fetch, `/api/rounds?${asked}`, url), asked: Object.fromEntries(asked) }
}
