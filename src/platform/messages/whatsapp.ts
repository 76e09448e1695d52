import type { Outcome, Outgoing, Transport } from './outcome.ts'
import type { WhatsappSettings } from './settings.ts'
import { oneLine, parametersOf } from './templates.ts'
import { meaningOfAnswer } from './whatsapp-faults.ts'

/** How long an answer may take; a process that ends waits for it. */
const PATIENCE_MS = 10_000

/** Failures of a request that never reached anybody: it may be sent again. After any other it may have been taken. */
const notReached = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/**
 * The WhatsApp Business Cloud API (shared facts: "WhatsApp Business Cloud API"). Messages go as approved templates; free text only
 * within a conversation. Our id goes along, so that a status finds its message even where the answer got lost.
 */
export function openWhatsapp(settings: WhatsappSettings): Transport {
  const ask = async (body: object): Promise<Outcome> => {
    let response: Response
    try {
      response = await fetch(`${settings.url}/${settings.phoneId}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${settings.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ messaging_product: 'whatsapp', recipient_type: 'individual', ...body }),
        // The token goes to the address that was configured and nowhere else.
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
    } catch (error) {
      return notReached.has(codeOf(error)) ? { outcome: 'later', fault: 'network' } : { outcome: 'unknown' }
    }
    const answer = await response
      .text()
      .then((text) => JSON.parse(text) as unknown)
      .catch(() => undefined)
    return response.ok ? { outcome: 'sent', providerId: idIn(answer) } : meaningOfAnswer(response.status, answer)
  }
  return {
    fingerprint: JSON.stringify([settings.url, settings.phoneId, settings.token]),
    send: (message) => ask(templateMessage(message)),
    say: (address, text) => ask({ to: address, type: 'text', text: { preview_url: false, body: text } }),
    close: () => {},
  }
}

function templateMessage({ id, address, template, params, payloads }: Outgoing): object {
  const parameters = parametersOf(template.body).map((name) => ({ type: 'text', text: oneLine(params[name] ?? '') }))
  return {
    to: address,
    type: 'template',
    template: {
      name: template.providerName,
      language: { code: template.locale },
      components: [
        ...(parameters.length > 0 ? [{ type: 'body', parameters }] : []),
        ...template.buttons.map(({ key }, index) => ({
          type: 'button',
          sub_type: 'quick_reply',
          index: String(index),
          parameters: [{ type: 'payload', payload: payloads[key] ?? '' }],
        })),
      ],
    },
    biz_opaque_callback_data: id,
  }
}

/** The id the provider gave; null where its answer cannot be read: our own id finds the message too. */
function idIn(answer: unknown): string | null {
  const id = (answer as { messages?: { id?: unknown }[] } | undefined)?.messages?.[0]?.id
  return typeof id === 'string' && id.length > 0 ? id : null
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const one = cause instanceof AggregateError ? (cause.errors.at(-1) as unknown) : cause
  const code = (one as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : ''
}
