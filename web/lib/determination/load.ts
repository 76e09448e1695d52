import { read } from '#lib/api.ts'
import type { Determination } from '#src/programmes/determination/schema.ts'

type Given = {
  fetch: typeof fetch
  url: URL
  params: { id: string }
  depends: (...names: `${string}:${string}`[]) => void
}
export const pathOf = (id: string): string => `/api/determinations/${encodeURIComponent(id)}`

/** The list a page is about. */
export function readDetermination({ fetch, url, params, depends }: Given): Promise<Determination> {
  depends('pilar:determination')
  return read<Determination>(fetch, pathOf(params.id), url)
}
