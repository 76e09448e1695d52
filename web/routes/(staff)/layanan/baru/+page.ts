import { read } from '#lib/api.ts'
import type { Service } from '#src/programmes/services/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => {
  const { items } = await read<{ items: Service[] }>(fetch, '/api/services/programmes', url)
  return {
    services: items,
    chosen: items.find((one) => one.code === url.searchParams.get('program')) ?? null,
    family: url.searchParams.get('keluarga') ?? '',
    complaint: (url.searchParams.get('aduan') ?? '').slice(0, 40),
  }
}
