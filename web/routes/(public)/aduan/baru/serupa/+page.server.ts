import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { read, send } from '#lib/api.ts'
import { findDraft, put, type Content } from '#lib/complaints/draft.ts'
import { address, loadStep, saveTyped } from '#lib/complaints/step-page.ts'
import { firstUnfinished, stepOf } from '#lib/complaints/steps.ts'
import type { Matter, SimilarCase } from '#src/complaints/schema.ts'
import type { Actions, PageServerLoad } from './$types'

const step = stepOf('similar')
const check = stepOf('check')
const seenKey = 'similarSeen'

/** Complaints of the same village that look alike; a confidential one is not compared with anything. */
async function similarTo(fetch: typeof globalThis.fetch, content: Content): Promise<SimilarCase[]> {
  if (content['confidential'] === 'yes') return []
  const { regionCode, matter, programmeCode, body } = content
  const asked = { regionCode, matter, body, ...(programmeCode && { programmeCode }) }
  const answer = await send<SimilarCase[]>(fetch, 'POST', '/api/complaints/similar', asked)
  // Nobody should be kept from sending because the comparison failed.
  return answer.ok ? answer.data : []
}

export const load: PageServerLoad = async (event) => {
  const data = await loadStep(event, 'similar')
  if (data.gone) return { ...data, similar: [], matters: [] }
  const unfinished = firstUnfinished(data.content)
  if (unfinished) redirect(303, address(unfinished, { salah: true, ubah: true }))
  const similar = await similarTo(event.fetch, data.content)
  const joined = data.content['joinTo'] ?? ''
  if (joined && !similar.some(({ id }) => id === joined)) {
    // The answers changed, and what it was to be joined with is no longer like it.
    await put(event, { ...data.content, joinTo: '' })
    if (similar.length === 0) redirect(303, check.path)
  }
  const seen = (data.content[seenKey] ?? '').split(' ')
  if (!data.changing && similar.every(({ id }) => seen.includes(id))) redirect(303, check.path)
  const matters = await read<Matter[]>(event.fetch, '/api/matters')
  return { ...data, similar, matters }
}

export const actions: Actions = {
  default: async (event) => {
    const draft = await findDraft(event)
    if (!draft) redirect(303, step.path)
    const choice = (await event.request.formData()).get('joinTo')
    const similar = await similarTo(event.fetch, draft.content)
    const known = choice === 'different' || similar.some(({ id }) => id === choice)
    if (typeof choice !== 'string' || !known)
      return fail(400, { faults: [{ field: 'joinTo', message: m.public_new_similar_missing() }] })
    const joinTo = choice === 'different' ? '' : choice
    return saveTyped(event, step, { joinTo, [seenKey]: similar.map(({ id }) => id).join(' ') })
  },
}
