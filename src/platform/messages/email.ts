import nodemailer from 'nodemailer'
import type { Outcome, Outgoing, Transport } from './outcome.ts'
import type { EmailSettings } from './settings.ts'
import { fill } from './templates.ts'

const PATIENCE_MS = 10_000

/**
 * E-mail by SMTP. The Message-ID follows from the id of the message, so that one that was sent twice is one to whoever gets it. Signed
 * for machines as written by a machine (RFC 3834), so that nobody's absence answers it.
 */
export function openEmail({ url, from }: EmailSettings): Transport {
  const server = new URL(url)
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(server.hostname)
  const smtp = nodemailer.createTransport({
    url,
    pool: true,
    maxConnections: 4,
    // Passwords and addresses do not travel in the open; on the machine itself they may.
    ...(server.protocol === 'smtp:' && { requireTLS: !local }),
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost'
  return {
    fingerprint: JSON.stringify([url, from]),
    send: async (message) => {
      try {
        await smtp.sendMail({ ...letterOf(message), from, messageId: `<${message.id}@${domain}>` })
        return { outcome: 'sent', providerId: null }
      } catch (error) {
        return meaningOfRefusal(error as SmtpFailure)
      }
    },
    close: () => smtp.close(),
  }
}

/** Subject and text with their parameters, and the text once more as HTML: paragraphs, and addresses that can be opened. */
export function letterOf({ address, template, params }: Outgoing) {
  const text = fill(template.body, params)
  const paragraphs = text.split(/\n{2,}/).map((one) => `<p>${htmlOf(one)}</p>`)
  const subject = fill(template.subject ?? '', params)
  return {
    to: { name: '', address },
    subject,
    text,
    html: `<!doctype html><html lang="${template.locale}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head><body>${paragraphs.join('')}</body></html>`,
    headers: {
      'auto-submitted': 'auto-generated',
      'x-auto-response-suppress': 'All',
      'content-language': template.locale,
    },
  }
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`)

const htmlOf = (text: string) =>
  text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((piece, at) => {
      const said = escapeHtml(piece)
      // A full stop after an address ends the sentence.
      const [, link, rest] = at % 2 === 1 ? (/^(.*?)([.,;:!?]*)$/.exec(said) ?? []) : []
      return link === undefined ? said.replaceAll('\n', '<br>') : `<a href="${link}">${link}</a>${rest}`
    })
    .join('')

type SmtpFailure = { code?: string; command?: string; responseCode?: number }

/** What a failure of SMTP means (RFC 5321 4.2.1): 4xx is later, 5xx never; what is about us and not about the receiver stops the channel. */
export function meaningOfRefusal({ code, command, responseCode = 0 }: SmtpFailure): Outcome {
  if (code === 'EAUTH' || [530, 534, 535, 538].includes(responseCode)) return { outcome: 'stopped', fault: 'sign_in' }
  if (responseCode >= 500 && command === 'MAIL FROM') return { outcome: 'stopped', fault: 'sender' }
  if (responseCode >= 500 && command === 'RCPT TO')
    return { outcome: 'refused', state: 'undelivered', fault: 'not_reachable' }
  if (responseCode >= 500) return { outcome: 'refused', state: 'failed', fault: 'refused' }
  if (responseCode >= 400) return { outcome: 'later', fault: 'provider' }
  if (code === 'EENVELOPE') return { outcome: 'refused', state: 'undelivered', fault: 'not_reachable' }
  // Cut off anywhere: the same Message-ID may go again.
  return { outcome: 'later', fault: 'network' }
}
