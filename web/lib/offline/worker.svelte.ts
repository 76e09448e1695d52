import { dev, version } from '$app/env'

/** Whether the pages of handing over open on this telephone without a line. */
let state = $state<'preparing' | 'ready' | 'impossible'>('preparing')
export const readiness = {
  get state() {
    return state
  },
}

/**
 * Registers the service worker for /lapangan and lets a new one take over where this page is of its version already. Called by the pages
 * it is for; nothing else of the site has one.
 */
export async function startWorker(): Promise<void> {
  // Browsers have none where the address is not secure.
  if (dev || !('serviceWorker' in navigator)) {
    state = 'impossible'
    return
  }
  try {
    const registration = await navigator.serviceWorker.register('/service-worker.js', { scope: '/lapangan' })
    const takeOver = () => registration.waiting?.postMessage({ act: 'take-over', version })
    takeOver()
    registration.addEventListener('updatefound', () =>
      registration.installing?.addEventListener('statechange', takeOver),
    )
    const follow = () => {
      if (registration.active) state = 'ready'
      // It could not fetch what it keeps; the browser tries again another time.
      else if (!registration.installing && !registration.waiting) state = 'impossible'
    }
    follow()
    for (const worker of [registration.installing, registration.waiting])
      worker?.addEventListener('statechange', follow)
  } catch {
    // Without a line a worker that is there already still serves.
    state = navigator.serviceWorker.controller ? 'ready' : 'impossible'
  }
}
