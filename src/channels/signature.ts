import { createHmac, timingSafeEqual } from 'node:crypto'

/** Whether two secrets are equal, in a time that tells nothing about where they differ. */
export function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}

/** Whether `header` ('sha256=<hex>') signs exactly these bytes with the provider's secret. */
export const isSigned = (header: string, body: Buffer, appSecret: string): boolean =>
  sameSecret(header, `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`)
