/** Language and theme of a reader. Both live in plain cookies, so that pages without JavaScript have them too. */
export type Locale = 'id' | 'en'
export type Theme = 'otomatis' | 'terang' | 'gelap'

/** The value of `data-theme` on <html>; empty leaves the choice to the device. */
export const themeNames: Readonly<Record<Theme, string>> = { otomatis: '', terang: 'pilar', gelap: 'pilar-dark' }

export const localeFromCookie = (value: string | undefined): Locale => (value === 'en' ? 'en' : 'id')

export const themeFromCookie = (value: string | undefined): Theme =>
  value === 'terang' || value === 'gelap' ? value : 'otomatis'

/** Where to go back to after a switch: a path of this site, never another one's address; else the home page. */
export function samePath(value: string | null): string {
  if (!value?.startsWith('/') || /^\/[/\\]/.test(value) || /[\u0000-\u001f\\]/.test(value)) return '/'
  const url = new URL(value, 'http://this-site.invalid')
  return url.host === 'this-site.invalid' ? url.pathname + url.search : '/'
}

/** A year, in seconds; browsers cap longer ones at 400 days. */
export const preferenceAge = 365 * 24 * 60 * 60
