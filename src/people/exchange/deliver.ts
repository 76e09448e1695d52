import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type CallbackRules, resolveCallback } from './callback-address.ts'

/** What a consumer's system said to an answer of ours; anything else than 2xx is tried again. */
export class NotDelivered extends Error {}

/** Posts JSON to an address that was checked; no redirect is followed, at most 20 s. Throws {@link NotDelivered}. */
export async function deliver(url: URL, body: object, rules: CallbackRules, signal?: AbortSignal): Promise<void> {
  const addresses = await resolveCallback(url, rules).catch(() => [])
  const [address] = addresses
  if (!address) throw new NotDelivered('the host of the callback has no address that may be used')
  const text = JSON.stringify(body)
  const status = await new Promise<number>((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const sending = send(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          'user-agent': 'Pilar',
        },
        timeout: 20_000,
        // The address that was checked is the one that is used: a second lookup could say another.
        lookup: (_name, options, done) => {
          if (options.all) done(null, [address])
          else done(null, address.address, address.family)
        },
        ...(signal && { signal }),
      },
      (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode ?? 0))
        response.once('error', reject)
      },
    )
    sending.once('timeout', () => sending.destroy(new Error('timeout')))
    sending.once('error', reject)
    sending.end(text)
  }).catch((error: unknown) => {
    throw new NotDelivered(`the callback could not be reached (${(error as NodeJS.ErrnoException).code ?? 'timeout'})`)
  })
  if (status < 200 || status > 299) throw new NotDelivered(`the callback answered ${status}`)
}
