import { loadStep, saveTyped } from '#lib/proposals/citizen/step-page.ts'
import { stepOf } from '#lib/proposals/citizen/steps.ts'
import { findPlace, readPlace } from '#lib/public/place.ts'
import type { Actions, PageServerLoad } from './$types'

const step = stepOf('place')

export const load: PageServerLoad = async (event) => {
  const data = await loadStep(event, 'place')
  return { ...data, ...(await findPlace(event, data.content['regionCode'] ?? '')) }
}

export const actions: Actions = {
  default: async (event) => {
    const { code, answer } = readPlace(event.url, step.path, await event.request.formData())
    return answer ?? saveTyped(event, step, { regionCode: code })
  },
}
