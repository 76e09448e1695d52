import { redirect } from '@sveltejs/kit'
import { read } from '#lib/api.ts'
import type { Me } from '#lib/staff/me.ts'
import type { LayoutLoad } from './$types'

export const csr = true

/** Who is asking, as whom, and what waits for them; every officers' page has it as `data.me`. */
export const load: LayoutLoad = async ({ fetch, url, depends }) => {
  depends('pilar:me')
  const me = await read<Me>(fetch, '/api/me', url)
  // Without an assignment there is nothing to see but the choice of one, and one's own account.
  if (!me.acting && !['/tugas', '/akun'].some((path) => url.pathname === path || url.pathname.startsWith(`${path}/`)))
    redirect(303, '/tugas')
  return { me }
}
