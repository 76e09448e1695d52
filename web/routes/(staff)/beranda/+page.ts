import { redirect } from '@sveltejs/kit'
import type { ListItem, Page } from '#src/complaints/schema.ts'
import { read } from '#lib/api.ts'
import { readReference } from '#lib/work/reference.ts'
import type { WithdrawalsWaiting } from '#src/distribution/withdrawals/schema.ts'
import type { AdditionsWaiting } from '#src/programmes/determination/schema.ts'
import type { PageLoad } from './$types'

/** Where somebody lands after signing in; roles without cases of their own go straight to their work. */
export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const role = me.acting?.role
  if (role === 'administrator') redirect(303, '/kelola')
  if (role === 'auditor') redirect(303, '/audit')
  if (role === 'pillar') redirect(303, '/lapangan')
  // What only a head decides.
  const count = async <T extends { count: number }>(path: string) =>
    role === 'supervisor' ? (await read<T>(fetch, path, url)).count : 0
  const [mine, office, reference, withdrawals, additions] = await Promise.all([
    read<Page>(fetch, '/api/complaints?view=mine&limit=3', url),
    read<Page>(fetch, '/api/complaints?view=office&limit=3', url),
    readReference(fetch),
    count<WithdrawalsWaiting>('/api/withdrawals/waiting'),
    count<AdditionsWaiting>('/api/additions/waiting'),
  ])
  // What is mine comes before what only the office has, each by its deadline.
  const seen = new Set<string>()
  const urgent: ListItem[] = [...mine.items, ...office.items].filter(
    (one) => !seen.has(one.id) && Boolean(seen.add(one.id)),
  )
  const decisions = [
    { kind: 'withdrawals', href: '/penyaluran/pencabutan', count: withdrawals } as const,
    { kind: 'additions', href: '/penetapan/tambahan', count: additions } as const,
  ].filter((one) => one.count > 0)
  return { urgent: urgent.slice(0, 3), decisions, reference }
}
