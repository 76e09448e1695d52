import { redirect } from '@sveltejs/kit'
import type { PageLoad } from './$types'

/** One's own region. */
export const load: PageLoad = async ({ parent }) => {
  const { me } = await parent()
  redirect(303, `/sasaran/${me.acting?.regionCode ?? '00'}`)
}
