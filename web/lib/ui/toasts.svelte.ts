import type { Tone } from './tone.ts'

export type Toast = { id: number; text: string; tone: Tone; undo?: (() => void) | undefined }

/** What has just happened, shown at the edge of the page for a while; Toasts.svelte in the officers' layout draws it. */
export const toasts = $state<Toast[]>([])
let last = 0

/** Says what has happened. With `undo` it stays longer, so that there is time to press it. */
export function say(text: string, { tone = 'success', undo }: { tone?: Tone; undo?: () => void } = {}): void {
  const id = ++last
  toasts.push({ id, text, tone, undo })
  // Errors stay until they are closed: they may ask for something.
  if (tone !== 'error') setTimeout(() => dismiss(id), undo ? 12_000 : 6_000)
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((one) => one.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
