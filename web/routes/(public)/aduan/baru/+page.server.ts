import { redirect } from '@sveltejs/kit'
import { forgetDraft } from '#lib/complaints/draft.ts'
import { loadStep, saveStep } from '#lib/complaints/step-page.ts'
import { firstUnfinished, stepOf } from '#lib/complaints/steps.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const data = await loadStep(event, 'class')
  // Somebody comes back to what they began: they may go on where they stopped, or begin anew.
  const began = !data.changing && data.faults.length === 0 && Boolean(data.content['class'])
  return { ...data, goOn: began ? (firstUnfinished(data.content) ?? stepOf('check')).path : undefined }
}

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.clone().formData()
    if (form.get('anew') === null) return saveStep(event, 'class')
    forgetDraft(event)
    redirect(303, stepOf('class').path)
  },
}
