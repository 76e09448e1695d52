import { redirect } from '@sveltejs/kit'
import type { PageLoad } from './$types'

/** One's own region. Officers of other agencies have what everybody has. */
export const load: PageLoad = async ({ parent }) => {
  const { me } = await parent()
  const region = me.acting?.regionCode ?? '00'
  const all = me.acting?.role === 'auditor' || me.acting?.officeId?.endsWith('/social') === true
  redirect(303, `/${all ? 'pantau' : 'statistik'}/${region}`)
}
