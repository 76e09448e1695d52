import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { AgreementCreated } from '#src/people/exchange/schema.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const list = (name: string) =>
      text(name)
        .split(/[,\s]+/)
        .filter(Boolean)
    const values = {
      name: text('name'),
      senderId: text('senderId'),
      purpose: text('purpose'),
      legalBasis: text('legalBasis'),
      regions: text('regions'),
      fields: form.getAll('fields').map(String),
      sealedReason: text('sealedReason'),
      signatureRequired: form.has('signatureRequired'),
      publicKey: text('publicKey'),
      callbackHosts: text('callbackHosts'),
      events: form.has('events'),
      validTo: text('validTo'),
    }
    const { sealedReason, publicKey, validTo } = values
    const answer = await send<AgreementCreated>(fetch, 'POST', '/api/agreements', {
      name: values.name,
      senderId: values.senderId,
      purpose: values.purpose,
      legalBasis: values.legalBasis,
      regions: list('regions'),
      fields: values.fields,
      queryTypes: ['idtype-value', 'expression', 'predicate'],
      events: values.events ? ['*'] : [],
      signatureRequired: values.signatureRequired,
      callbackHosts: list('callbackHosts'),
      ...(sealedReason && { sealedReason }),
      ...(publicKey && { publicKey }),
      ...(validTo && { validTo }),
    })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, values })
    return { made: answer.data }
  },
}
