/** How a family can be reached. */
export type ContactKind = 'whatsapp' | 'email'

/**
 * A number or address as people type it, in the one way it is kept: '0812 0000 9001' → '+6281200009001', e-mail in small letters.
 * Undefined when it cannot be one. Numbers without a country are Indonesian.
 */
export const normaliseContact = (kind: ContactKind, typed: string): string | undefined =>
  kind === 'whatsapp' ? normaliseNumber(typed) : normaliseAddress(typed)

/** What stands between the digits of a number: spaces, dots, hyphens of every kind, brackets, and marks nobody sees. */
const between = /[\s.\-/()\u00AD\u200B-\u200F\u2010-\u2015\u202A-\u202E\u2060-\u2069\u2212\uFEFF]/g

function normaliseNumber(typed: string): string | undefined {
  const close = typed.normalize('NFKC').replace(between, '')
  const [, plus, digits] = /^(\+?)(\d{6,20})$/.exec(close) ?? []
  if (digits === undefined) return undefined
  const foreign = plus ? digits : digits.startsWith('00') ? digits.slice(2) : undefined
  const indonesian =
    foreign === undefined
      ? digits.startsWith('62')
        ? digits.slice(2)
        : digits.startsWith('0') || digits.startsWith('8')
          ? digits
          : undefined
      : foreign.startsWith('62')
        ? foreign.slice(2)
        : undefined
  if (indonesian !== undefined) {
    // '+62 0812…' is typed often; the zero is for calls within the country.
    const national = indonesian.replace(/^0/, '')
    return /^[1-9]\d{7,12}$/.test(national) ? `+62${national}` : undefined
  }
  return foreign !== undefined && /^[1-9]\d{7,14}$/.test(foreign) ? `+${foreign}` : undefined
}

function normaliseAddress(typed: string): string | undefined {
  const address = typed.trim().toLowerCase()
  // Plain letters only: what looks like another address is none, and nothing in it can become a line of a message's head.
  const sound =
    /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/
  return address.length <= 200 && sound.test(address) && !/^\.|\.\.|\.@/.test(address) ? address : undefined
}
