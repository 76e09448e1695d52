import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { faultsOf } from '#lib/api.ts'
import { findDraft, keep, put } from '#lib/proposals/citizen/draft.ts'
import {
  isBlankMember,
  membersIn,
  memberFaults,
  placeAsked,
  typedMember,
  withoutMember,
} from '#lib/proposals/citizen/members.ts'
import { loadStep, refuse, saveTyped, sentAlready } from '#lib/proposals/citizen/step-page.ts'
import { stepOf } from '#lib/proposals/citizen/steps.ts'
import type { Actions, PageServerLoad } from './$types'

const step = stepOf('members')

export const load: PageServerLoad = async (event) => {
  const data = await loadStep(event, 'members')
  const count = membersIn(data.content)
  return { ...data, count, place: placeAsked(event.url.searchParams.get('ke'), count, data.faults) }
}

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData()
    const changing = event.url.searchParams.has('ubah') ? '&ubah' : ''
    const draft = await findDraft(event)
    const content = draft?.content ?? {}

    const remove = form.get('remove')
    if (typeof remove === 'string') {
      if (draft) await put(event, { ...content, ...withoutMember(content, placeAsked(remove, 99, []) ?? 0) })
      redirect(303, `${step.path}?${changing.slice(1)}`)
    }
    const at = form.get('at')
    if (typeof at !== 'string') return saveTyped(event, step, {})
    const place = placeAsked(at, membersIn(content), []) ?? 0
    const typed = typedMember(form, place)
    if (isBlankMember(typed, place)) {
      const needed = form.has('add') || (membersIn(content) === 0 && content['kind'] === 'enrol')
      if (needed)
        return fail(400, {
          typed,
          faults: [{ field: `members.${place}.name`, message: m.proposals_public_member_name_missing() }],
        })
      return saveTyped(event, step, withoutMember(content, place))
    }
    if (!form.has('add')) return saveTyped(event, step, typed)

    sentAlready(event, step)
    const answer = await keep(event, typed)
    if (!answer.ok) return refuse(answer.status, step, typed, faultsOf(answer.problem))
    const kept = answer.data.content
    if (memberFaults(kept, false).length > 0) redirect(303, `${step.path}?salah${changing}`)
    redirect(303, `${step.path}?ke=${membersIn(kept)}${changing}`)
  },
}
