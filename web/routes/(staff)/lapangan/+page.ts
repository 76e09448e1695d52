import type { Page } from '#src/complaints/schema.ts'
import { read } from '#lib/api.ts'
import { readReference } from '#lib/work/reference.ts'
import type { PageLoad } from './$types'

const most = 30

/** The complaints filed for citizens, newest news first, open and done. */
export const load: PageLoad = async ({ fetch, url }) => {
  const after = url.searchParams.get('after') ?? ''
  const page = /^[A-Za-z0-9_-]{1,200}$/.test(after) ? `&after=${after}` : ''
  const path = `/api/complaints?view=filed&status=all&sort=changed&limit=${most}${page}`
  const [list, reference] = await Promise.all([read<Page>(fetch, path, url), readReference(fetch)])
  return { list, reference, path, later: after !== '' }
}
