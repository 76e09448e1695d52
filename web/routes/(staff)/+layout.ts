import { redirect } from '@sveltejs/kit'
import { read } from '#lib/api.ts'
import { readMe } from '#lib/offline/me.ts'
import type { QueueCounts } from '#src/complaints/schema.ts'
import type { LayoutLoad } from './$types'

export const csr = true

/** Who is asking, as whom, and what waits for them; every officers' page has it as `data.me`. */
export const load: LayoutLoad = async ({ fetch, url, depends }) => {
  depends('pilar:me')
  const { me, alone } = await readMe(fetch, url)
  // Who owes a second factor, or has not chosen an assignment, can see nothing but where that is done.
  const due = me.owed === 'second_factor' ? '/akun' : me.acting ? null : '/tugas'
  const allowed = ['/tugas', '/akun'].some((path) => url.pathname === path || url.pathname.startsWith(`${path}/`))
  if (due && !allowed) redirect(303, due)
  const role = me.acting?.role
  const counts =
    !alone && (role === 'officer' || role === 'supervisor')
      ? await read<QueueCounts>(fetch, '/api/complaints/counts', url)
      : null
  return { me, alone, counts }
}
