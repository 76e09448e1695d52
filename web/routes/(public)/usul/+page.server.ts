import { redirect } from '@sveltejs/kit'
import { read } from '#lib/api.ts'
import { findDraft, forgetDraft } from '#lib/proposals/citizen/draft.ts'
import { firstUnfinished, stepOf } from '#lib/proposals/citizen/steps.ts'
import type { Calendar } from '#src/people/proposals/schema.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const [calendar, draft] = await Promise.all([
    read<Calendar>(event.fetch, '/api/proposals/calendar'),
    findDraft(event),
  ])
  // Somebody comes back to what they began: they may go on where they stopped, or begin anew.
  const goOn = draft ? (firstUnfinished(draft.content) ?? stepOf('check')).path : undefined
  return { calendar, goOn }
}

export const actions: Actions = {
  default: (event) => {
    forgetDraft(event)
    redirect(303, stepOf('kind').path)
  },
}
