import { read } from '#lib/api.ts'
import type { VisitTask } from '#src/distribution/asking/schema.ts'
import type { PageLoad } from './$types'

/** Families to visit and ask; names and addresses are personal. */
export const load: PageLoad = async ({ fetch, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  return {
    tasks: await read<VisitTask[]>(fetch, '/api/distribution/visits', url),
    chosen: url.searchParams.get('keluarga'),
  }
}
