import { goto } from '$app/navigation'
import type { Attachment } from 'svelte/attachments'

const places: Readonly<Record<string, string>> = { i: '/kerja', h: '/beranda', n: '/kerja/baru' }

/** True while a letter is meant for what is being typed in, or for a dialog. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true
  const target = event.target instanceof HTMLElement ? event.target : document.body
  return (
    target.isContentEditable ||
    target.matches('input:not([type=checkbox]), textarea, select') ||
    document.querySelector('dialog[open]') !== null
  )
}

/** `g` and then `i`, `h` or `n` within a second: inbox, home, new complaint. */
export const goKeys = (): Attachment<HTMLElement> => () => {
  let since = 0
  const onkeydown = (event: KeyboardEvent) => {
    if (isTyping(event)) return
    const to = Date.now() - since < 1000 ? places[event.key] : undefined
    since = event.key === 'g' ? Date.now() : 0
    if (!to) return
    event.preventDefault()
    void goto(to)
  }
  document.addEventListener('keydown', onkeydown)
  return () => document.removeEventListener('keydown', onkeydown)
}
