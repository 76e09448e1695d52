const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const values = new Map([...alphabet].map((letter, at) => [letter, at]))

/** Bytes as text of 45 signs that QR codes hold as letters: two bytes in three signs, a last one in two. RFC 9285. */
export function encodeBase45(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 2) {
    const [high = 0, low] = [bytes[at], bytes[at + 1]]
    const value = low === undefined ? high : high * 256 + low
    text += alphabet.charAt(value % 45) + alphabet.charAt(Math.floor(value / 45) % 45)
    if (low !== undefined) text += alphabet.charAt(Math.floor(value / 2025))
  }
  return text
}

/** The bytes, or undefined where the text holds another sign, a group too large for its bytes, or a lone sign at the end. */
export function decodeBase45(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 3 === 1) return undefined
  const bytes = new Uint8Array(Math.floor(text.length / 3) * 2 + (text.length % 3 === 2 ? 1 : 0))
  let to = 0
  for (let at = 0; at < text.length; at += 3) {
    const [one, two, three] = [text[at], text[at + 1], text[at + 2]].map((sign) =>
      sign === undefined ? 0 : values.get(sign),
    )
    if (one === undefined || two === undefined || three === undefined) return undefined
    const value = one + two * 45 + three * 2025
    if (at + 2 < text.length) {
      if (value > 0xffff) return undefined
      bytes[to++] = value >>> 8
    } else if (value > 0xff) return undefined
    bytes[to++] = value & 0xff
  }
  return bytes
}
