import { read } from '#lib/api.ts'
import type { WithdrawalReason, Withdrawals, WithdrawalsWaiting } from '#src/distribution/withdrawals/schema.ts'
import type { PageLoad } from './$types'

/** In the address of the page and in that of the API. */
const names = [
  ['keadaan', 'state'],
  ['alasan', 'reason'],
  ['program', 'programme'],
  ['daftar', 'list'],
  ['urut', 'sort'],
] as const

/** Withdrawals of all rounds: at first what waits for whoever asks; names are personal. */
export const load: PageLoad = async ({ fetch, url, parent, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const { me } = await parent()
  const shown = url.searchParams.get('tampil') ?? (me.acting?.role === 'supervisor' ? 'saya' : 'semua')
  const asked: Record<string, string> = { tampil: shown }
  const query = new URLSearchParams(shown === 'saya' ? { mine: 'decide' } : {})
  for (const [key, to] of names) {
    const value = url.searchParams.get(key)
    if (!value) continue
    asked[key] = value
    query.set(to, value)
  }
  // What waits longest is decided first.
  if (!query.has('sort')) query.set('sort', shown === 'saya' ? 'oldest' : 'newest')
  const exported = query.toString()
  const after = url.searchParams.get('lanjut')
  if (after) query.set('after', after)
  const [list, reasons, waiting] = await Promise.all([
    read<Withdrawals>(fetch, `/api/withdrawals?${query}`, url),
    read<WithdrawalReason[]>(fetch, '/api/withdrawals/reasons', url),
    read<WithdrawalsWaiting>(fetch, '/api/withdrawals/waiting', url),
  ])
  return { list, reasons, waiting: waiting.count, asked, exported, sort: query.get('sort'), later: after !== null }
}
