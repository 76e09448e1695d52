import { redirect } from '@sveltejs/kit'
import { preferenceAge, samePath, themeFromCookie } from '#lib/preferences.ts'
import type { RequestHandler } from './$types'

/** Switches between light, dark and what the device prefers with a plain link, for pages without JavaScript. */
export const GET: RequestHandler = ({ url, cookies }) => {
  cookies.set('tema', themeFromCookie(url.searchParams.get('ke') ?? undefined), {
    path: '/',
    maxAge: preferenceAge,
    sameSite: 'lax',
    httpOnly: true,
    secure: url.protocol === 'https:',
  })
  redirect(303, samePath(url.searchParams.get('kembali')))
}
