import { fail } from '@sveltejs/kit'
import { send, type Answer } from '#lib/api.ts'
import type { Actions } from './$types'

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim()
const path = (...parts: string[]) => parts.map(encodeURIComponent).join('/')

/** What was typed comes back with what was wrong; `at` says which form it was. */
async function told(at: string, form: FormData, asked: Promise<Answer<unknown>>) {
  const answer = await asked
  if (answer.ok) return { done: at }
  const values = Object.fromEntries(
    [...form.entries()].filter((one): one is [string, string] => typeof one[1] === 'string'),
  )
  return fail(answer.status, { at, problem: answer.problem, values, weekdays: form.getAll('weekdays').map(String) })
}

const weekOf = (form: FormData) => ({
  weekdays: form.getAll('weekdays').map(Number),
  opens: text(form, 'opens'),
  closes: text(form, 'closes'),
})

export const actions: Actions = {
  add: async ({ request, fetch }) => {
    const form = await request.formData()
    const [regionCode, day, name, kind] = ['regionCode', 'day', 'name', 'kind'].map((key) => text(form, key))
    return told('add', form, send(fetch, 'POST', '/api/holidays', { regionCode, day, name, kind }))
  },
  change: async ({ request, fetch }) => {
    const form = await request.formData()
    const at = path('holidays', text(form, 'regionCode'), text(form, 'day'))
    const body = { name: text(form, 'name'), kind: text(form, 'kind') }
    return told('change', form, send(fetch, 'PUT', `/api/${at}`, body))
  },
  remove: async ({ request, fetch }) => {
    const form = await request.formData()
    const at = path('holidays', text(form, 'regionCode'), text(form, 'day'))
    return told('remove', form, send(fetch, 'DELETE', `/api/${at}`))
  },
  week: async ({ request, fetch }) => {
    const form = await request.formData()
    const at = path('working-weeks', text(form, 'regionCode'), text(form, 'validFrom'))
    return told('week', form, send(fetch, 'PUT', `/api/${at}`, weekOf(form)))
  },
  removeWeek: async ({ request, fetch }) => {
    const form = await request.formData()
    const at = path('working-weeks', text(form, 'regionCode'), text(form, 'validFrom'))
    return told('removeWeek', form, send(fetch, 'DELETE', `/api/${at}`))
  },
}
