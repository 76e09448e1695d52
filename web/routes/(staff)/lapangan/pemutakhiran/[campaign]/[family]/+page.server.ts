import { fail, redirect } from '@sveltejs/kit'
import { read, send } from '#lib/api.ts'
import { givenOf, questionsOf, typedIn } from '#lib/register/questions.ts'
import type { Moved, Visit } from '#src/people/movement/schema.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch, params, url }) => {
    const form = await request.formData()
    const path = `/api/register/visits/${encodeURIComponent(params.campaign)}/${encodeURIComponent(params.family)}`
    const values: Record<string, string[]> = {}
    for (const key of new Set(form.keys())) if (key !== 'file') values[key] = form.getAll(key).map(String)
    const text = (name: string) => values[name]?.[0]?.trim() ?? ''
    const visit = await read<Visit>(fetch, path, url)
    const photo = form.get('file')
    if (photo instanceof File && photo.size > 0) {
      const sent = new FormData()
      sent.set('file', photo)
      const answer = await send(fetch, 'POST', `${path}/photos`, sent)
      if (!answer.ok) return fail(answer.status, { problem: answer.problem, values })
    }
    const outcome = text('outcome')
    const questions = visit.questionnaire && outcome === 'found' ? questionsOf(visit.questionnaire.schema) : []
    const answers = givenOf(
      questions,
      typedIn(questions, 'answers.', (field) => values[field] ?? []),
    )
    const note = text('note')
    const answer = await send<Moved>(fetch, 'POST', path, {
      id: text('id'),
      outcome,
      ...(Object.keys(answers).length > 0 && { answers }),
      ...(note && { note }),
    })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, values })
    const how = answer.data.state === 'reported' ? 'menunggu' : 'berlaku'
    redirect(303, `/lapangan/pemutakhiran?pemutakhiran=${params.campaign}&terkirim=${how}`)
  },
}
