import { redirect } from '@sveltejs/kit'
import { keep } from '#lib/complaints/draft.ts'
import { stepOf } from '#lib/complaints/steps.ts'
import type { RequestHandler } from './$types'

/** Begins a complaint about a programme, which the page before has named. A code that is none is left out by the next page. */
export const POST: RequestHandler = async (event) => {
  const code = String((await event.request.formData()).get('code') ?? '')
  const typed = { class: 'complaint', ...(/^[A-Z0-9_]{2,30}$/.test(code) && { programmeCode: code }) }
  const kept = await keep(event, typed)
  redirect(303, kept.ok ? stepOf('matter').path : stepOf('class').path)
}
