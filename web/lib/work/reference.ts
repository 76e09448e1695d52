import type { Matter } from '#src/complaints/schema.ts'
import type { Programme } from '#src/programmes/schema.ts'
import { read } from '#lib/api.ts'
import { getLocale } from '#locale'

/** What complaints can be about; the same for everybody, so a browser asks once. */
export type Reference = { matters: Matter[]; programmes: Programme[] }

let kept: Promise<Reference> | undefined

export function readReference(fetch: typeof globalThis.fetch): Promise<Reference> {
  // On the server every page asks anew: nothing is kept between requests there.
  if (typeof window === 'undefined') return ask(fetch)
  kept ??= ask(fetch).catch((error: unknown) => {
    kept = undefined
    throw error
  })
  return kept
}

async function ask(fetch: typeof globalThis.fetch): Promise<Reference> {
  const [matters, programmes] = await Promise.all([
    read<Matter[]>(fetch, '/api/matters'),
    read<{ items: Programme[] }>(fetch, '/api/programmes'),
  ])
  return { matters, programmes: programmes.items }
}

const nameOf = (matter: Matter) => (getLocale() === 'en' ? matter.nameEn : matter.nameId)

export const matterWord = ({ matters }: Reference, code: string): string => {
  const matter = matters.find((one) => one.code === code)
  return matter ? nameOf(matter) : code
}

export const programmeWord = ({ programmes }: Reference, code: string | null): string =>
  code === null ? '' : (programmes.find((one) => one.code === code)?.name ?? code)

/** Matters for a select, each part beneath its whole. */
export const matterOptions = ({ matters }: Reference): { value: string; label: string }[] =>
  matters
    .filter((one) => one.parentCode === null)
    .flatMap((whole) => [
      { value: whole.code, label: nameOf(whole) },
      ...matters
        .filter((one) => one.parentCode === whole.code)
        .map((part) => ({ value: part.code, label: ` – ${nameOf(part)}` })),
    ])

export const programmeOptions = ({ programmes }: Reference): { value: string; label: string }[] =>
  programmes.map((one) => ({ value: one.code, label: one.name }))
