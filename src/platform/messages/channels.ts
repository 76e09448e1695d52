import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { openEmail } from './email.ts'
import type { Outcome, Transport } from './outcome.ts'
import { type Channel, channels, type MessageSettings } from './settings.ts'
import { readTerm } from './terms.ts'
import { openWhatsapp } from './whatsapp.ts'

/** What this process sends by. One installation has one set of them, given at the start. */
let open: { transports: ReadonlyMap<Channel, Transport>; real: boolean; secret: Buffer } = {
  transports: new Map(),
  real: false,
  secret: Buffer.alloc(32),
}

/** Marks messages as sent and sends nothing. */
const standIn: Transport = {
  fingerprint: 'stand-in',
  send: async () => ({ outcome: 'sent', providerId: null }),
  say: async () => ({ outcome: 'sent', providerId: null }),
  close: () => {},
}

/**
 * Says what messages are sent by, at the start of a process. With nothing configured nothing can be sent, except where
 * `demonstration` lets a stand-in take everything and send nothing. Gives a function that closes the connections.
 */
export function setUpMessages(settings: MessageSettings, secret: Buffer, demonstration = false): () => void {
  const transports = new Map<Channel, Transport>()
  if (settings.whatsapp) transports.set('whatsapp', openWhatsapp(settings.whatsapp))
  if (settings.email) transports.set('email', openEmail(settings.email))
  const real = transports.size > 0
  if (!real && demonstration) for (const channel of channels) transports.set(channel, standIn)
  const mine = { transports, real, secret }
  open = mine
  return () => {
    for (const transport of transports.values()) transport.close()
    if (open === mine) open = { ...mine, transports: new Map() }
  }
}

/** The channels this installation can send by, WhatsApp first. */
export const messageChannels = (): Channel[] => channels.filter((one) => open.transports.has(one))

/** False where nothing is configured: then messages of a demonstration are marked as sent and go nowhere. */
export const sendsForReal = (): boolean => open.real

export const transportOf = (channel: Channel): Transport | undefined => open.transports.get(channel)

/** Open channels with a keyed hash of their settings, as two lists side by side for a statement. */
export const channelPrints = (): { names: Channel[]; prints: string[] } => {
  const names = messageChannels()
  return { names, prints: names.map((one) => messageHash('settings', open.transports.get(one)?.fingerprint ?? '')) }
}

/** A keyed hash of what may not be kept as it is: an id of WhatsApp holds the number it went to. */
export const messageHash = (kind: 'id' | 'sender' | 'settings', value: string): string =>
  createHmac('sha256', open.secret).update(`message\0${kind}\0${value}`).digest('base64url')

/** Free text to whoever wrote within the last 24 hours. Nothing is tried again here. */
export async function sayTo(channel: Channel, address: string, text: string): Promise<Outcome> {
  const say = open.transports.get(channel)?.say
  return say ? say(address, text) : { outcome: 'refused', state: 'failed', fault: 'no_channel' }
}

/** The provider wants fewer at a time: nothing of this channel for a while. */
export async function pauseChannel(tx: Tx, channel: Channel, fault: string): Promise<void> {
  const minutes = await readTerm(tx, 'try_again')
  await sql`update message_channel set paused_until = acting_now() + make_interval(mins => ${minutes}), fault = ${fault}
    where channel = ${channel} and stopped_at is null`.execute(tx)
}

/** The provider takes nothing more with these settings. True where that is new, and somebody should be told. */
export async function stopChannel(tx: Tx, channel: Channel, fault: string): Promise<boolean> {
  const print = messageHash('settings', open.transports.get(channel)?.fingerprint ?? '')
  const { rows } =
    await sql`update message_channel set stopped_at = acting_now(), fault = ${fault}, settings = ${print}, paused_until = null
    where channel = ${channel} and (stopped_at is null or settings <> ${print}) returning channel`.execute(tx)
  return rows.length > 0
}

/** It sends again. */
export async function resumeChannels(tx: Tx, names: readonly Channel[]): Promise<number> {
  const { rows } =
    await sql`update message_channel set stopped_at = null, paused_until = null, fault = null, settings = null
    where channel = any (${[...names]}::text[]) and (stopped_at is not null or paused_until is not null) returning channel`.execute(
      tx,
    )
  return rows.length
}
