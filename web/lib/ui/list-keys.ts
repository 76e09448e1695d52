import type { Attachment } from 'svelte/attachments'

type Options = {
  /** Opens the help; bound to `?`. */
  onhelp?: () => void
  /** Ticks or unticks the row with the focus; bound to `x`. */
  onselect?: (row: HTMLElement) => void
}

/**
 * j, k, Enter, x, / and ? on a list: `{@attach listKeys({ onhelp })}` on what surrounds it. Rows carry `data-row` and
 * hold the link that opens them; the search field is the first `input[type=search]` inside.
 * Single letters are read only while nobody is typing and no dialog is open (WCAG 2.1.4).
 */
export const listKeys =
  ({ onhelp, onselect }: Options = {}): Attachment<HTMLElement> =>
  (node) => {
    const rows = () => [...node.querySelectorAll<HTMLElement>('[data-row]')]
    const current = () => document.activeElement?.closest<HTMLElement>('[data-row]') ?? null
    const go = (by: 1 | -1) => {
      const all = rows()
      const at = all.indexOf(current() ?? document.body)
      const row = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]
      row?.querySelector<HTMLElement>('a[href]')?.focus()
      row?.scrollIntoView({ block: 'nearest' })
    }
    const onkeydown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      const target = event.target instanceof HTMLElement ? event.target : document.body
      if (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select')) return
      if (document.querySelector('dialog[open]')) return
      const row = current()
      if (event.key === 'j') go(1)
      else if (event.key === 'k') go(-1)
      else if (event.key === 'x' && row && onselect) onselect(row)
      else if (event.key === '/') node.querySelector<HTMLElement>('input[type=search]')?.focus()
      else if (event.key === '?' && onhelp) onhelp()
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', onkeydown)
    return () => document.removeEventListener('keydown', onkeydown)
  }
