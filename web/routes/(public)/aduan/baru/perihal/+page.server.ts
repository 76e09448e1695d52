import { read } from '#lib/api.ts'
import { loadStep, saveStep } from '#lib/complaints/step-page.ts'
import type { Matter } from '#src/complaints/schema.ts'
import type { Programme } from '#src/programmes/schema.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const [data, matters, programmes] = await Promise.all([
    loadStep(event, 'matter'),
    read<Matter[]>(event.fetch, '/api/matters'),
    read<{ items: Programme[] }>(event.fetch, '/api/programmes'),
  ])
  return { ...data, matters, programmes: programmes.items }
}
export const actions: Actions = { default: (event) => saveStep(event, 'matter') }
