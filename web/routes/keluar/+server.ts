import { redirect } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { RequestHandler } from './$types'

/** Signs out on this device; a plain form posts here, so that it works while a page is still loading. */
export const POST: RequestHandler = async ({ fetch }) => {
  await send(fetch, 'POST', '/api/sign-out')
  redirect(303, '/masuk')
}
