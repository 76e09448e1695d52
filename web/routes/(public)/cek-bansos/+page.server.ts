import { fail } from '@sveltejs/kit'
import { check } from '#lib/check/ask.ts'
import { m } from '#messages'
import type { CheckedNik } from '#src/distribution/check/schema.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
}

export const actions: Actions = {
  // The answer is the page that follows the form: no NIK ever stands in an address.
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const typed = String(form.get('nik') ?? '').slice(0, 40)
    const nik = typed.replaceAll(/[\s.-]/g, '')
    const refuse = (message: string) => fail(400, { typed, faults: [{ field: 'nik', message }], question: null })
    if (nik === '') return refuse(m.check_nik_missing())
    if (!/^\d{16}$/.test(nik)) return refuse(m.check_nik_length({ count: nik.replaceAll(/\D/g, '').length }))
    const answer = await check<CheckedNik>(fetch, '/api/check/nik', { nik }, form)
    if ('found' in answer) return { found: answer.found, day: new Date().toISOString() }
    const { status, ...refused } = answer
    return fail(status, { typed, ...refused })
  },
}
