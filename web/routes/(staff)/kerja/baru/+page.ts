import { readReference } from '#lib/work/reference.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => ({ reference: await readReference(fetch), origin: url.origin })
