import { redirect } from '@sveltejs/kit'
import type { Me, SignInOutcome } from '#src/access/schema.ts'
import { ask } from '#lib/api.ts'
import { samePath } from '#lib/preferences.ts'

/** Where people begin their day, by role. */
const desks: Readonly<Record<NonNullable<Me['acting']>['role'], string>> = {
  pillar: '/lapangan',
  officer: '/kerja',
  supervisor: '/beranda',
  auditor: '/beranda',
  administrator: '/kelola/akun',
}

/** After signing in: back to the page that asked for it, else to what is still owed, else to one's desk. */
export function landing(me: Pick<Me, 'acting' | 'owed'>, back: string | null): string {
  if (me.owed === 'second_factor') return '/akun'
  const wanted = back ? samePath(back) : '/'
  if (!me.acting) return `/tugas${wanted === '/' ? '' : `?kembali=${encodeURIComponent(wanted)}`}`
  return wanted === '/' ? desks[me.acting.role] : wanted
}

/** Goes on after a step of signing in that worked. `back` is carried from page to page. */
export async function goOn(fetch_: typeof fetch, status: SignInOutcome['status'], back: string | null): Promise<never> {
  const carried = back ? `?kembali=${encodeURIComponent(back)}` : ''
  if (status === 'second_factor') redirect(303, `/masuk/kode${carried}`)
  if (status === 'password_change') redirect(303, `/masuk/sandi-baru${carried}`)
  const me = await ask<Me>(fetch_, '/api/me')
  redirect(303, me.ok ? landing(me.data, back) : '/masuk')
}
