import { fail } from '@sveltejs/kit'
import { v7 as uuid } from 'uuid'
import { send } from '#lib/api.ts'
import type { Actions } from './$types'

const base = (id: string) => `/api/rounds/${encodeURIComponent(id)}/stock`

export const actions: Actions = {
  gudang: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const values = { regionCode: String(form.get('regionCode') ?? ''), name: String(form.get('name') ?? '').trim() }
    const answer = await send(fetch, 'POST', `${base(params.id)}/places`, values)
    return answer.ok ? { saved: true } : fail(answer.status, { problem: answer.problem, place: values })
  },
  catat: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = {
      id: text('id') || uuid(),
      kind: text('kind'),
      item: text('item'),
      quantity: text('quantity'),
      from: text('from'),
      to: text('to'),
      on: text('on'),
      ref: text('ref'),
      note: text('note'),
      belowZero: form.has('belowZero'),
    }
    const stop = values.to.startsWith('stop:') ? values.to.slice(5) : ''
    const answer = await send(fetch, 'POST', `${base(params.id)}/movements`, {
      id: values.id,
      kind: values.kind,
      item: values.item,
      quantity: Number(values.quantity) || 0,
      ...(values.kind !== 'received' && values.from && { from: values.from }),
      ...((values.kind === 'received' || values.kind === 'moved') &&
        values.to &&
        (stop ? { toStop: stop } : { to: values.to })),
      on: values.on,
      ...(values.ref && { ref: values.ref }),
      ...(values.note && { note: values.note }),
      ...(values.belowZero && { belowZero: true }),
    })
    return answer.ok ? { saved: true } : fail(answer.status, { problem: answer.problem, values })
  },
}
