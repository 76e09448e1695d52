import type { Template } from './templates.ts'

/** A message on its way to a provider. */
export type Outgoing = {
  id: string
  /** '+6281200009001', or an e-mail address */
  address: string
  template: Template
  params: Readonly<Record<string, string>>
  /** key of a button → what comes back on the wire */
  payloads: Readonly<Record<string, string>>
}

/**
 * What became of asking a provider:
 *
 * - sent: it has it; its id where it gave one
 * - refused: this message never arrives (undelivered: because of who it goes to; failed: because of what it is)
 * - later: not now, and it counts as a try
 * - paused: nothing of this channel now; no try of this message
 * - stopped: nothing of this channel until somebody acts; no try of this message
 * - unknown: asked, and no answer came: it may have been sent
 */
export type Outcome =
  | { outcome: 'sent'; providerId: string | null }
  | { outcome: 'refused'; state: 'undelivered' | 'failed'; fault: string }
  | { outcome: 'later' | 'paused' | 'stopped'; fault: string }
  | { outcome: 'unknown' }

export type Transport = {
  /** What tells these settings from others; not the settings. */
  fingerprint: string
  send: (message: Outgoing) => Promise<Outcome>
  /** Free text within a conversation; undefined where the channel has none. */
  say?: (address: string, text: string) => Promise<Outcome>
  close: () => void
}
