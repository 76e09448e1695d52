import { redirect } from '@sveltejs/kit'
import { localeFromCookie, preferenceAge, samePath } from '#lib/preferences.ts'
import type { RequestHandler } from './$types'

/** Switches the language with a plain link, for pages without JavaScript. */
export const GET: RequestHandler = ({ url, cookies }) => {
  cookies.set('bahasa', localeFromCookie(url.searchParams.get('ke') ?? undefined), {
    path: '/',
    maxAge: preferenceAge,
    sameSite: 'lax',
    httpOnly: false, // the officers' pages read it in the browser
    secure: url.protocol === 'https:',
  })
  redirect(303, samePath(url.searchParams.get('kembali')))
}
