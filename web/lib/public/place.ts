import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { ask } from '#lib/api.ts'
import type { Region, RegionRef } from '#src/regions/schema.ts'

export type Place = {
  q: string
  /** The village chosen so far, with everything above it; '' when there is none. */
  chosen: string
  found: RegionRef[] | null
  above: Region | null
  inside: RegionRef[]
}

const codePattern = /^\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?$/
const isVillage = (code: string) => code.length === 13

/** What the page that asks for a village shows: what was found, or the places within the one chosen last. */
export async function findPlace({ fetch, url }: { fetch: typeof globalThis.fetch; url: URL }, chosenCode: string) {
  const q = (url.searchParams.get('q') ?? '').trim().slice(0, 100)
  const within = url.searchParams.get('di') ?? ''
  const above = codePattern.test(within) && !isVillage(within) ? within : ''
  const [chosen, found, region, inside] = await Promise.all([
    codePattern.test(chosenCode) ? ask<Region>(fetch, `/api/regions/${chosenCode}`) : null,
    q
      ? ask<{ items: RegionRef[] }>(fetch, `/api/regions?${new URLSearchParams({ q, tier: 'village', limit: '12' })}`)
      : null,
    above ? ask<Region>(fetch, `/api/regions/${above}`) : null,
    q ? null : ask<{ items: RegionRef[] }>(fetch, `/api/regions/${above || '00'}/children`),
  ])
  const place: Place = {
    q,
    chosen: chosen?.ok ? chosen.data.pathName : '',
    found: found?.ok ? found.data.items : null,
    above: region?.ok ? region.data : null,
    inside: inside?.ok ? inside.data.items : [],
  }
  return place
}

/** The village somebody chose with `form`, or what to answer instead: a look further, or that it is missing. */
export function readPlace(url: URL, path: string, form: FormData) {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const query = new URLSearchParams(url.searchParams.has('ubah') ? { ubah: '' } : {})
  const look = (name: string, value: string) => {
    query.set(name, value)
    redirect(303, `${path}?${query}#pilih`)
  }
  const [q, within] = [text('q'), text('di')]
  if (form.has('search') && q) look('q', q)
  const code = text('regionCode') || (isVillage(within) ? within : '')
  if (code) return { code }
  // One button does what was meant: a name typed and not searched for yet, or a list to go further down in.
  if (within && codePattern.test(within)) look('di', within)
  if (q && q !== url.searchParams.get('q')) look('q', q)
  return {
    answer: fail(400, { typed: {}, faults: [{ field: 'regionCode', message: m.public_new_place_missing() }] }),
  }
}
