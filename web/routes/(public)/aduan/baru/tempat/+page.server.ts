import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { ask } from '#lib/api.ts'
import { loadStep, saveTyped } from '#lib/complaints/step-page.ts'
import { stepOf } from '#lib/complaints/steps.ts'
import type { Region, RegionRef } from '#src/regions/schema.ts'
import type { Actions, PageServerLoad } from './$types'

const step = stepOf('place')
const codePattern = /^\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?$/
const isVillage = (code: string) => code.length === 13

export const load: PageServerLoad = async (event) => {
  const data = await loadStep(event, 'place')
  const { fetch, url } = event
  const q = (url.searchParams.get('q') ?? '').trim().slice(0, 100)
  const within = url.searchParams.get('di') ?? ''
  const chosenCode = data.content['regionCode'] ?? ''
  const above = codePattern.test(within) && !isVillage(within) ? within : ''
  const [chosen, found, region, inside] = await Promise.all([
    codePattern.test(chosenCode) ? ask<Region>(fetch, `/api/regions/${chosenCode}`) : null,
    q
      ? ask<{ items: RegionRef[] }>(fetch, `/api/regions?${new URLSearchParams({ q, tier: 'village', limit: '12' })}`)
      : null,
    above ? ask<Region>(fetch, `/api/regions/${above}`) : null,
    q ? null : ask<{ items: RegionRef[] }>(fetch, `/api/regions/${above || '00'}/children`),
  ])
  return {
    ...data,
    q,
    chosen: chosen?.ok ? chosen.data.pathName : '',
    found: found?.ok ? found.data.items : null,
    above: region?.ok ? region.data : null,
    inside: inside?.ok ? inside.data.items : [],
  }
}

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const query = new URLSearchParams(event.url.searchParams.has('ubah') ? { ubah: '' } : {})
    const look = (name: string, value: string) => {
      query.set(name, value)
      redirect(303, `${step.path}?${query}#pilih`)
    }
    const [q, within] = [text('q'), text('di')]
    if (form.has('search') && q) look('q', q)
    const code = text('regionCode') || (isVillage(within) ? within : '')
    if (code) return saveTyped(event, step, { regionCode: code })
    // One button does what was meant: a name typed and not searched for yet, or a list to go further down in.
    if (within && codePattern.test(within)) look('di', within)
    if (q && q !== event.url.searchParams.get('q')) look('q', q)
    return fail(400, { typed: {}, faults: [{ field: 'regionCode', message: m.public_new_place_missing() }] })
  },
}
