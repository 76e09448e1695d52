import { read } from '#lib/api.ts'
import type { Additions } from '#src/programmes/determination/schema.ts'
import type { PageLoad } from './$types'

/** Additions to lists that wait for whoever asks, or all of them; names are personal. */
export const load: PageLoad = async ({ fetch, url, parent, setHeaders, depends }) => {
  depends('pilar:additions')
  setHeaders({ 'cache-control': 'no-store' })
  const { me } = await parent()
  const mine = (url.searchParams.get('tampil') ?? (me.acting?.role === 'supervisor' ? 'saya' : 'semua')) === 'saya'
  const query = new URLSearchParams(mine ? { mine: 'decide' } : {})
  const state = url.searchParams.get('keadaan')
  const after = url.searchParams.get('lanjut')
  if (state) query.set('state', state)
  if (after) query.set('after', after)
  return {
    mine,
    state: state ?? '',
    later: after !== null,
    list: await read<Additions>(fetch, `/api/additions?${query}`, url),
  }
}
