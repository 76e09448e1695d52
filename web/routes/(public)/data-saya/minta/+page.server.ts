import { randomUUID } from 'node:crypto'
import { fail, redirect, type ActionFailure } from '@sveltejs/kit'
import { ask, faultsOf, send } from '#lib/api.ts'
import { failure } from '#lib/complaints/follow.ts'
import type { Fault } from '#lib/complaints/steps.ts'
import { kindFaults, requestOf, typedOf, whoFaults, type Asked } from '#lib/rights/asked.ts'
import { keepSent } from '#lib/rights/sent.ts'
import { m } from '#messages'
import type { FiledRequest } from '#src/people/rights/schema.ts'
import type { Region, RegionRef } from '#src/regions/schema.ts'
import type { Actions, PageServerLoad } from './$types'

type Step = 'kind' | 'place' | 'who' | 'check'
type Shown = { step: Step; asked: Asked; faults: Fault[]; q: string; found: RegionRef[] | null }

export const load: PageServerLoad = ({ url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  return { kind: url.searchParams.get('untuk') === 'perbaikan' ? 'correction' : '', id: randomUUID() }
}

const stepOfField: Readonly<Record<string, Step>> = { kind: 'kind', wish: 'kind', regionCode: 'place' }

export const actions: Actions = {
  // One address for all steps: what is typed travels in the form, never in the address.
  default: async ({ request, fetch, cookies, url }): Promise<Shown | ActionFailure<Shown>> => {
    const form = await request.formData()
    const asked = typedOf(form)
    const at = String(form.get('step'))
    const to = String(form.get('to') ?? '')
    const q = String(form.get('q') ?? '')
      .trim()
      .slice(0, 100)
    const show = (step: Step, more: Partial<Shown> = {}): Shown => ({
      step,
      asked,
      faults: [],
      q: '',
      found: null,
      ...more,
    })
    const refuse = (step: Step, faults: Fault[], more: Partial<Shown> = {}) =>
      fail(400, show(step, { faults, ...more }))

    if (to === 'kind' || to === 'place' || to === 'who') return show(to)
    const wrongKind = kindFaults(asked)
    if (wrongKind.length > 0) return refuse('kind', wrongKind)
    if (at === 'kind') return show(asked.regionCode ? (asked.nik ? 'check' : 'who') : 'place')

    if (at === 'place' && q && (form.has('search') || !asked.regionCode)) {
      const query = new URLSearchParams({ q, tier: 'village', limit: '12' })
      const answer = await ask<{ items: RegionRef[] }>(fetch, `/api/regions?${query}`)
      const found = answer.ok ? answer.data.items : []
      return { ...show('place'), q, found }
    }
    const place = /^\d\d\.\d\d\.\d\d\.\d{4}$/.test(asked.regionCode)
      ? await ask<Region>(fetch, `/api/regions/${asked.regionCode}`)
      : null
    if (!place?.ok) return refuse('place', [{ field: 'q', message: m.rights_place_search() }])
    asked.place = place.data.pathName
    if (at === 'place') return show(asked.nik ? 'check' : 'who')

    const wrongWho = whoFaults(asked)
    if (wrongWho.length > 0) return refuse('who', wrongWho)
    if (at !== 'check') return show('check')

    const answer = await send<FiledRequest>(fetch, 'POST', '/api/rights/requests', requestOf(asked))
    if (!answer.ok) {
      const faults = faultsOf(answer.problem)
      return fail(failure(answer.status), show(stepOfField[faults[0]?.field ?? ''] ?? 'check', { faults }))
    }
    keepSent({ cookies, url }, answer.data)
    redirect(303, '/data-saya/terkirim')
  },
}
