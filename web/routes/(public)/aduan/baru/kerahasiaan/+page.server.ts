import { loadStep, saveStep } from '#lib/complaints/step-page.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = (event) => loadStep(event, 'openness')
export const actions: Actions = { default: (event) => saveStep(event, 'openness') }
