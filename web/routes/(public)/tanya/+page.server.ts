import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { readSymbols } from '#lib/complaints/number.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request }) => {
    const typed = String((await request.formData()).get('code') ?? '').slice(0, 100)
    const code = readSymbols(typed, 12, {
      missing: m.reconciliation_citizen_code_missing,
      wrong: m.reconciliation_citizen_code_length,
    })
    if (code.value === undefined) return fail(400, { typed, faults: [{ field: 'code', message: code.fault }] })
    redirect(303, `/tanya/${code.value}`)
  },
}
