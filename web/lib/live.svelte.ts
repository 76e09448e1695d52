import { onDestroy, onMount } from 'svelte'
import type { LiveEvent } from '#src/platform/events/schema.ts'

/** 'connecting' at first; 'ended' when the session is over and nothing more will come. */
export type LiveState = 'connecting' | 'connected' | 'reconnecting' | 'ended'

export type LiveHandlers = {
  /** One change, in order and once. What it is about is asked for through the API. */
  event?: (event: LiveEvent) => void
  /** Something may have been missed: load what the page shows anew. Called once at the beginning, too. */
  refresh?: () => void
}

/** A hidden page gives its connection back after this: browsers have six for all pages of a site. */
const HIDDEN_MS = 60_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

// One stream for the whole tab, whatever the number of parts of the page that follow it.
const listeners = new Set<LiveHandlers>()
let state = $state<LiveState>('connecting')
let source: EventSource | undefined
let lastId = ''
/** Nothing has been told since the page was opened. */
let fresh = true
let pause = FIRST_PAUSE_MS
let again: ReturnType<typeof setTimeout> | undefined
let hiding: ReturnType<typeof setTimeout> | undefined

/**
 * Follows what happens in the reader's region while a component is shown. For officers' pages; call it while the component
 * is being made. A page that was cut off resumes where it stopped: nothing is lost and nothing comes twice.
 */
export function live(handlers: LiveHandlers): { readonly state: LiveState } {
  onMount(() => {
    listeners.add(handlers)
    if (listeners.size === 1) begin()
    else if (state === 'connected') handlers.refresh?.()
  })
  onDestroy(() => {
    if (listeners.delete(handlers) && listeners.size === 0) stop()
  })
  return {
    get state() {
      return state
    },
  }
}

function begin(): void {
  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('online', connectNow)
  state = 'connecting'
  // What was read before this page was opened is not told again: its first word is "refresh".
  lastId = ''
  fresh = true
  open()
}

function stop(): void {
  document.removeEventListener('visibilitychange', onVisibility)
  window.removeEventListener('online', connectNow)
  clearTimeout(again)
  clearTimeout(hiding)
  close()
}

function open(): void {
  clearTimeout(again)
  close()
  const resumed = lastId !== ''
  const mine = new EventSource(`/api/events${resumed ? `?after=${encodeURIComponent(lastId)}` : ''}`)
  source = mine
  const remember = (message: MessageEvent) => {
    if (message.lastEventId) lastId = message.lastEventId
  }
  mine.addEventListener('ready', (message: MessageEvent) => {
    remember(message)
    pause = FIRST_PAUSE_MS
    state = 'connected'
    if (fresh) refreshAll()
    fresh = false
  })
  mine.addEventListener('reset', (message: MessageEvent) => {
    remember(message)
    pause = FIRST_PAUSE_MS
    state = 'connected'
    fresh = false
    refreshAll()
  })
  mine.addEventListener('message', (message: MessageEvent<string>) => {
    remember(message)
    const event = JSON.parse(message.data) as LiveEvent
    for (const one of listeners) one.event?.(event)
  })
  mine.addEventListener('ended', () => {
    state = 'ended'
    close()
  })
  mine.addEventListener('error', () => {
    if (mine !== source) return
    state = 'reconnecting'
    // The browser comes back by itself, with the place it was at, unless it was refused.
    if (mine.readyState === EventSource.CLOSED) later()
  })
}

function close(): void {
  source?.close()
  source = undefined
}

function later(): void {
  close()
  clearTimeout(again)
  // Not all pages at the same moment after a restart.
  again = setTimeout(open, pause * (0.5 + Math.random()))
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
}

function connectNow(): void {
  if (state === 'ended' || source?.readyState === EventSource.OPEN) return
  pause = FIRST_PAUSE_MS
  open()
}

function onVisibility(): void {
  clearTimeout(hiding)
  if (document.visibilityState === 'visible') {
    if (!source && state !== 'ended') connectNow()
  } else
    hiding = setTimeout(() => {
      close()
      clearTimeout(again)
      if (state === 'connected') state = 'reconnecting'
    }, HIDDEN_MS)
}

function refreshAll(): void {
  for (const one of listeners) one.refresh?.()
}
