import { loadStep, saveStep } from '#lib/proposals/citizen/step-page.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = (event) => loadStep(event, 'removal')
export const actions: Actions = { default: (event) => saveStep(event, 'removal') }
