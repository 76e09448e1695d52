import type { Component } from 'svelte'

/** What a colour means here: amber needs you, red is overdue or dangerous, green is done, slate stays in the office. */
export type Tone = 'neutral' | 'primary' | 'warning' | 'error' | 'success' | 'info'

/** An icon of @lucide/svelte/icons/*, imported one by one so that a page carries only its own. */
export type Icon = Component<{ class?: string; size?: number | string; 'aria-hidden'?: boolean | 'true' }>
